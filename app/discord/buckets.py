"""How much Discord still takes: one count per bucket, of what its answers say and of what they could not.

A request counts as used up from the moment it is sent. Its answer says how many are left, and so replaces the
count; where the answer is lost, Discord has counted it all the same, and so do we until the window ends.
hikari's own buckets forget such a request, and give room back piece by piece where Discord gives it back at
once at the end: both were answered with 429 in a storm.

No request waits here, and nothing here knows HTTP: the client asks for how long to wait.
"""

import math
from dataclasses import dataclass, field
from typing import Final

SAME_WINDOW: Final = 0.1
"""Seconds by which Discord's figure for the end of one window may differ between two answers."""

LONGEST_WINDOW: Final = 10.0
"""Seconds a window is taken to last until an answer to its first request was seen, which says it."""


@dataclass(slots=True, eq=False)
class Sending:
    """One request that counts since `at`, by our clock, and is not answered yet; `is_sent` once it left."""

    at: float
    is_sent: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """What an answer says of its bucket.

    Attributes:
        limit: Requests in one window (`X-RateLimit-Limit`).
        remaining: Of those, how many are left (`X-RateLimit-Remaining`).
        reset: When the window ends, in seconds of Discord's clock (`X-RateLimit-Reset`); tells windows apart.
        reset_after: Seconds until then (`X-RateLimit-Reset-After`).
    """

    limit: int
    remaining: int
    reset: float
    reset_after: float


@dataclass(slots=True)
class Bucket:
    """What is limited together. All times are seconds of our own, monotonic clock.

    Of an unknown bucket one request is sent at a time: a process that was killed a moment ago may have used
    it up, and its first answer tells.
    """

    _limit: int = 1
    _remaining: int = 1
    _reset: float = -math.inf
    _ends: float | None = None
    """None: the window is not known, or is over; the next request begins one."""
    _ends_not_before: float = -math.inf
    """Discord's window may be over before `_ends`, by as long as the answer took, but not before this."""
    _is_guess: bool = False
    """Whether no answer from this window has said when it ends."""
    _seconds: float | None = None
    """The longest a window may last; None while nothing is known."""
    _under_way: set[Sending] = field(default_factory=set)
    _lost_at: list[float] = field(default_factory=list)

    def wait(self, now: float) -> float:
        """Tell for how many seconds there is no room: 0 if there is, infinity if only an answer can tell."""
        self._turn(now)
        if self._remaining > len(self._under_way) + len(self._lost_at):
            return 0.0
        return math.inf if self._ends is None else self._ends - now

    def awaits_answers(self) -> bool:
        """Tell whether an answer could make room before the window ends."""
        return bool(self._under_way)

    def is_idle(self, now: float) -> bool:
        """Tell whether forgetting it loses nothing."""
        self._turn(now)
        return self._ends is None and not self._under_way

    def send(self, now: float) -> Sending:
        """Count one request as used up."""
        sending = Sending(now)
        self._under_way.add(sending)
        return sending

    def hear(self, sending: Sending, standing: Standing, now: float) -> None:
        """Take over what the answer to a request says."""
        self._under_way.discard(sending)
        self._turn(now)
        # What was lost before this was sent had reached Discord before, so it is in Discord's figure.
        self._lost_at = [at for at in self._lost_at if at > sending.at]
        ends = now + standing.reset_after
        if standing.reset > self._reset + SAME_WINDOW:
            self._limit, self._remaining = standing.limit, standing.remaining
            self._reset, self._ends, self._is_guess = standing.reset, ends, False
            self._ends_not_before = sending.at + standing.reset_after
        elif standing.reset > self._reset - SAME_WINDOW and self._ends is not None and not self._is_guess:
            # Two answers may overtake each other; the later one is slower, not later.
            self._remaining = min(self._remaining, standing.remaining)
            self._ends = min(self._ends, ends)
            self._ends_not_before = max(self._ends_not_before, sending.at + standing.reset_after)
        is_first = standing.remaining >= standing.limit - 1
        if is_first or self._seconds is None:
            self._seconds = max(standing.reset_after, 0.0 if is_first else LONGEST_WINDOW)

    def lose(self, sending: Sending, now: float) -> None:
        """Note that no answer will tell what became of a request, unless one has already."""
        if sending not in self._under_way:
            return  # it was answered
        self._under_way.remove(sending)
        if self._seconds is None:
            return
        self._turn(now)
        if self._ends is None:
            # It may have begun a window, and at the latest now.
            self._ends, self._is_guess = now + self._seconds, True
            self._ends_not_before = sending.at + self._seconds
        self._lost_at.append(now)

    def _turn(self, now: float) -> None:
        while self._ends is not None and now >= self._ends:
            self._remaining = self._limit
            self._lost_at = [at for at in self._lost_at if at > self._ends_not_before]
            if not self._lost_at or self._seconds is None:
                self._ends = None
                return
            # Discord's window may have been over when these were lost, and they in the next one already.
            self._ends, self._is_guess = self._ends + self._seconds, True
            self._ends_not_before += self._seconds
