"""The ledger against a plain-Python model of it, on real PostgreSQL, driven by hypothesis.

The model knows nothing of SQL: dictionaries and a list. Whatever sequence of sends, claims, grants and
repeats hypothesis thinks of, ledger and model must answer alike and end alike.
"""

import asyncio
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import text

from app.bytes import service, treasury
from app.bytes.domain import AlreadyClaimedError, DuplicateKeyError, InsufficientBytesError, Member
from app.database.engine import connect_database
from app.database.tx import Tx
from app.database.verify import load_invariants
from tests.support.guilds import actor, manager, new_guild, snowflake

STARTING, DAILY, MAX_TRANSFER = 100, 10, 1_000
BONUSES = {8: 2, 16: 4, 32: 8, 64: 16}
PEOPLE = [Member(snowflake(), f"person{number}") for number in range(4)]

people = st.integers(0, len(PEOPLE) - 1)
amounts = st.integers(1, 300)


class Model:
    """What a ledger is, without any of the difficulties."""

    def __init__(self) -> None:
        self.received: dict[int, int] = defaultdict(int)
        self.sent: dict[int, int] = defaultdict(int)
        self.earned: dict[int, int] = defaultdict(int)
        self.started: set[int] = set()
        self.last: dict[int, date] = {}
        self.streak: dict[int, int] = defaultdict(int)

    def balance(self, who: int) -> int:
        return self.received[who] - self.sent[who]

    def mint(self, who: int, amount: int) -> None:
        self.received[who] += amount
        self.earned[who] += amount

    def appear(self, who: int) -> None:
        if who not in self.started:
            self.started.add(who)
            self.mint(who, STARTING)

    def send(self, giver: int, receiver: int, amount: int) -> bool:
        available = self.balance(giver) + (STARTING if giver not in self.started else 0)
        if available < amount:
            return False  # a refusal rolls the appearance back too
        self.appear(giver)
        self.sent[giver] += amount
        self.received[receiver] += amount
        return True

    def claim(self, who: int, today: date) -> int | None:
        last = self.last.get(who)
        if last is not None and last >= today:
            return None
        self.appear(who)
        self.streak[who] = self.streak[who] + 1 if last == today - timedelta(days=1) else 1
        self.last[who] = today
        reached = [BONUSES[days] for days in sorted(BONUSES) if days <= self.streak[who]]
        amount = DAILY * (reached[-1] if reached else 1)
        self.mint(who, amount)
        return amount


class LedgerMachine(RuleBasedStateMachine):
    """Does the same to ledger and model."""

    url = ""

    @initialize()
    def begin(self) -> None:
        self.runner = asyncio.Runner()
        self.guild_id = new_guild()
        self.now = datetime(2026, 3, 27, 12, tzinfo=UTC)
        self.model = Model()
        self.done: list[tuple[str, tuple[int, int, int], Any]] = []
        self.database = connect_database(self.url, pool_size=1)
        self.connection = self.run(self.database.engine.connect())
        self.run(self.connection.begin())
        self.tx = Tx(self.connection)

    def run(self, awaitable: Any) -> Any:
        async def wait() -> Any:
            return await awaitable

        return self.runner.run(wait())

    async def attempt(self, work: Any) -> Any:
        """Do it in a savepoint, so that a refusal undoes its own part only."""
        async with self.connection.begin_nested():
            return await work

    def key(self) -> str:
        return f"model:{snowflake()}"

    @rule(giver=people, receiver=people, amount=amounts)
    def send(self, giver: int, receiver: int, amount: int) -> None:
        if giver == receiver:
            return
        key = self.key()
        expected = self.model.send(giver, receiver, amount)
        if not expected:
            with pytest.raises(InsufficientBytesError):
                self.run(self.attempt(self._send(giver, receiver, amount, key)))
            return
        receipt = self.run(self.attempt(self._send(giver, receiver, amount, key)))
        assert receipt.transaction.giver_balance_after == self.model.balance(giver)
        assert receipt.transaction.receiver_balance_after == self.model.balance(receiver)
        self.done.append((key, (giver, receiver, amount), receipt))

    def _send(self, giver: int, receiver: int, amount: int, key: str) -> Any:
        return service.send_bytes(
            self.tx, actor(self.guild_id, PEOPLE[giver]), PEOPLE[receiver], amount,
            reason=None, idempotency_key=key, now=self.now,
        )  # fmt: skip

    @rule(data=st.data())
    def repeat_a_send(self, data: st.DataObject) -> None:
        if self.done:
            key, asked, receipt = data.draw(st.sampled_from(self.done))
            giver, receiver, amount = asked
            assert self.run(self.attempt(self._send(giver, receiver, amount, key))) == receipt

    @rule(data=st.data(), amount=amounts)
    def abuse_a_key(self, data: st.DataObject, amount: int) -> None:
        if self.done:
            key, (giver, receiver, was), _ = data.draw(st.sampled_from(self.done))
            if amount != was:
                with pytest.raises(DuplicateKeyError):
                    self.run(self.attempt(self._send(giver, receiver, amount, key)))

    @rule(who=people)
    def claim(self, who: int) -> None:
        expected = self.model.claim(who, self.now.date())
        work = service.claim_daily(
            self.tx, actor(self.guild_id, PEOPLE[who]), idempotency_key=self.key(), now=self.now
        )
        if expected is None:
            with pytest.raises(AlreadyClaimedError):
                self.run(self.attempt(work))
            return
        receipt = self.run(self.attempt(work))
        assert receipt.transaction.amount == expected
        assert receipt.transaction.streak_count == self.model.streak[who]

    @rule(who=people, amount=amounts)
    def grant(self, who: int, amount: int) -> None:
        self.model.mint(who, amount)
        self.run(
            self.attempt(
                treasury.grant_bytes(
                    self.tx,
                    manager(self.guild_id),
                    PEOPLE[who],
                    amount,
                    reason=None,
                    idempotency_key=self.key(),
                )
            )
        )

    @rule(days=st.sampled_from([1, 1, 1, 1, 2, 3]))
    def time_passes(self, days: int) -> None:
        self.now += timedelta(days=days)

    @invariant()
    def ledger_and_model_agree(self) -> None:
        rows = self.run(
            self.tx.execute(
                text(
                    "SELECT user_id, balance, total_received, total_sent, total_earned, streak_count"
                    " FROM bytes_balances WHERE guild_id = :id"
                ),
                {"id": self.guild_id},
            )
        )
        found = {row.user_id: tuple(row)[1:] for row in rows}
        for number, who in enumerate(PEOPLE):
            assert found.get(who.user_id, (0, 0, 0, 0, 0)) == (
                self.model.balance(number),
                self.model.received[number],
                self.model.sent[number],
                self.model.earned[number],
                self.model.streak[number],
            )

    def teardown(self) -> None:
        if not hasattr(self, "runner"):
            return
        for stated in load_invariants():
            assert self.run(self.tx.execute(text(stated.query))).all() == [], stated.sentence
        self.run(self.connection.rollback())
        self.run(self.connection.close())
        self.run(self.database.close())
        self.runner.close()


def test_the_ledger_is_what_the_model_says(database_url: str) -> None:
    LedgerMachine.url = database_url
    run_state_machine_as_test(
        LedgerMachine,
        settings=settings(
            max_examples=25,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
