"""Reports: members bring a message before the moderators, who claim it, act on it or dismiss it.

A claim only says who looks at a report: any moderator may decide, because whoever claimed it may be gone.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from app.access.policy import Action, ModerationAction
from app.access.ranks import RankFacts
from app.access.service import require
from app.database.tx import Tx
from app.errors import ConflictError, InvalidInputError, NotFoundError
from app.features import MODERATION
from app.guilds import service as guilds_service
from app.guilds.domain import Actor
from app.ids import new_id
from app.jobs import service as jobs_service
from app.jobs.kinds import LogReport, TellReporters
from app.live import service as live_service
from app.moderation import report_repository, repository
from app.moderation.cases import Opened, Order, Subject
from app.moderation.domain import DmStatus
from app.moderation.opening import open_case
from app.moderation.report_rules import Report, ReportedMessage, ReportStatus, can_become
from app.wording import Mention

MOST_IN_AN_HOUR: Final = 20
"""Messages one member can report: more would be a flood in the log channel, not help for moderators."""

LONGEST_QUOTE: Final = 1_000
"""Characters of the message that the case keeps."""


@dataclass(frozen=True, slots=True)
class Reported:
    """What became of reporting a message.

    Attributes:
        report: The one report about this message, by whomever.
        is_new: Whether it did not have this reporter before.
    """

    report: Report
    is_new: bool


@dataclass(frozen=True, slots=True)
class Acted:
    """A report that was closed with a case, and that case."""

    report: Report
    opened: Opened


async def report_message(
    tx: Tx, actor: Actor, message: ReportedMessage, *, bot_id: int | None, locale: str, at: datetime
) -> Reported:
    """Bring a message before the moderators, once per message and member; all who do share one report.

    Without a log channel nothing is kept, and the member is told so: no moderator would see the report, and
    whoever believes to have reported something asks nobody else.

    Args:
        tx: The transaction.
        actor: Who reports.
        message: What.
        bot_id: Who the bot is; None if nobody knows.
        locale: Discord's name of the reporter's language.
        at: When, by Discord's clock: a repeat of the same interaction is the same moment.

    Raises:
        InvalidInputError: one's own message or the bot's, or nowhere to show it.
        ConflictError: moderators have decided about this message.
        FeatureOffError: nothing was kept.
    """
    await require(tx, actor, Action.REPORT_MESSAGE)
    if message.author_id == actor.user_id:
        raise InvalidInputError("This is your own message. Nothing was reported; you can delete it.")
    if message.author_id == bot_id:
        raise InvalidInputError("This is a message of the bot itself. Nothing was reported.")
    await guilds_service.enter_feature(tx, actor.guild_id, MODERATION)
    config, _ = await repository.find_config(tx, actor.guild_id)
    if config.log_channel_id is None:
        raise InvalidInputError(
            "The moderators of this server have not chosen a channel for reports yet, so nobody would see "
            "it. Nothing was reported; write to a moderator."
        )
    await report_repository.lock_message(tx, actor.guild_id, message.message_id)
    report = await report_repository.find_by_message(tx, actor.guild_id, message.message_id, lock=True)
    if report is not None and report.is_closed:
        raise ConflictError(
            "The moderators have looked at this message and decided. Nothing was reported; "
            "if there is something new, write to a moderator."
        )
    is_first = report is None
    if report is None:
        await _limit(tx, actor, at)
        report = _new(actor, message, await repository.next_number(tx, actor.guild_id, "reports"), at)
        await report_repository.add_report(tx, report)
    before = await report_repository.add_reporter(
        tx, report, actor.user_id, tag=actor.username, locale=locale, at=at
    )
    if before is not None:
        return Reported(report, is_new=before == at)
    if is_first:
        await _show(tx, report)
        return Reported(report, is_new=True)
    return Reported(await _changed(tx, report), is_new=True)


async def view_report(tx: Tx, actor: Actor, number: int, *, to_decide: bool = False) -> Report:
    """Look at a report; `to_decide` refuses one about which somebody has decided.

    Raises:
        NotFoundError: this guild has no such report.
        ConflictError: somebody was first.
        NotAllowedError, FeatureOffError: nothing was read.
    """
    await require(tx, actor, ModerationAction.HANDLE_REPORT)
    await guilds_service.enter_feature(tx, actor.guild_id, MODERATION)
    report = await _found(tx, actor.guild_id, number)
    if to_decide and report.is_closed:
        raise _too_late(report)
    return report


async def claim_report(tx: Tx, actor: Actor, number: int) -> Report:
    """Say that the actor looks at a report. Twice is once.

    Raises:
        NotFoundError: this guild has no such report.
        ConflictError: somebody was first.
        NotAllowedError, FeatureOffError: nothing was changed.
    """
    await require(tx, actor, ModerationAction.HANDLE_REPORT)
    return await _become(tx, actor, number, ReportStatus.CLAIMED)


async def dismiss_report(tx: Tx, actor: Actor, number: int) -> Report:
    """Close a report because nothing is against the rules, and have its reporters told. Twice is once.

    Raises:
        NotFoundError: this guild has no such report.
        ConflictError: somebody was first.
        NotAllowedError, FeatureOffError: nothing was changed.
    """
    await require(tx, actor, ModerationAction.HANDLE_REPORT)
    return await _become(tx, actor, number, ReportStatus.DISMISSED)


async def act_on_report(
    tx: Tx,
    actor: Actor,
    number: int,
    order: Order,
    *,
    ranks: RankFacts | None,
    idempotency_key: str,
    now: datetime,
) -> Acted:
    """Open a case about the author, which keeps the message, and close the report with it: once per key.

    Raises:
        NotFoundError: this guild has no such report.
        ConflictError: somebody was first, or the author was erased.
        InvalidInputError: the order cannot be carried out.
        NotAllowedError, FeatureOffError: nothing was done.
    """
    await require(tx, actor, ModerationAction.HANDLE_REPORT)
    await guilds_service.enter_feature(tx, actor.guild_id, MODERATION)
    report = await _found(tx, actor.guild_id, number, lock=True)
    is_repeat = report.status is ReportStatus.ACTED and report.handled_by == actor.user_id
    if not is_repeat and not can_become(report.status, ReportStatus.ACTED):
        raise _too_late(report)
    if report.author_id <= 0:
        raise ConflictError(
            "Who wrote this was erased from the records, so there is nobody to act on. "
            "Nothing was done; the report can be dismissed."
        )
    if is_repeat:
        before = await repository.find_by_key(tx, idempotency_key)
        if before is None or before.id != report.case_id:
            raise _too_late(report)
    opened = await open_case(
        tx,
        actor,
        Subject(report.author_id, report.author_tag),
        order,
        ranks=ranks,
        idempotency_key=idempotency_key,
        now=now,
    )
    if is_repeat:
        return Acted(report, opened)
    return Acted(await _close(tx, actor, report, ReportStatus.ACTED, case_id=opened.case.id), opened)


async def _become(tx: Tx, actor: Actor, number: int, status: ReportStatus) -> Report:
    await guilds_service.enter_feature(tx, actor.guild_id, MODERATION)
    report = await _found(tx, actor.guild_id, number, lock=True)
    if report.status is status and report.handled_by == actor.user_id:
        return report
    if not can_become(report.status, status):
        raise _too_late(report)
    if status is ReportStatus.CLAIMED:
        return await _changed(tx, report, status=status, handled_by=actor.user_id)
    return await _close(tx, actor, report, status)


async def _close(
    tx: Tx,
    actor: Actor,
    report: Report,
    status: ReportStatus,
    **values: Any,  # noqa: ANN401 - values of columns
) -> Report:
    await report_repository.change_dms(tx, report, DmStatus.PENDING, of={DmStatus.NONE})
    closed = await _changed(tx, report, status=status, handled_by=actor.user_id, **values)
    await jobs_service.enqueue(tx, TellReporters(report.guild_id, report.number))
    return closed


async def _changed(tx: Tx, report: Report, **values: Any) -> Report:  # noqa: ANN401 - values of columns
    """Write what is new, and have everybody see it; gives the report as it is now."""
    await report_repository.change_report(tx, report, **values)
    await _show(tx, report)
    return await _found(tx, report.guild_id, report.number)


async def _show(tx: Tx, report: Report) -> None:
    live_service.emit(tx, report.guild_id, "report.changed", {"number": report.number})
    await jobs_service.enqueue(tx, LogReport(report.guild_id, report.number))


async def _found(tx: Tx, guild_id: int, number: int, *, lock: bool = False) -> Report:
    report = await report_repository.find_report(tx, guild_id, number, lock=lock)
    if report is None:
        raise NotFoundError("This server has no report #{number}. Nothing was done.", number=str(number))
    return report


async def _limit(tx: Tx, actor: Actor, at: datetime) -> None:
    since = at - timedelta(hours=1)
    if await report_repository.count_reports_of(tx, actor.guild_id, actor.user_id, since) >= MOST_IN_AN_HOUR:
        raise InvalidInputError(
            "You have reported {most} messages within the hour. This one was not reported; "
            "write to a moderator if it is urgent.",
            most=MOST_IN_AN_HOUR,
        )


def _too_late(report: Report) -> ConflictError:
    """Tell the second of two moderators who was first."""
    number, first = str(report.number), Mention(report.handled_by or 0)
    match report.status:
        case ReportStatus.CLAIMED:
            return ConflictError(
                "{moderator} has claimed report #{number} before. Nothing was changed.",
                number=number,
                moderator=first,
            )
        case ReportStatus.DISMISSED:
            return ConflictError(
                "{moderator} has dismissed report #{number} before. Nothing was done.",
                number=number,
                moderator=first,
            )
        case _:
            return ConflictError(
                "{moderator} has acted on report #{number} before: case #{case}. Nothing was done twice.",
                number=number,
                moderator=first,
                case=str(report.case_number or "?"),
            )


def _new(actor: Actor, message: ReportedMessage, number: int, at: datetime) -> Report:
    return Report(
        id=new_id(),
        guild_id=actor.guild_id,
        number=number,
        created_at=at,
        channel_id=message.channel_id,
        message_id=message.message_id,
        author_id=message.author_id,
        author_tag=message.author_tag,
        content=message.content,
        status=ReportStatus.OPEN,
        handled_by=None,
        case_id=None,
        log_channel_id=None,
        log_message_id=None,
        logged_version=0,
        version=1,
    )
