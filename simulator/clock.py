"""The only place of the simulator that asks what time it is."""

import time
from datetime import UTC, datetime


class Clock:
    """The simulator's own time. A subclass may let it run elsewhere; nothing else tells time."""

    def now(self) -> datetime:
        """Tell the present instant, aware, in UTC."""
        return datetime.now(UTC)  # noqa: TID251 - this is the simulator's clock

    def monotonic(self) -> float:
        """Tell seconds since some fixed point, for measuring how long an answer took."""
        return time.monotonic()
