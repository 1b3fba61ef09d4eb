"""The whole platform and a Discord of its own, in one process, over real HTTP."""

import asyncio
from collections.abc import AsyncIterator

import httpx2
import pytest

from app.database.tx import Database
from app.demo.identity import Identity, load_identity
from app.discord.rest import connect_discord
from app.main import create_app
from app.registration import register_commands
from app.settings import Settings, load_settings
from app.worker_role import work
from simulator.config import SimulatorConfig
from simulator.main import create_app as create_simulator
from tests.support.processes import free_port, serving
from tests.support.town import Town


@pytest.fixture
def identity(tmp_path_factory: pytest.TempPathFactory) -> Identity:
    return load_identity(tmp_path_factory.mktemp("identity"))


@pytest.fixture
def ports() -> tuple[int, int]:
    return free_port(), free_port()


@pytest.fixture
def settings(identity: Identity, ports: tuple[int, int], database_url: str, redis_url: str) -> Settings:
    return load_settings(
        database_url=database_url,
        redis_url=redis_url,
        discord_application_id=identity.application_id,
        discord_public_key=identity.public_key,
        discord_bot_token=identity.bot_token,
        discord_api_url=f"http://127.0.0.1:{ports[1]}/api/v10",
        discord_attachment_url=f"http://127.0.0.1:{ports[1]}/attachments/",
    )


@pytest.fixture
async def simulator(
    settings: Settings, identity: Identity, ports: tuple[int, int]
) -> AsyncIterator[httpx2.AsyncClient]:
    """The control API of a simulated Discord that knows our commands and reaches our endpoint."""
    web, port = ports
    config = SimulatorConfig(
        endpoint=f"http://127.0.0.1:{web}/interactions",
        application_id=identity.application_id,
        bot_token=identity.bot_token,
        signing_key=identity.signing_key,
        public_url=f"http://127.0.0.1:{port}",
    )
    async with serving(create_app(settings), web), serving(create_simulator(config), port) as address:
        async with connect_discord(settings) as discord:
            assert await register_commands(discord)
        async with httpx2.AsyncClient(base_url=address, timeout=10) as client:
            yield client


@pytest.fixture
async def worker(settings: Settings) -> AsyncIterator[None]:
    """A worker that runs beside the test, as the demo has one."""
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(work(settings.model_copy(update={"worker_port": free_port()}), stop))
        yield
        stop.set()


@pytest.fixture
async def town(simulator: httpx2.AsyncClient, database: Database) -> Town:
    """The first guild of the simulated Discord."""
    return await Town(simulator, database).enter()
