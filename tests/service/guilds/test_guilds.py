"""A guild comes, goes, and comes again."""

import pytest
from sqlalchemy import text

from app.database.tx import Tx
from app.features import BYTES
from app.guilds import service
from app.guilds.config import GuildConfig
from tests.support.guilds import manager

pytestmark = pytest.mark.anyio


async def removed_at(tx: Tx, guild_id: int) -> object:
    rows = await tx.execute(text("SELECT removed_at FROM guilds WHERE id = :id"), {"id": guild_id})
    return rows.scalar_one()


async def test_the_first_command_makes_a_guild_known(tx: Tx, guild_id: int) -> None:
    guild = await service.enter_guild(tx, guild_id)
    assert (guild.id, guild.timezone.key, guild.language) == (guild_id, "UTC", "en")
    assert guild.has(BYTES)
    assert await service.enter_guild(tx, guild_id) == guild


async def test_a_removed_guild_keeps_its_choices_and_comes_back_with_them(tx: Tx, guild_id: int) -> None:
    await service.install_guild(tx, guild_id)
    await service.save_config(tx, manager(guild_id), GuildConfig(timezone="Asia/Tokyo"))
    await service.remove_guild(tx, guild_id)
    assert await removed_at(tx, guild_id) is not None
    assert (await service.enter_guild(tx, guild_id)).timezone.key == "Asia/Tokyo"
    assert await removed_at(tx, guild_id) is None


async def test_installing_and_removing_twice_changes_nothing_more(tx: Tx, guild_id: int) -> None:
    for _ in range(2):
        await service.install_guild(tx, guild_id)
    for _ in range(2):
        await service.remove_guild(tx, guild_id)
    assert await removed_at(tx, guild_id) is not None


async def test_removing_an_unknown_guild_makes_none(tx: Tx, guild_id: int) -> None:
    await service.remove_guild(tx, guild_id)
    rows = await tx.execute(text("SELECT 1 FROM guilds WHERE id = :id"), {"id": guild_id})
    assert rows.one_or_none() is None


class TestRoll:
    """What a shard says of its guilds at its start."""

    async def test_leaves_those_it_names_and_those_of_other_shards(self, tx: Tx, guild_id: int) -> None:
        mine, other_shard = 8 << 22, 9 << 22
        for each in (mine, other_shard, 10 << 22):
            await service.install_guild(tx, each)
        gone = await service.keep_only(tx, {mine}, shard=0, shard_count=2)
        assert 10 << 22 in gone
        assert not {mine, other_shard} & set(gone)
        assert await removed_at(tx, 10 << 22) is not None
        assert await removed_at(tx, mine) is None

    async def test_without_any_guild_removes_all_of_the_shard(self, tx: Tx, guild_id: int) -> None:
        await service.install_guild(tx, guild_id)
        await service.keep_only(tx, (), shard=0, shard_count=1)
        assert await removed_at(tx, guild_id) is not None
