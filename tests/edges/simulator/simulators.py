"""Simulators to test: in the test's own process, or behind a port of this machine."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
from starlette.types import ASGIApp

from simulator.clock import Clock
from simulator.config import SimulatorConfig
from simulator.local_discord import LocalDiscord
from simulator.main import create_app
from tests.edges.simulator.recording_bot import RecordingBot
from tests.support.processes import serving


@dataclass(frozen=True, slots=True)
class Simulator:
    """How to reach it, and what is in it."""

    client: httpx2.AsyncClient
    discord: LocalDiscord
    address: str


def discord_of(config: SimulatorConfig | None = None) -> LocalDiscord:
    """Have a Discord that nobody calls."""
    discord: LocalDiscord = create_app(config or SimulatorConfig()).state.local_discord
    return discord


def client_of(app: ASGIApp, base_url: str = "http://simulator", **options: Any) -> httpx2.AsyncClient:
    """Make a client of an application in this process."""
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url=base_url, **options)


@asynccontextmanager
async def simulator_of(
    config: SimulatorConfig | None = None,
    bot: RecordingBot | None = None,
    clock: Clock | None = None,
    **options: Any,
) -> AsyncIterator[Simulator]:
    """Have a simulator in this process. `bot` listens at its endpoint; `options` are the client's.

    Without a bot it goes out to its endpoint by the network.
    """
    behind = None if bot is None else httpx2.ASGITransport(app=bot.app)
    app = create_app(config or SimulatorConfig(), clock=clock, transport=behind)
    async with app.router.lifespan_context(app), client_of(app, **options) as client:
        yield Simulator(client, app.state.local_discord, str(client.base_url))


@asynccontextmanager
async def simulator_at(
    config: SimulatorConfig | None = None,
    at: socket.socket | int = 0,
    clock: Clock | None = None,
    **options: Any,
) -> AsyncIterator[Simulator]:
    """Have a simulator behind a port of this machine. `options` are the client's."""
    app = create_app(config or SimulatorConfig(), clock=clock)
    # Nothing is encrypted here, and to load certificates takes longer than most tests.
    client = httpx2.AsyncClient(verify=False, **options)
    async with serving(app, at) as address, client:
        client.base_url = httpx2.URL(address)
        yield Simulator(client, app.state.local_discord, address)
