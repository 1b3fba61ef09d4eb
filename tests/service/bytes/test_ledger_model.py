"""The ledger against a plain-Python model of it, on real PostgreSQL, driven by hypothesis.

The model knows nothing of SQL and subtracts nothing: what is undone never was. Whatever sequence of sends,
claims, grants, takes, undoings, erasures and repeats hypothesis thinks of, ledger and model must answer alike
and end alike.
"""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import text

from app.bytes import erasure, service, treasury
from app.bytes.domain import (
    AlreadyClaimedError,
    AlreadyUndoneError,
    DuplicateKeyError,
    InsufficientBytesError,
    Member,
    NotEnoughToTakeError,
    NotEnoughToUndoError,
    ReversalError,
)
from app.database.engine import TOOL_PATIENCE, connect_database
from app.database.tx import Tx
from app.database.verify import load_invariants
from tests.service.bytes.model import Model, Moved
from tests.support.guilds import actor, manager, new_guild, snowflake

PEOPLE = [Member(snowflake(), f"person{number}") for number in range(4)]

people = st.sampled_from(PEOPLE)
amounts = st.integers(1, 300)


class LedgerMachine(RuleBasedStateMachine):
    """Does the same to ledger and model."""

    url = ""

    @initialize()
    def begin(self) -> None:
        self.runner = asyncio.Runner()
        self.guild_id = new_guild()
        self.boss = manager(self.guild_id)
        self.now = datetime(2026, 3, 27, 12, tzinfo=UTC)
        self.model = Model()
        self.aliases: list[int] = []
        self.done: list[tuple[str, tuple[Member, Member, int], Any]] = []
        self.undone: list[tuple[str, Moved, bool, Any]] = []
        self.database = connect_database(self.url, pool_size=1, patience=TOOL_PATIENCE)
        self.connection = self.run(self.database.engine.connect())
        self.run(self.connection.begin())
        self.tx = Tx(self.connection)

    def run(self, awaitable: Any) -> Any:
        async def wait() -> Any:
            return await awaitable

        return self.runner.run(wait())

    def attempt(self, work: Any) -> Any:
        """Do it in a savepoint, so that a refusal undoes its own part only."""

        async def nested() -> Any:
            async with self.connection.begin_nested():
                return await work

        return self.run(nested())

    def refused(self, error: type[Exception], work: Any) -> None:
        with pytest.raises(error):
            self.attempt(work)

    def key(self) -> str:
        return f"model:{snowflake()}"

    def booked(self, moved: Moved, receipt: Any) -> None:
        transaction = receipt.transaction
        assert transaction.amount == moved.amount
        moved.id, moved.at = transaction.id, transaction.created_at
        if moved.giver:
            assert transaction.giver_balance_after == self.model.balance(moved.giver)
        if moved.receiver:
            assert transaction.receiver_balance_after == self.model.balance(moved.receiver)

    @rule(giver=people, receiver=people, amount=amounts)
    def send(self, giver: Member, receiver: Member, amount: int) -> None:
        if giver == receiver:
            return
        key = self.key()
        moved = self.model.send(giver.user_id, receiver.user_id, amount)
        if moved is None:
            self.refused(InsufficientBytesError, self._send(giver, receiver, amount, key))
            return
        receipt = self.attempt(self._send(giver, receiver, amount, key))
        self.booked(moved, receipt)
        self.done.append((key, (giver, receiver, amount), receipt))

    def _send(self, giver: Member, receiver: Member, amount: int, key: str) -> Any:
        return service.send_bytes(
            self.tx, actor(self.guild_id, giver), receiver, amount,
            reason=None, idempotency_key=key, now=self.now,
        )  # fmt: skip

    @rule(data=st.data())
    def repeat_a_send(self, data: st.DataObject) -> None:
        if self.done:
            key, (giver, receiver, amount), receipt = data.draw(st.sampled_from(self.done))
            assert self.attempt(self._send(giver, receiver, amount, key)) == receipt

    @rule(data=st.data(), amount=amounts)
    def abuse_a_key(self, data: st.DataObject, amount: int) -> None:
        if self.done:
            key, (giver, receiver, was), _ = data.draw(st.sampled_from(self.done))
            if amount != was:
                self.refused(DuplicateKeyError, self._send(giver, receiver, amount, key))

    @rule(who=people)
    def claim(self, who: Member) -> None:
        moved = self.model.claim(who.user_id, self.now.date())
        work = service.claim_daily(
            self.tx, actor(self.guild_id, who), idempotency_key=self.key(), now=self.now
        )
        if moved is None:
            self.refused(AlreadyClaimedError, work)
            return
        receipt = self.attempt(work)
        self.booked(moved, receipt)
        assert receipt.transaction.streak_count == self.model.streak[who.user_id]

    @rule(who=people, amount=amounts)
    def grant(self, who: Member, amount: int) -> None:
        work = treasury.grant_bytes(self.tx, self.boss, who, amount, reason=None, idempotency_key=self.key())
        self.booked(self.model.move("grant", 0, who.user_id, amount), self.attempt(work))

    @rule(who=people, amount=amounts)
    def take(self, who: Member, amount: int) -> None:
        work = treasury.take_bytes(self.tx, self.boss, who, amount, reason=None, idempotency_key=self.key())
        moved = self.model.take(who.user_id, amount)
        if moved is None:
            self.refused(NotEnoughToTakeError, work)
        else:
            self.booked(moved, self.attempt(work))

    @rule(data=st.data(), force=st.booleans())
    def undo(self, data: st.DataObject, *, force: bool) -> None:
        if not self.model.moved:
            return
        what = data.draw(st.sampled_from(self.model.moved))
        key = self.key()
        work = self._undo(what, key, force=force)
        if what.is_undone:
            self.refused(AlreadyUndoneError, work)
            return
        was = what.amount
        back = self.model.undo(what, force=force)
        if back is None:
            self.refused(NotEnoughToUndoError, work)
            return
        receipt = self.attempt(work)
        assert (receipt.original.amount, receipt.reversal.amount, receipt.missing) == (was, back, was - back)
        self.undone.append((key, what, force, receipt))

    async def _undo(self, what: Moved, key: str, *, force: bool) -> Any:
        if what.id is None:  # a starting balance, minted on the way
            minted = text("SELECT id FROM bytes_transactions WHERE idempotency_key = :key")
            parameters = {"key": f"starting:{self.guild_id}:{what.receiver}"}
            what.id = (await self.tx.execute(minted, parameters)).scalar_one()
        return await treasury.undo_transaction(self.tx, self.boss, what.id, force=force, idempotency_key=key)

    @rule(data=st.data())
    def repeat_an_undo(self, data: st.DataObject) -> None:
        if self.undone:
            key, what, force, receipt = data.draw(st.sampled_from(self.undone))
            assert self.attempt(self._undo(what, key, force=force)) == receipt
            again = treasury.undo_transaction(
                self.tx, self.boss, receipt.reversal.id, force=force, idempotency_key=self.key()
            )
            self.refused(ReversalError, again)

    @rule(who=people)
    def erase(self, who: Member) -> None:
        alias = -snowflake()
        self.aliases.append(alias)
        self.model.erase(who.user_id, alias)
        self.attempt(erasure.erase_member(self.tx, self.guild_id, who.user_id, alias))
        # Receipts name who was erased, so a repeat is no longer what it was.
        self.done = [each for each in self.done if who not in each[1]]
        self.undone = [each for each in self.undone if alias not in (each[1].giver, each[1].receiver)]

    @rule(days=st.sampled_from([1, 1, 1, 1, 2, 3]))
    def time_passes(self, days: int) -> None:
        self.now += timedelta(days=days)

    @invariant()
    def ledger_and_model_agree(self) -> None:
        rows = self.run(
            self.tx.execute(
                text(
                    "SELECT user_id, balance, total_received, total_sent, total_earned, streak_count,"
                    " last_sent_at FROM bytes_balances WHERE guild_id = :id"
                ),
                {"id": self.guild_id},
            )
        )
        found = {row.user_id: tuple(row)[1:] for row in rows}
        everybody = {who.user_id for who in PEOPLE} | set(self.aliases)
        assert set(found) <= everybody
        for who in everybody:
            assert found.get(who, (0, 0, 0, 0, 0, None)) == (
                self.model.balance(who),
                self.model.received(who),
                self.model.sent(who),
                self.model.earned(who),
                self.model.streak[who],
                self.model.last_sent(who),
            )

    def teardown(self) -> None:
        if not hasattr(self, "runner"):
            return
        try:
            for stated in load_invariants():
                assert self.run(self.tx.execute(text(stated.query))).all() == [], stated.sentence
        finally:
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
            stateful_step_count=50,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
