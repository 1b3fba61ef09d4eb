"""Saving what a guild chose."""

import asyncio

import pytest
from sqlalchemy import text

from app.bytes import service
from app.bytes.config import BytesConfig
from app.database.tx import Database, Tx
from app.errors import ConflictError, NotAllowedError
from app.guilds import service as guilds_service
from tests.support.guilds import actor, manager
from tests.support.locks import until_waiting_for_locks

pytestmark = pytest.mark.anyio


class TestSaveConfig:
    async def test_begins_with_the_defaults_at_version_0(self, tx: Tx, guild_id: int) -> None:
        assert await service.load_config(tx, guild_id) == (BytesConfig(), 0)

    async def test_keeps_every_field(self, tx: Tx, guild_id: int) -> None:
        chosen = BytesConfig(
            starting_balance=0,
            daily_amount=25,
            streak_bonuses={2: 3},
            day_resets_at=5,
            max_transfer=77,
            cooldown_hours=1,
            minimum_account_age_days=0,
            role_rewards={"175928847299117063": 500},
            role_rewards_basis="received",
        )
        assert await service.save_config(tx, manager(guild_id), chosen, expected_version=0) == 1
        assert await service.load_config(tx, guild_id) == (chosen, 1)

    async def test_writes_what_was_and_what_is_to_the_trail(self, tx: Tx, guild_id: int) -> None:
        boss = manager(guild_id)
        await service.save_config(tx, boss, BytesConfig(daily_amount=1), expected_version=0)
        await service.save_config(tx, boss, BytesConfig(daily_amount=2), expected_version=1)
        rows = await tx.execute(
            text(
                "SELECT before->>'daily_amount', after->>'daily_amount', via FROM audit_entries"
                " WHERE guild_id = :id ORDER BY created_at, id"
            ),
            {"id": guild_id},
        )
        assert [tuple(row) for row in rows] == [(None, "1", "command"), ("1", "2", "command")]

    async def test_of_the_same_changes_nothing(self, tx: Tx, guild_id: int) -> None:
        boss = manager(guild_id)
        await service.save_config(tx, boss, BytesConfig(daily_amount=1), expected_version=0)
        assert await service.save_config(tx, boss, BytesConfig(daily_amount=1), expected_version=1) == 1

    async def test_on_top_of_somebody_elses_change_is_refused(self, tx: Tx, guild_id: int) -> None:
        boss = manager(guild_id)
        await service.save_config(tx, boss, BytesConfig(daily_amount=1), expected_version=0)
        with pytest.raises(ConflictError, match="Somebody else"):
            await service.save_config(tx, boss, BytesConfig(daily_amount=2), expected_version=0)
        assert (await service.load_config(tx, guild_id))[0].daily_amount == 1

    async def test_of_two_first_saves_at_once_one_is_refused(self, database: Database, guild_id: int) -> None:
        """The second has seen that nothing was chosen yet, and waits for the first to commit."""

        async def save_second() -> None:
            async with database.transaction() as tx:
                await service.save_config(
                    tx, manager(guild_id), BytesConfig(daily_amount=2), expected_version=0
                )

        async with database.transaction() as tx:
            await guilds_service.enter_guild(tx, guild_id)
        async with database.transaction() as tx:
            await service.save_config(tx, manager(guild_id), BytesConfig(daily_amount=1), expected_version=0)
            second = asyncio.ensure_future(save_second())
            await until_waiting_for_locks(database, 1)
        with pytest.raises(ConflictError, match="Somebody else"):
            await second

    async def test_is_refused_to_members(self, tx: Tx, guild_id: int) -> None:
        with pytest.raises(NotAllowedError):
            await service.save_config(tx, actor(guild_id), BytesConfig(), expected_version=0)
