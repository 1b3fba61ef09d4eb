"""SQL of the roles room."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects.postgresql import insert

from app.database.tx import Tx
from app.roles.domain import Grant
from app.roles.models import RoleGrant

_SET_SEEN: Final = text(
    "UPDATE role_grants SET seen_at = CAST(:seen_at AS timestamptz)"
    " FROM unnest(CAST(:user_ids AS bigint[]), CAST(:role_ids AS bigint[])) AS seen(user_id, role_id)"
    " WHERE role_grants.guild_id = CAST(:guild_id AS bigint)"
    " AND role_grants.user_id = seen.user_id AND role_grants.role_id = seen.role_id"
)
"""Of a thousand pairs at once: a list of them in the WHERE would be held against every row."""


async def find_grants(tx: Tx, guild_id: int, user_ids: Collection[int]) -> dict[int, dict[int, Grant]]:
    """Load what we gave these members, by their ids and the roles'; without those whom we gave nothing."""
    rows = await tx.execute(
        select(RoleGrant.user_id, RoleGrant.role_id, RoleGrant.why, RoleGrant.seen_at).where(
            RoleGrant.guild_id == guild_id, RoleGrant.user_id.in_(user_ids)
        )
    )
    found: dict[int, dict[int, Grant]] = {}
    for row in rows:
        found.setdefault(row.user_id, {})[row.role_id] = Grant(row.why, row.seen_at)
    return found


async def has_grants(tx: Tx, guild_id: int) -> bool:
    """Tell whether we gave anybody in a guild a role."""
    found = await tx.execute(select(1).where(RoleGrant.guild_id == guild_id).limit(1))
    return found.scalar_one_or_none() is not None


async def add(tx: Tx, guild_id: int, user_id: int, role_id: int, why: str) -> None:
    """Note a grant that nobody has seen yet, whatever was noted before."""
    noted = insert(RoleGrant).values(guild_id=guild_id, user_id=user_id, role_id=role_id, why=why)
    await tx.execute(
        noted.on_conflict_do_update(
            index_elements=[RoleGrant.guild_id, RoleGrant.user_id, RoleGrant.role_id],
            set_={"why": why, "seen_at": None, "granted_at": func.now()},
        )
    )


async def set_seen(
    tx: Tx, guild_id: int, pairs: Collection[tuple[int, int]], seen_at: datetime | None
) -> None:
    """Note when grants, each a member and a role, were seen; None: nothing is known of them any more."""
    await tx.execute(
        _SET_SEEN,
        {
            "guild_id": guild_id,
            "user_ids": [user_id for user_id, _ in pairs],
            "role_ids": [role_id for _, role_id in pairs],
            "seen_at": seen_at,
        },
    )


async def remove(tx: Tx, guild_id: int, user_id: int, role_ids: Collection[int]) -> None:
    """Forget grants."""
    await tx.execute(
        delete(RoleGrant).where(
            RoleGrant.guild_id == guild_id, RoleGrant.user_id == user_id, RoleGrant.role_id.in_(role_ids)
        )
    )
