"""What the audit trail knows of one member: all of it as a file, and making it forget who that was."""

from typing import Any, Final
from uuid import UUID, uuid5

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from app.database.tx import Tx
from app.guilds.domain import Via
from app.guilds.models import AuditEntry

# Which entries name a member is said once, in the database: what is erased is what is exported.
_NAMING: Final = text(
    "SELECT id, created_at, actor_id, via, subject_type, subject_id, before, after, note"
    " FROM audit_entries entry WHERE guild_id = :guild_id AND audit_entry_names(entry, :user_id)"
    " ORDER BY created_at DESC, id DESC"
)
_ERASURES: Final = UUID("0d3c6d1f-0d86-5b33-9d41-6a3c0f4f4f0e")
"""Where the ids of entries of an erasure are derived from their keys."""


async def export_member(tx: Tx, guild_id: int, user_id: int) -> list[dict[str, Any]]:
    """Gather every audit entry that names a member, newest first, ready for JSON.

    Who made a change is told only of one's own: staff stands in the trail for those who run the server.
    """
    rows = await tx.execute(_NAMING, {"guild_id": guild_id, "user_id": user_id})
    return [
        {
            "id": str(row.id),
            "created_at": row.created_at.isoformat(),
            "made_by": "you" if row.actor_id == user_id else "somebody else",
            "via": row.via,
            "subject_type": row.subject_type,
            "subject_id": row.subject_id,
            "before": row.before,
            "after": row.after,
            "note": row.note,
        }
        for row in rows
    ]


async def erase_member(tx: Tx, guild_id: int, user_id: int, alias: int) -> int | None:
    """Put `alias` in the member's place in every audit entry of this guild; tells in how many, None if none.

    The name, and every note of an entry that names the member, are blanked. Locks the entries in their order.
    """
    statement = text("SELECT erase_guilds_member(:guild_id, :user_id, :alias)")
    parameters = {"guild_id": guild_id, "user_id": user_id, "alias": alias}
    erased: int = (await tx.execute(statement, parameters)).scalar_one()
    return erased or None


async def record_erasure(
    tx: Tx, guild_id: int, alias: int, via: Via, *, rows: dict[str, int], idempotency_key: str
) -> None:
    """Append to the trail that a member was erased, once per key. It names nobody but the alias."""
    entry = {
        "id": _entry_id(guild_id, idempotency_key),
        "guild_id": guild_id,
        "actor_id": alias,
        "actor_name": None,
        "via": via.value,
        "subject_type": "member",
        "subject_id": str(alias),
        "before": None,
        "after": {"erased": rows},
        "note": None,
    }
    await tx.execute(insert(AuditEntry).values(entry).on_conflict_do_nothing())


async def find_erasure(tx: Tx, guild_id: int, idempotency_key: str) -> dict[str, int] | None:
    """Load what an erasure with this key has blanked, by room; None if there was none."""
    entry = select(AuditEntry.after).where(
        AuditEntry.id == _entry_id(guild_id, idempotency_key), AuditEntry.guild_id == guild_id
    )
    after: dict[str, Any] | None = (await tx.execute(entry)).scalar_one_or_none()
    return None if after is None else dict(after["erased"])


def _entry_id(guild_id: int, idempotency_key: str) -> UUID:
    """Derive an id that finds the entry again without the key standing in it."""
    return uuid5(_ERASURES, f"{guild_id}:{idempotency_key}")
