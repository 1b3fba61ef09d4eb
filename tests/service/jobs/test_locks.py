"""The lock on a member, on real PostgreSQL."""

import asyncio

import pytest
from sqlalchemy import text

from app.database.engine import TOOL_PATIENCE, connect_database
from app.database.tx import Database
from app.errors import UnavailableError
from app.jobs.locks import member_lock
from tests.support.guilds import snowflake

pytestmark = pytest.mark.anyio

_HELD = (
    "FROM pg_locks WHERE locktype = 'advisory'"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


async def held(database: Database) -> int:
    async with database.transaction() as tx:
        found: int = (await tx.execute(text(f"SELECT count(*) {_HELD}"))).scalar_one()
        return found


class TestMemberLock:
    async def test_only_one_at_a_time(self, database: Database, guild_id: int) -> None:
        member, inside, most = snowflake(), 0, 0

        async def work() -> None:
            nonlocal inside, most
            async with member_lock(database.engine, guild_id, member):
                inside += 1
                most = max(most, inside)
                await asyncio.sleep(0.01)
                inside -= 1

        await asyncio.gather(*[work() for _ in range(8)])
        assert most == 1

    async def test_others_are_not_in_the_way(self, database: Database, guild_id: int) -> None:
        member = snowflake()
        async with asyncio.timeout(5), member_lock(database.engine, guild_id, member):
            async with member_lock(database.engine, guild_id, member + 1):
                pass
            async with member_lock(database.engine, guild_id + 1, member):
                pass

    @pytest.mark.parametrize("ends_with", [None, ZeroDivisionError, asyncio.CancelledError])
    async def test_is_given_back_however_the_block_ends(
        self, database: Database, guild_id: int, ends_with: type[BaseException] | None
    ) -> None:
        before = await held(database)
        try:
            async with member_lock(database.engine, guild_id, 1):
                if ends_with is not None:
                    raise ends_with
        except (ZeroDivisionError, asyncio.CancelledError):
            pass
        assert await held(database) == before

    async def test_a_wait_that_is_cancelled_leaves_nothing(self, database: Database, guild_id: int) -> None:
        before = await held(database)
        async with member_lock(database.engine, guild_id, 1):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.2), member_lock(database.engine, guild_id, 1):
                    pass
        async with asyncio.timeout(5):
            while await held(database) != before:  # noqa: ASYNC110 - PostgreSQL has no event for it
                await asyncio.sleep(0.02)

    async def test_its_patience_is_not_left_to_others(self, database_url: str, guild_id: int) -> None:
        database = connect_database(database_url, pool_size=1)
        async with member_lock(database.engine, guild_id, 1):
            pass
        async with database.transaction() as tx:
            assert (await tx.execute(text("SHOW statement_timeout"))).scalar_one() == "1500ms"
            assert (await tx.execute(text("SHOW lock_timeout"))).scalar_one() == "800ms"
        await database.close()

    async def test_what_was_done_stays_done_if_postgresql_goes_meanwhile(
        self, database: Database, database_url: str, guild_id: int
    ) -> None:
        other = connect_database(database_url, pool_size=1, patience=TOOL_PATIENCE)
        async with member_lock(other.engine, guild_id, 1), database.transaction() as tx:
            await tx.execute(text(f"SELECT pg_terminate_backend(pid) {_HELD}"))
        async with member_lock(other.engine, guild_id, 1):
            pass
        await other.close()

    async def test_a_database_that_is_away_is_no_defect_of_ours(self, guild_id: int) -> None:
        away = connect_database("postgresql://nobody@127.0.0.1:1/nothing")
        with pytest.raises(UnavailableError):
            async with member_lock(away.engine, guild_id, 1):
                pass
        await away.close()
