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

_SPACES: Final = b" \t\n"
"""All that folding leaves of them."""

_TIDY: Final = LONGEST * _SECOND // 20
"""How often what is too old is looked for."""


class Noted(NamedTuple):
    """A message that was seen; such are sorted by when, and of the same moment by id."""

    at: int
    message_id: int
    user_id: int
    channel_id: int | None
    parent_id: int | None
    role_ids: frozenset[int]
    joined_at: datetime | None
    content: int | None


def alike(folded: str) -> int | None:
    """Make the number that alike contents share, of the folded text; None of an empty one.

    Spaces make no difference, wherever they are: nobody gets around it by putting in some.
    """
    letters = folded.encode().translate(None, _SPACES)
    return hash(letters) if letters else None


class _Lanes:
    """Messages by who wrote them, or by what was written, sorted; the lanes used last are kept."""

    __slots__ = ("lanes", "size")

    def __init__(self) -> None:
        self.lanes: OrderedDict[int, list[Noted]] = OrderedDict()
        self.size = 0

    def add(self, key: int, noted: Noted) -> None:
        lane = self.lanes.get(key)
        if lane is None:
            self.lanes[key] = [noted]
        else:
            place = len(lane) if noted > lane[-1] else bisect_left(lane, noted)
            if place < len(lane) and lane[place].message_id == noted.message_id:
                return  # a repeat
            self.lanes.move_to_end(key)
            lane.insert(place, noted)
            if len(lane) > KEPT_PER_LANE:
                self._shorten(lane, len(lane) - KEPT_PER_LANE)
        self.size += 1
        while self.size > KEPT_MESSAGES:
            self.size -= len(self.lanes.popitem(last=False)[1])

    def forget(self, before: int) -> None:
        """Forget what is older, as far as nothing newer stands behind it."""
        lanes = self.lanes
        while lanes:
            key = next(iter(lanes))
            lane = lanes[key]
            if lane[-1].at >= before:
                self._shorten(lane, bisect_left(lane, (before,)))
                return
            self.size -= len(lane)
            del lanes[key]

    def _shorten(self, lane: list[Noted], count: int) -> None:
        if count > 0:
            del lane[:count]
            self.size -= count


_NO_LANE: Final[list[Noted]] = []


class Windows:
    """What happened lately in one guild."""

    __slots__ = ("_contents", "_join_times", "_joined", "_joiners", "_newest", "_tidy_at", "_writers")

    def __init__(self) -> None:
        self._writers = _Lanes()
        self._contents = _Lanes()
        self._join_times: list[int] = []
        self._joiners: list[int] = []
        self._joined: dict[int, int] = {}
        self._newest = 0
        self._tidy_at = 0

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
        if at > self._newest:
            self._newest = at
            if at > self._tidy_at:
                self._tidy(at)
        elif at < self._newest - LONGEST * _SECOND:
            return
        if observation.kind is Kind.JOIN:
            self._note_join(observation.user_id, at)
        elif observation.kind is Kind.MESSAGE and observation.message_id is not None:
            noted = Noted(
                at,
                observation.message_id,
                observation.user_id,
                observation.channel_id,
                observation.parent_id,
                observation.role_ids,
                observation.joined_at,
                content,
            )
            self._writers.add(noted.user_id, noted)
            if content is not None:
                self._contents.add(content, noted)

    def _tidy(self, now: int) -> None:
        """Forget what is too old, now and then; nobody is told of it anyway."""
        before = now - LONGEST * _SECOND
        self._writers.forget(before)
        self._contents.forget(before)
        self._forget_joins(bisect_left(self._join_times, before))
        self._tidy_at = now + _TIDY

    def messages(
        self,
        observation: Observation,
        count: int,
        seconds: int,
        *,
        channel_id: int | None = None,
        alike: bool = False,
        everybody: bool = False,
    ) -> tuple[Noted, ...]:
        """List the messages of the burst that this one is part of; none if it is part of none.

        Args:
            observation: A message that was noted.
            count: So many make a burst ...
            seconds: ... if less than so much time is between the first and the last.
            channel_id: Only those of this channel count; None: those of all.
            alike: Only those with the same content count, and one without content is like no other.
            everybody: Of those alike those of everybody count, not only those of who wrote this one.
        """
        lane = self._writers.lanes.get(observation.user_id, _NO_LANE)
        if len(lane) < count and not everybody:
            return ()
        is_last = lane and lane[-1].message_id == observation.message_id  # mostly
        noted = lane[-1] if is_last else _find(observation, lane)
        if noted is None:
            return ()
        if alike:
            same = _NO_LANE if noted.content is None else self._contents.lanes.get(noted.content, _NO_LANE)
            if len(same) < count:
                return ()
            lane = same if everybody else lane
        length = seconds * _SECOND
        if len(lane) < count or (noted is lane[-1] and noted.at - lane[-count].at >= length):
            return ()
        near = lane[bisect_left(lane, (noted.at - length + 1,)) : bisect_left(lane, (noted.at + length,))]
        near = [
            each
            for each in near
            if (channel_id is None or each.channel_id == channel_id)
            and (not alike or each.content == noted.content)
        ]
        if len(near) < count or noted not in near:
            return ()
        burst = _burst([each.at for each in near], bisect_left(near, noted), count, length)
        return () if burst is None else tuple(near[slice(*burst)])

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
        self._forget_joins(len(times) - KEPT_JOINS)

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


def _find(observation: Observation, lane: list[Noted]) -> Noted | None:
    """Find what was noted of a message."""
    at = round(observation.at.timestamp() * _SECOND)
    place = bisect_left(lane, (at, observation.message_id))
    if place < len(lane) and lane[place].message_id == observation.message_id:
        return lane[place]
    return None
