"""A guild of a test's own, and what happens in it."""

from typing import Any

from app.automod.rule import Rule
from app.automod.saving import save_rule
from app.database.tx import Database
from app.guilds import service as guilds_service
from app.moderation import repository
from app.moderation.cases import Case
from tests.edges.listener.conftest import Discord
from tests.support.guilds import manager
from tests.support.ruling import cases, hits
from tests.support.waiting import until

ALERT: dict[str, Any] = {"type": "alert", "channel_id": None}
WORDS = {"type": "message_regex", "patterns": ["buy followers"]}


class Place:
    """A guild of this test's own."""

    def __init__(self, discord: Discord, database: Database, shown: dict[str, Any]) -> None:
        self.discord = discord
        self.database = database
        self.guild_id = int(shown["id"])
        self.owner_id: str = shown["owner_id"]
        self.channel_id: str = shown["channels"][0]["id"]
        self._joined = 0

    async def rules(self, *rules: Rule) -> None:
        async with self.database.transaction() as tx:
            await guilds_service.enter_guild(tx, self.guild_id)
            for each in rules:
                await save_rule(tx, manager(self.guild_id), each)

    async def join(self, **more: Any) -> str:
        self._joined += 1
        name = f"n{self.guild_id % 10**12}.{self._joined}"
        joined = await self.discord.ask(
            "/_sim/members", guild_id=str(self.guild_id), action="join", **{"username": name} | more
        )
        return str(joined["id"])

    async def rename(self, user_id: str, nick: str) -> None:
        await self.discord.ask(
            "/_sim/members", guild_id=str(self.guild_id), action="rename", user_id=user_id, nick=nick
        )

    async def say(self, user_id: str, content: str) -> str:
        sent = await self.discord.ask(
            "/_sim/messages", channel_id=self.channel_id, user_id=user_id, content=content
        )
        return str(sent["id"])

    async def by_hand(self, action: str, user_id: str, **more: Any) -> None:
        await self.discord.ask(
            "/_sim/moderation",
            guild_id=str(self.guild_id),
            moderator_id=self.owner_id,
            user_id=user_id,
            action=action,
            **more,
        )

    async def hits(self) -> list[Any]:
        async with self.database.transaction() as tx:
            return await hits(tx, self.guild_id)

    async def until_hits(self, count: int) -> list[Any]:
        await until(lambda: self._has(count), 25)
        return await self.hits()

    async def _has(self, count: int) -> bool:
        return len(await self.hits()) >= count

    async def cases(self) -> list[Case]:
        async with self.database.transaction() as tx:
            numbers = [row.number for row in await cases(tx, self.guild_id)]
            found = [await repository.find_case(tx, self.guild_id, each) for each in numbers]
        return [each for each in found if each is not None]

    async def until_cases(self, count: int) -> list[Case]:
        async def is_met() -> bool:
            return len(await self.cases()) >= count

        await until(is_met)
        return await self.cases()


async def found(discord: Discord, database: Database) -> Place:
    """Found a guild."""
    guild_id = await discord.new_guild()
    guilds = (await discord.state())["guilds"]
    return Place(discord, database, next(each for each in guilds if each["id"] == str(guild_id)))
