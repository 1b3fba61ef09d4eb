"""A guild with a past, and somebody who tries rules on it."""

from collections.abc import AsyncIterator

import httpx2
import pytest

from app.demo.identity import Identity
from app.discord.rest import connect_discord
from app.main import create_app
from app.registration import register_commands
from app.settings import Settings
from simulator.config import SimulatorConfig
from simulator.main import create_app as create_simulator
from tests.edges.moderation.conftest import database_url, precinct
from tests.support.past import Bench, Past
from tests.support.precinct import Precinct
from tests.support.processes import serving

__all__ = ["database_url", "precinct"]


@pytest.fixture
async def past(settings: Settings, identity: Identity, ports: tuple[int, int]) -> AsyncIterator[Past]:
    """A Discord with its limits, whose channels remember more than usual, and the platform beside it."""
    web, port = ports
    config = SimulatorConfig(
        endpoint=f"http://127.0.0.1:{web}/interactions",
        application_id=identity.application_id,
        bot_token=identity.bot_token,
        signing_key=identity.signing_key,
        public_url=f"http://127.0.0.1:{port}",
        history=20_000,
    )
    app = create_simulator(config)
    async with serving(create_app(settings), web), serving(app, port):
        async with connect_discord(settings) as discord:
            assert await register_commands(discord)
        yield Past(app.state.local_discord)


@pytest.fixture
async def simulator(past: Past, ports: tuple[int, int]) -> AsyncIterator[httpx2.AsyncClient]:
    assert past is not None  # it is served as long as it is asked for
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{ports[1]}", timeout=10) as client:
        yield client


@pytest.fixture
def bench(precinct: Precinct, past: Past) -> Bench:
    return Bench(precinct, past)
