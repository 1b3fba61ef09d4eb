"""What the log of invocations knows of one member: all of it as a file, and making it forget who that was."""

from typing import Any

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from app.analytics.models import CommandInvocation, InvocationErasure
from app.analytics.repository import WRITING
from app.database.tx import Tx


async def export_member(tx: Tx, guild_id: int, user_id: int) -> list[dict[str, Any]]:
    """Gather which commands a member used, newest first, ready for JSON."""
    statement = (
        select(
            CommandInvocation.created_at,
            CommandInvocation.command,
            CommandInvocation.outcome,
            CommandInvocation.duration_ms,
        )
        .where(CommandInvocation.guild_id == guild_id, CommandInvocation.user_id == user_id)
        .order_by(CommandInvocation.created_at.desc(), CommandInvocation.id.desc())
    )
    return [
        {
            "used_at": row.created_at.isoformat(),
            "command": row.command,
            "outcome": row.outcome,
            "duration_ms": row.duration_ms,
        }
        for row in await tx.execute(statement)
    ]


async def erase_member(tx: Tx, guild_id: int, user_id: int, alias: int) -> int | None:
    """Put `alias` in the member's place in every invocation of this guild; tells in how many, None if none.

    Also of those that are still to be written: some processes note them seconds late, and so the command that
    erases. For a day (`service.LATE`) there is a fingerprint of the member by which the database leaves the
    id out of them.
    Keeps others from writing invocations until the `tx` ends, so that none slips in between.
    """
    await tx.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": WRITING})
    now = func.clock_timestamp()
    note = insert(InvocationErasure).values(
        guild_id=guild_id, fingerprint=func.bytes_fingerprint(guild_id, user_id), erased_at=now
    )
    again = {"erased_at": note.excluded.erased_at}
    keys = [InvocationErasure.guild_id, InvocationErasure.fingerprint]
    await tx.execute(note.on_conflict_do_update(index_elements=keys, set_=again))
    erased = await tx.execute(
        update(CommandInvocation)
        .where(CommandInvocation.guild_id == guild_id, CommandInvocation.user_id == user_id)
        .values(user_id=alias)
    )
    return erased.rowcount or None
