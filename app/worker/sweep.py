"""`sweep_guild`: who in a guild does not have the roles that are due is reconciled.

What nothing told us of is found here: a config that changed, a role taken by hand, a restored backup, and
that the role of a squad cannot be given, or can be again. Discord's list of members is read page by page,
and of the database only what is about the members of the page: a guild of any size takes the same memory.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app import clock, role_claims
from app.database.tx import Tx
from app.discord.port import DiscordMember
from app.features import SQUADS
from app.guilds import service as guilds_service
from app.guilds.domain import GuildRecord
from app.jobs import service as jobs_service
from app.jobs.kinds import ReconcileMember, SweepGuild
from app.roles import service as roles_service
from app.roles.domain import Grant, refusal
from app.squads import claims as squad_claims
from app.worker.outcomes import ALREADY_DONE, Done, Outcome
from app.worker.squad_roles import levels
from app.worker.work import Work

_PAGE: Final = 1000
"""Members of one answer (Discord: resources/guild, "List Guild Members")."""


@dataclass(frozen=True, slots=True)
class _Sweeping:
    """What is the same for all pages.

    Attributes:
        guild: Which guild.
        rooms: Those that are switched on.
        ungivable: Roles that are not handed out now: that somebody lacks one is no difference.
    """

    guild: GuildRecord
    rooms: frozenset[str]
    ungivable: frozenset[int]


async def sweep_guild(work: Work, job: SweepGuild) -> Outcome:
    """Compare every member with what is due, page by page, and enqueue those who differ."""
    sweeping = await _begin(work, job.guild_id)
    if sweeping is None:
        return ALREADY_DONE
    different, after, at = 0, 0, clock.now()
    while page := await work.discord.list_members(job.guild_id, after=after, limit=_PAGE):
        async with work.database.transaction() as tx:
            different += await _compare(tx, sweeping, page, at)
        if len(page) < _PAGE:
            break
        after, at = page[-1].user_id, clock.now()
    return Done(changed=bool(different))


async def _begin(work: Work, guild_id: int) -> _Sweeping | None:
    """Look at the guild and its roles, and pause or open squads; None if there is nothing to sweep."""
    async with work.database.transaction() as tx:
        guild = await guilds_service.find_guild(tx, guild_id)
        claimed = {} if guild is None else await role_claims.claimed_by_room(tx, guild)
        if guild is None or not claimed:
            return None
        if not any(claimed.values()) and not await roles_service.has_grants(tx, guild_id):
            return None
        with_level = await levels(tx, guild_id)
    work.places.drop(guild_id)  # a squad is paused or open again for what is so now
    place = await work.places.find(guild_id)
    if place is None:
        return None
    faults = {
        role_id: refusal(place.guild, role_id, place.bot, with_level)
        for role_id in frozenset().union(*claimed.values())
    }
    of_squads = claimed.get(SQUADS.name, frozenset())
    if of_squads:
        async with work.database.transaction() as tx:
            await squad_claims.note_faults(tx, guild_id, {each: faults[each] for each in of_squads})
    ungivable = frozenset(role_id for role_id, why in faults.items() if why is not None)
    return _Sweeping(guild, frozenset(claimed), ungivable)


async def _compare(tx: Tx, sweeping: _Sweeping, page: list[DiscordMember], at: datetime) -> int:
    """Enqueue who of a page differs and note what is seen of what we gave; tells how many differ.

    `at` is from before Discord was asked: what has become due since was not seen.
    """
    guild_id = sweeping.guild.id
    user_ids = [member.user_id for member in page]
    due = await role_claims.due_roles(tx, sweeping.guild, user_ids)
    grants = await roles_service.load_grants_of(tx, guild_id, user_ids)
    differ, seen = [], []
    for member in page:
        own = grants.get(member.user_id, {})
        wanted = due.get(member.user_id, frozenset())
        if _differs(sweeping, wanted, own, member.role_ids):
            differ.append(ReconcileMember(guild_id, member.user_id))
        seen += [
            (member.user_id, role_id)
            for role_id, grant in own.items()
            if grant.seen_at is None and role_id in wanted and role_id in member.role_ids
        ]
    await roles_service.note_seen(tx, guild_id, seen, at)
    await jobs_service.enqueue_missing(tx, differ)
    return len(differ)


def _differs(
    sweeping: _Sweeping, due: frozenset[int], grants: Mapping[int, Grant], actual: frozenset[int]
) -> bool:
    ours = {role_id for role_id, grant in grants.items() if grant.why in sweeping.rooms}
    return bool(due - actual - sweeping.ungivable or ours - due)
