"""What is noted of a command that somebody used: plain values."""

from datetime import datetime
from typing import NamedTuple


class Invocation(NamedTuple):
    """One interaction that was answered. A tuple, because a frozen dataclass costs three times as much.

    Attributes:
        guild_id: Where.
        user_id: Who.
        command: As typed, without options: `bytes send`.
        outcome: `ok`, or the code of the error that was rendered.
        duration_ms: From receiving it to the answer.
        at: When.
    """

    guild_id: int
    user_id: int
    command: str
    outcome: str
    duration_ms: int
    at: datetime
