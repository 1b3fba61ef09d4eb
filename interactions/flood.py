"""A limit on how much one member can ask for at once."""

from typing import Final

from app import clock

MOST: Final = 20
"""Interactions of one member in one window. Whoever presses buttons as fast as they can stays below; a
script does not. Discord limits nobody for us."""

WINDOW: Final = 10.0
"""Seconds of a window."""


class Flood:
    """Counts interactions per member, in windows that begin for everybody at once.

    One process counts for itself: it protects this process, and keeps nothing that would have to be kept.
    Written here because a library's look-up costs as much as a whole command may (docs/decisions/0009).

    Args:
        most: Interactions of one member in one window.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._counts: dict[int, int] = {}
        self._ends = 0.0

    def allows(self, user_id: int) -> bool:
        """Count one interaction of somebody, in whichever guild; False if that is too many for now."""
        now = clock.monotonic()
        if now >= self._ends:
            self._counts.clear()
            self._ends = now + WINDOW
        count = self._counts.get(user_id, 0) + 1
        self._counts[user_id] = count
        return count <= self._most
