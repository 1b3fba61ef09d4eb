"""What the moderation room knows of one member: all of it as a file, and forgetting who that was.

A case that lasts keeps the id until it is over: a ban that nobody can find would be one nobody can lift.
"""

from typing import Any

from sqlalchemy import case, or_, select, update

from app.database.tx import Tx
from app.moderation import report_erasure
from app.moderation.domain import CaseAction, CaseStatus
from app.moderation.models import ModerationCase, ModerationCaseEvent, ModerationEvidence, ModerationIncident

_LASTS = (CaseStatus.PENDING, CaseStatus.ACTIVE)


async def export_member(tx: Tx, guild_id: int, user_id: int) -> dict[str, Any]:
    """Gather a member's cases and reports, the newest first, ready for JSON."""
    return {
        "cases": await _export_cases(tx, guild_id, user_id),
        "reports": await report_erasure.export_member(tx, guild_id, user_id),
    }


async def erase_member(tx: Tx, guild_id: int, user_id: int, alias: int) -> int | None:
    """Put an alias in the place of a member; tells in how many cases and reports, None if in none."""
    cases = await _erase_from_cases(tx, guild_id, user_id, alias)
    reports = await report_erasure.erase_member(tx, guild_id, user_id, alias)
    return (cases or 0) + (reports or 0) or None


async def _export_cases(tx: Tx, guild_id: int, user_id: int) -> list[dict[str, Any]]:
    """Gather the cases about a member and those the member decided.

    Notes are left out of what is about the member: they are between moderators. Of cases about the member
    it does not say who decided, of those the member decided not about whom.
    """
    rows = await tx.execute(
        select(
            ModerationCase.number,
            ModerationCase.created_at,
            ModerationCase.action,
            ModerationCase.reason,
            ModerationCase.status,
            ModerationCase.expires_at,
            ModerationCase.dm_status,
            (ModerationCase.user_id == user_id).label("is_about_you"),
            ModerationEvidence.filename,
        )
        .join(ModerationEvidence, ModerationEvidence.case_id == ModerationCase.id, isouter=True)
        .where(
            ModerationCase.guild_id == guild_id,
            or_(
                (ModerationCase.user_id == user_id) & (ModerationCase.action != CaseAction.NOTE),
                ModerationCase.moderator_id == user_id,
            ),
        )
        .order_by(ModerationCase.number.desc())
    )
    return [
        {
            "case": row.number,
            "decided_at": row.created_at.isoformat(),
            "you_are": "whom it is about" if row.is_about_you else "who decided",
            "action": row.action,
            "reason": row.reason,
            "status": row.status,
            "ends_at": None if row.expires_at is None else row.expires_at.isoformat(),
            "direct_message": row.dm_status,
            "evidence": row.filename,
        }
        for row in rows
    ]


async def _erase_from_cases(tx: Tx, guild_id: int, user_id: int, alias: int) -> int | None:
    """Put an alias in the place of a member in cases.

    What was decided, why and when stays. Cases that last keep the id, and lose the name.
    """
    about = (ModerationCase.user_id == user_id) & ModerationCase.status.not_in(_LASTS)
    named = (ModerationCase.user_id == user_id) & ModerationCase.user_tag.is_not(None)
    decided = ModerationCase.moderator_id == user_id
    resolved = ModerationCase.resolved_by == user_id
    touched = await tx.execute(
        update(ModerationCase)
        .where(ModerationCase.guild_id == guild_id, or_(about, named, decided, resolved))
        .values(
            user_id=case((about, alias), else_=ModerationCase.user_id),
            user_tag=case((ModerationCase.user_id == user_id, None), else_=ModerationCase.user_tag),
            moderator_id=case((decided, alias), else_=ModerationCase.moderator_id),
            moderator_tag=case((decided, None), else_=ModerationCase.moderator_tag),
            resolved_by=case((resolved, alias), else_=ModerationCase.resolved_by),
            # What was quoted are the member's own words.
            details=case((about, ModerationCase.details.op("-")("quote")), else_=ModerationCase.details),
        )
        .returning(ModerationCase.id)
    )
    rows = len(touched.scalars().all())
    events = await tx.execute(
        update(ModerationCaseEvent)
        .where(ModerationCaseEvent.guild_id == guild_id, ModerationCaseEvent.actor_id == user_id)
        .values(actor_id=alias, actor_tag=None)
    )
    incidents = await tx.execute(
        update(ModerationIncident)
        .where(ModerationIncident.guild_id == guild_id, ModerationIncident.moderator_id == user_id)
        .values(moderator_id=alias, moderator_tag=None)
    )
    await tx.execute(
        update(ModerationEvidence)
        .where(
            ModerationEvidence.guild_id == guild_id,
            ModerationEvidence.case_id.in_(
                select(ModerationCase.id).where(
                    ModerationCase.guild_id == guild_id, ModerationCase.user_id == alias
                )
            ),
        )
        .values(filename="", url=None)
    )
    return rows or events.rowcount or incidents.rowcount or None
