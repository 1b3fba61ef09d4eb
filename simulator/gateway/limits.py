"""How often a bot may do something on the gateway. Pure: time is handed in."""

from collections import deque
from datetime import datetime, timedelta
from typing import NamedTuple

_DAY = timedelta(hours=24)
_BETWEEN_IDENTIFIES = timedelta(seconds=5)


class Allowance:
    """So many things within so many seconds, over a sliding window."""

    def __init__(self, count: int, seconds: float) -> None:
        self._seconds = seconds
        self._taken: deque[float] = deque(maxlen=count)

    def take(self, now: float) -> bool:
        """Use one up; tells whether there was one."""
        taken = self._taken
        if len(taken) == taken.maxlen and now - taken[0] < self._seconds:
            return False
        taken.append(now)
        return True


class StartLimit(NamedTuple):
    """Discord's session start limit as it stands; `reset_after` is in milliseconds."""

    total: int
    remaining: int
    reset_after: int
    max_concurrency: int


class SessionStarts:
    """Counts the sessions begun within a day, which starts with the first of them."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._used = 0
        self._since: datetime | None = None
        self._last: datetime | None = None

    def take(self, now: datetime) -> bool:
        """Count one more session; tells whether there was one left."""
        self._begin_day(now)
        if self._used >= self._total:
            return False
        self._used += 1
        self._since = self._since or now
        return True

    def is_too_soon(self, now: datetime) -> bool:
        """Tell whether the last IDENTIFY was less than five seconds ago, and count this one."""
        before, self._last = self._last, now
        return before is not None and now - before < _BETWEEN_IDENTIFIES

    def state(self, now: datetime) -> StartLimit:
        """Tell what is left, and for how long."""
        self._begin_day(now)
        left = timedelta() if self._since is None else self._since + _DAY - now
        return StartLimit(
            self._total, self._total - self._used, left // timedelta(milliseconds=1), max_concurrency=1
        )

    def _begin_day(self, now: datetime) -> None:
        if self._since is not None and now - self._since >= _DAY:
            self._used, self._since = 0, None
