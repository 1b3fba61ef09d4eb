"""A queue of each test's own, and a worker that takes from it."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import text

from app.components.custom_id import CustomIds
from app.database.tx import Database
from app.discord.port import Discord
from app.jobs import service
from app.jobs.kinds import Job
from app.replies.service import TokenBox
from app.worker.runner import Runner
from app.worker.work import Handler, Work
from tests.support.databases import own_database
from tests.support.waiting import until


@pytest.fixture
def database_url(servers_home: Path) -> Iterator[str]:
    """A migrated database of this test's own: a worker takes whatever is queued."""
    with own_database(servers_home) as url:
        yield url


class Queue:
    """What is queued, seen from outside."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def enqueue(self, *jobs: Job) -> None:
        async with self._database.transaction() as tx:
            for job in jobs:
                await service.enqueue(tx, job)

    async def rows(self, statement: str, **parameters: Any) -> list[tuple[Any, ...]]:
        async with self._database.transaction() as tx:
            found = await tx.execute(text(statement), parameters)
            return [tuple(row) for row in found] if found.returns_rows else []

    async def jobs(self) -> list[tuple[str, str]]:
        """Give entrypoint and status of everything that has not ended."""
        rows = await self.rows("SELECT entrypoint, status::text FROM pgqueuer ORDER BY id")
        return [(entrypoint, status) for entrypoint, status in rows]

    async def has(self, *jobs: tuple[str, str]) -> bool:
        return await self.jobs() == list(jobs)

    async def is_empty(self) -> bool:
        return not await self.jobs()

    async def is_held(self) -> bool:
        return [status for _, status in await self.jobs()] == ["failed"]

    async def starts(self) -> list[tuple[int, str | None]]:
        rows = await self.rows("SELECT starts, held_because FROM job_starts ORDER BY job_id")
        return [(starts, why) for starts, why in rows]


@pytest.fixture
def queue(database: Database) -> Queue:
    return Queue(database)


class Workers:
    """Makes workers of this database whose handlers ask nothing of Discord."""

    def __init__(self, database: Database, url: str) -> None:
        self._work = Work(
            database, cast("Discord", None), TokenBox(bytes(32)), CustomIds(b"a key of the tests")
        )
        self._url = url

    def make(self, handlers: Mapping[type[Job], Handler], *, grace: float = 5) -> Runner:
        lease = timedelta(seconds=1)
        return Runner(self._work, self._url, handlers, {}, lease=lease, grace=grace, answer=1)

    @asynccontextmanager
    async def running(
        self, handlers: Mapping[type[Job], Handler], *, grace: float = 5
    ) -> AsyncIterator[Runner]:
        """Have one work for the length of the block, and stop it as SIGTERM would."""
        runner, stop = self.make(handlers, grace=grace), asyncio.Event()
        async with asyncio.timeout(60), asyncio.TaskGroup() as group:
            group.create_task(runner.run(stop))
            await until(lambda: runner.is_connected)
            try:
                yield runner
            finally:
                stop.set()


@pytest.fixture
def workers(database: Database, database_url: str) -> Workers:
    return Workers(database, database_url)
