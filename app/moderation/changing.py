"""Changing a case: its reason, that it was dealt with, and taking it back."""

from dataclasses import dataclass
from datetime import datetime

from app.access.policy import ModerationAction, Target
from app.access.ranks import RankFacts
from app.access.service import require
from app.database.tx import Tx
from app.errors import InvalidInputError, NotFoundError, RefusedError
from app.features import MODERATION
from app.guilds import service as guilds_service
from app.guilds.domain import Actor
from app.jobs import service as jobs_service
from app.jobs.kinds import EditReply
from app.moderation import repository
from app.moderation.asking import ASKS
from app.moderation.cases import Case, Subject
from app.moderation.domain import COUNTER, CaseStatus, DmStatus, can_become
from app.moderation.opening import clean_reason, start_case
from app.moderation.showing import announce, log


class NotUndoableError(RefusedError):
    """There is nothing about this case that could be undone."""

    code = "not_undoable"


@dataclass(frozen=True, slots=True)
class Undone:
    """What taking a case back did.

    Attributes:
        case: The case, undone.
        counter: The case that lifts its sanction, None if there is nothing to lift.
    """

    case: Case
    counter: Case | None


async def edit_reason(tx: Tx, actor: Actor, number: int, reason: str) -> Case:
    """Write another reason; the timeline keeps the one before. The same reason changes nothing.

    Raises:
        NotFoundError: this guild has no such case.
        InvalidInputError: the reason is too long or empty.
        NotAllowedError, FeatureOffError: nothing was changed.
    """
    await require(tx, actor, ModerationAction.EDIT_CASE)
    await guilds_service.enter_feature(tx, actor.guild_id, MODERATION)
    case = await locked(tx, actor.guild_id, number)
    wanted = clean_reason(reason)
    if wanted is None:
        raise InvalidInputError("A reason is missing. Nothing was changed; say why.")
    if wanted == case.reason:
        return case
    await repository.change_case(tx, case, reason=wanted)
    await repository.add_event(
        tx,
        case,
        "edited",
        actor=(actor.user_id, actor.username),
        before={"reason": case.reason},
        after={"reason": wanted},
    )
    return await _shown(tx, case)


async def resolve_case(tx: Tx, actor: Actor, number: int, *, now: datetime) -> Case:
    """Note that staff has dealt with a case; it has nothing to do with its status. Twice is once.

    Raises:
        NotFoundError: this guild has no such case.
        NotAllowedError, FeatureOffError: nothing was changed.
    """
    await require(tx, actor, ModerationAction.RESOLVE_CASE)
    await guilds_service.enter_feature(tx, actor.guild_id, MODERATION)
    case = await locked(tx, actor.guild_id, number)
    if case.resolved_at is not None:
        return case
    await repository.change_case(tx, case, resolved_at=now, resolved_by=actor.user_id)
    await repository.add_event(tx, case, "resolved", actor=(actor.user_id, actor.username))
    return await _shown(tx, case)


async def undo_case(
    tx: Tx,
    actor: Actor,
    number: int,
    *,
    reason: str | None,
    ranks: RankFacts | None,
    idempotency_key: str,
    now: datetime,
    interaction_id: int | None = None,
) -> Undone:
    """Say that a case should not have been, and lift its sanction if it is in force: once per key.

    Lifting needs the right to lift that very sanction, too. What cannot be lifted (a kick, a warning that
    was read) is marked.

    Raises:
        NotFoundError: this guild has no such case.
        NotUndoableError: it failed, or is undone already.
        NotAllowedError, FeatureOffError: nothing was changed.
    """
    await require(tx, actor, ModerationAction.UNDO_CASE)
    await guilds_service.enter_feature(tx, actor.guild_id, MODERATION)
    found = await _found(tx, actor.guild_id, number)
    if found.user_id > 0:
        await require(tx, actor, ModerationAction.UNDO_CASE, Target(found.user_id), ranks)
    await repository.lock_member(tx, actor.guild_id, found.user_id)
    before = await repository.find_by_key(tx, idempotency_key)
    case = await locked(tx, actor.guild_id, number)
    if before is not None and before.linked_id == case.id:
        return Undone(case, before)
    if case.status is CaseStatus.UNDONE and await _was_undone_by(tx, case, idempotency_key):
        return Undone(case, None)
    if case.status is CaseStatus.UNDONE:
        raise NotUndoableError("Case #{number} is undone already. Nothing was done.", number=str(number))
    if not can_become(case.action, case.status, CaseStatus.UNDONE):
        raise NotUndoableError(
            "Case #{number} failed, so there is nothing to undo. Nothing was done.", number=str(number)
        )
    lifts = COUNTER.get(case.action)
    # What Discord was never asked for is not lifted: that would end what somebody did there by hand.
    is_begun = case.status is CaseStatus.PENDING and case.begun_at is not None
    is_in_force = is_begun or case.status is CaseStatus.ACTIVE
    if lifts is not None and is_in_force:
        await require(tx, actor, ASKS[lifts], Target(case.user_id), ranks)
    is_untold = case.dm_status is DmStatus.PENDING
    dm_status = DmStatus.NONE if is_untold else case.dm_status  # nobody is told any more
    await repository.change_case(tx, case, status=CaseStatus.UNDONE, dm_status=dm_status)
    if case.interaction_id is not None and (is_untold or case.status is CaseStatus.PENDING):
        await jobs_service.enqueue(tx, EditReply(case.guild_id, case.interaction_id))
    await repository.add_event(
        tx,
        case,
        "undone",
        actor=(actor.user_id, actor.username),
        after={"reason": clean_reason(reason), "key": idempotency_key},
    )
    counter = None
    if lifts is not None and is_in_force:
        config, _ = await repository.find_config(tx, actor.guild_id)
        counter = await start_case(
            tx,
            actor,
            Subject(case.user_id, case.user_tag),
            lifts,
            config=config,
            reason=clean_reason(reason) or f"Case #{case.number} was undone",
            linked_id=case.id,
            interaction_id=interaction_id,
            idempotency_key=idempotency_key,
            now=now,
        )
    return Undone(await _shown(tx, case), counter)


async def _was_undone_by(tx: Tx, case: Case, idempotency_key: str) -> bool:
    """Tell whether it was this very request that has undone the case, and there was nothing to lift."""
    events = await repository.find_events(tx, case)
    return any(each.what == "undone" and (each.after or {}).get("key") == idempotency_key for each in events)


async def locked(tx: Tx, guild_id: int, number: int) -> Case:
    """Load a case and keep others from changing it until the `tx` ends.

    Raises:
        NotFoundError: this guild has no such case.
    """
    return await _found(tx, guild_id, number, lock=True)


async def _found(tx: Tx, guild_id: int, number: int, *, lock: bool = False) -> Case:
    case = await repository.find_case(tx, guild_id, number, lock=lock)
    if case is None:
        raise NotFoundError(
            "This server has no case #{number}. `/case list` shows those there are.", number=str(number)
        )
    return case


async def _shown(tx: Tx, case: Case) -> Case:
    """Have everybody see the change; gives the case as it is now."""
    announce(tx, case)
    await log(tx, case)
    return await _found(tx, case.guild_id, case.number)
