"""SQL of the guilds room."""

from collections.abc import Collection
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, Integer, all_, case, cast, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY, insert

from app.database.tx import Tx
from app.guilds.config import GuildConfig
from app.guilds.domain import GuildRecord
from app.guilds.models import AuditEntry, Guild

_RECORD = (Guild.id, Guild.timezone, Guild.language, Guild.features)


async def find(tx: Tx, guild_id: int, *, lock: bool = False) -> GuildRecord | None:
    """Load a guild, None if it was never seen. A removed one is found, too.

    Args:
        tx: The transaction.
        guild_id: Which.
        lock: Keep others from changing it until the `tx` ends.
    """
    statement = select(*_RECORD).where(Guild.id == guild_id)
    if lock:
        statement = statement.with_for_update(key_share=True)
    row = (await tx.execute(statement)).one_or_none()
    return None if row is None else _record(row)


async def find_installed(tx: Tx, guild_id: int) -> GuildRecord | None:
    """Load a guild the bot is in, None if it was never seen or was removed."""
    statement = select(*_RECORD).where(Guild.id == guild_id, Guild.removed_at.is_(None))
    row = (await tx.execute(statement)).one_or_none()
    return None if row is None else _record(row)


async def add(tx: Tx, guild_id: int) -> None:
    """Make the guild known if it is not. A removed one stays removed."""
    await tx.execute(insert(Guild).values(id=guild_id).on_conflict_do_nothing())


async def install(tx: Tx, guild_id: int) -> GuildRecord:
    """Make the guild known, or installed again after a removal. Idempotent; waits for a concurrent one."""
    statement = insert(Guild).values(id=guild_id)
    again = {
        "removed_at": None,
        "installed_at": case((Guild.removed_at.is_(None), Guild.installed_at), else_=func.now()),
    }
    upsert = statement.on_conflict_do_update(index_elements=[Guild.id], set_=again)
    return _record((await tx.execute(upsert.returning(*_RECORD))).one())


async def mark_removed(tx: Tx, guild_id: int) -> None:
    """Note that the bot was removed. The data stays for 30 days."""
    await tx.execute(
        update(Guild).where(Guild.id == guild_id, Guild.removed_at.is_(None)).values(removed_at=func.now())
    )


async def mark_absent_removed(tx: Tx, present: Collection[int], *, shard: int, shard_count: int) -> list[int]:
    """Note that every guild of a shard that is not `present` was removed; tells which those are."""
    gone = (
        update(Guild)
        .where(
            Guild.removed_at.is_(None),
            Guild.id.bitwise_rshift(cast(22, Integer)) % shard_count == shard,
            Guild.id != all_(cast(list(present), ARRAY(BigInteger))),
        )
        .values(removed_at=func.now())
    )
    return list((await tx.execute(gone.returning(Guild.id))).scalars())


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
