"""What is kept for a time only is deleted when that time is over, and nothing else."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from app import clock
from app.analytics import erasure
from app.analytics import service as analytics_service
from app.analytics.domain import Invocation
from app.components import service as components_service
from app.database.tx import Database
from app.retention import forget_old
from tests.support.guilds import snowflake

pytestmark = pytest.mark.anyio

DAY = timedelta(days=1)


async def count(database: Database, table: str, guild_id: int) -> int:
    async with database.transaction() as tx:
        rows = await tx.execute(text(f"SELECT count(*) FROM {table} WHERE guild_id = :id"), {"id": guild_id})
        return int(rows.scalar_one())


async def age(database: Database, table: str, column: str, guild_id: int, by: timedelta) -> None:
    async with database.transaction() as tx:
        await tx.execute(
            text(f"UPDATE {table} SET {column} = {column} - CAST(:by AS interval) WHERE guild_id = :id"),
            {"by": by, "id": guild_id},
        )


async def test_used_commands_go_after_90_days(database: Database, guild_id: int) -> None:
    now = clock.now()
    used = [Invocation(guild_id, 1, "about", "ok", 1, now - DAY * days) for days in (89, 91, 400)]
    async with database.transaction() as tx:
        # What other tests have left is newer, and one look is at the 10,000 rows written first.
        await tx.execute(text("TRUNCATE command_invocations"))
        await analytics_service.record_invocations(tx, used)
    await forget_old(database)
    assert await count(database, "command_invocations", guild_id) == 1


async def test_uses_of_one_time_controls_go_after_a_day(database: Database, guild_id: int) -> None:
    async with database.transaction() as tx:
        assert await components_service.use_once(tx, guild_id, snowflake(), 1)
    await forget_old(database)
    assert await count(database, "component_uses", guild_id) == 1
    await age(database, "component_uses", "used_at", guild_id, DAY)
    await forget_old(database)
    assert await count(database, "component_uses", guild_id) == 0


async def test_the_fingerprint_for_late_invocations_goes_after_a_day(
    database: Database, guild_id: int
) -> None:
    async with database.transaction() as tx:
        await erasure.erase_member(tx, guild_id, snowflake(), -7)
    await forget_old(database)
    assert await count(database, "invocation_erasures", guild_id) == 1
    await age(database, "invocation_erasures", "erased_at", guild_id, DAY)
    await forget_old(database)
    assert await count(database, "invocation_erasures", guild_id) == 0
