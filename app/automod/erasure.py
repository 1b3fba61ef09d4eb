"""What the auto-mod room knows of one member: all of it as a file, and forgetting who that was."""

from typing import Any

from sqlalchemy import String, case, cast, func, select, update

from app.automod.models import AutomodHit
from app.automod.raids import repository as raid_repository
from app.database.tx import Tx


async def export_member(tx: Tx, guild_id: int, user_id: int) -> list[dict[str, Any]]:
    """Gather when rules fired on a member, the newest first, ready for JSON."""
    rows = await tx.execute(
        select(
            AutomodHit.at,
            AutomodHit.rule_name,
            AutomodHit.mode,
            AutomodHit.kind,
            AutomodHit.channel_id,
            AutomodHit.message_id,
            AutomodHit.reason,
            AutomodHit.actions,
            AutomodHit.dm_status,
        )
        .where(AutomodHit.guild_id == guild_id, AutomodHit.user_id == user_id)
        .order_by(AutomodHit.at.desc(), AutomodHit.id.desc())
    )
    return [
        {
            "at": row.at.isoformat(),
            "rule": row.rule_name,
            "mode": row.mode,
            "kind": row.kind,
            "channel_id": None if row.channel_id is None else str(row.channel_id),
            "message_id": None if row.message_id is None else str(row.message_id),
            "reason": row.reason,
            "actions": row.actions,
            "direct_message": row.dm_status,
        }
        for row in rows
    ]


async def erase_member(tx: Tx, guild_id: int, user_id: int, alias: int) -> int | None:
    """Put an alias in the place of a member; tells in how many hits and decisions, None if in none.

    A message that is about to be deleted still is: its id stays. A direct message that waits is not sent.
    """
    touched = await tx.execute(
        update(AutomodHit)
        .where(AutomodHit.guild_id == guild_id, AutomodHit.user_id == user_id)
        .values(
            user_id=alias,
            dm_status=case((AutomodHit.dm_status == "pending", "none"), else_=AutomodHit.dm_status),
        )
    )
    # The key of a join says who joined, and so do those of others in the same raid.
    await tx.execute(
        update(AutomodHit)
        .where(AutomodHit.guild_id == guild_id, AutomodHit.idempotency_key.contains(f":{user_id}:"))
        .values(idempotency_key=func.concat("erased:", cast(AutomodHit.id, String)))
    )
    decided = await raid_repository.erase_moderator(tx, guild_id, user_id, alias)
    return touched.rowcount + decided or None
