"""`sanction_member`: a member is timed out, kicked, banned or let go, as the open cases say.

One member at a time, one case after the other. What was done is noted after each, so that a worker which
dies in between leaves nothing to be done twice: states are read before they are changed, a direct message is
looked for before it is sent again, and a kick is remembered before it is asked for.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from app import clock
from app.access.policy import Target
from app.access.ranks import Outranked, RankFacts, outranked
from app.access.service import require
from app.discord.cache import Place
from app.discord.effective import in_guild
from app.discord.limits import UNKNOWN_BAN
from app.discord.port import (
    DiscordForbiddenError,
    DiscordMember,
    DiscordNotFoundError,
    DiscordRefusedError,
)
from app.discord.ranks import rank_of
from app.errors import NotAllowedError
from app.guilds.domain import Actor, Via
from app.ids import SYSTEM_ID
from app.jobs.kinds import RestoreTimeout, SanctionMember
from app.jobs.locks import member_lock
from app.moderation import carrying_out
from app.moderation.asking import ASKS
from app.moderation.carrying_out import Due
from app.moderation.cases import Case
from app.moderation.domain import BANS, CaseAction, longest_possible
from app.moderation.failures import OUTRANKED, Failure, failure_of
from app.worker.outcomes import ALREADY_DONE, Done, Outcome, Retry
from app.worker.telling import tell_before
from app.worker.work import Work

_MOST: Final = 50
"""Cases about one member that are carried out by one job; a job that comes after does the rest."""

_SAME: Final = timedelta(seconds=1)
"""Ends of a time-out that differ by less are the same: Discord keeps milliseconds."""


@dataclass(frozen=True, slots=True)
class _Scene:
    """One case, and everybody it is about, as Discord knows them now."""

    due: Due
    place: Place
    member: DiscordMember | None

    @property
    def case(self) -> Case:
        return self.due.case


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What became of a case: why not, or done; and what is worth knowing of it."""

    failure: Failure | None = None
    is_unchanged: bool = False


_DONE: Final = _Outcome()
_UNCHANGED: Final = _Outcome(is_unchanged=True)


async def sanction_member(work: Work, job: SanctionMember) -> Outcome:
    """Carry out every open case about one member, the oldest first."""
    changed = False
    async with member_lock(work.database.engine, job.guild_id, job.user_id):
        for _ in range(_MOST):
            async with work.database.transaction() as tx:
                due = await carrying_out.find_due(tx, job.guild_id, job.user_id, clock.now())
            if due is None:
                return Done() if changed else ALREADY_DONE
            changed = True
            await _carry_out(work, due)
    return Retry("more_to_do", 0.0)


async def restore_timeout(work: Work, job: RestoreTimeout) -> Outcome:
    """Time a member out who came back while a time-out lasts. Discord does so itself, mostly."""
    async with member_lock(work.database.engine, job.guild_id, job.user_id):
        async with work.database.transaction() as tx:
            case = await carrying_out.find_timeout_to_restore(tx, job.guild_id, job.user_id, clock.now())
        member = None if case is None else await work.discord.find_member(job.guild_id, job.user_id)
        if case is None or case.expires_at is None or member is None or member.timed_out_until is not None:
            return ALREADY_DONE
        until = longest_possible(case.expires_at, clock.now())
        try:
            await work.discord.set_timeout(job.guild_id, job.user_id, until, reason=audit_reason(case))
        except (DiscordForbiddenError, DiscordNotFoundError) as error:
            return Done((f"case {case.number} was not applied again: {error}",), changed=False)
        return Done()


async def _carry_out(work: Work, due: Due) -> None:
    case = due.case
    place = await work.places.find(case.guild_id)
    if place is None:
        if due.is_over and case.action in BANS:  # it lasts in Discord, so it is no case that is over
            await _note_not_ended(work, case, Failure.BOT_GONE)
        else:
            await _note(work, due, _Outcome(Failure.BOT_GONE))
        return
    member = await work.discord.find_member(case.guild_id, case.user_id)
    scene = _Scene(due, place, member)
    if due.is_over:
        await _end(work, scene)
        return
    failure = None if case.begun_at is not None else await refusal(work, case, place, member)
    if failure is not None:
        await _note(work, due, _Outcome(failure))
        return
    try:
        outcome = await _WAYS[case.action](work, scene)
    except (DiscordForbiddenError, DiscordNotFoundError) as error:
        work.places.drop(case.guild_id)
        outcome = _Outcome(failure_of(error))
    except DiscordRefusedError:  # the job is held for whoever mends it; the moderator is told now
        await _note(work, due, _Outcome(Failure.BROKEN))
        raise
    if outcome is not None:
        await _note(work, due, outcome)


async def _note(work: Work, due: Due, outcome: _Outcome) -> None:
    async with work.database.transaction() as tx:
        if due.is_over:
            await carrying_out.expire(tx, due.case)
        else:
            details = {"unchanged": True} if outcome.is_unchanged else None
            await carrying_out.close(tx, due.case, failure=outcome.failure, details=details)


async def _note_not_ended(work: Work, case: Case, failure: Failure) -> None:
    async with work.database.transaction() as tx:
        await carrying_out.note_not_ended(tx, case, failure, clock.now())


