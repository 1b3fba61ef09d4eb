"""A simulator in the test's own process, with a bot behind it that remembers what it was sent."""

from collections.abc import AsyncIterator

import httpx2
import pytest

from simulator.config import SimulatorConfig
from tests.edges.simulator.player import Player
from tests.edges.simulator.recording_bot import RecordingBot
from tests.edges.simulator.simulators import simulator_of

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
    async with simulator_of(config, bot) as made:
        yield made.client


@pytest.fixture
def player(simulator: httpx2.AsyncClient, bot: RecordingBot) -> Player:
    return Player(simulator, bot)


@pytest.fixture
def rest(simulator: httpx2.AsyncClient) -> httpx2.AsyncClient:
    """The same client, as the bot that calls Discord."""
    simulator.headers["Authorization"] = "Bot the-token"
    return simulator
