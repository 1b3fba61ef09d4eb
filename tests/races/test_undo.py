"""Undoing and erasing while others do something: once, never below zero, never in a circle."""

import asyncio
import random
from collections import Counter
from contextlib import suppress
from uuid import UUID

import pytest
from sqlalchemy import text

from app import clock
from app.bytes import erasure, service, treasury
from app.bytes.domain import (
    AlreadyUndoneError,
    InsufficientBytesError,
    Member,
    NotEnoughToTakeError,
)
from app.bytes.treasury import UndoReceipt
from app.database.tx import Database
from app.errors import RefusedError, UnavailableError
from tests.support.guilds import actor, balance_of, give, manager, member, snowflake
from tests.support.locks import until_waiting_for_locks

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("verified")]


async def send(database: Database, guild_id: int, giver: Member, receiver: Member, amount: int) -> UUID:
    async with database.transaction() as tx:
        receipt = await service.send_bytes(
            tx, actor(guild_id, giver), receiver, amount,
            reason=None, idempotency_key=f"race:{snowflake()}", now=clock.now(),
        )  # fmt: skip
    return receipt.transaction.id


async def take(database: Database, guild_id: int, giver: Member, amount: int) -> None:
    async with database.transaction() as tx:
        await treasury.take_bytes(
            tx, manager(guild_id), giver, amount, reason=None, idempotency_key=f"race:{snowflake()}"
        )


async def undo(
    database: Database, guild_id: int, what: UUID, *, force: bool = False, key: str | None = None
) -> UndoReceipt | RefusedError:
    try:
        async with database.transaction() as tx:
            return await treasury.undo_transaction(
                tx, manager(guild_id), what, force=force, idempotency_key=key or f"race:{snowflake()}"
            )
    except RefusedError as refusal:
        return refusal


async def erase(database: Database, guild_id: int, who: Member) -> int | None:
    async with database.transaction() as tx:
        return await erasure.erase_member(tx, guild_id, who.user_id, -snowflake())


async def balance(database: Database, guild_id: int, who: Member) -> int:
    async with database.transaction() as tx:
        return await balance_of(tx, guild_id, who)


@pytest.fixture(autouse=True)
async def _no_deadlock(database: Database) -> object:
    yield
    async with database.transaction() as tx:
        deadlocks = await tx.execute(
            text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        )
        assert deadlocks.scalar_one() == 0


class TestTheSameTransaction:
    @pytest.mark.parametrize("attempt", range(5))
    async def test_undone_by_eight_at_once_is_undone_once(
        self, database: Database, guild_id: int, attempt: int
    ) -> None:
        ada, bob = member(), member()
        sent = await send(database, guild_id, ada, bob, 30)
        answers = await asyncio.gather(*(undo(database, guild_id, sent) for _ in range(8)))
        assert Counter(type(answer) for answer in answers) == {UndoReceipt: 1, AlreadyUndoneError: 7}
        assert await balance(database, guild_id, ada) == 100

    @pytest.mark.parametrize("attempt", range(5))
    async def test_undone_by_one_request_delivered_eight_times_answers_alike(
        self, database: Database, guild_id: int, attempt: int
    ) -> None:
        ada, bob = member(), member()
        sent = await send(database, guild_id, ada, bob, 30)
        await take(database, guild_id, bob, 10)
        key = f"race:{snowflake()}"
        answers = await asyncio.gather(
            *(undo(database, guild_id, sent, force=True, key=key) for _ in range(8))
        )
        assert isinstance(answers[0], UndoReceipt)
        assert answers == [answers[0]] * 8
        assert answers[0].missing == 10
        assert await balance(database, guild_id, ada) == 90


class TestAReceiverWhoSpends:
    @pytest.mark.parametrize("attempt", range(8))
    async def test_has_either_sent_or_given_back(
        self, database: Database, guild_id: int, attempt: int
    ) -> None:
        ada, bob, eve = member(), member(), member()
        sent = await send(database, guild_id, ada, bob, 100)
        await take(database, guild_id, bob, 60)
        await asyncio.gather(
            undo(database, guild_id, sent, force=True),
            self._send_if_there(database, guild_id, bob, eve, 130),  # of 140, with the starting balance
        )
        found = [await balance(database, guild_id, who) for who in (ada, bob, eve)]
        assert found in ([10, 0, 130], [40, 0, 0])

    async def _send_if_there(
        self, database: Database, guild_id: int, giver: Member, receiver: Member, amount: int
    ) -> None:
        with suppress(InsufficientBytesError):
            await send(database, guild_id, giver, receiver, amount)

    @pytest.mark.parametrize("attempt", range(4))
    async def test_and_undoings_in_both_directions_do_not_wait_in_a_circle(
        self, database: Database, guild_id: int, attempt: int
    ) -> None:
        seed = random.randrange(2**32)
        print(f"SEED={seed}")
        draw = random.Random(seed)
        people = [member() for _ in range(3)]
        async with database.transaction() as tx:
            for who in people:
                await give(tx, guild_id, who, 100)
        sent: list[UUID] = []

        async def one() -> None:
            giver, receiver = draw.sample(people, 2)
            with suppress(InsufficientBytesError, NotEnoughToTakeError):
                if sent and draw.random() < 0.5:
                    await undo(database, guild_id, draw.choice(sent), force=draw.random() < 0.5)
                elif draw.random() < 0.2:
                    await take(database, guild_id, giver, draw.randint(1, 50))
                else:
                    sent.append(await send(database, guild_id, giver, receiver, draw.randint(1, 150)))

        async def worker() -> None:
            for _ in range(12):
                await one()

        await asyncio.gather(*(worker() for _ in range(12)))


class TestErasing:
    async def test_two_who_dealt_with_each_other_does_not_wait_in_a_circle(
        self, database: Database, guild_id: int
    ) -> None:
        ada, bob = member(), member()
        for _ in range(30):
            await send(database, guild_id, ada, bob, 50)
            await send(database, guild_id, bob, ada, 50)
        counts = await asyncio.gather(erase(database, guild_id, ada), erase(database, guild_id, bob))
        assert list(counts) == [61, 61]

    async def test_lets_a_send_that_waits_begin_anew_without_a_second_starting_balance(
        self, database: Database, guild_id: int
    ) -> None:
        ada = member()
        await send(database, guild_id, ada, member(), 100)
        async with asyncio.TaskGroup() as group, database.transaction() as tx:
            await erasure.erase_member(tx, guild_id, ada.user_id, -snowflake())
            waiting = group.create_task(self._refused(database, guild_id, ada))
            await until_waiting_for_locks(database, 1)
        assert await waiting == 0

    async def _refused(self, database: Database, guild_id: int, ada: Member) -> int:
        with pytest.raises(InsufficientBytesError) as refusal:
            await send(database, guild_id, ada, member(), 1)
        return refusal.value.balance

    async def test_makes_an_undo_that_waits_try_again(self, database: Database, guild_id: int) -> None:
        ada, bob = member(), member()
        sent = await send(database, guild_id, ada, bob, 30)
        async with asyncio.TaskGroup() as group, database.transaction() as tx:
            await erasure.erase_member(tx, guild_id, ada.user_id, -snowflake())
            waiting = group.create_task(self._unavailable(database, guild_id, sent))
            await until_waiting_for_locks(database, 1)
        await waiting
        assert isinstance(await undo(database, guild_id, sent), UndoReceipt)

    async def _unavailable(self, database: Database, guild_id: int, sent: UUID) -> None:
        with pytest.raises(UnavailableError, match="try again"):
            await undo(database, guild_id, sent)
