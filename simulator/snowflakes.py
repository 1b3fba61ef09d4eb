"""Discord's ids: 64 bits, the upper 42 of which are milliseconds since 2015."""

from datetime import UTC, datetime, timedelta

from simulator.clock import Clock

DISCORD_EPOCH = datetime(2015, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_LONGEST_ID = 20
LARGEST_ID = (1 << 64) - 1


class SnowflakeFactory:
    """Makes ids that carry the clock's time and only ever grow, also when the clock does not."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    def make(self) -> int:
        """Make an id that nobody had before."""
        self._last = max(first_id_at(self._clock.now()), self._last + 1)
        return self._last


def first_id_at(instant: datetime) -> int:
    """Tell the lowest id that carries this instant."""
    return ((instant - DISCORD_EPOCH) // _MILLISECOND) << 22


def instant_of(snowflake: int) -> datetime:
    """Tell when the owner of this id was made."""
    return DISCORD_EPOCH + (snowflake >> 22) * _MILLISECOND


def parse_snowflake(text: object) -> int | None:
    """Read an id as it travels (decimal digits in a string). None for anything else."""
    if not isinstance(text, str) or not text.isascii() or not text.isdecimal():
        return None
    if len(text) > _LONGEST_ID:
        return None
    number = int(text)
    return number if number <= LARGEST_ID else None
