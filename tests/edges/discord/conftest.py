"""A simulated Discord to ask, over HTTP, and what it says of itself."""

from collections.abc import AsyncIterator

import httpx2
import pytest

from app.discord.rest import HikariDiscord, connect_discord
from app.settings import Settings, load_settings
from simulator.config import SimulatorConfig
from simulator.main import create_app
from tests.edges.discord.simulated import Simulated
from tests.edges.simulator.recording_bot import RecordingBot
from tests.support.processes import free_port, serving

CONFIG = SimulatorConfig(endpoint="http://bot/interactions")


@pytest.fixture
def bot() -> RecordingBot:
    """What answers every interaction with "Hello."."""
    return RecordingBot()


@pytest.fixture
async def settings(bot: RecordingBot) -> AsyncIterator[Settings]:
    """What reaches a simulator that has the bot behind it."""
    app = create_app(CONFIG, transport=httpx2.ASGITransport(app=bot.app))
    async with serving(app, free_port()) as address:
        yield load_settings(
            discord_application_id=CONFIG.application_id,
            discord_bot_token=CONFIG.bot_token,
            discord_api_url=f"{address}/api/v10",
        )


@pytest.fixture
async def simulated(settings: Settings) -> AsyncIterator[Simulated]:
    async with httpx2.AsyncClient(base_url=str(settings.discord_api_url).removesuffix("/api/v10")) as client:
        yield Simulated(client)


@pytest.fixture
async def discord(settings: Settings) -> AsyncIterator[HikariDiscord]:
    async with connect_discord(settings) as connected:
        yield connected
