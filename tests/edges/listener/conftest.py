"""A simulated Discord with a gateway, and what the listener made of it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx2
import pytest
from sqlalchemy import text

from app.database.tx import Database
from app.demo.identity import Identity
from app.listener import listen
from app.settings import Settings, load_settings
from simulator.config import SimulatorConfig
from simulator.gateway.hub import Hub
from simulator.gateway.session import Told
from simulator.main import create_app
from tests.support.processes import free_port, serving
from tests.support.waiting import until


@dataclass(frozen=True)
class Row:
    installed_at: datetime
    removed_at: datetime | None


class Guilds:
    """The table of guilds."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, guild_id: int) -> Row | None:
        async with self._database.transaction() as tx:
            found = await tx.execute(
                text("SELECT installed_at, removed_at FROM guilds WHERE id = :id"), {"id": guild_id}
            )
            row = found.one_or_none()
        return None if row is None else Row(row.installed_at, row.removed_at)

    async def is_installed(self, guild_id: int) -> bool:
        row = await self.find(guild_id)
        return row is not None and row.removed_at is None

    async def is_removed(self, guild_id: int) -> bool:
        row = await self.find(guild_id)
        return row is not None and row.removed_at is not None


@pytest.fixture
def guilds(database: Database) -> Guilds:
    return Guilds(database)


@dataclass(frozen=True)
class Figures:
    """What the listener tells at its port."""

    client: httpx2.AsyncClient

    async def ready(self) -> dict[str, str]:
        answer: dict[str, str] = (await self.client.get("/readyz")).json()
        return answer

    @classmethod
    def at(cls, port: int) -> "Figures":
        return cls(httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=5))

    async def ready_or_none(self) -> dict[str, str]:
        """Give what it says of itself; nothing while nobody answers."""
        try:
            return await self.ready()
        except httpx2.TransportError:
            return {}

    async def is_ready(self) -> bool:
        try:
            return (await self.client.get("/readyz")).status_code == 200
        except httpx2.TransportError:
            return False

    async def of(self, name: str, **labels: str) -> float:
        """Read one figure; 0 if there is none by that name."""
        wanted = ",".join(f'{key}="{value}"' for key, value in labels.items())
        start = f"{name}{{{wanted}}} " if labels else f"{name} "
        for line in (await self.client.get("/metrics")).text.splitlines():
            if line.startswith(start):
                return float(line.removeprefix(start))
        return 0

    async def heard(self, event: str) -> float:
        return await self.of("smarterdev_gateway_events_total", event=event)


@dataclass
class Discord:
    """A local Discord with one bot, told what to do by its control API and by its gateway's own hub."""

    config: SimulatorConfig
    control: httpx2.AsyncClient
    hub: Hub
    database_url: str
    redis_url: str | None = None
    _owner: str = field(default="", init=False)

    @property
    def settings(self) -> Settings:
        """What a listener of this bot is told, with a port of its own."""
        return load_settings(
            database_url=self.database_url,
            redis_url=self.redis_url,
            discord_bot_token=self.config.bot_token,
            discord_api_url=f"{self.control.base_url}/api/v10",
            listener_port=free_port(),
        )

    async def ask(self, path: str, **body: Any) -> dict[str, Any]:
        answer = await self.control.post(path, json=body)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    async def state(self) -> dict[str, Any]:
        told: dict[str, Any] = (await self.control.get("/_sim/state")).json()
        return told

    async def new_guild(self, *, bot: bool = True) -> int:
        """Make a guild nobody else has, with the bot in it or not."""
        if not self._owner:
            people = (await self.state())["people"]
            self._owner = next(person["id"] for person in people if not person["bot"])
        made = await self.ask("/_sim/guilds", name="A new guild", owner_id=self._owner, bot=bot)
        return int(made["id"])

    async def bot(self, guild_id: int, action: str) -> None:
        await self.ask(f"/_sim/guilds/{guild_id}/bot", action=action)

    def misspell(self, event: str, data: dict[str, Any]) -> None:
        """Tell every session an event that this Discord would never write so."""
        for session in self.hub._sessions.values():
            self.hub._tell(session, Told(event, json.dumps(data).encode()))

    async def say(self, content: str) -> dict[str, Any]:
        """Have somebody write in the first guild."""
        state = await self.state()
        guild = state["guilds"][0]
        return await self.ask(
            "/_sim/messages",
            channel_id=guild["channels"][0]["id"],
            user_id=guild["owner_id"],
            content=content,
        )


@asynccontextmanager
async def local_discord(
    identity: Identity, database_url: str, *, gateway: str | None = None, patience: float = 60, **chosen: Any
) -> AsyncIterator[Discord]:
    """Serve a local Discord for the length of the block; `gateway`: it says it can be reached there."""
    port = free_port()
    public_url = gateway or f"http://127.0.0.1:{port}"
    config = SimulatorConfig(bot_token=identity.bot_token, public_url=public_url, talk=False, **chosen)
    app = create_app(config)
    async with (
        asyncio.timeout(patience),
        serving(app, port) as address,
        httpx2.AsyncClient(base_url=address, timeout=10) as control,
    ):
        yield Discord(config, control, app.state.local_discord.gateway, database_url)


@pytest.fixture
async def discord(identity: Identity, database_url: str) -> AsyncIterator[Discord]:
    """One whose gateway wants a heartbeat twice a second."""
    async with local_discord(identity, database_url, heartbeat_seconds=0.5) as made:
        yield made


@asynccontextmanager
async def listening(discord: Discord) -> AsyncIterator[Figures]:
    """Have a listener in this process, connected, for the length of the block."""
    settings, stop = discord.settings, asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(listen(settings, stop))
        figures = Figures.at(settings.listener_port)
        async with figures.client:
            await until(figures.is_ready)
            yield figures
        stop.set()
