"""Faults that were asked for: each draws its own lots from its own seed, so a run can be repeated."""

import random
from collections.abc import Iterable
from dataclasses import dataclass, field

from simulator.faults.kinds import FaultKind, Where
from simulator.faults.routes import shape_of

MOST = 100
"""Faults that may be planned at once."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault as it was asked for, with everything filled in that its kind needs."""

    id: int
    kind: FaultKind
    seed: int
    probability: float = 1.0
    times: int | None = None
    method: str | None = None
    route: str | None = None
    path: str | None = None
    status: int = 503
    retry_after: float = 1.0
    seconds: float = 0.0
    when: str = "before"
    code: int = 4000
    resumable: bool = True
    shard: int | None = None
    event: str | None = None


@dataclass(slots=True)
class _Planned:
    fault: Fault
    lots: random.Random
    shape: str | None
    seen: int = 0
    struck: int = 0

    def strikes(self) -> bool:
        """Draw a lot for something that the fault is about."""
        fault = self.fault
        if fault.times is not None and self.struck >= fault.times:
            return False
        self.seen += 1
        # A lot is drawn even when it must win: how often it was is all that the sequence hangs on.
        strikes = self.lots.random() < fault.probability
        if strikes:
            self.struck += 1
        return strikes


@dataclass(frozen=True, slots=True)
class Record:
    """A planned fault and how it went: what it saw since it was planned, and how often it struck."""

    fault: Fault
    seen: int
    struck: int


@dataclass(slots=True)
class Faults:
    """The plan. Of several faults about the same thing, the one that was planned first and strikes counts."""

    _planned: dict[int, _Planned] = field(default_factory=dict)
    _by_place: dict[Where, list[_Planned]] = field(default_factory=lambda: {where: [] for where in Where})
    _next: int = 1

    def next_id(self) -> int:
        """Tell the number of a new fault."""
        number = self._next
        self._next += 1
        return number

    @property
    def full(self) -> bool:
        """Whether no more can be planned."""
        return len(self._planned) >= MOST

    def plan(self, fault: Fault) -> Record:
        """Let a fault strike from now on."""
        shape = None if fault.route is None else shape_of(fault.route)
        lots = random.Random(fault.seed)  # noqa: S311 - to be repeated, not to be secret
        planned = _Planned(fault, lots, shape)
        self._planned[fault.id] = planned
        self._by_place[fault.kind.where].append(planned)
        return Record(fault, 0, 0)

    def records(self) -> list[Record]:
        """Tell what is planned, oldest first."""
        return [Record(each.fault, each.seen, each.struck) for each in self._planned.values()]

    def remove(self, ids: Iterable[int] | None = None) -> int:
        """Take these off the plan, or all; tells how many there were."""
        gone = {number for number in (self._planned if ids is None else ids) if number in self._planned}
        for number in gone:
            del self._planned[number]
        for where, listed in self._by_place.items():
            self._by_place[where] = [each for each in listed if each.fault.id not in gone]
        return len(gone)

    def strike_request(self, method: str, shape: str | None, path: str) -> Fault | None:
        """Draw for a REST request; tells the fault that strikes it. `path` is without the base."""
        for each in self._by_place[Where.REST]:
            fault = each.fault
            if fault.method is not None and fault.method != method:
                continue
            if each.shape is not None and each.shape != shape:
                continue
            if fault.path is not None and fault.path != path:
                continue
            if each.strikes():
                return fault
        return None

    def strike_dispatch(self, shard: int, event: str) -> Fault | None:
        """Draw for an event that is about to be dispatched to a session."""
        for each in self._by_place[Where.GATEWAY]:
            fault = each.fault
            if fault.shard in {None, shard} and fault.event in {None, event} and each.strikes():
                return fault
        return None

    def strike_endpoint(self) -> Fault | None:
        """Draw for a request that is about to be sent to the bot's endpoint."""
        return next((each.fault for each in self._by_place[Where.ENDPOINT] if each.strikes()), None)
