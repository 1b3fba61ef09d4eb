"""SQL of the access room."""

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from app.access.config import AccessConfig
from app.access.models import AccessGrants
from app.database.tx import Tx


async def find_config(tx: Tx, guild_id: int, *, lock: bool = False) -> tuple[AccessConfig, int]:
    """Load which levels a guild gave, and the version; no levels and version 0 if it never chose.

    Args:
        tx: The transaction.
        guild_id: Whose.
        lock: Keep others from changing it until the `tx` ends.
    """
    statement = select(AccessGrants.roles, AccessGrants.version).where(AccessGrants.guild_id == guild_id)
    if lock:
        statement = statement.with_for_update(key_share=True)
    row = (await tx.execute(statement)).one_or_none()
    if row is None:
        return AccessConfig(), 0
    return AccessConfig.model_validate({"roles": row.roles}), row.version


async def save_config(tx: Tx, guild_id: int, config: AccessConfig, version: int) -> bool:
    """Write the config as `version`; False if somebody else has written that version meanwhile."""
    values = config.model_dump(mode="json") | {"version": version}
    if version == 1:
        first = insert(AccessGrants).values(values | {"guild_id": guild_id}).on_conflict_do_nothing()
        return (await tx.execute(first)).rowcount == 1
    result = await tx.execute(
        update(AccessGrants)
        .where(AccessGrants.guild_id == guild_id, AccessGrants.version == version - 1)
        .values(values | {"updated_at": func.now()})
    )
    return result.rowcount == 1
