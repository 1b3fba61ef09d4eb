"""The log of invocations: written in batches or at once, kept for 90 days, and never in anybody's way."""

import asyncio
import statistics
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import event, text

from app import clock
from app.analytics import at_once, buffer, service
from app.analytics.at_once import AtOnce
from app.analytics.buffer import CHUNK, ENOUGH, MOST, InvocationBuffer
from app.analytics.domain import Invocation
from app.database.engine import connect_database
from app.database.tx import Database, Tx
from tests.support.guilds import snowflake
from tests.support.waiting import until

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
GUILD = 1


def used(guild_id: int = GUILD, user_id: int = 7, at: datetime = NOW, outcome: str = "ok") -> Invocation:
    return Invocation(guild_id, user_id, "bytes send", outcome, 12, at)


def many(guild_id: int, count: int) -> list[Invocation]:
    return [used(guild_id, number) for number in range(1, count + 1)]


async def written(tx: Tx, guild_id: int) -> list[Invocation]:
    rows = await tx.execute(
        text(
            "SELECT guild_id, user_id, command, outcome, duration_ms, created_at FROM command_invocations"
            " WHERE guild_id = :guild ORDER BY id"
        ),
        {"guild": guild_id},
    )
    return [Invocation._make(row) for row in rows]


async def members(database: Database, guild_id: int) -> list[int]:
    """Whose invocations were written, in the order they were."""
    async with database.transaction() as tx:
        return [each.user_id for each in await written(tx, guild_id)]


def lost() -> float:
    return REGISTRY.get_sample_value("smarterdev_invocations_lost_total") or 0


def filled(invocations: Iterable[Invocation]) -> InvocationBuffer:
    made = InvocationBuffer()
    for invocation in invocations:
        made.add(invocation)
    return made


@asynccontextmanager
async def running(waiting: InvocationBuffer, database: Database) -> AsyncIterator[InvocationBuffer]:
    """Have a buffer write, until the end of the block and what was left after it."""
    async with asyncio.TaskGroup() as group:
        task = group.create_task(waiting.run(database))
        try:
            yield waiting
            assert not task.done()
        finally:
            waiting.close()


@pytest.fixture
async def unreachable() -> AsyncIterator[Database]:
    made = connect_database("postgresql://nobody:nothing@127.0.0.1:1/nothing")
    yield made
    await made.close()


class TestRecord:
    async def test_keeps_what_is_known_and_nothing_else(self, tx: Tx, guild_id: int) -> None:
        noted = [
            used(guild_id, snowflake()),
            Invocation(guild_id, 2**63 - 1, "View bytes", "outcome_unknown", 2300, clock.now()),
            Invocation(guild_id, 1, 'a "quoted" name: 🐍 \\', "ok", 0, NOW - timedelta(microseconds=1)),
        ]
        await service.record_invocations(tx, noted)
        assert await written(tx, guild_id) == noted

    async def test_nothing_is_nothing(self, tx: Tx, guild_id: int) -> None:
        await service.record_invocations(tx, [])
        assert await written(tx, guild_id) == []

    async def test_takes_one_statement_for_all(self, database: Database, guild_id: int) -> None:
        statements: list[str] = []

        def note(*arguments: object) -> None:
            statements.append(str(arguments[2]))

        event.listen(database.engine.sync_engine, "before_cursor_execute", note)
        async with database.transaction() as tx:
            await service.record_invocations(tx, many(guild_id, ENOUGH))
        event.remove(database.engine.sync_engine, "before_cursor_execute", note)
        assert len(statements) == 1
        assert len(await members(database, guild_id)) == ENOUGH


