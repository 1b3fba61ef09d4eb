"""Discord's numbers, each with the page of its documentation that states it."""

MAX_INTEGER = 2**53 - 1
"""INTEGER options, either sign (interactions/application-commands)."""

MAX_REASON = 512
"""Characters of a reason in the audit log (resources/audit-log)."""

UNKNOWN_MESSAGE = 10008
UNKNOWN_BAN = 10026
MISSING_ACCESS = 50001
NONE_BANNED = 500000
"""JSON codes that are an answer, not a failure (topics/opcodes-and-status-codes). 50001 for a guild was once
what 10004 is now: we are not in it.
"""
