"""The only place of the simulator that asks what time it is."""

import time
from datetime import UTC, datetime, timedelta


class Clock:
    """The simulator's own time: the machine's, plus what somebody has advanced it by. Never goes back.

    A subclass may let it run elsewhere; nothing else tells time.
    """

    def __init__(self) -> None:
        self._ahead = timedelta()

    def now(self) -> datetime:
        """Tell the present instant, aware, in UTC."""
        return self.machine_now() + self._ahead

    def machine_now(self) -> datetime:
        """Tell the present without what it was advanced by: what whoever calls has on their own clock."""
        return datetime.now(UTC)  # noqa: TID251 - this is the simulator's clock

    def monotonic(self) -> float:
        """Tell real seconds since some fixed point, for measuring how long an answer took."""
        return time.monotonic()

    def advance(self, seconds: float) -> datetime:
        """Let time pass at once; tells the new present.

        Raises:
            ValueError: when time would go back.
        """
        if seconds < 0:
            raise ValueError("Time only goes forward.")
        self._ahead += timedelta(seconds=seconds)
        return self.now()
