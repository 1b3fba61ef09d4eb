"""Who has called how often: the buckets of routes, the global limit, and the count of invalid requests."""

import math
from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass
from enum import StrEnum

from simulator.clock import Clock
from simulator.faults.limits import GLOBAL, INVALID, Limit, counts_globally
from simulator.faults.routes import KnownRoute

_TIDY_AT = 4_096
_UNAUTHORIZED, _FORBIDDEN, _TOO_MANY = 401, 403, 429


class RateScope(StrEnum):
    """Whose limit was met, as `X-RateLimit-Scope` says it."""

    USER = "user"
    GLOBAL = "global"
    SHARED = "shared"


@dataclass(slots=True)
class _Window:
    """Begins with its first request and ends after the limit's seconds, as Discord's do."""

    ends: float
    used: int = 0


@dataclass(frozen=True, slots=True)
class BucketState:
    """Where a caller stands after one more request. `over` names the limit that is exceeded, if one is."""

    limit: int
    remaining: int
    reset_after: float
    over: RateScope | None = None


class Buckets:
    """Counts by the simulator's clock, so that letting time pass empties every bucket.

    Where limits are not enforced nothing is counted: a client that read headers would obey them.
    """

    def __init__(self, clock: Clock, *, enforced: bool) -> None:
        self._clock = clock
        self._enforced = enforced
        self._windows: dict[Hashable, _Window] = {}
        self._invalid: deque[float] = deque(maxlen=INVALID.requests)

    def take(
        self, route: KnownRoute | None, segments: list[str], caller: bytes
    ) -> tuple[BucketState | None, float]:
        """Count one request: where its bucket stands, and how long the global limit refuses it (0: not).

        A request that the global limit refuses takes nothing from its bucket.
        """
        if not self._enforced:
            return None, 0.0
        now = self._now()
        if counts_globally(segments):
            everywhere = self._count(caller, GLOBAL, now)
            if everywhere.over is not None:
                return None, everywhere.reset_after
        if route is None or route.limit is None:
            return None, 0.0
        major = tuple([segments[place] for place in route.major])
        return self._count((route.bucket, major, caller), route.limit, now), 0.0

    def note_answer(self, status: int, scope: RateScope | None) -> None:
        """Count an answer as invalid if Discord would: 401, 403, and 429 unless the limit is shared."""
        invalid = status in {_UNAUTHORIZED, _FORBIDDEN} or (
            status == _TOO_MANY and scope is not RateScope.SHARED
        )
        if invalid:
            self._invalid.append(self._now())

    @property
    def invalid(self) -> int:
        """How many invalid requests came in the last ten minutes; counts no further than the limit."""
        since = self._now() - INVALID.seconds
        while self._invalid and self._invalid[0] <= since:
            self._invalid.popleft()
        return len(self._invalid)

    def _now(self) -> float:
        return self._clock.now().timestamp()

    def _count(self, key: Hashable, limit: Limit, now: float) -> BucketState:
        window = self._windows.get(key)
        if window is None or window.ends <= now:
            if window is None and len(self._windows) >= _TIDY_AT:
                self._windows = {each: kept for each, kept in self._windows.items() if kept.ends > now}
            window = self._windows[key] = _Window(now + limit.seconds)
        over = window.used >= limit.requests
        if not over:
            window.used += 1
        # Rounded up: a client that comes back at exactly this instant must not be early.
        reset_after = math.ceil((window.ends - now) * 1000) / 1000
        met = RateScope.USER if over else None
        return BucketState(limit.requests, limit.requests - window.used, reset_after, met)
