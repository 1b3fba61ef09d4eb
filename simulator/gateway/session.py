"""One session: what it hears, and what it was told lately, so that it can be resumed. Pure."""

from collections import deque
from dataclasses import dataclass
from datetime import datetime

from simulator.gateway.admission import Ears

_MOST_EVENTS = 10_000
_MOST_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Told:
    """One event: its name, and its data as JSON, which all who get the same share."""

    name: str
    data: bytes


class Session:
    """A bot's session. `left_at` is when its connection was lost; None while it has one.

    It remembers its last events, bounded in number and size. They are its replay when it is resumed,
    and the queue of its connection: who has not read an event before it is forgotten has lost it.
    """

    def __init__(
        self, session_id: str, ears: Ears, *, most_events: int = _MOST_EVENTS, most_bytes: int = _MOST_BYTES
    ) -> None:
        self.id = session_id
        self.ears = ears
        self.seq = 0
        self.left_at: datetime | None = None
        self._most_events = most_events
        self._most_bytes = most_bytes
        self._told: deque[Told] = deque()
        self._bytes = 0

    def record(self, told: Told) -> int:
        """Number an event and remember it; tells its number."""
        self.seq += 1
        self._told.append(told)
        self._bytes += len(told.data)
        while len(self._told) > self._most_events or (self._bytes > self._most_bytes and len(self._told) > 1):
            self._bytes -= len(self._told.popleft().data)
        return self.seq

    def remembers_since(self, seq: int) -> bool:
        """Tell whether everything after event number `seq` can still be told."""
        return self.seq - len(self._told) <= seq <= self.seq

    def frame(self, seq: int) -> bytes:
        """Write event number `seq`, which must be remembered, as its payload."""
        return dispatch(self._told[seq - self.seq - 1], seq)


def dispatch(told: Told, seq: int) -> bytes:
    """Write an event as a payload around its data."""
    return b'{"t":"%b","s":%d,"op":0,"d":%b}' % (told.name.encode(), seq, told.data)
