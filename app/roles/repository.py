"""SQL of the roles room."""

from collections.abc import Collection

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from app.database.tx import Tx
from app.roles.models import RoleGrant


async def find_grants(tx: Tx, guild_id: int, user_id: int) -> frozenset[int]:
    """Load the roles we gave a member."""
    rows = await tx.execute(
        select(RoleGrant.role_id).where(RoleGrant.guild_id == guild_id, RoleGrant.user_id == user_id)
    )
    return frozenset(rows.scalars())


async def find_members(tx: Tx, guild_id: int) -> dict[int, frozenset[int]]:
    """Load every member of a guild whom we gave a role, with those roles."""
    rows = await tx.execute(
        select(RoleGrant.user_id, RoleGrant.role_id).where(RoleGrant.guild_id == guild_id)
    )
    found: dict[int, set[int]] = {}
    for row in rows:
        found.setdefault(row.user_id, set()).add(row.role_id)
    return {user_id: frozenset(role_ids) for user_id, role_ids in found.items()}


async def add(tx: Tx, guild_id: int, user_id: int, role_id: int, why: str) -> None:
    """Note a grant; once."""
    await tx.execute(
        insert(RoleGrant)
        .values(guild_id=guild_id, user_id=user_id, role_id=role_id, why=why)
        .on_conflict_do_nothing()
    )


async def remove(tx: Tx, guild_id: int, user_id: int, role_ids: Collection[int]) -> None:
    """Forget grants."""
    await tx.execute(
        delete(RoleGrant).where(
            RoleGrant.guild_id == guild_id, RoleGrant.user_id == user_id, RoleGrant.role_id.in_(role_ids)
        )
    )
