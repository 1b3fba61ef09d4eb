"""Opening a case: an order becomes a row and the jobs that carry it out, in one transaction."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from app.access.policy import Target
from app.access.ranks import RankFacts
from app.access.service import require
from app.database.tx import Tx
from app.errors import ConflictError, InvalidInputError
from app.features import MODERATION
from app.guilds import service as guilds_service
from app.guilds.domain import Actor
from app.ids import SYSTEM_ID, new_id
from app.jobs import service as jobs_service
from app.jobs.kinds import SanctionMember, TellMember
from app.moderation import evidence as moderation_evidence
from app.moderation import repository
from app.moderation.asking import ASKS
from app.moderation.cases import Case, Opened, Order, Subject
from app.moderation.config import ModerationConfig, Step
from app.moderation.domain import (
    LASTING,
    MAX_REASON,
    CaseAction,
    CaseStatus,
    DmStatus,
    Source,
    in_force,
    status_once_carried_out,
)
from app.moderation.escalation import reached_step
from app.moderation.showing import announce, log
from app.moderation.texts import DM_MOMENTS, Moment

AT_ONCE: Final = frozenset({CaseAction.WARN, CaseAction.NOTE})
"""What is carried out by being written down: Discord has no part in it."""

_NEEDS_REASON: Final = AT_ONCE


async def open_case(
    tx: Tx,
    actor: Actor,
    subject: Subject,
    order: Order,
    *,
    ranks: RankFacts | None,
    idempotency_key: str,
    now: datetime,
) -> Opened:
    """Decide about a member, once per key; the worker carries it out after the commit.

    Of two moderators at once the second finds the first one's case. A warning may reach a step of the
    guild's ladder: then a second case is opened with it. Nobody else decides about the member until the
    `tx` ends.

    Raises:
        NotAllowedError: by permission, level or rank, or because ranks are not known.
        InvalidInputError: the order cannot be carried out.
        ConflictError: the key belongs to another order.
        FeatureOffError: nothing was done.
    """
    await require(tx, actor, ASKS[order.action], Target(subject.user_id), ranks)
    reason = _checked(order, subject)
    await repository.lock_member(tx, actor.guild_id, subject.user_id)
    before = await repository.find_by_key(tx, idempotency_key)
    if before is not None:
        return await _repeated(tx, before, actor, subject, order)
    await guilds_service.enter_feature(tx, actor.guild_id, MODERATION)
    expires_at = None if order.duration is None else now + order.duration
    open_cases = [case.as_open for case in await repository.find_open(tx, actor.guild_id, subject.user_id)]
    found = in_force(order.action, expires_at, open_cases, now)
    if found is not None:
        there = await repository.find_case(tx, actor.guild_id, found.case.number)
        if there is not None:
            return Opened(there, was_in_force=True)
    config, _ = await repository.find_config(tx, actor.guild_id)
    case = await start_case(
        tx,
        actor,
        subject,
        order.action,
        config=config,
        reason=reason,
        expires_at=expires_at,
        silent=order.silent,
        details=_details(order),
        interaction_id=order.interaction_id,
        idempotency_key=idempotency_key,
        now=now,
    )
    if order.evidence is not None:
        await moderation_evidence.keep(tx, case, order.evidence)
    return Opened(case, follow_up=await escalate(tx, actor, subject, case, config))


async def start_case(
    tx: Tx,
    actor: Actor,
    subject: Subject,
    action: CaseAction,
    *,
    config: ModerationConfig,
    reason: str | None,
    idempotency_key: str,
    now: datetime,
    expires_at: datetime | None = None,
    silent: bool = False,
    details: dict[str, Any] | None = None,
    interaction_id: int | None = None,
    linked_id: UUID | None = None,
    source: Source = Source.MANUAL,
    is_by_us: bool = False,
) -> Case:
    """Write a case and have it carried out, told and logged. Part of use cases that have asked.

    Args:
        tx: The transaction, in which the member is locked.
        actor: On whose behalf.
        subject: About whom.
        action: What.
        config: What the guild chose.
        reason: Why.
        idempotency_key: Unlike that of any other case.
        now: When.
        expires_at: Until when, None for good.
        silent: Whether the member is not told.
        details: What only this action has.
        interaction_id: Whose reply is edited.
        linked_id: The case it follows from.
        source: Where it comes from.
        is_by_us: Whether the platform decides, and nobody's rank is compared.
    """
    is_told = (
        not silent
        and not subject.is_bot
        and DM_MOMENTS[action] is not Moment.NEVER
        and config.dm_text_for(action) is not None
    )
    case = Case(
        id=new_id(),
        guild_id=actor.guild_id,
        number=await repository.next_number(tx, actor.guild_id, "cases"),
        created_at=now,
        user_id=subject.user_id,
        user_tag=subject.tag,
        moderator_id=SYSTEM_ID if is_by_us else actor.user_id,
        moderator_tag=None if is_by_us else actor.username,
        action=action,
        reason=reason,
        source=source,
        status=status_once_carried_out(action) if action in AT_ONCE else CaseStatus.PENDING,
        failure=None,
        expires_at=expires_at,
        resolved_at=None,
        resolved_by=None,
        dm_status=DmStatus.PENDING if is_told else DmStatus.NONE,
        linked_id=linked_id,
        incident_id=None,
        begun_at=None,
        details=details or {},
        log_channel_id=None,
        log_message_id=None,
        logged_version=0,
        version=1,
        interaction_id=interaction_id,
        idempotency_key=idempotency_key,
    )
    if not await repository.add_cases(tx, [case]):  # about another member, or it would have waited for this
        raise _key_taken()
    announce(tx, case)
    if action not in AT_ONCE:
        if action is not CaseAction.PURGE:
            await jobs_service.enqueue(tx, SanctionMember(case.guild_id, case.user_id))
        return case
    if is_told:
        await jobs_service.enqueue(tx, TellMember(case.guild_id, case.number))
    await log(tx, case)
    return case


async def escalate(
    tx: Tx, actor: Actor, subject: Subject, warning: Case, config: ModerationConfig
) -> Case | None:
    """Open what the ladder says about a new warning, unless the member is under as much already.

    Part of use cases that have asked; the member is locked.
    """
    if warning.action is not CaseAction.WARN or not config.ladder:
        return None
    now = warning.created_at
    warnings = await repository.find_warnings(tx, actor.guild_id, subject.user_id)
    step = reached_step(config.ladder, warnings, now, config.warning_lifetime_days)
    if step is None:
        return None
    expires_at = step.ends_at(now)
    open_cases = [case.as_open for case in await repository.find_open(tx, actor.guild_id, subject.user_id)]
    if in_force(step.action, expires_at, open_cases, now) is not None:
        return None
    return await start_case(
        tx,
        actor,
        subject,
        step.action,
        config=config,
        reason=_because(step, warning),
        expires_at=expires_at,
        interaction_id=warning.interaction_id,
        linked_id=warning.id,
        source=warning.source,
        is_by_us=True,
        idempotency_key=f"{warning.idempotency_key}:ladder",
        now=now,
    )


def _details(order: Order) -> dict[str, Any]:
    details: dict[str, Any] = {}
    if order.delete_seconds:
        details["delete_seconds"] = order.delete_seconds
    if order.quote:
        details["quote"] = order.quote
    return details


def _because(step: Step, warning: Case) -> str:
    """Say why, in the words of the audit log, which has one language."""
    warnings = "1 warning" if step.warnings == 1 else f"{step.warnings} warnings"
    days = "1 day" if step.within_days == 1 else f"{step.within_days} days"
    return f"{warnings} within {days} (the last one: case #{warning.number})"


def _checked(order: Order, subject: Subject) -> str | None:
    reason = clean_reason(order.reason)
    if reason is None and order.action in _NEEDS_REASON:
        raise InvalidInputError("A reason is missing. Nothing was done; say why.")
    if order.action is CaseAction.WARN and subject.is_bot:
        raise InvalidInputError("Bots read no warnings. Nothing was done; a ban or a kick works on a bot.")
    if order.duration is not None and order.action not in LASTING:
        raise InvalidInputError("This has no duration. Nothing was done.")
    return reason


def clean_reason(reason: str | None) -> str | None:
    """Trim a reason; None for an empty one.

    Raises:
        InvalidInputError: it is longer than Discord's audit log takes.
    """
    trimmed = (reason or "").strip()
    if len(trimmed) > MAX_REASON:
        raise InvalidInputError(
            "A reason can have at most {longest} characters. Nothing was done; make it shorter.",
            longest=MAX_REASON,
        )
    return trimmed or None


def _key_taken() -> ConflictError:
    return ConflictError("This was used for another case already. Nothing was done.")


async def _repeated(tx: Tx, before: Case, actor: Actor, subject: Subject, order: Order) -> Opened:
    """Give what the key opened before.

    Raises:
        ConflictError: that was another order.
    """
    lasts = None if before.expires_at is None else before.expires_at - before.created_at
    ordered = {key: before.details[key] for key in ("delete_seconds", "quote") if key in before.details}
    same = (before.guild_id, before.user_id, before.action, before.reason, lasts, ordered)
    reason = clean_reason(order.reason)
    wanted = (actor.guild_id, subject.user_id, order.action, reason, order.duration, _details(order))
    if same != wanted:
        raise _key_taken()
    follow_up = await repository.find_by_key(tx, f"{before.idempotency_key}:ladder")
    return Opened(before, follow_up=follow_up)