async def refusal(work: Work, case: Case, place: Place, member: DiscordMember | None) -> Failure | None:
    """Tell why a case must not be carried out now, None if it may: whoever decided has to outrank still."""
    ranks = RankFacts(
        owner_id=place.guild.owner_id,
        bot_id=await work.discord.bot_id(),
        bot=place.bot,
        actor=place.bot,
        target=None if member is None else rank_of(place.guild, member.user_id, member.role_ids),
    )
    if case.moderator_id == SYSTEM_ID:
        why_not = outranked(SYSTEM_ID, case.user_id, ranks, is_operator=True)
        return None if why_not is None else OUTRANKED[why_not]
    moderator = await work.places.find_actor(case.guild_id, case.moderator_id)
    if moderator is None:
        return Failure.MODERATOR_GONE
    ranks = replace(ranks, actor=rank_of(place.guild, moderator.user_id, moderator.role_ids))
    why_not = outranked(case.moderator_id, case.user_id, ranks)
    if why_not is not None and why_not is not Outranked.UNKNOWN:
        return OUTRANKED[why_not]
    actor = Actor(
        case.guild_id,
        case.moderator_id,
        moderator.username,
        in_guild(place.guild, moderator, clock.now()),
        Via.COMMAND,
        # What roles stand for rests in a time-out, as it does for commands.
        frozenset() if moderator.timed_out_until is not None else moderator.role_ids,
    )
    try:
        async with work.database.transaction() as tx:
            await require(tx, actor, ASKS[case.action], Target(case.user_id), ranks)
    except NotAllowedError:
        return Failure.MODERATOR_MAY_NOT
    return None


async def _end(work: Work, scene: _Scene) -> None:
    """End what is over: Discord ends time-outs itself, bans it does not."""
    case = scene.case
    if case.action in BANS:
        why = f"The time of case #{case.number} is over"
        try:
            await work.discord.unban(case.guild_id, case.user_id, reason=why)
        except DiscordNotFoundError as error:
            if error.number != UNKNOWN_BAN:
                raise
        except DiscordForbiddenError as error:  # it stands there until somebody helps, and is tried again
            await _note_not_ended(work, case, failure_of(error))
            return
    await _note(work, scene.due, _DONE)


async def _timeout(work: Work, scene: _Scene) -> _Outcome | None:
    case, member = scene.case, scene.member
    if case.expires_at is None or case.expires_at <= clock.now():
        if case.begun_at is None:
            return _Outcome(Failure.TOO_LATE)
        async with work.database.transaction() as tx:
            await carrying_out.expire(tx, case)
        return None
    if member is None:
        return _Outcome(Failure.NOT_A_MEMBER)
    until = longest_possible(case.expires_at, clock.now())
    if member.timed_out_until is not None and abs(member.timed_out_until - until) < _SAME:
        return _DONE
    if not await _begin(work, case):
        return None
    await work.discord.set_timeout(case.guild_id, case.user_id, until, reason=audit_reason(case))
    return _DONE


async def _untimeout(work: Work, scene: _Scene) -> _Outcome | None:
    case, member = scene.case, scene.member
    if member is None or member.timed_out_until is None:
        return _DONE if case.begun_at is not None else _UNCHANGED
    if not await _begin(work, case):
        return None
    await work.discord.set_timeout(case.guild_id, case.user_id, None, reason=audit_reason(case))
    return _DONE


async def _kick(work: Work, scene: _Scene) -> _Outcome | None:
    case, member = scene.case, scene.member
    if member is None:
        return _DONE if case.begun_at is not None else _Outcome(Failure.NOT_A_MEMBER)
    if member.joined_at is not None and member.joined_at > case.created_at:
        return _DONE if case.begun_at is not None else _Outcome(Failure.CAME_BACK)
    await tell_before(work, case, scene.due.config, scene.place.guild.name)
    if not await _begin(work, case):
        return None
    await work.discord.kick(case.guild_id, case.user_id, reason=audit_reason(case))
    return _DONE


async def _ban(work: Work, scene: _Scene) -> _Outcome | None:
    case = scene.case
    is_over = case.expires_at is not None and case.expires_at <= clock.now()
    if is_over and case.begun_at is None:
        return _Outcome(Failure.TOO_LATE)
    if await work.discord.is_banned(case.guild_id, case.user_id):
        is_ours = case.begun_at is not None or scene.due.ban_is_ours
        return _DONE if is_ours else _Outcome(Failure.ALREADY_BANNED)
    if is_over:  # begun, and Discord never got to it
        return _Outcome(Failure.TOO_LATE)
    if scene.member is not None:
        await tell_before(work, case, scene.due.config, scene.place.guild.name)
    if not await _begin(work, case):
        return None
    await work.discord.ban(
        case.guild_id,
        case.user_id,
        delete_seconds=case.details.get("delete_seconds", 0),
        reason=audit_reason(case),
    )
    return _DONE


async def _unban(work: Work, scene: _Scene) -> _Outcome | None:
    case = scene.case
    if not await _begin(work, case):
        return None
    try:
        await work.discord.unban(case.guild_id, case.user_id, reason=audit_reason(case))
    except DiscordNotFoundError as error:
        if error.number != UNKNOWN_BAN:
            raise
        return _DONE if case.begun_at is not None else _UNCHANGED
    return _DONE


_WAYS: Final[dict[CaseAction, Callable[[Work, _Scene], Awaitable[_Outcome | None]]]] = {
    CaseAction.TIMEOUT: _timeout,
    CaseAction.UNTIMEOUT: _untimeout,
    CaseAction.KICK: _kick,
    CaseAction.BAN: _ban,
    CaseAction.MASSBAN: _ban,
    CaseAction.UNBAN: _unban,
}
"""How each action is carried out: its outcome, or None if there was nothing to do any more."""


async def _begin(work: Work, case: Case) -> bool:
    """Note that Discord is about to be asked; False if somebody took the case back meanwhile."""
    async with work.database.transaction() as tx:
        return await carrying_out.note_begun(tx, case, clock.now())


def audit_reason(case: Case) -> str:
    """Write what Discord's audit log says: which case, on whose behalf, why."""
    who = case.moderator_tag or "the platform"
    return f"Case #{case.number} by {who}: {case.reason or 'no reason given'}"
