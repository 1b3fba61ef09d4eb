"""What the worker does by the clock, beside the jobs."""

import asyncio

import pytest

from app.bytes import service as bytes_service
from app.database.tx import Database
from app.guilds import service as guilds_service
from app.jobs.kinds import SweepGuild
from app.worker.schedules import Schedules, sweep_all
from tests.edges.worker.conftest import Queue
from tests.support.guilds import manager, snowflake
from tests.support.waiting import until

pytestmark = pytest.mark.anyio


async def rewarding(database: Database) -> int:
    """Make a guild that has a role reward; saving that enqueues a sweep of its own."""
    guild_id = snowflake()
    async with database.transaction() as tx:
        await guilds_service.enter_guild(tx, guild_id)
        config, version = await bytes_service.load_config(tx, guild_id)
        changed = config.model_copy(update={"role_rewards": {str(snowflake()): 500}})
        await bytes_service.save_config(tx, manager(guild_id), changed, expected_version=version)
    return guild_id


class TestSweeps:
    async def test_workers_that_begin_together_enqueue_one_for_each_guild(
        self, database: Database, queue: Queue
    ) -> None:
        guilds = {await rewarding(database) for _ in range(3)}
        await queue.rows("DELETE FROM pgqueuer")

        async def sweep() -> None:
            async with database.transaction() as tx:
                await sweep_all(tx)

        await asyncio.gather(*[sweep() for _ in range(4)])
        rows = await queue.rows("SELECT entrypoint, payload FROM pgqueuer")
        assert len(rows) == len(guilds)
        assert {entrypoint for entrypoint, _ in rows} == {SweepGuild.entrypoint}

    async def test_a_guild_without_rewards_is_not_swept(self, database: Database, queue: Queue) -> None:
        async with database.transaction() as tx:
            await guilds_service.enter_guild(tx, snowflake())
            await sweep_all(tx)
        assert await queue.is_empty()


async def test_signs_of_life_and_forgetting(database: Database, queue: Queue) -> None:
    await queue.rows("INSERT INTO job_starts (job_id, starts) VALUES (4711, 3)")
    await queue.rows(
        "INSERT INTO heartbeats (role, instance_id, version, beat_at)"
        " VALUES ('worker', gen_random_uuid(), '0', now() - interval '2 days')"
    )
    schedules = asyncio.ensure_future(Schedules(database).run())

    async def is_tidy() -> bool:
        beats = await queue.rows("SELECT beat_at > now() - interval '1 minute' FROM heartbeats")
        return beats == [(True,)] and await queue.starts() == []

    await until(is_tidy)
    schedules.cancel()
    await asyncio.gather(schedules, return_exceptions=True)
