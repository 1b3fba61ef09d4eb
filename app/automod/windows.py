"""What happened lately in one guild, as far as rules count it. Bounded in memory, and it asks no clock.

Events come out of order (channels are read again after a restart) and more than once (a resumed connection
repeats them). So nothing here depends on the order in which they come: whoever asks is told whether the
observation is part of a burst, and the last of a burst to come is always told so.
"""

from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from app.automod.observation import Kind, Observation

LONGEST: Final = 600
"""Seconds that a rule may count over. What is older than the newest by more is forgotten."""

MOST_MESSAGES: Final = 50
"""As many messages as a rule may ask for in its time."""

MOST_JOINS: Final = 500
"""As many joins as a rule may ask for in its time."""

KEPT_PER_LANE: Final = 200
KEPT_MESSAGES: Final = 5_000
KEPT_JOINS: Final = 10_000
"""More are not remembered, so that a flood costs no more memory than this (a few megabytes for a guild)."""

_SECOND: Final = 1_000
"""Times are kept in whole milliseconds, as Discord tells them: a fraction would not compare exactly."""


class Noted(NamedTuple):
    """A message that was seen."""

    user_id: int
    message_id: int
    channel_id: int | None
    parent_id: int | None
    role_ids: frozenset[int]
    joined_at: datetime | None
    content: int | None


def alike(folded: str) -> int | None:
    """Make the number that alike contents share, of the folded text; None of an empty one."""
    words = folded.split()
    return hash(" ".join(words)) if words else None


class _Lane:
    """Messages in the order in which they were written."""

    __slots__ = ("ids", "messages", "times")

    def __init__(self) -> None:
        self.times: list[int] = []
        self.ids: list[int] = []
        self.messages: list[Noted] = []

    def add(self, at: int, noted: Noted) -> None:
        times = self.times
        place = len(times) if not times or at >= times[-1] else bisect_right(times, at)
        times.insert(place, at)
        self.ids.insert(place, noted.message_id)
        self.messages.insert(place, noted)

    def forget(self, count: int) -> None:
        del self.times[:count], self.ids[:count], self.messages[:count]


class _Lanes:
    """Messages by who wrote them, or by what was written; the lanes used last are kept."""

    __slots__ = ("_lanes", "size")

    def __init__(self) -> None:
        self._lanes: OrderedDict[int, _Lane] = OrderedDict()
        self.size = 0

    def of(self, key: int) -> _Lane | None:
        return self._lanes.get(key)

    def add(self, key: int, at: int, noted: Noted, newest: int) -> None:
        lanes = self._lanes
        lane = lanes.get(key)
        if lane is None:
            lane = lanes[key] = _Lane()
        elif noted.message_id in lane.ids:
            return
        else:
            lanes.move_to_end(key)
        lane.add(at, noted)
        self.size += 1
        old = bisect_left(lane.times, newest - LONGEST * _SECOND)
        self._shorten(lane, max(old, len(lane.times) - KEPT_PER_LANE))
        while lanes and (self.size > KEPT_MESSAGES or self._is_old(newest)):
            _, gone = lanes.popitem(last=False)
            self.size -= len(gone.times)

    def _is_old(self, newest: int) -> bool:
        """Tell whether the lane that was used the longest ago has nothing that counts."""
        times = next(iter(self._lanes.values())).times
        return not times or times[-1] < newest - LONGEST * _SECOND

    def _shorten(self, lane: _Lane, count: int) -> None:
        if count > 0:
            lane.forget(count)
            self.size -= count


