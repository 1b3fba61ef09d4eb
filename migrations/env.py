"""How Alembic reaches the database. Every migration runs in one SQL transaction of its own."""

import asyncio

from alembic import context
from sqlalchemy import Connection, pool, text
from sqlalchemy.ext.asyncio import create_async_engine

import app.access.models
import app.analytics.models
import app.automod.backtests.models
import app.automod.models
import app.automod.raids.models
import app.bytes.models
import app.components.models
import app.gateway.models
import app.guilds.models
import app.jobs.models
import app.moderation.models
import app.replies.models
import app.roles.models
import app.squads.models  # noqa: F401 - importing the models fills the metadata
from app.database.engine import asyncpg_url
from app.database.model import Base
from app.settings import load_settings

_ONE_AT_A_TIME = 0x536D_6172_7465_7244
"""Key of the advisory lock that keeps two migrating processes apart ("SmarterD")."""


def _database_url() -> str:
    given = context.config.attributes.get("database_url")
    if given is not None:
        return str(given)
    configured = load_settings().database_url
    if configured is None:
        raise SystemExit("Set DATABASE_URL, or use `smarterdev migrate`, which knows the embedded one.")
    return configured.get_secret_value()


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Leave out what PgQueuer brings: its tables stand in our migration, not in our models."""
    return not (kind == "table" and name is not None and name.startswith("pgqueuer"))


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        include_name=_is_ours,
        compare_server_default=False,
        transaction_per_migration=True,
    )
    # Whoever comes second waits for the first, however long that takes.
    connection.execute(text("SET LOCAL lock_timeout = 0"))
    connection.execute(text("SET LOCAL statement_timeout = 0"))
    connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _ONE_AT_A_TIME})
    connection.commit()
    with context.begin_transaction():
        context.run_migrations()


async def _main() -> None:
    url, arguments = asyncpg_url(_database_url())
    # A migration that waits for a lock makes everybody behind it wait too: give up early instead.
    settings = {"lock_timeout": "2s", "statement_timeout": "10min", "timezone": "UTC"}
    arguments["server_settings"] = settings
    engine = create_async_engine(url, poolclass=pool.NullPool, connect_args=arguments)
    async with engine.connect() as connection:
        await connection.run_sync(_run)
    await engine.dispose()


asyncio.run(_main())
