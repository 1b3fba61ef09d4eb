"""`reconcile_member`: a member's roles in Discord become what the rooms say they should be.

What is due is read here and not in the job, so order, repeats and crashes do not matter. One member at a
time, one role per call: a whole list would overwrite what others change, and of two calls at once Discord
loses one.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from app import clock, role_claims
from app.access import service as access_service
from app.discord.cache import Place
from app.discord.port import DiscordForbiddenError, DiscordMember, DiscordNotFoundError
from app.guilds import service as guilds_service
from app.jobs.kinds import ReconcileMember
from app.jobs.locks import member_lock
from app.roles import service as roles_service
from app.roles.domain import Changes, Composed, Grant, changes, compose, to_note_as_seen
from app.worker import squad_roles
from app.worker.outcomes import ALREADY_DONE, Done, Outcome
from app.worker.work import Work


@dataclass(frozen=True, slots=True)
class _Wanted:
    composed: Composed
    grants: Mapping[int, Grant]
    with_level: frozenset[int]


async def reconcile_member(work: Work, job: ReconcileMember) -> Outcome:
    """Give and take roles until Discord agrees; roles that are not ours are left as they are."""
    async with member_lock(work.database.engine, job.guild_id, job.user_id):
        wanted = await _wanted(work, job)
        place = None if wanted is None else await work.places.find(job.guild_id)
        at = clock.now()
        member = None if place is None else await work.discord.find_member(job.guild_id, job.user_id)
        if wanted is None or place is None or member is None:
            return ALREADY_DONE  # switched off, or not there: who comes back is looked at again
        if await squad_roles.end_by_hand(work, member, wanted.composed.claims, wanted.grants):
            return Done()  # what is due now is seen to by the job that this has enqueued
        await _note_seen(work, job, wanted, member, at)
        due = _due(wanted, place, member)
        await squad_roles.pause(work, job.guild_id, due.refused)
        notes = [f"role {role_id}: {why}" for role_id, why in due.refused.items()]
        if not due.add and not due.remove:
            await _forget(work, job, due.forget)
            return Done(tuple(notes), changed=False)
        not_done = await _apply(work, job, due)
        await squad_roles.pause(work, job.guild_id, not_done)
        asked = {claim.role_id for claim in (*due.add, *due.remove)}
        if asked - not_done.keys():
            not_done |= await _look_again(work, job, wanted, place, not_done)
        return Done((*notes, *not_done.values()), changed=bool(asked - not_done.keys()))


def _due(wanted: _Wanted, place: Place, member: DiscordMember) -> Changes:
    return changes(
        wanted.composed.claims,
        granted=wanted.composed.granted,
        actual=member.role_ids,
        guild=place.guild,
        bot=place.bot,
        with_level=wanted.with_level,
    )


async def _wanted(work: Work, job: ReconcileMember) -> _Wanted | None:
    """Read what should be; None if the guild is gone or has switched everything off that gives roles."""
    async with work.database.transaction() as tx:
        guild = await guilds_service.find_guild(tx, job.guild_id)
        rooms = [] if guild is None else await role_claims.ask_about(tx, guild, job.user_id)
        if not rooms:
            return None
        grants = await roles_service.load_grants(tx, job.guild_id, job.user_id)
        access, _ = await access_service.load_config(tx, job.guild_id)
        with_level = frozenset(int(role_id) for role_id in access.roles)
        return _Wanted(compose(rooms, grants), grants, with_level)


async def _note_seen(
    work: Work, job: ReconcileMember, wanted: _Wanted, member: DiscordMember, at: datetime
) -> None:
    """Write down which roles of ours the member was seen to have; nothing is written of what is known.

    `at` is from before Discord was asked: what has become due since was not seen.
    """
    seen = to_note_as_seen(
        wanted.composed.claims, wanted.grants, actual=member.role_ids, joined_at=member.joined_at
    )
    if seen:
        async with work.database.transaction() as tx:
            pairs = [(job.user_id, role_id) for role_id in seen]
            await roles_service.note_seen(tx, job.guild_id, pairs, at)


async def _apply(work: Work, job: ReconcileMember, due: Changes) -> dict[int, str]:
    """Ask Discord for one role after the other; tells what it would not do: role -> a note."""
    # Before Discord is asked: a role that is given while we die must be known to be ours, and one that is
    # taken while we die must not look as if somebody else had taken it.
    async with work.database.transaction() as tx:
        await roles_service.note_grants(tx, job.guild_id, job.user_id, due.add)
        taking = [claim.role_id for claim in due.remove]
        await roles_service.note_taking(tx, job.guild_id, job.user_id, taking)
    not_done: dict[int, str] = {}
    over: set[int] = set(due.forget)
    for claim in due.add:
        try:
            await work.discord.add_role(job.guild_id, job.user_id, claim.role_id, reason=claim.reason)
        except (DiscordForbiddenError, DiscordNotFoundError) as error:
            work.places.drop(job.guild_id)
            not_done[claim.role_id] = f"role {claim.role_id} was not given: {error}"
            over.add(claim.role_id)
    for claim in due.remove:
        try:
            await work.discord.remove_role(job.guild_id, job.user_id, claim.role_id, reason=claim.reason)
        except DiscordForbiddenError as error:
            work.places.drop(job.guild_id)
            not_done[claim.role_id] = f"role {claim.role_id} was not taken back: {error}"
        except DiscordNotFoundError:
            work.places.drop(job.guild_id)
            over.add(claim.role_id)
        else:
            over.add(claim.role_id)
    await _forget(work, job, over)
    return not_done


async def _look_again(
    work: Work, job: ReconcileMember, wanted: _Wanted, place: Place, not_done: Collection[int]
) -> dict[int, str]:
    """Read the member back once: Discord has said of roles that they were given, and they were not.

    What it would not do is `not_done`, and not asked for again: a refusal counts towards Discord's ban.
    """
    at = clock.now()
    member = await work.discord.find_member(job.guild_id, job.user_id)
    if member is None:
        return {}
    async with work.database.transaction() as tx:
        grants = await roles_service.load_grants(tx, job.guild_id, job.user_id)
    # Those of before, and those that were just given: of others the rooms were not asked.
    counted = wanted.composed.granted | {claim.role_id for claim in wanted.composed.claims if claim.is_due}
    now = _Wanted(Composed(wanted.composed.claims, counted & grants.keys()), grants, wanted.with_level)
    await _note_seen(work, job, now, member, at)
    left = _due(now, place, member)
    again = Changes(
        tuple(claim for claim in left.add if claim.role_id not in not_done),
        tuple(claim for claim in left.remove if claim.role_id not in not_done),
    )
    return await _apply(work, job, again) if again.add or again.remove else {}


async def _forget(work: Work, job: ReconcileMember, role_ids: set[int] | frozenset[int]) -> None:
    if role_ids:
        async with work.database.transaction() as tx:
            await roles_service.forget_grants(tx, job.guild_id, job.user_id, role_ids)
