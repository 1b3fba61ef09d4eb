"""Cases against a plain-Python model of them, on real PostgreSQL, driven by hypothesis.

The model is what people would say: the last word about a member's sanction holds, unless a longer one is
there already. Whatever is decided, lifted, undone, begun, carried out or let pass in whichever order, once
the worker has nothing left to do Discord is as the model says.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from app.bytes.domain import Member
from app.database.engine import TOOL_PATIENCE, connect_database
from app.database.tx import Tx
from app.moderation import carrying_out, repository
from app.moderation.cases import Case, Order
from app.moderation.domain import BANS, CaseAction, CaseStatus
from tests.support import deciding
from tests.support.guilds import member, new_guild

NEVER = datetime.max.replace(tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@dataclass
class Word:
    """What was last said about one member's ban: until when, and in which cases."""

    until: datetime | None = None
    cases: list[int] = field(default_factory=list)


class CaseMachine(RuleBasedStateMachine):
    """Does the same to the cases of three members and to the model; Discord is a dictionary."""

    url = ""

    @initialize()
    def begin(self) -> None:
        self.runner = asyncio.Runner()
        self.guild_id = new_guild()
        self.people = [member() for _ in range(2)]
        self.now = datetime(2026, 3, 27, 12, tzinfo=UTC)
        self.words = {who.user_id: Word() for who in self.people}
        self.banned: set[int] = set()
        self.opened = 0
        self.database = connect_database(self.url, pool_size=1, patience=TOOL_PATIENCE)
        self.connection = self.run(self.database.engine.connect())
        self.run(self.connection.begin())
        self.tx = Tx(self.connection)

    def run(self, awaitable: Any) -> Any:
        async def wait() -> Any:
            return await awaitable

        return self.runner.run(wait())

    def who(self, place: int) -> tuple[Member, Word]:
        person = self.people[place]
        return person, self.words[person.user_id]

    def decide(self, whom: Member, order: Order) -> Any:
        mod = deciding.moderator(self.guild_id)
        opened = self.run(deciding.decide(self.tx, mod, whom, order, now=self.now))
        self.opened += not opened.was_in_force
        return opened

    @rule(place=st.integers(0, 1), days=st.sampled_from([None, 1, 3]))
    def ban(self, place: int, days: int | None) -> None:
        whom, word = self.who(place)
        duration = None if days is None else timedelta(days=days)
        until = NEVER if duration is None else self.now + duration
        opened = self.decide(whom, Order(CaseAction.BAN, "x", duration=duration))
        is_there = (
            word.until is not None and word.until > self.now and until <= max(word.until - MINUTE, word.until)
        )
        assert opened.was_in_force == is_there
        if not is_there:
            word.until = until

    @rule(place=st.integers(0, 1))
    def unban(self, place: int) -> None:
        whom, word = self.who(place)
        self.decide(whom, Order(CaseAction.UNBAN, "x"))
        word.until = None

    @rule(place=st.integers(0, 1))
    def warn_and_note(self, place: int) -> None:
        whom, _ = self.who(place)
        for action in (CaseAction.WARN, CaseAction.NOTE):
            assert not self.decide(whom, Order(action, "x")).was_in_force

    @rule(hours=st.integers(1, 40))
    def let_pass(self, hours: int) -> None:
        self.work()  # a worker is there: what is over before it was done is another story
        self.now += timedelta(hours=hours)

    @rule()
    def work(self) -> None:
        """Carry everything out, as the worker does."""
        for whom in self.people:
            while (
                due := self.run(carrying_out.find_due(self.tx, self.guild_id, whom.user_id, self.now))
            ) is not None:
                self.carry_out(whom, due.case, is_over=due.is_over)

    def carry_out(self, whom: Member, case: Case, *, is_over: bool) -> None:
        if is_over:
            self.banned.discard(whom.user_id)
            self.run(carrying_out.expire(self.tx, case))
            return
        assert self.run(carrying_out.note_begun(self.tx, case, self.now))
        if case.action in BANS:
            self.banned.add(whom.user_id)
        else:
            self.banned.discard(whom.user_id)
        assert self.run(carrying_out.close(self.tx, case))

    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        """Take back one of the cases that are open; what it said does not hold any more."""
        whom, word = self.who(data.draw(st.integers(0, 1)))
        found = self.run(repository.find_open(self.tx, self.guild_id, whom.user_id))
        bans = [case for case in found if case.action in BANS]
        if len(bans) != 1 or len(found) != 1 or word.until is None or word.until <= self.now:
            return
        undone = self.run(deciding.undo(self.tx, deciding.moderator(self.guild_id), bans[0]))
        self.opened += undone.counter is not None
        word.until = None

    @invariant()
    def numbers_have_no_gaps(self) -> None:
        if not hasattr(self, "tx"):
            return
        last = self.run(repository.find_case(self.tx, self.guild_id, self.opened))
        assert (last is not None) == (self.opened > 0)
        assert self.run(repository.find_case(self.tx, self.guild_id, self.opened + 1)) is None

    def teardown(self) -> None:
        if not hasattr(self, "tx"):
            return
        try:
            self.work()
            for whom, word in ((each, self.words[each.user_id]) for each in self.people):
                holds = word.until is not None and word.until > self.now
                assert (whom.user_id in self.banned) == holds
                found = self.run(repository.find_open(self.tx, self.guild_id, whom.user_id))
                in_force = [case for case in found if case.action in BANS]
                assert [case.status for case in in_force] == [CaseStatus.ACTIVE] * holds
        finally:
            self.run(self.connection.rollback())
            self.run(self.connection.close())
            self.run(self.database.close())
            self.runner.close()


@pytest.mark.usefixtures("database_url")
def test_the_last_word_holds(database_url: str) -> None:
    CaseMachine.url = database_url
    run_state_machine_as_test(
        CaseMachine,
        settings=settings(
            max_examples=30, stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
