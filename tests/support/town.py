"""The first guild of the simulator as a test sees it: its people use commands, and what comes of it."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx2

from app.database.tx import Database
from app.guilds.domain import Actor
from app.moderation import service as moderation_service

PATIENCE = 15
"""Seconds after which what has not happened will not."""


class Town:
    """One guild, its people and its channels."""

    def __init__(self, client: httpx2.AsyncClient, database: Database) -> None:
        self.client = client
        self.database = database
        self.guild: dict[str, Any] = {}

    async def enter(self) -> "Town":
        """Look around."""
        self.guild = (await self.state())["guilds"][0]
        return self

    @property
    def guild_id(self) -> int:
        return int(self.guild["id"])

    async def state(self) -> dict[str, Any]:
        return dict((await self.client.get("/_sim/state")).json())

    def channel(self, name: str | None = None) -> dict[str, Any]:
        channels = self.guild["channels"]
        return dict(channels[0] if name is None else next(each for each in channels if each["name"] == name))

    async def find(self, name: str) -> dict[str, Any] | None:
        """Give a member by name, None if nobody of that name is in the guild."""
        people = (await self.state())["people"]
        return next(
            (each for each in people if each["guild_id"] == self.guild["id"] and each["username"] == name),
            None,
        )

    async def person(self, name: str) -> dict[str, Any]:
        found = await self.find(name)
        assert found is not None, f"{name} is not in the guild"
        return found

    async def join(self, name: str, **more: object) -> dict[str, Any]:
        """Have somebody new join."""
        joined = await self.client.post(
            "/_sim/members", json={"guild_id": self.guild["id"], "action": "join", "username": name, **more}
        )
        assert joined.status_code == 200, joined.text
        return dict(joined.json())

    async def ask(self, who: dict[str, Any], name: str, **options: object) -> dict[str, Any]:
        """Have somebody use a command; gives all of the simulator's answer."""
        answer = await self.client.post(
            "/_sim/commands",
            json={
                "guild_id": self.guild["id"],
                "channel_id": self.channel()["id"],
                "user_id": who["id"],
                "name": name,
                "options": options,
            },
        )
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def use(self, who: dict[str, Any], name: str, **options: object) -> str:
        """Have somebody use a command; gives what the reply says at first."""
        return str((await self.ask(who, name, **options))["message"]["text"])

    async def reply(self, message_id: str) -> str:
        """Read a reply as it is now."""
        messages = (await self.state())["messages"]
        return str(next(each["text"] for each in messages if each["id"] == message_id))

    async def bans(self) -> dict[str, str]:
        """Give who is banned, and why."""
        guild = (await self.state())["guilds"][0]
        return {str(each["user_id"]): str(each["reason"]) for each in guild["bans"]}

    async def posts(self, channel_id: str) -> list[dict[str, Any]]:
        """Give the messages of a channel."""
        return [each for each in (await self.state())["messages"] if each["channel_id"] == channel_id]

    async def until(self, seen: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Wait until the simulator's state is so; gives it."""
        async with asyncio.timeout(PATIENCE):
            while not seen(state := await self.state()):  # noqa: ASYNC110 - it is another process's state
                await asyncio.sleep(0.02)
            return state

    async def configure(self, **chosen: object) -> None:
        """Have the people who run the server choose something."""
        async with self.database.transaction() as tx:
            config, version = await moderation_service.load_config(tx, self.guild_id)
            wanted = type(config).model_validate(config.model_dump() | chosen)
            await moderation_service.save_config(
                tx, Actor.operator(self.guild_id), wanted, expected_version=version
            )
