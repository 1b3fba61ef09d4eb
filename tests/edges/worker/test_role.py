"""`smarterdev worker`: what it tells, how it starts, and how it ends."""

import asyncio
import signal
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.database.tx import Database
from app.demo.identity import Identity
from app.embedded.postgres import Postgres
from app.guilds import service as guilds_service
from app.jobs.kinds import ReconcileMember, SweepGuild
from app.migrate import migrate_database
from app.settings import Settings, load_settings
from simulator.config import SimulatorConfig
from simulator.main import create_app
from tests.edges.worker.conftest import Queue
from tests.support.guilds import snowflake
from tests.support.processes import serving
from tests.support.role import Process, started
from tests.support.waiting import until

pytestmark = pytest.mark.anyio


@pytest.fixture
async def settings(identity: Identity, database_url: str) -> AsyncIterator[Settings]:
    """What a worker beside a simulated Discord is told."""
    config = SimulatorConfig(bot_token=identity.bot_token, application_id=identity.application_id, talk=False)
    async with serving(create_app(config)) as address:
        yield load_settings(
            database_url=database_url,
            discord_application_id=identity.application_id,
            discord_bot_token=identity.bot_token,
            discord_api_url=f"{address}/api/v10",
        )


async def is_unready(worker: Process) -> bool:
    return (await worker.get("/readyz"))[0] == 503


class TestWorking:
    async def test_tells_how_it_goes_and_ends_when_told(
        self, settings: Settings, queue: Queue, tmp_path: Path
    ) -> None:
        async with started("worker", settings, tmp_path) as worker:
            await worker.until_ready()
            assert (await worker.get("/healthz"))[0] == 200
            await queue.enqueue(SweepGuild(snowflake()))
            await until(queue.is_empty)
            _, figures = await worker.get("/metrics")
            assert 'smarterdev_jobs_total{entrypoint="sweep_guild.v1",outcome="unchanged"} 1.0' in figures
            assert 'smarterdev_queue_age_seconds{lane="moderation"} 0.0' in figures
            assert "smarterdev_jobs_held 0.0" in figures
            assert await queue.rows("SELECT role FROM heartbeats") == [("worker",)]
            worker.send(signal.SIGTERM)
            assert await worker.ended() == 0
        assert "Traceback" not in worker.said

    async def test_lives_through_a_restart_of_postgresql(self, settings: Settings, tmp_path: Path) -> None:
        """One of this test's own: others work with theirs."""
        postgres = Postgres(tmp_path / "postgres", durable=False)
        postgres.start()
        try:
            postgres.ensure_database("alone")
            await asyncio.to_thread(migrate_database, postgres.url("alone"))
            async with started("worker", settings, tmp_path, DATABASE_URL=postgres.url("alone")) as worker:
                await worker.until_ready()
                postgres.stop("immediate")
                await until(lambda: is_unready(worker))
                assert (await worker.get("/healthz"))[0] == 200
                postgres.start()
                await worker.until_ready()
                worker.send(signal.SIGTERM)
                assert await worker.ended() == 0
        finally:
            postgres.destroy()
        assert "Traceback" not in worker.said


class TestRefused:
    async def test_a_token_that_discord_refuses_ends_it_with_a_sentence(
        self, settings: Settings, database: Database, queue: Queue, tmp_path: Path
    ) -> None:
        guild_id = snowflake()
        async with database.transaction() as tx:
            await guilds_service.enter_guild(tx, guild_id)
        await queue.enqueue(ReconcileMember(guild_id, 2))
        wrong = "OTczMjY5NzE5NDU5MDM3MzEz.GcX1aQ.canary-bot-token"
        async with started("worker", settings, tmp_path, SMARTERDEV_DISCORD_BOT_TOKEN=wrong) as worker:
            assert await worker.ended() == 1
        assert worker.said.splitlines()[-1].startswith("Error: ")
        assert "canary" not in worker.said
        assert "Traceback" not in worker.said
        assert await queue.has((ReconcileMember.entrypoint, "queued"))

    async def test_without_a_token_it_names_the_variable(self, settings: Settings, tmp_path: Path) -> None:
        async with started("worker", settings, tmp_path, SMARTERDEV_DISCORD_BOT_TOKEN="") as worker:
            assert await worker.ended() == 1
        assert worker.said.splitlines()[-1].startswith("Error: SMARTERDEV_DISCORD_BOT_TOKEN")

    async def test_a_taken_port_is_named_with_what_changes_it(
        self, settings: Settings, tmp_path: Path
    ) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = str(taken.getsockname()[1])
            async with started("worker", settings, tmp_path, SMARTERDEV_WORKER_PORT=port) as worker:
                assert await worker.ended() == 1
        assert f"cannot listen on port {port}" in worker.said
        assert "SMARTERDEV_WORKER_PORT" in worker.said
