"""What the squads room knows of one member: all of it as a file, and forgetting who that was."""

from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import aliased

from app.database.tx import Tx
from app.squads import repository
from app.squads.models import SquadMembership, SquadMove, SquadRow

_FROM, _TO = aliased(SquadRow), aliased(SquadRow)


async def export_member(tx: Tx, guild_id: int, user_id: int) -> dict[str, Any]:
    """Gather in which squad a member is, and every move, the newest first, ready for JSON."""
    current = (
        await tx.execute(
            select(SquadRow.name, SquadMembership.joined_at)
            .join(SquadRow, SquadRow.id == SquadMembership.squad_id)
            .where(SquadMembership.guild_id == guild_id, SquadMembership.user_id == user_id)
        )
    ).one_or_none()
    moves = await tx.execute(
        select(
            SquadMove.moved_at,
            SquadMove.cause,
            SquadMove.cost,
            _FROM.name.label("left"),
            _TO.name.label("entered"),
        )
        .join(_FROM, _FROM.id == SquadMove.from_id, isouter=True)
        .join(_TO, _TO.id == SquadMove.to_id, isouter=True)
        .where(SquadMove.guild_id == guild_id, SquadMove.user_id == user_id)
        .order_by(SquadMove.moved_at.desc(), SquadMove.id)
    )
    return {
        "squad": None if current is None else {"name": current.name, "since": current.joined_at.isoformat()},
        "moves": [
            {
                "moved_at": row.moved_at.isoformat(),
                "cause": row.cause,
                "cost": row.cost,
                "left": row.left,
                "entered": row.entered,
            }
            for row in moves
        ],
    }


async def erase_member(tx: Tx, guild_id: int, user_id: int, alias: int) -> int | None:
    """End the membership, and put an alias in the place of a member in moves; tells in how many rows.

    The role stays until somebody takes it: what we gave is forgotten, too. None if nothing was there.
    """
    await repository.lock_member(tx, guild_id, user_id)
    gone = await tx.execute(
        delete(SquadMembership).where(
            SquadMembership.guild_id == guild_id, SquadMembership.user_id == user_id
        )
    )
    moves = await tx.execute(
        update(SquadMove)
        .where(SquadMove.guild_id == guild_id, SquadMove.user_id == user_id)
        .values(
            user_id=alias,
            idempotency_key=func.replace(SquadMove.idempotency_key, str(user_id), str(alias)),
        )
    )
    return gone.rowcount + moves.rowcount or None
