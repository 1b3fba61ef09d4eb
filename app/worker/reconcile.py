"""`reconcile_member`: a member's roles in Discord become what the rooms say they should be.

What is due is read here and not in the job, so order, repeats and crashes do not matter. One member at a
time, one role per call: a whole list would overwrite what others change, and of two calls at once Discord
loses one.
"""

from collections.abc import Collection
from dataclasses import dataclass

from app.access import service as access_service
from app.bytes import rewards as bytes_rewards
from app.discord.cache import Place
from app.discord.port import DiscordForbiddenError, DiscordMember, DiscordNotFoundError
from app.guilds import service as guilds_service
from app.jobs.kinds import ReconcileMember
from app.jobs.locks import member_lock
from app.roles import service as roles_service
from app.roles.domain import Changes, Claim, changes
from app.worker.outcomes import ALREADY_DONE, Done, Outcome
from app.worker.work import Work


@dataclass(frozen=True, slots=True)
class _Wanted:
    claims: list[Claim]
    granted: frozenset[int]
    with_level: frozenset[int]


async def reconcile_member(work: Work, job: ReconcileMember) -> Outcome:
    """Give and take roles until Discord agrees; roles that are not ours are left as they are."""
    async with member_lock(work.database.engine, job.guild_id, job.user_id):
        wanted = await _wanted(work, job)
        place = None if wanted is None else await work.places.find(job.guild_id)
        member = None if place is None else await work.discord.find_member(job.guild_id, job.user_id)
        if wanted is None or place is None or member is None:
            return ALREADY_DONE  # switched off, or not there: who comes back is looked at again
        due = _due(wanted, place, member)
        notes = [f"role {role_id}: {why}" for role_id, why in due.refused.items()]
        if not due.add and not due.remove:
            await _forget(work, job, due.forget)
            return Done(tuple(notes), changed=False)
        not_done = await _apply(work, job, due)
        asked = {claim.role_id for claim in (*due.add, *due.remove)}
        if asked - not_done.keys():
            not_done |= await _look_again(work, job, wanted, place, not_done)
        return Done((*notes, *not_done.values()), changed=bool(asked - not_done.keys()))


def _due(
    wanted: _Wanted, place: Place, member: DiscordMember, granted: frozenset[int] | None = None
) -> Changes:
    return changes(
        wanted.claims,
        granted=wanted.granted if granted is None else granted,
        actual=member.role_ids,
        guild=place.guild,
        bot=place.bot,
        with_level=wanted.with_level,
    )


async def _wanted(work: Work, job: ReconcileMember) -> _Wanted | None:
    """Read what should be; None if the guild is gone or has switched everything off that gives roles."""
    async with work.database.transaction() as tx:
        guild = await guilds_service.find_guild(tx, job.guild_id)
        claims = None if guild is None else await bytes_rewards.claim_roles(tx, guild, job.user_id)
        if claims is None:
            return None
        granted = await roles_service.load_grants(tx, job.guild_id, job.user_id)
        access, _ = await access_service.load_config(tx, job.guild_id)
        return _Wanted(claims, granted, frozenset(int(role_id) for role_id in access.roles))


async def _apply(work: Work, job: ReconcileMember, due: Changes) -> dict[int, str]:
    """Ask Discord for one role after the other; tells what it would not do: role -> a note."""
    if due.add:
        # Before Discord is asked: a role that is given while we die must be known to be ours.
        async with work.database.transaction() as tx:
            await roles_service.note_grants(tx, job.guild_id, job.user_id, due.add)
    not_done: dict[int, str] = {}
    over: set[int] = set(due.forget)
    for claim in due.add:
        try:
            await work.discord.add_role(job.guild_id, job.user_id, claim.role_id, reason=_reached(claim))
        except (DiscordForbiddenError, DiscordNotFoundError) as error:
            work.places.drop(job.guild_id)
            not_done[claim.role_id] = f"role {claim.role_id} was not given: {error}"
            over.add(claim.role_id)
    for claim in due.remove:
        try:
            await work.discord.remove_role(job.guild_id, job.user_id, claim.role_id, reason=_lost(claim))
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
    member = await work.discord.find_member(job.guild_id, job.user_id)
    if member is None:
        return {}
    async with work.database.transaction() as tx:
        granted = await roles_service.load_grants(tx, job.guild_id, job.user_id)
    left = _due(wanted, place, member, granted)
    again = Changes(
        tuple(claim for claim in left.add if claim.role_id not in not_done),
        tuple(claim for claim in left.remove if claim.role_id not in not_done),
    )
    return await _apply(work, job, again) if again.add or again.remove else {}


async def _forget(work: Work, job: ReconcileMember, role_ids: set[int] | frozenset[int]) -> None:
    if role_ids:
        async with work.database.transaction() as tx:
            await roles_service.forget_grants(tx, job.guild_id, job.user_id, role_ids)


def _reached(claim: Claim) -> str:
    return f"Reached {claim.reason}"


def _lost(claim: Claim) -> str:
    return f"No longer has {claim.reason}"
