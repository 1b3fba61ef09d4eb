"""What the worker reads and writes of cases. It asks nobody: each case was asked for when it was opened."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from app.database.tx import Tx
from app.ids import SYSTEM_ID
from app.jobs import service as jobs_service
from app.jobs.kinds import RestoreTimeout, SanctionMember, TellMember
from app.moderation import repository
from app.moderation.cases import Case
from app.moderation.config import ModerationConfig
from app.moderation.domain import (
    BANS,
    CaseAction,
    CaseStatus,
    DmStatus,
    can_become,
    closes,
    desired_sanctions,
    next_due,
    status_once_carried_out,
)
from app.moderation.failures import Failure
from app.moderation.showing import show
from app.moderation.texts import DM_MOMENTS, Moment
from app.roles.domain import Desired

_BY_US = (SYSTEM_ID, None)

_HELP_AFTER: Final = timedelta(hours=1)
"""How long what could not be ended waits for somebody to give the bot what it lacks."""

_AT_ONCE: Final = 500
"""Cases one transaction ends at most; the rest is a later one's."""

_UNTOLD: Final = MappingProxyType(
    {
        DmStatus.PENDING: DmStatus.NONE,
        DmStatus.SENDING: DmStatus.FAILED,  # whoever sent it died, and nobody looks whether it came
    }
)
"""What a message is, of which nothing can become any more."""

_LEFT = frozenset({CaseStatus.PENDING, CaseStatus.ACTIVE})


@dataclass(frozen=True, slots=True)
class Due:
    """What is to be done about a member next.

    Attributes:
        case: Which case says so.
        is_over: Whether its time is over, instead of it being new.
        ban_is_ours: Whether a ban in Discord is no surprise, because a case explains it.
        config: What the guild chose.
    """

    case: Case
    is_over: bool
    ban_is_ours: bool
    config: ModerationConfig


async def find_due(tx: Tx, guild_id: int, user_id: int, now: datetime) -> Due | None:
    """Tell what is to be done about a member next, None if nothing is."""
    found = await repository.find_open(tx, guild_id, user_id)
    cases = [case for case in found if not _waits_for_help(case, now)]
    due = next_due([case.as_open for case in cases], now)
    if due is None:
        return None
    config, _ = await repository.find_config(tx, guild_id)
    case = next(each for each in cases if each.number == due.number)
    return Due(case, case.status is CaseStatus.ACTIVE, any(map(_explains_a_ban, found)), config)


def _explains_a_ban(case: Case) -> bool:
    """Tell whether a ban is no surprise: this case has, or may have, imposed it, or is to lift it."""
    if case.action in BANS:
        return case.status is CaseStatus.ACTIVE or case.begun_at is not None
    return case.action is CaseAction.UNBAN


async def find_timeout_to_restore(tx: Tx, guild_id: int, user_id: int, now: datetime) -> Case | None:
    """Give the time-out that lasts, None if none does."""
    cases = await repository.find_open(tx, guild_id, user_id)
    timeout = desired_sanctions([case.as_open for case in cases], now).timeout
    if timeout.desired is not Desired.PRESENT:
        return None
    return next(
        (each for each in cases if each.number == timeout.case_number and each.status is CaseStatus.ACTIVE),
        None,
    )


async def note_rejoin(tx: Tx, guild_id: int, user_id: int, now: datetime) -> bool:
    """Have a member who came back timed out again, if a time-out lasts; tells whether one does."""
    if await find_timeout_to_restore(tx, guild_id, user_id, now) is None:
        return False
    await jobs_service.enqueue(tx, RestoreTimeout(guild_id, user_id))
    return True


async def note_begun(tx: Tx, case: Case, now: datetime) -> bool:
    """Note that Discord is about to be asked; False: the case is not to be carried out any more."""
    return await repository.change_if(tx, case, {CaseStatus.PENDING}, unseen=True, begun_at=now)


async def note_dm(tx: Tx, case: Case, status: DmStatus) -> None:
    """Note what became of the direct message about a case."""
    await repository.change_case(tx, case, dm_status=status)
    if case.status is not CaseStatus.PENDING:  # or else its outcome follows in a moment
        await show(tx, case)


async def begin_dm(tx: Tx, case: Case) -> bool:
    """Note that the direct message is about to be sent; False: the case was undone, so it must not be."""
    left = set(CaseStatus) - {CaseStatus.UNDONE}
    return await repository.change_if(tx, case, left, unseen=True, dm_status=DmStatus.SENDING)


async def close(
    tx: Tx, case: Case, *, failure: Failure | None = None, details: dict[str, Any] | None = None
) -> bool:
    """Note that a pending case was carried out, or why it could not be; False: it is pending no longer.

    What it lifts or replaces is over with it. The member, the log and the moderator are told.
    """
    pending = await repository.find_case(tx, case.guild_id, case.number, lock=True)
    if pending is None or pending.status is not CaseStatus.PENDING:
        return False
    if failure is not None:
        await _note_failed(tx, pending, failure)
        return True
    await _close_older(tx, pending)
    await repository.change_case(
        tx,
        pending,
        status=status_once_carried_out(pending.action),
        dm_status=_once_done(pending),
        details=pending.details | (details or {}),
    )
    await repository.add_event(tx, pending, "carried_out", actor=_BY_US, after=details)
    if pending.dm_status is DmStatus.PENDING and DM_MOMENTS[pending.action] is Moment.AFTER:
        await jobs_service.enqueue(tx, TellMember(pending.guild_id, pending.number))
    await show(tx, pending)
    return True


