"""A rule that is changed while nobody says so: there is no Redis, or it has forgotten."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from app import clock
from app.automod.observation import Kind, Observation
from app.automod.rule import Mode
from app.automod.saving import save_rule, set_mode
from app.database.tx import Database
from app.guilds import service as guilds_service
from app.listener import make_watch
from moderation_listener.rulebook import AT_LATEST
from tests.support.guilds import manager, new_guild, snowflake
from tests.support.ruling import hits, rule

pytestmark = pytest.mark.anyio


async def test_is_asked_after_half_a_minute_at_the_latest(database: Database) -> None:
    guild_id, time = new_guild(), [1_000.0]
    async with database.transaction() as tx:
        await guilds_service.enter_guild(tx, guild_id)
        await save_rule(tx, manager(guild_id), rule("mentions", mode="off"))
    watch = make_watch(database, monotonic=lambda: time[0])
    seen = Observation(
        Kind.MESSAGE,
        guild_id,
        user_id=42,
        at=clock.now(),
        channel_id=7,
        mentioned_user_ids=frozenset((1, 2, 3)),
    )

    async def say() -> int:
        message_id = snowflake(timedelta(0))
        watch.see(replace(seen, message_id=message_id))
        return message_id

    async with asyncio.TaskGroup() as group:
        keeper = group.create_task(watch.keep())
        await say()
        await watch.settled()
        async with database.transaction() as tx:
            await set_mode(tx, manager(guild_id), "mentions", Mode.ON)
        await say()
        await watch.settled()
        async with database.transaction() as tx:
            assert await hits(tx, guild_id) == []
        time[0] += AT_LATEST + 0.001
        hit = await say()
        await watch.settled()
        keeper.cancel()
    async with database.transaction() as tx:
        assert [each.message_id for each in await hits(tx, guild_id)] == [hit]
    assert AT_LATEST <= 30
