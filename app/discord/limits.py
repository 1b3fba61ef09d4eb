"""Discord's numbers, each with the page of its documentation that states it."""

MAX_INTEGER = 2**53 - 1
"""INTEGER options, either sign (interactions/application-commands)."""

TEXT_DISPLAY_LENGTH = 4000
"""Characters of all Text Displays of one message together (components/reference)."""

INTERACTION_DEADLINE = 3.0
"""Seconds from Discord's sending to our first answer (interactions/receiving-and-responding)."""