async def _note_failed(tx: Tx, case: Case, failure: Failure) -> None:
    await repository.change_case(
        tx, case, status=CaseStatus.FAILED, failure=failure, dm_status=_once_untold(case)
    )
    await repository.add_event(tx, case, "failed", actor=_BY_US, after={"failure": failure.value})
    await show(tx, case)


async def _close_older(tx: Tx, case: Case) -> None:
    cases = await repository.find_open(tx, case.guild_id, case.user_id)
    by_number = {each.number: each for each in cases}
    by = (case.moderator_id, case.moderator_tag)
    for older in closes(case.as_open, [each.as_open for each in cases]):
        ended = by_number[older.number]
        if not can_become(ended.action, ended.status, CaseStatus.LIFTED):
            await _note_failed(tx, ended, Failure.OVERTAKEN)
        elif await repository.change_if(
            tx, ended, _LEFT, status=CaseStatus.LIFTED, dm_status=_once_untold(ended)
        ):
            await repository.add_event(tx, ended, "lifted", actor=by, after={"by": case.number})
            await show(tx, ended)


def _once_done(case: Case) -> DmStatus:
    """Tell what becomes of the message about a case that was done: it is too late for one before it."""
    return case.dm_status if DM_MOMENTS[case.action] is Moment.AFTER else _once_untold(case)


def _once_untold(case: Case) -> DmStatus:
    """Tell what becomes of the message about a case that was not carried out: nobody sends it any more."""
    return (
        _UNTOLD.get(case.dm_status, case.dm_status) if case.status is CaseStatus.PENDING else case.dm_status
    )


async def expire(tx: Tx, case: Case) -> None:
    """Note that a case's time is over."""
    if await repository.change_if(tx, case, _LEFT, status=CaseStatus.EXPIRED, dm_status=_once_untold(case)):
        await repository.add_event(tx, case, "expired", actor=_BY_US)
        await show(tx, case)


async def note_not_ended(tx: Tx, case: Case, failure: Failure, now: datetime) -> None:
    """Note that a sanction whose time is over could not be lifted; it is tried again in an hour."""
    details = case.details | {"not_ended": failure.value, "not_ended_at": int(now.timestamp())}
    is_known = case.details.get("not_ended") == failure.value
    await repository.change_case(tx, case, unseen=is_known, details=details)
    if not is_known:
        await repository.add_event(tx, case, "not_ended", actor=_BY_US, after={"failure": failure.value})
        await show(tx, case)


async def note_lifted_in_discord(tx: Tx, case: Case) -> None:
    """Note that somebody ended a sanction in Discord's own pages: it is not ours any more."""
    if await repository.change_if(tx, case, {CaseStatus.ACTIVE}, status=CaseStatus.LIFTED):
        await repository.add_event(tx, case, "lifted_in_discord", actor=_BY_US)
        await show(tx, case)


async def enqueue_over(tx: Tx, now: datetime) -> None:
    """Have the members looked at whose sanctions are over."""
    over = await repository.find_over(tx, now, now - _HELP_AFTER, _AT_ONCE)
    for guild_id, user_id in dict.fromkeys((case.guild_id, case.user_id) for case in over):
        job = SanctionMember(guild_id, user_id)
        if not await jobs_service.is_waiting(tx, job):
            await jobs_service.enqueue(tx, job)


async def expire_warnings(tx: Tx, now: datetime) -> None:
    """End the warnings that are older than warnings get in their guild."""
    for case in await repository.find_old_warnings(tx, now, _AT_ONCE):
        await expire(tx, case)


async def active_sanctions(tx: Tx, guild_id: int) -> list[Case]:
    """Load the time-outs and bans of ours that last in a guild."""
    return await repository.find_active_sanctions(tx, guild_id)


async def is_settled(tx: Tx, case: Case) -> bool:
    """Tell whether a case is in force still, and nothing about its member waits to be carried out."""
    cases = await repository.find_open(tx, case.guild_id, case.user_id)
    return any(each.id == case.id for each in cases) and all(
        each.status is CaseStatus.ACTIVE for each in cases
    )


async def guilds_with_sanctions(tx: Tx) -> list[int]:
    """Tell in which guilds a time-out or a ban of ours lasts."""
    return await repository.guilds_with_sanctions(tx)


async def find_case(tx: Tx, guild_id: int, number: int) -> Case | None:
    """Load a case, None if this guild has none such."""
    return await repository.find_case(tx, guild_id, number)


async def find_of_interaction(tx: Tx, guild_id: int, interaction_id: int) -> list[Case]:
    """Load the cases that one interaction opened."""
    return await repository.find_of_interaction(tx, guild_id, interaction_id)


async def load_config(tx: Tx, guild_id: int) -> ModerationConfig:
    """Read what the guild chose."""
    config, _ = await repository.find_config(tx, guild_id)
    return config


async def note_log(
    tx: Tx, case: Case, *, channel_id: int, message_id: int | None = None, shows: int | None = None
) -> None:
    """Note where the log's message about a case is, or is about to be, and which version it shows."""
    shown = {} if shows is None else {"logged_version": shows}
    await repository.change_case(
        tx, case, unseen=True, log_channel_id=channel_id, log_message_id=message_id, **shown
    )


def _waits_for_help(case: Case, now: datetime) -> bool:
    if case.status is not CaseStatus.ACTIVE:
        return False
    tried_at: int = case.details.get("not_ended_at", 0)
    return tried_at > (now - _HELP_AFTER).timestamp()
