"""Ids: Discord's snowflakes and our own time-ordered UUIDs. Standard library only."""

import secrets
import time
import uuid
from datetime import UTC, datetime, timedelta

SYSTEM_ID = 0
"""The platform itself as a party to a transaction: giver of minted, receiver of burned bytes."""

MAX_SNOWFLAKE = 2**63 - 1
"""Snowflakes are 64-bit; ours are stored as signed BIGINT, which holds them past the year 2080."""

_MAX_DIGITS = len(str(MAX_SNOWFLAKE))
_DISCORD_EPOCH = datetime(2015, 1, 1, tzinfo=UTC)


def new_id() -> uuid.UUID:
    """Make a UUID of version 7 (RFC 9562): the first 48 bits are milliseconds, so ids sort by time."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds << 80) | secrets.randbits(80)
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return uuid.UUID(int=value)


def snowflake_time(snowflake: int) -> datetime:
    """Tell when Discord made this id, to the millisecond."""
    return _DISCORD_EPOCH + timedelta(milliseconds=snowflake >> 22)


def first_snowflake(at: datetime) -> int:
    """Give the smallest id that Discord may have made at this instant: what was made before is smaller."""
    return ((at - _DISCORD_EPOCH) // timedelta(milliseconds=1)) << 22


def parse_snowflake(text: str) -> int | None:
    """Read a snowflake as Discord writes it, None if it is anything else.

    Signs, spaces, full-width digits and values past 63 bits are refused, all of which `int` takes.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS):
        return None
    value = int(text)
    return value if 0 < value <= MAX_SNOWFLAKE else None
