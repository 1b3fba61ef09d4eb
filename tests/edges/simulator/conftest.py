"""A simulator in the test's own process, with a bot behind it that remembers what it was sent."""

from collections.abc import AsyncIterator

import httpx2
import pytest

from simulator.config import SimulatorConfig
from simulator.main import create_app
from tests.edges.simulator.recording_bot import RecordingBot

SEED = "5a" * 32


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def bot() -> RecordingBot:
    return RecordingBot()


@pytest.fixture
def config() -> SimulatorConfig:
    return SimulatorConfig(
        endpoint="http://bot/interactions", bot_token="the-token", signing_key=SEED, response_seconds=0.2
    )


@pytest.fixture
async def simulator(config: SimulatorConfig, bot: RecordingBot) -> AsyncIterator[httpx2.AsyncClient]:
    app = create_app(config, transport=httpx2.ASGITransport(app=bot.app))
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://simulator") as client:
        yield client


@pytest.fixture
def rest(simulator: httpx2.AsyncClient) -> httpx2.AsyncClient:
    """The same client, as the bot that calls Discord."""
    simulator.headers["Authorization"] = "Bot the-token"
    return simulator
