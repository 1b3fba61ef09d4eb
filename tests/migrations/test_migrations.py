"""From nothing to the newest schema, and back, with data in the tables."""

import asyncio
import subprocess
import sys
from datetime import UTC, datetime
from importlib import import_module

import asyncpg
import pytest
from alembic import command
from alembic.script import ScriptDirectory
from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment
from sqlalchemy import text

from app.bytes import service
from app.database.engine import TOOL_PATIENCE, connect_database
from app.database.schema import SCHEMA_VERSION
from app.database.tx import Database
from app.database.verify import verify
from app.errors import UnavailableError
from app.migrate import migrate_database
from migrations import alembic_config
from tests.support.guilds import actor, give, member, new_guild


def start_migrating(url: str) -> subprocess.Popen[bytes]:
    script = "import sys; from app.migrate import migrate_database; migrate_database(sys.argv[1])"
    return subprocess.Popen([sys.executable, "-c", script, url])


async def book_something(url: str) -> None:
    database: Database = connect_database(url, pool_size=1, patience=TOOL_PATIENCE)
    guild_id, ada = new_guild(), member()
    async with database.transaction() as tx:
        await give(tx, guild_id, ada, 50)
        await service.send_bytes(
            tx, actor(guild_id, ada), member(), 5, reason="why", idempotency_key="k",
            now=datetime.now(UTC),  # noqa: TID251 - any present will do
        )  # fmt: skip
    async with database.transaction() as tx:
        assert await verify(tx) == []
    await database.close()


async def tables(url: str) -> set[str]:
    database = connect_database(url, pool_size=1, patience=TOOL_PATIENCE)
    async with database.transaction() as tx:
        rows = await tx.execute(
            text("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        )
        found = set(rows.scalars().all())
    await database.close()
    return found


def test_empty_to_head_works_and_again_changes_nothing(empty_database_url: str) -> None:
    migrate_database(empty_database_url)
    migrate_database(empty_database_url)
    asyncio.run(book_something(empty_database_url))


def test_the_models_say_what_the_migrations_made(empty_database_url: str) -> None:
    migrate_database(empty_database_url)
    command.check(alembic_config(empty_database_url))


def test_each_step_goes_down_and_up_again_with_data(empty_database_url: str) -> None:
    config = alembic_config(empty_database_url)
    steps = [step.revision for step in ScriptDirectory.from_config(config).walk_revisions()]
    for revision in reversed(steps):
        command.upgrade(config, revision)
        command.downgrade(config, "-1")
        command.upgrade(config, revision)
    asyncio.run(book_something(empty_database_url))
    for _ in steps:
        command.downgrade(config, "-1")
    assert asyncio.run(tables(empty_database_url)) == {"alembic_version"}
    command.upgrade(config, "head")
    asyncio.run(book_something(empty_database_url))


def test_two_processes_migrating_at_once_wait_for_each_other(empty_database_url: str) -> None:
    processes = [start_migrating(empty_database_url) for _ in range(2)]
    assert [process.wait(timeout=60) for process in processes] == [0, 0]
    asyncio.run(book_something(empty_database_url))


def test_a_migration_killed_half_way_leaves_nothing_of_its_step(empty_database_url: str) -> None:
    """It has made its tables and waits to write its number down, when it is killed."""

    async def kill_it_in_the_middle() -> None:
        connection = await asyncpg.connect(empty_database_url)
        async with connection.transaction():
            await connection.execute("LOCK TABLE alembic_version IN SHARE MODE")
            process = start_migrating(empty_database_url)
            await until_somebody_waits(empty_database_url)
            process.kill()
            process.wait()
        await connection.close()

    command.upgrade(alembic_config(empty_database_url), "0001")
    asyncio.run(kill_it_in_the_middle())
    assert "bytes_balances" not in asyncio.run(tables(empty_database_url))
    migrate_database(empty_database_url)
    asyncio.run(book_something(empty_database_url))


def test_a_migration_waits_for_another_longer_than_for_any_lock(empty_database_url: str) -> None:
    async def hold_and_let_go() -> int:
        connection = await asyncpg.connect(empty_database_url)
        await connection.execute("SELECT pg_advisory_lock($1)", 0x536D_6172_7465_7244)
        process = start_migrating(empty_database_url)
        await until_somebody_waits(empty_database_url)
        await asyncio.sleep(2.5)  # its lock_timeout is 2 s
        await connection.close()
        return process.wait(timeout=60)

    assert asyncio.run(hold_and_let_go()) == 0


async def until_somebody_waits(url: str) -> None:
    """Return when a backend of this database waits for a lock."""
    connection = await asyncpg.connect(url)
    waiting = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    async with asyncio.timeout(30):
        while not await connection.fetchval(waiting):  # noqa: ASYNC110 - PostgreSQL has no event for it
            await asyncio.sleep(0.02)
    await connection.close()


def test_the_code_knows_the_newest_schema() -> None:
    script = ScriptDirectory.from_config(alembic_config("postgresql://nowhere"))
    assert script.get_current_head() == SCHEMA_VERSION


def test_an_unreachable_database_is_a_sentence() -> None:
    with pytest.raises(UnavailableError, match="was not brought to the newest schema"):
        migrate_database("postgresql://u:p@127.0.0.1:1/x")


def test_the_queue_is_what_pgqueuer_would_install() -> None:
    """The frozen DDL is compared with the installed PgQueuer, so an upgrade cannot be overlooked."""
    frozen = import_module("migrations.versions.0003_jobs").INSTALL
    installed = QueryBuilderEnvironment().build_install_query()
    assert _bare("\n".join(frozen)) == _bare(installed)


def _bare(sql: str) -> str:
    """Leave out comments on lines of their own, semicolons and white space."""
    lines = [line for line in sql.splitlines() if not line.lstrip().startswith("--")]
    return "".join("".join(lines).replace(";", "").split())