class TestForgetOld:
    async def test_deletes_what_is_older_than_90_days(self, tx: Tx, guild_id: int) -> None:
        border = NOW - timedelta(days=90)
        second = timedelta(seconds=1)
        kept = [used(guild_id, 1, NOW), used(guild_id, 2, border)]
        old = [used(guild_id, 3, border - second), used(guild_id, 4, border - timedelta(days=900))]
        await tx.execute(text("TRUNCATE command_invocations"))  # one look is at the rows written first
        await service.record_invocations(tx, [old[0], kept[0], old[1], kept[1]])
        assert not await service.forget_old(tx, NOW)
        assert await written(tx, guild_id) == kept
        assert not await service.forget_old(tx, NOW)
        assert await written(tx, guild_id) == kept

    async def test_deletes_so_many_at_once_and_says_that_there_are_more(
        self, tx: Tx, guild_id: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(service, "_AT_ONCE", 10)
        await tx.execute(text("DELETE FROM command_invocations"))  # of this `tx`, which is rolled back
        old = NOW - timedelta(days=91)
        await service.record_invocations(tx, [used(guild_id, number, old) for number in range(1, 26)])
        left = []
        while await service.forget_old(tx, NOW):
            left.append(len(await written(tx, guild_id)))
        assert left == [15, 5]
        assert await written(tx, guild_id) == []


class TestBuffer:
    async def test_writes_what_waits_after_a_while(
        self, database: Database, guild_id: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(buffer, "EVERY", 0.1)
        async with running(InvocationBuffer(), database) as waiting:
            for number in (1, 2):
                waiting.add(used(guild_id, number))
                await until(lambda: not waiting)
            assert await members(database, guild_id) == [1, 2]

    async def test_writes_sooner_what_is_enough(self, database: Database, guild_id: int) -> None:
        async with running(InvocationBuffer(), database) as waiting:
            for invocation in many(guild_id, ENOUGH - 1):
                waiting.add(invocation)
            await asyncio.sleep(0.2)
            assert len(waiting) == ENOUGH - 1
            waiting.add(used(guild_id, ENOUGH))
            await until(lambda: not waiting, seconds=buffer.EVERY / 2)
            assert len(await members(database, guild_id)) == ENOUGH

    async def test_at_its_end_writes_what_is_left(self, database: Database, guild_id: int) -> None:
        before = lost()
        async with running(InvocationBuffer(), database) as waiting:
            for invocation in many(guild_id, 3):
                waiting.add(invocation)
        assert await members(database, guild_id) == [1, 2, 3]
        assert lost() == before

    async def test_writes_many_in_several_statements_and_in_their_order(
        self, database: Database, guild_id: int
    ) -> None:
        count = 2 * CHUNK + 1
        waiting = filled(many(guild_id, count))
        assert await waiting.flush(database)
        assert await members(database, guild_id) == list(range(1, count + 1))

    async def test_what_comes_while_it_writes_waits_for_the_next_time(
        self, database: Database, guild_id: int
    ) -> None:
        waiting = filled(many(guild_id, 3))

        def come(*_: object) -> None:
            waiting.add(used(guild_id, 99))

        event.listen(database.engine.sync_engine, "commit", come)
        assert await waiting.flush(database)
        event.remove(database.engine.sync_engine, "commit", come)
        assert len(waiting) == 1
        assert await waiting.flush(database)
        assert await members(database, guild_id) == [1, 2, 3, 99]

    async def test_takes_no_more_than_it_may_and_counts_the_rest(self, guild_id: int) -> None:
        before = lost()
        waiting = filled(many(guild_id, MOST + 5))
        assert (len(waiting), lost() - before) == (MOST, 5)

    async def test_keeps_them_while_the_database_does_not_answer(
        self, database: Database, unreachable: Database, guild_id: int
    ) -> None:
        before = lost()
        waiting = filled(many(guild_id, CHUNK + 1))
        assert not await waiting.flush(unreachable)
        assert len(waiting) == CHUNK + 1
        assert await waiting.flush(database)
        assert await members(database, guild_id) == list(range(1, CHUNK + 2))
        assert lost() == before

    async def test_asks_a_database_that_does_not_answer_now_and_then(
        self, unreachable: Database, guild_id: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(buffer, "EVERY", 0.2)
        tries = 0

        def count(*_: object) -> None:
            nonlocal tries
            tries += 1

        event.listen(unreachable.engine.sync_engine, "do_connect", count)
        before = lost()
        async with running(filled(many(guild_id, ENOUGH + 1)), unreachable) as waiting:
            for number in range(20):
                waiting.add(used(guild_id, number))
                await asyncio.sleep(0.05)
        assert 3 <= tries <= 7
        assert lost() - before == ENOUGH + 21

    async def test_of_which_nobody_knows_are_not_written_twice(
        self, database: Database, guild_id: int
    ) -> None:
        before = lost()
        waiting = filled(many(guild_id, 3))

        def break_off(_connection: object) -> None:
            raise TimeoutError

        event.listen(database.engine.sync_engine, "commit", break_off)
        assert not await waiting.flush(database)
        event.remove(database.engine.sync_engine, "commit", break_off)
        assert (len(waiting), lost() - before) == (0, 3)

    async def test_a_defect_ends_nothing(
        self, database: Database, guild_id: int, caplog: pytest.LogCaptureFixture
    ) -> None:
        before = lost()
        bad = used(guild_id)._replace(duration_ms=2**40)  # of no integer's size
        async with running(filled([bad]), database) as waiting:
            waiting._due.set()
            await until(lambda: not waiting)
            waiting.add(used(guild_id, 8))
        assert await members(database, guild_id) == [8]
        assert lost() - before == 1
        assert "invocations were not written: 1" in caplog.text

    async def test_its_end_does_not_wait_for_a_database_that_hangs(
        self, database: Database, guild_id: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(buffer, "LEAVING", 0.3)
        waiting = filled(many(guild_id, 3))
        before = lost()
        async with database.transaction() as other:
            await other.execute(text("LOCK TABLE command_invocations IN SHARE ROW EXCLUSIVE MODE"))
            started = clock.monotonic()
            async with running(waiting, database):
                await asyncio.sleep(0)
            assert clock.monotonic() - started < 0.3 + 0.5
        assert lost() - before == 3
        assert await members(database, guild_id) == []

    def test_adding_costs_about_a_microsecond(self) -> None:
        noted = used()
        takes = []
        for _ in range(5):
            waiting = InvocationBuffer()
            started = clock.monotonic()
            for _ in range(MOST):
                waiting.add(noted)
            takes.append((clock.monotonic() - started) / MOST * 1e6)
        print(f"{min(takes):.2f} us, usually {statistics.median(takes):.2f}")
        assert min(takes) < 5  # a bound for a busy machine


class TestAtOnce:
    async def test_is_written_when_it_returns(self, database: Database, guild_id: int) -> None:
        await AtOnce(lambda: database).record(used(guild_id))
        async with database.transaction() as tx:
            assert await written(tx, guild_id) == [used(guild_id)]

    async def test_waits_no_longer_than_it_may(self, database: Database, guild_id: int) -> None:
        before = lost()
        async with database.transaction() as other:
            await other.execute(text("LOCK TABLE command_invocations IN SHARE ROW EXCLUSIVE MODE"))
            started = clock.monotonic()
            await AtOnce(lambda: database).record(used(guild_id))
            assert at_once.TIME_LIMIT <= clock.monotonic() - started < at_once.TIME_LIMIT + 0.3
        assert lost() - before == 1
        assert await members(database, guild_id) == []

    async def test_does_not_fail_without_a_database(self, unreachable: Database, guild_id: int) -> None:
        before = lost()
        await AtOnce(lambda: unreachable).record(used(guild_id))
        assert lost() - before == 1

    async def test_nor_with_a_defect(self, database: Database, guild_id: int) -> None:
        before = lost()

        def nothing() -> Database:
            raise RuntimeError("no database was configured")

        await AtOnce(nothing).record(used(guild_id))
        await AtOnce(lambda: database).record(used(guild_id)._replace(duration_ms=2**40))
        assert lost() - before == 2
