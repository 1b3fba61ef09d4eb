"""What reports know of one member: all of it as a file, and forgetting who that was."""

from typing import Any

from sqlalchemy import case, or_, select, update

from app.database.tx import Tx
from app.moderation.domain import DmStatus
from app.moderation.models import ModerationReport, ModerationReporter


async def export_member(tx: Tx, guild_id: int, user_id: int) -> list[dict[str, Any]]:
    """Gather the reports a member made and those about the member's messages, the newest first.

    Of what the member reported it does not say whose message it was, nor what stood there: those are
    another's words. Of reports about the member's messages it does not say who reported; of none who handled
    it, unless it was the member.
    """
    made = await tx.execute(
        select(ModerationReport.number, ModerationReporter.created_at, ModerationReport.status)
        .add_columns(ModerationReporter.dm_status)
        .join(ModerationReport, ModerationReport.id == ModerationReporter.report_id)
        .where(ModerationReporter.guild_id == guild_id, ModerationReporter.user_id == user_id)
        .order_by(ModerationReport.number.desc())
    )
    about = await tx.execute(
        select(
            ModerationReport.number,
            ModerationReport.created_at,
            ModerationReport.status,
            ModerationReport.channel_id,
            ModerationReport.message_id,
            ModerationReport.content,
            (ModerationReport.author_id == user_id).label("is_author"),
        )
        .where(
            ModerationReport.guild_id == guild_id,
            or_(ModerationReport.author_id == user_id, ModerationReport.handled_by == user_id),
        )
        .order_by(ModerationReport.number.desc())
    )
    found = [
        {
            "report": row.number,
            "reported_at": row.created_at.isoformat(),
            "you_are": "who reported",
            "status": row.status,
            "direct_message": row.dm_status,
        }
        for row in made
    ]
    for row in about:
        facts: dict[str, Any] = {
            "report": row.number,
            "reported_at": row.created_at.isoformat(),
            "you_are": "who wrote the message" if row.is_author else "who handled it",
            "status": row.status,
        }
        if row.is_author:
            facts |= {
                "channel_id": str(row.channel_id),
                "message_id": str(row.message_id),
                "content": row.content,
            }
        found.append(facts)
    return sorted(found, key=lambda each: int(each["report"]), reverse=True)


async def erase_member(tx: Tx, guild_id: int, user_id: int, alias: int) -> int | None:
    """Put an alias in the place of a member; tells in how many reports, None if in none.

    What the member wrote goes with it, and nobody is told any more what came of the member's reports. That
    there was a report, and what came of it, stays; so does the address of the message.
    """
    wrote = ModerationReport.author_id == user_id
    handled = ModerationReport.handled_by == user_id
    touched = await tx.execute(
        update(ModerationReport)
        .where(ModerationReport.guild_id == guild_id, or_(wrote, handled))
        .values(
            author_id=case((wrote, alias), else_=ModerationReport.author_id),
            author_tag=case((wrote, None), else_=ModerationReport.author_tag),
            content=case((wrote, ""), else_=ModerationReport.content),
            handled_by=case((handled, alias), else_=ModerationReport.handled_by),
        )
        .returning(ModerationReport.id)
    )
    untold = ModerationReporter.dm_status.in_((DmStatus.PENDING, DmStatus.SENDING))
    made = await tx.execute(
        update(ModerationReporter)
        .where(ModerationReporter.guild_id == guild_id, ModerationReporter.user_id == user_id)
        .values(
            user_id=alias,
            user_tag=None,
            dm_status=case((untold, DmStatus.NONE), else_=ModerationReporter.dm_status),
        )
        .returning(ModerationReporter.report_id)
    )
    return len({*touched.scalars(), *made.scalars()}) or None
