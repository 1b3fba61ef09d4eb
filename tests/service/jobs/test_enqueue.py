"""Enqueueing on real PostgreSQL, read back by PgQueuer itself."""

import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest
from pgqueuer.models import Job as QueuedJob
from pgqueuer.ports.repository import EntrypointExecutionParameter
from pgqueuer.qm import QueueManager
from pgqueuer.queries import Queries
from pgqueuer.types import QueueEntrypoint, QueueExecutionMode, QueueManagerId
from sqlalchemy import text

from app.database.tx import Database
from app.errors import NotMigratedError
from app.jobs import service
from app.jobs.kinds import Lane, ReconcileMember, decode
from tests.support.guilds import snowflake

pytestmark = pytest.mark.anyio

ENTRYPOINT = QueueEntrypoint(ReconcileMember.entrypoint)


class ChangedMindError(Exception):
    """What makes a transaction end without a commit."""


@pytest.fixture
async def worker(database_url: str) -> AsyncIterator[Queries]:
    """PgQueuer's queries on a connection of its own, as a worker has them."""
    connection = await asyncpg.connect(database_url)
    yield Queries.from_asyncpg_connection(connection)
    await connection.close()


async def enqueue_in_vain(database: Database, job: ReconcileMember, *statements: str) -> None:
    """Enqueue after these statements, then end the transaction without a commit."""
    async with database.transaction() as tx:
        for statement in statements:
            await tx.execute(text(statement))
        await service.enqueue(tx, job)
        raise ChangedMindError


async def take(worker: Queries, guild_id: int) -> list[QueuedJob]:
    """Pick whatever is queued, as a worker does; give what is about this guild."""
    found = await worker.dequeue(
        batch_size=1000,
        entrypoints={ENTRYPOINT: EntrypointExecutionParameter(concurrency_limit=0)},
        queue_manager_id=QueueManagerId(uuid4()),
        global_concurrency_limit=None,
        heartbeat_timeout=timedelta(minutes=5),
    )
    return [job for job in found if job.payload is not None and str(guild_id).encode() in job.payload]


class TestEnqueue:
    async def test_is_kept_by_a_commit_as_pgqueuer_wants_it(
        self, database: Database, worker: Queries, guild_id: int
    ) -> None:
        job = ReconcileMember(guild_id, snowflake())
        async with database.transaction() as tx:
            await service.enqueue(tx, job)
        (taken,) = await take(worker, guild_id)
        assert taken.entrypoint == "reconcile_member.v1"
        assert taken.priority == Lane.ROLES
        assert taken.payload is not None
        assert decode(taken.entrypoint, taken.payload) == job
        assert (taken.attempts, taken.headers) == (0, None)

    async def test_shows_to_nobody_before_the_commit(
        self, database: Database, worker: Queries, guild_id: int
    ) -> None:
        async with database.transaction() as tx:
            await service.enqueue(tx, ReconcileMember(guild_id, 1))
            assert await take(worker, guild_id) == []
        assert len(await take(worker, guild_id)) == 1

    @pytest.mark.parametrize("before", [(), ("SELECT 1",)])
    async def test_is_dropped_by_a_rollback(
        self, database: Database, worker: Queries, guild_id: int, before: tuple[str, ...]
    ) -> None:
        """Also as the first statement, with which SQLAlchemy begins the transaction."""
        with pytest.raises(ChangedMindError):
            await enqueue_in_vain(database, ReconcileMember(guild_id, 1), *before)
        assert await take(worker, guild_id) == []

    async def test_is_dropped_with_its_savepoint_alone(
        self, database: Database, worker: Queries, guild_id: int
    ) -> None:
        async with database.transaction() as tx:
            await service.enqueue(tx, ReconcileMember(guild_id, 1))
            async with tx.connection.begin_nested() as savepoint:
                await service.enqueue(tx, ReconcileMember(guild_id, 2))
                await savepoint.rollback()
        assert [job.payload for job in await take(worker, guild_id)] == [
            f'{{"guild_id":"{guild_id}","user_id":"1"}}'.encode()
        ]

    async def test_of_many_those_are_enqueued_whose_like_does_not_wait_each_once(
        self, database: Database, worker: Queries, guild_id: int
    ) -> None:
        many = [ReconcileMember(guild_id, user_id) for user_id in (1, 2, 3, 2)]
        async with database.transaction() as tx:
            await service.enqueue(tx, many[0])
            await service.enqueue_missing(tx, many)
            await service.enqueue_missing(tx, many)
            await service.enqueue_missing(tx, [])
        taken = await take(worker, guild_id)
        assert sorted(decode(job.entrypoint, job.payload or b"").user_id for job in taken) == [1, 2, 3]  # type: ignore[attr-defined] # all of one kind
        assert {job.priority for job in taken} == {Lane.ROLES}
        async with database.transaction() as tx:  # those which run may have read before
            await service.enqueue_missing(tx, many)
        assert len(await take(worker, guild_id)) == 3

    async def test_takes_the_same_job_again_while_it_runs(
        self, database: Database, worker: Queries, guild_id: int
    ) -> None:
        """The one that runs may have read before this transaction changed something."""
        for _ in range(2):
            async with database.transaction() as tx:
                await service.enqueue(tx, ReconcileMember(guild_id, 1))
            assert len(await take(worker, guild_id)) == 1

    async def test_is_run_by_pgqueuers_own_worker(
        self, database: Database, worker: Queries, guild_id: int
    ) -> None:
        job = ReconcileMember(guild_id, snowflake())
        async with database.transaction() as tx:
            await service.enqueue(tx, job)
        manager, seen = QueueManager(worker), []

        @manager.entrypoint(ENTRYPOINT)
        async def run(taken: QueuedJob) -> None:
            seen.append(decode(taken.entrypoint, taken.payload or b""))

        await manager.run(mode=QueueExecutionMode.drain)
        assert job in seen

    async def test_without_the_tables_says_that_the_database_is_not_migrated(
        self, database: Database, guild_id: int
    ) -> None:
        with pytest.raises(NotMigratedError):
            await enqueue_in_vain(database, ReconcileMember(guild_id, 1), "DROP TABLE pgqueuer")


class TestImports:
    def test_of_those_who_may_enqueue_do_not_load_pgqueuer(self) -> None:
        """It takes 0.1 s, which a first command on AWS Lambda has better use for."""
        script = "import sys, app.bytes.service, app.jobs.service; sys.exit('pgqueuer' in sys.modules)"
        assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
