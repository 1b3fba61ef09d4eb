"""Calls the simulator's REST API as the bot would, with the world behind it at hand."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2

from simulator.config import SimulatorConfig
from simulator.local_discord import LocalDiscord
from simulator.permissions import Permission
from simulator.state import seed
from simulator.state.entities import Guild, Member
from tests.edges.simulator.recording_bot import RecordingBot
from tests.edges.simulator.simulators import simulator_of

API = "/api/v10"
GUILD = f"/guilds/{seed.GUILD_ID}"
CHANNEL = f"/channels/{seed.GENERAL}"
TOKEN = "the-token"


@dataclass
class Caller:
    """The bot. Paths are relative to the API's base."""

    client: httpx2.AsyncClient
    discord: LocalDiscord

    @property
    def guild(self) -> Guild:
        return self.discord.world.guilds[seed.GUILD_ID]

    @property
    def me(self) -> Member:
        return self.guild.members[self.discord.bot.id]

    async def call(
        self, method: str, path: str, body: Any = None, *, reason: str | None = None, **options: Any
    ) -> httpx2.Response:
        if body is not None:
            options["json"] = body
        if reason is not None:
            options["headers"] = {"X-Audit-Log-Reason": reason}
        return await self.client.request(method, API + path, **options)

    async def refused(self, method: str, path: str, body: Any = None, **options: Any) -> tuple[int, int]:
        """Tell with which status and code a call is refused."""
        response = await self.call(method, path, body, **options)
        return response.status_code, response.json()["code"]

    async def errors(self, method: str, path: str, body: Any = None, **options: Any) -> Any:
        """Tell the tree of errors of an invalid form."""
        response = await self.call(method, path, body, **options)
        assert (response.status_code, response.json()["code"]) == (400, 50035), response.text
        return response.json()["errors"]

    def without(self, *permissions: Permission) -> None:
        """Take permissions from the bot's role and from everybody."""
        for role_id in (seed.BOT, seed.GUILD_ID):
            for permission in permissions:
                self.guild.roles[role_id].permissions &= ~permission


def split(call: str) -> tuple[str, str]:
    """Read `GET /path`."""
    method, _, path = call.partition(" ")
    return method, path


@asynccontextmanager
async def calling(bot: RecordingBot | None = None, **config: Any) -> AsyncIterator[Caller]:
    """Start a simulator without rate limits; `bot` is what listens at its interactions endpoint."""
    settings: dict[str, Any] = {"endpoint": "http://bot/interactions", "rate_limits": False}
    made = SimulatorConfig(bot_token=TOKEN, signing_key="5a" * 32, **(settings | config))
    headers = {"Authorization": f"Bot {TOKEN}"}
    async with simulator_of(made, bot or RecordingBot(), headers=headers) as simulator:
        yield Caller(simulator.client, simulator.discord)
