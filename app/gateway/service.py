"""Remembering what was heard, and which sessions were begun. Nobody is asked: it is nobody's choice."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, insert, select, text

from app.database.tx import Tx
from app.gateway.models import ListenerCursor, ListenerSession

SESSIONS_WITHIN: Final = timedelta(hours=24)

_NOTE: Final = text(
    "INSERT INTO listener_cursors (guild_id, heard_until)"
    " SELECT heard.guild_id, heard.heard_until"
    " FROM unnest(CAST(:guild_ids AS bigint[]), CAST(:instants AS timestamptz[]))"
    " AS heard (guild_id, heard_until) JOIN guilds ON guilds.id = heard.guild_id"
    " ORDER BY heard.guild_id"
    " ON CONFLICT (guild_id) DO UPDATE SET heard_until = excluded.heard_until"
    " WHERE listener_cursors.heard_until < excluded.heard_until"
)


async def note_heard(tx: Tx, heard: Mapping[int, datetime]) -> None:
    """Note until when guilds were heard; it never moves back. A guild we do not know is left out."""
    if heard:
        await tx.execute(_NOTE, {"guild_ids": list(heard), "instants": list(heard.values())})


async def find_heard(tx: Tx, guild_ids: Collection[int]) -> dict[int, datetime]:
    """Tell until when each guild was heard; one that never was is missing."""
    rows = await tx.execute(
        select(ListenerCursor.guild_id, ListenerCursor.heard_until).where(
            ListenerCursor.guild_id.in_(guild_ids)
        )
    )
    return {row.guild_id: row.heard_until for row in rows}


async def last_heard(tx: Tx) -> datetime | None:
    """Tell when anything was heard last, None if nothing ever was."""
    found: datetime | None = (await tx.execute(select(func.max(ListenerCursor.heard_until)))).scalar_one()
    return found


async def note_session(tx: Tx, now: datetime) -> None:
    """Note that a session begins; those that count no more are forgotten."""
    await tx.execute(delete(ListenerSession).where(ListenerSession.begun_at < now - SESSIONS_WITHIN))
    await tx.execute(insert(ListenerSession).values(begun_at=now))


async def next_session_at(tx: Tx, now: datetime, *, most: int) -> datetime:
    """Tell when another session may begin, if no more than so many may in 24 hours; `now`, if at once."""
    newest = select(ListenerSession.begun_at).where(ListenerSession.begun_at > now - SESSIONS_WITHIN)
    found: datetime | None = (
        await tx.execute(newest.order_by(ListenerSession.begun_at.desc()).offset(most - 1).limit(1))
    ).scalar_one_or_none()
    return now if found is None else found + SESSIONS_WITHIN
