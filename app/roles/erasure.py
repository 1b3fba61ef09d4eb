"""What the roles room knows of one member: all of it as a file, and forgetting it."""

from typing import Any

from sqlalchemy import delete, select

from app.database.tx import Tx
from app.roles.models import RoleGrant


async def export_member(tx: Tx, guild_id: int, user_id: int) -> list[dict[str, Any]]:
    """Gather the roles we gave a member, the newest first, ready for JSON."""
    rows = await tx.execute(
        select(RoleGrant.role_id, RoleGrant.why, RoleGrant.granted_at)
        .where(RoleGrant.guild_id == guild_id, RoleGrant.user_id == user_id)
        .order_by(RoleGrant.granted_at.desc(), RoleGrant.role_id)
    )
    return [
        {"role_id": str(row.role_id), "why": row.why, "granted_at": row.granted_at.isoformat()}
        for row in rows
    ]


async def erase_member(tx: Tx, guild_id: int, user_id: int, alias: int) -> int | None:
    """Forget what we gave a member; tells how many roles, None if none. The member keeps them in Discord."""
    del alias  # nothing is left to stand under it
    gone = await tx.execute(
        delete(RoleGrant).where(RoleGrant.guild_id == guild_id, RoleGrant.user_id == user_id)
    )
    return gone.rowcount or None
