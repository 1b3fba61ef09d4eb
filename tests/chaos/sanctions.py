"""Sanctions: moderators decide about members, often several times about the same one within moments."""

import asyncio
import random
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from app import clock
from app.database.tx import Database
from app.errors import OutcomeUnknownError, UnavailableError
from app.guilds.domain import Actor
from app.moderation import service as moderation_service
from app.moderation.cases import Order, Subject
from app.moderation.changing import NotUndoableError, undo_case
from app.moderation.domain import CaseAction
from app.moderation.opening import open_case
from tests.chaos.guilds import Person, Place
from tests.chaos.oracle import Decision, Kind, standing
from tests.chaos.report import Report, Size

_SOON: Final = timedelta(seconds=1)
"""Stands for the length of those sanctions that end during the storm."""

_LATE: Final = timedelta(days=1)

_ORDERS: Final[tuple[tuple[Kind, timedelta | None, int], ...]] = (
    ("warn", None, 20),
    ("note", None, 8),
    ("timeout", _SOON, 12),
    ("timeout", _LATE, 12),
    ("untimeout", None, 8),
    ("kick", None, 6),
    ("ban", _SOON, 10),
    ("ban", _LATE, 3),
    ("ban", None, 5),
    ("unban", None, 8),
    ("undo", None, 8),
)
"""What is ordered, for how long, and how often in a hundred."""

_LEAVES_ALONE: Final[Mapping[str | None, frozenset[Kind]]] = {
    None: frozenset(),
    "ban": frozenset({"unban", "undo", "timeout", "untimeout", "kick"}),
    "timeout": frozenset({"untimeout", "undo", "timeout", "kick", "ban"}),
}
"""What was done by hand -> what is not ordered, because it would rightly change that."""


async def configure(database: Database, place: Place) -> None:
    """Have the guild log its cases."""
    async with database.transaction() as tx:
        config, version = await moderation_service.load_config(tx, place.guild_id)
        logging = config.model_copy(update={"log_channel_id": str(place.log_channel_id)})
        await moderation_service.save_config(
            tx, Actor.operator(place.guild_id), logging, expected_version=version
        )


class Court:
    """Decides, and keeps what was decided."""

    def __init__(
        self,
        database: Database,
        places: Sequence[Place],
        people: Sequence[Person],
        lots: random.Random,
        report: Report,
    ) -> None:
        self._database = database
        self._places = {place.guild_id: place for place in places}
        self._people = people
        self._lots = lots
        self._report = report
        self._lately: deque[Person] = deque(maxlen=6)
        self._decisions: dict[tuple[int, int], list[Decision]] = defaultdict(list)
        self.cases: set[tuple[int, int]] = set()
        """(guild, number) of every case that was opened."""

    def about(self, person: Person) -> list[Decision]:
        """Give what was decided about somebody, in order."""
        return self._decisions[person.guild_id, person.user_id]

    async def decide(self, size: Size, pause: float) -> None:
        """Decide in an even stream; half of it is about those who were decided about a moment ago."""
        for number in range(size.sanctions):
            person = self._lots.choice(
                self._lately if self._lately and self._lots.random() < 0.5 else self._people
            )
            self._lately.append(person)
            kind, duration = self._choose(person)
            if duration is _SOON:
                duration = timedelta(seconds=size.soon)
            await self._decide(person, kind, duration, f"chaos:sanction:{number}")
            self._report.sanctions += 1
            self._report.orders[kind] += 1
            await asyncio.sleep(pause)

    def _choose(self, person: Person) -> tuple[Kind, timedelta | None]:
        kinds, durations, weights = zip(*_ORDERS, strict=True)
        while True:
            place = self._lots.choices(range(len(kinds)), weights)[0]
            kind, duration = kinds[place], durations[place]
            is_possible = kind != "undo" or self._undoable(person, clock.now()) is not None
            if is_possible and kind not in _LEAVES_ALONE[person.sanction_by_hand]:
                return kind, duration

    def _undoable(self, person: Person, now: datetime) -> Decision | None:
        """Tell what an undo is about: what is in force, or the newest warning."""
        decisions = self.about(person)
        undone = {each.number for each in decisions if each.kind == "undo"}
        words = [each for each in decisions if each.kind == "warn" and each.number not in undone]
        return (
            standing(decisions, now, "ban", "unban")
            or standing(decisions, now, "timeout", "untimeout")
            or next(reversed(words), None)
        )

    async def _decide(self, person: Person, kind: Kind, duration: timedelta | None, key: str) -> None:
        """Have a moderator decide, again until it is known to be kept."""
        place = self._places[person.guild_id]
        who = self._lots.choices((0, 1), (4, 1))[0]
        now = clock.now()
        undone = self._undoable(person, now) if kind == "undo" else None
        while True:
            try:
                if undone is not None:
                    await self._undo(place, who, person, undone, key=key, now=now)
                else:
                    order = Order(CaseAction(kind), "a storm", duration)
                    await self._order(place, who, person, order, key=key, now=now)
            except (UnavailableError, OutcomeUnknownError):
                await asyncio.sleep(0.2)
            except NotUndoableError:  # it had failed: the member was gone
                return
            else:
                return

    async def _order(
        self, place: Place, who: int, person: Person, order: Order, *, key: str, now: datetime
    ) -> None:
        async with self._database.transaction() as tx:
            opened = await open_case(
                tx,
                place.moderators[who],
                Subject(person.user_id, person.name),
                order,
                ranks=place.ranks[who],
                idempotency_key=key,
                now=now,
            )
        number = opened.case.number
        self.cases.add((place.guild_id, number))
        until = None if order.duration is None else now + order.duration
        kind: Kind = order.action.value  # type: ignore[assignment] # it was made of one
        self.about(person).append(Decision(now, kind, number, until))

    async def _undo(
        self, place: Place, who: int, person: Person, undone: Decision, *, key: str, now: datetime
    ) -> None:
        async with self._database.transaction() as tx:
            done = await undo_case(
                tx,
                place.moderators[who],
                undone.number,
                reason=None,
                ranks=place.ranks[who],
                idempotency_key=key,
                now=now,
            )
        if done.counter is not None:
            self.cases.add((place.guild_id, done.counter.number))
        self.about(person).append(replace(undone, at=now, kind="undo", until=None))
