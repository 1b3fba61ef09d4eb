"""Discord's numbers, each with the page of its documentation that states it."""

MAX_INTEGER = 2**53 - 1
"""INTEGER options, either sign (interactions/application-commands)."""
