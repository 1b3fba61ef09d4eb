"""News of guilds reach the database in their order, and sooner or later."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from prometheus_client import REGISTRY

from app.database.engine import connect_database
from app.database.tx import Database
from moderation_listener.guilds import GuildList
from moderation_listener.translate import GuildNews, GuildRoll
from tests.edges.interactions.proxy import Mood, proxied
from tests.edges.listener.conftest import Guilds
from tests.support.guilds import new_guild
from tests.support.waiting import until

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def keeping(database: Database) -> AsyncIterator[GuildList]:
    listed = GuildList(database)
    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        keeper = group.create_task(listed.keep())
        yield listed
        keeper.cancel()


def failures() -> float:
    return REGISTRY.get_sample_value("smarterdev_gateway_failed_total", {"reason": "unavailable"}) or 0


async def test_a_guild_is_installed_removed_and_installed_again(database: Database, guilds: Guilds) -> None:
    guild_id = new_guild()
    async with keeping(database) as listed:
        listed.note(GuildNews(guild_id, installed=True))
        await listed.written()
        first = await guilds.find(guild_id)
        assert first is not None
        assert first.removed_at is None

        listed.note(GuildNews(guild_id, installed=False))
        await listed.written()
        assert await guilds.is_removed(guild_id)

        listed.note(GuildNews(guild_id, installed=True))
        await listed.written()
        again = await guilds.find(guild_id)
        assert again is not None
        assert again.removed_at is None
        assert again.installed_at > first.installed_at


async def test_a_guild_that_is_known_is_left_as_it_is(database: Database, guilds: Guilds) -> None:
    guild_id = new_guild()
    async with keeping(database) as listed:
        for _ in range(3):
            listed.note(GuildNews(guild_id, installed=True))
            await listed.written()
            row = await guilds.find(guild_id)
            assert row is not None
        assert row == await guilds.find(guild_id)


async def test_a_guild_nobody_knew_is_not_made_known_by_its_removal(
    database: Database, guilds: Guilds
) -> None:
    guild_id = new_guild()
    async with keeping(database) as listed:
        listed.note(GuildNews(guild_id, installed=False))
        await listed.written()
    assert await guilds.find(guild_id) is None


async def test_of_many_news_the_latest_is_true(database: Database, guilds: Guilds) -> None:
    there, gone = new_guild(), new_guild()
    async with keeping(database) as listed:
        listed.note(GuildNews(gone, installed=True))
        await listed.written()
        for number in range(7):
            listed.note(GuildNews(there, installed=number % 2 == 0))
            listed.note(GuildNews(gone, installed=number % 2 == 1))
            await asyncio.sleep(0.002)
        await listed.written()
    assert await guilds.is_installed(there)
    assert await guilds.is_removed(gone)


async def test_what_the_database_could_not_take_is_written_when_it_can(
    database_url: str, guilds: Guilds, caplog: pytest.LogCaptureFixture
) -> None:
    lost, kept, before = new_guild(), new_guild(), failures()
    async with proxied(database_url) as proxy:
        database = connect_database(proxy.url)
        try:
            async with keeping(database) as listed:
                proxy.mood = Mood.STARTING
                with caplog.at_level(logging.WARNING):
                    listed.note(GuildNews(lost, installed=True))
                    listed.note(GuildNews(kept, installed=True))
                    await until(lambda: failures() > before)
                listed.note(GuildNews(lost, installed=False))
                proxy.mood = Mood.FORWARD
                await listed.written()
        finally:
            await database.close()
    assert await guilds.find(lost) is None
    assert await guilds.is_installed(kept)
    assert "news of a guild waits for the database" in caplog.text


async def test_what_waited_about_a_guild_gives_way_to_the_roll_of_its_shard(
    database: Database, guilds: Guilds
) -> None:
    left, stays = new_guild(), new_guild()
    async with keeping(database) as listed:
        for guild_id in (left, stays):
            listed.note(GuildNews(guild_id, installed=True))
        await listed.written()
    listed = GuildList(database)  # nobody writes yet
    listed.note(GuildNews(left, installed=True))
    listed.note(GuildRoll(frozenset({stays}), shard=0, shard_count=1))
    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        keeper = group.create_task(listed.keep())
        await listed.written()
        keeper.cancel()
    assert await guilds.is_removed(left)
    assert await guilds.is_installed(stays)
