"""A simulated Discord to ask."""

from collections.abc import AsyncIterator

import pytest

from app.settings import Settings, load_settings
from simulator.config import SimulatorConfig
from simulator.main import create_app
from tests.support.processes import free_port, serving

CONFIG = SimulatorConfig()


@pytest.fixture
async def settings() -> AsyncIterator[Settings]:
    async with serving(create_app(CONFIG), free_port()) as address:
        yield load_settings(
            discord_application_id=CONFIG.application_id,
            discord_bot_token=CONFIG.bot_token,
            discord_api_url=f"{address}/api/v10",
        )
