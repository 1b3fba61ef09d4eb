"""SQL of the guilds room."""

from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from app.database.tx import Tx
from app.guilds.config import GuildConfig
from app.guilds.domain import GuildRecord
from app.guilds.models import AuditEntry, Guild

_RECORD = (Guild.id, Guild.timezone, Guild.language, Guild.features)


async def find_installed(tx: Tx, guild_id: int) -> GuildRecord | None:
    """Load a guild the bot is in, None if it was never seen or was removed."""
    row = (
        await tx.execute(select(*_RECORD).where(Guild.id == guild_id, Guild.removed_at.is_(None)))
    ).one_or_none()
    return None if row is None else _record(row)


async def install(tx: Tx, guild_id: int) -> GuildRecord:
    """Make the guild known, or known again after a removal. Idempotent; waits for a concurrent one."""
    statement = upsert(Guild).values(id=guild_id)
    # installed_at changes only when the bot had been removed in between.
    again = {
        "removed_at": None,
        "installed_at": func.coalesce(
            func.nullif(func.now(), func.coalesce(Guild.removed_at, func.now())),
            Guild.installed_at,
        ),
    }
    row = (
        await tx.execute(
            statement.on_conflict_do_update(index_elements=[Guild.id], set_=again).returning(*_RECORD)
        )
    ).one()
    return _record(row)


async def mark_removed(tx: Tx, guild_id: int) -> None:
    """Note that the bot was removed. The data stays for 30 days."""
    await tx.execute(
        update(Guild).where(Guild.id == guild_id, Guild.removed_at.is_(None)).values(removed_at=func.now())
    )


async def save_config(tx: Tx, guild_id: int, config: GuildConfig) -> None:
    """Write a guild's general settings."""
    await tx.execute(
        update(Guild).where(Guild.id == guild_id).values(**config.model_dump(), updated_at=func.now())
    )


async def add_audit_entry(tx: Tx, values: dict[str, Any]) -> None:
    """Append to the trail."""
    await tx.execute(insert(AuditEntry).values(values))


def _record(row: Any) -> GuildRecord:  # noqa: ANN401 - a row of _RECORD; SQLAlchemy types it by position
    return GuildRecord(row.id, ZoneInfo(row.timezone), row.language, row.features)