class Windows:
    """What happened lately in one guild."""

    __slots__ = ("_contents", "_join_times", "_joined", "_joiners", "_newest", "_writers")

    def __init__(self) -> None:
        self._writers = _Lanes()
        self._contents = _Lanes()
        self._join_times: list[int] = []
        self._joiners: list[int] = []
        self._joined: dict[int, int] = {}
        self._newest = 0

    def __len__(self) -> int:
        """Count what is remembered."""
        return self._writers.size + self._contents.size + len(self._joiners)

    def note(self, observation: Observation, content: int | None = None) -> None:
        """Remember a message or a join, once; nothing else is counted.

        Args:
            observation: What happened.
            content: A number that alike contents share, None if there is none.
        """
        at = round(observation.at.timestamp() * _SECOND)
        self._newest = max(self._newest, at)
        if at < self._newest - LONGEST * _SECOND:
            return
        if observation.kind is Kind.JOIN:
            self._note_join(observation.user_id, at)
        elif observation.kind is Kind.MESSAGE and observation.message_id is not None:
            noted = Noted(
                observation.user_id,
                observation.message_id,
                observation.channel_id,
                observation.parent_id,
                observation.role_ids,
                observation.joined_at,
                content,
            )
            self._writers.add(noted.user_id, at, noted, self._newest)
            if content is not None:
                self._contents.add(content, at, noted, self._newest)

    def messages(
        self,
        observation: Observation,
        count: int,
        seconds: int,
        *,
        channel_id: int | None = None,
        content: int | None = None,
        everybody: bool = False,
    ) -> tuple[Noted, ...]:
        """List the messages of the burst that this one is part of; none if it is part of none.

        Args:
            observation: A message that was noted.
            count: So many make a burst ...
            seconds: ... if less than so much time is between the first and the last.
            channel_id: Only those of this channel count; None: those of all.
            content: Only those with this content count; None: all.
            everybody: Those of everybody with that content count, not only those of who wrote this one.
        """
        lanes, key = (self._writers, observation.user_id)
        if everybody and content is not None:
            lanes, key = (self._contents, content)
        lane = lanes.of(key)
        if lane is None or len(lane.times) < count or observation.message_id not in lane.ids:
            return ()
        times, messages, length = lane.times, lane.messages, seconds * _SECOND
        place = lane.ids.index(observation.message_id)
        burst = _burst(times, place, count, length)
        if burst is None or (channel_id is None and content is None):
            return () if burst is None else tuple(messages[slice(*burst)])
        at = times[place]
        near = range(bisect_right(times, at - length), bisect_left(times, at + length))
        places = [
            each
            for each in near
            if (channel_id is None or messages[each].channel_id == channel_id)
            and (content is None or messages[each].content == content)
        ]
        if place not in places:
            return ()
        burst = _burst([times[each] for each in places], places.index(place), count, length)
        return () if burst is None else tuple(messages[each] for each in places[slice(*burst)])

    def joins(self, observation: Observation, count: int, seconds: int) -> tuple[int, ...]:
        """List who joined in the burst that this join is part of; nobody if it is part of none.

        Args:
            observation: A join that was noted.
            count: So many members make a burst ...
            seconds: ... if less than so much time is between the first and the last.
        """
        at = self._joined.get(observation.user_id)
        if at is None or len(self._joiners) < count:
            return ()
        place = self._place_of_join(observation.user_id, at)
        burst = _burst(self._join_times, place, count, seconds * _SECOND)
        return () if burst is None else tuple(self._joiners[slice(*burst)])

    def _note_join(self, user_id: int, at: int) -> None:
        """Remember a join. Whoever left and came back counts once, from the last time."""
        times, joiners = self._join_times, self._joiners
        before = self._joined.get(user_id)
        if before is not None:
            if before >= at:
                return
            place = self._place_of_join(user_id, before)
            del times[place], joiners[place]
        place = len(times) if not times or at >= times[-1] else bisect_right(times, at)
        times.insert(place, at)
        joiners.insert(place, user_id)
        self._joined[user_id] = at
        old = bisect_left(times, self._newest - LONGEST * _SECOND)
        self._forget_joins(max(old, len(times) - KEPT_JOINS))

    def _place_of_join(self, user_id: int, at: int) -> int:
        place = bisect_left(self._join_times, at)
        return self._joiners.index(user_id, place)

    def _forget_joins(self, count: int) -> None:
        if count <= 0:
            return
        for user_id in self._joiners[:count]:
            del self._joined[user_id]
        del self._join_times[:count], self._joiners[:count]


def _burst(times: Sequence[int], place: int, count: int, length: int) -> tuple[int, int] | None:
    """Tell from where to where the burst around a place goes, None if there is none.

    It is all windows of this length that have at least so many and the place among them, so it also names
    those that came before there was one.
    """
    firsts = range(max(0, place - count + 1), min(place, len(times) - count) + 1)
    first = next((each for each in firsts if times[each + count - 1] - times[each] < length), None)
    if first is None:
        return None
    last = next(each for each in reversed(firsts) if times[each + count - 1] - times[each] < length)
    start, end = times[first + count - 1] - length, times[last] + length
    return bisect_right(times, start), bisect_left(times, end)
