"""SQL about raids: questions below an alert, and the lines of an alert."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from app.automod.raids.models import ChannelSlowMode, RaidMode, RaidNote, RaidPause, RaidQuestion
from app.database.tx import Tx
from app.ids import new_id


class What(StrEnum):
    """What a line of an alert says. The values are kept."""

    PAUSED = "pause"
    NOT_PAUSED = "not_paused"
    NOT_SLOWED = "not_slowed"


class Question(NamedTuple):
    """What somebody was asked below an alert. Attributes as the columns of `raid_questions`."""

    interaction_id: int
    guild_id: int
    asked_by: int
    incident: int
    what: str
    user_ids: tuple[int, ...]
    expires_at: datetime


class Note(NamedTuple):
    """A line of an alert."""

    what: What
    moderator_id: int
    channel_id: int | None
    at: datetime


async def add_question(tx: Tx, question: Question) -> None:
    """Keep a question until it is answered or its time is over. A repeat keeps it once."""
    kept = insert(RaidQuestion).values(question._asdict() | {"user_ids": list(question.user_ids)})
    await tx.execute(kept.on_conflict_do_nothing())


async def take_question(
    tx: Tx, guild_id: int, asked_by: int, interaction_id: int, now: datetime
) -> Question | None:
    """Delete a question that waits and give it; None if this member was not asked, or too long ago."""
    row = (
        await tx.execute(
            delete(RaidQuestion)
            .where(
                RaidQuestion.interaction_id == interaction_id,
                RaidQuestion.guild_id == guild_id,
                RaidQuestion.asked_by == asked_by,
                RaidQuestion.expires_at > now,
            )
            .returning(
                RaidQuestion.incident, RaidQuestion.what, RaidQuestion.user_ids, RaidQuestion.expires_at
            )
        )
    ).one_or_none()
    if row is None:
        return None
    return Question(
        interaction_id, guild_id, asked_by, row.incident, row.what, tuple(row.user_ids), row.expires_at
    )


async def forget_questions(tx: Tx, now: datetime) -> None:
    """Delete the questions nobody answered in time."""
    await tx.execute(delete(RaidQuestion).where(RaidQuestion.expires_at <= now))


async def add_note(
    tx: Tx,
    guild_id: int,
    incident_id: UUID,
    note: Note,
    *,
    idempotency_key: str,
) -> bool:
    """Write a line of an alert; False if it is there."""
    new = insert(RaidNote).values(
        id=new_id(),
        guild_id=guild_id,
        incident_id=incident_id,
        idempotency_key=idempotency_key,
        **note._asdict() | {"what": note.what.value},
    )
    added = await tx.execute(new.on_conflict_do_nothing(index_elements=[RaidNote.idempotency_key]))
    return bool(added.rowcount)


async def find_notes(tx: Tx, guild_id: int, incident_id: UUID) -> list[Note]:
    """Load the lines of an alert, the oldest first."""
    rows = await tx.execute(
        select(RaidNote.what, RaidNote.moderator_id, RaidNote.channel_id, RaidNote.at)
        .where(RaidNote.guild_id == guild_id, RaidNote.incident_id == incident_id)
        .order_by(RaidNote.at, RaidNote.id)
    )
    return [Note(What(row.what), row.moderator_id, row.channel_id, row.at) for row in rows]


async def erase_moderator(tx: Tx, guild_id: int, user_id: int, alias: int) -> int:
    """Put an alias in the place of whoever decided something about a raid; tells in how many rows."""
    rows = 0
    for table in (RaidNote, RaidPause, ChannelSlowMode, RaidMode):
        touched = await tx.execute(
            update(table)
            .where(table.guild_id == guild_id, table.moderator_id == user_id)
            .values(moderator_id=alias)
        )
        rows += touched.rowcount
    return rows
