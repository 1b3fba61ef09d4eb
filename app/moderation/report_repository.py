"""SQL of reports."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, and_, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from app.database.tx import Tx
from app.moderation.domain import CaseAction, CaseStatus, DmStatus
from app.moderation.models import ModerationCase, ModerationReport, ModerationReporter
from app.moderation.report_rules import Report, Reporter, ReportStatus

_OF_ITS_CASE: Final = {
    "case_number": ModerationCase.number,
    "case_action": ModerationCase.action,
    "case_status": ModerationCase.status,
}
_REPORT: Final = tuple(
    (_OF_ITS_CASE[name] if name in _OF_ITS_CASE else getattr(ModerationReport, name)).label(name)
    for name in Report.__dataclass_fields__
)


async def lock_message(tx: Tx, guild_id: int, message_id: int) -> None:
    """Have nobody else report this message until the `tx` ends, so that no number is left out."""
    await tx.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended('report:' || :guild || ':' || :message, 0))"),
        {"guild": str(guild_id), "message": str(message_id)},
    )


async def find_report(tx: Tx, guild_id: int, number: int, *, lock: bool = False) -> Report | None:
    """Load a report by the number people know it by, None if this guild has none such."""
    return await _one(tx, _reports(guild_id).where(ModerationReport.number == number), lock=lock)


async def find_by_message(tx: Tx, guild_id: int, message_id: int, *, lock: bool = False) -> Report | None:
    """Load the report about a message, None if nobody has reported it."""
    return await _one(tx, _reports(guild_id).where(ModerationReport.message_id == message_id), lock=lock)


async def add_report(tx: Tx, report: Report) -> None:
    """Write a new report."""
    values = {name: getattr(report, name) for name in Report.__dataclass_fields__ if name not in _OF_ITS_CASE}
    await tx.execute(insert(ModerationReport).values(values))


async def change_report(tx: Tx, report: Report, *, unseen: bool = False, **values: Any) -> None:  # noqa: ANN401 - values of columns
    """Write some columns of a report.

    Args:
        tx: The transaction.
        report: Which.
        unseen: Whether nobody can see the change, so that no message of it is out of date.
        values: The columns.
    """
    seen = {} if unseen else {"version": ModerationReport.version + 1}
    await tx.execute(
        update(ModerationReport)
        .where(ModerationReport.guild_id == report.guild_id, ModerationReport.id == report.id)
        .values(values | seen)
    )


async def add_reporter(
    tx: Tx, report: Report, user_id: int, *, tag: str, locale: str, at: datetime
) -> datetime | None:
    """Note who reports, each once; gives when they did so before, None if they had not."""
    added = insert(ModerationReporter).values(
        report_id=report.id,
        user_id=user_id,
        guild_id=report.guild_id,
        user_tag=tag,
        locale=locale,
        created_at=at,
        dm_status=DmStatus.NONE,
    )
    if (await tx.execute(added.on_conflict_do_nothing())).rowcount == 1:
        return None
    before: datetime = (
        await tx.execute(
            select(ModerationReporter.created_at).where(
                ModerationReporter.guild_id == report.guild_id,
                ModerationReporter.report_id == report.id,
                ModerationReporter.user_id == user_id,
            )
        )
    ).scalar_one()
    return before


async def count_reports_of(tx: Tx, guild_id: int, user_id: int, since: datetime) -> int:
    """Count what a member has reported since then."""
    found: int = (
        await tx.execute(
            select(func.count()).where(
                ModerationReporter.guild_id == guild_id,
                ModerationReporter.user_id == user_id,
                ModerationReporter.created_at > since,
            )
        )
    ).scalar_one()
    return found


async def find_reporters(tx: Tx, report: Report) -> list[Reporter]:
    """Load who reported, the first first."""
    rows = await tx.execute(
        select(ModerationReporter.user_id, ModerationReporter.locale, ModerationReporter.dm_status)
        .where(ModerationReporter.guild_id == report.guild_id, ModerationReporter.report_id == report.id)
        .order_by(ModerationReporter.created_at, ModerationReporter.user_id)
    )
    return [Reporter(row.user_id, row.locale, DmStatus(row.dm_status)) for row in rows]


async def change_dms(
    tx: Tx, report: Report, status: DmStatus, *, of: Collection[DmStatus], user_id: int | None = None
) -> None:
    """Note what has become of the direct messages to one reporter, or to all, that were `of` a status."""
    those = and_(
        ModerationReporter.guild_id == report.guild_id,
        ModerationReporter.report_id == report.id,
        ModerationReporter.dm_status.in_(of),
        ModerationReporter.user_id > 0,
    )
    if user_id is not None:
        those = and_(those, ModerationReporter.user_id == user_id)
    await tx.execute(update(ModerationReporter).where(those).values(dm_status=status))


def _reports(guild_id: int) -> Select[Any]:
    its_case = and_(
        ModerationCase.guild_id == ModerationReport.guild_id, ModerationCase.id == ModerationReport.case_id
    )
    return (
        select(*_REPORT)
        .select_from(ModerationReport)
        .outerjoin(ModerationCase, its_case)
        .where(ModerationReport.guild_id == guild_id)
    )


async def _one(tx: Tx, statement: Select[Any], *, lock: bool) -> Report | None:
    if lock:
        statement = statement.with_for_update(of=ModerationReport)
    row = (await tx.execute(statement)).one_or_none()
    if row is None:
        return None
    values = dict(zip(Report.__dataclass_fields__, row, strict=True))
    action, status = values["case_action"], values["case_status"]
    return Report(
        **values
        | {
            "status": ReportStatus(values["status"]),
            "case_action": None if action is None else CaseAction(action),
            "case_status": None if status is None else CaseStatus(status),
        }
    )
