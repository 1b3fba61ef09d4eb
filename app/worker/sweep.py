"""`sweep_guild`: who in a guild does not have the roles that are due is reconciled.

What nothing told us of is found here: a config that changed, a role taken by hand, a restored backup.
"""

from typing import Final

from app.bytes import rewards as bytes_rewards
from app.guilds import service as guilds_service
from app.jobs import service as jobs_service
from app.jobs.kinds import ReconcileMember, SweepGuild
from app.roles import service as roles_service
from app.worker.outcomes import ALREADY_DONE, Done, Outcome
from app.worker.work import Work

_PAGE: Final = 1000
"""Members of one answer (Discord: resources/guild, "List Guild Members")."""


async def sweep_guild(work: Work, job: SweepGuild) -> Outcome:
    """Compare every member with what is due, page by page, and enqueue those who differ."""
    async with work.database.transaction() as tx:
        guild = await guilds_service.find_guild(tx, job.guild_id)
        if guild is None:
            return ALREADY_DONE
        due = await bytes_rewards.members_to_look_at(tx, guild)
        if due is None:
            return ALREADY_DONE
        granted = await roles_service.load_guild_grants(tx, job.guild_id)
    wanted = {user_id: due.get(user_id, frozenset()) for user_id in due.keys() | granted.keys()}
    if not wanted or await work.places.find(job.guild_id) is None:
        return ALREADY_DONE
    different, after = 0, 0
    while page := await work.discord.list_members(job.guild_id, after=after, limit=_PAGE):
        differ = [
            member.user_id
            for member in page
            if member.user_id in wanted
            and (
                wanted[member.user_id] - member.role_ids
                or granted.get(member.user_id, frozenset()) - wanted[member.user_id]
            )
        ]
        async with work.database.transaction() as tx:
            waiting = set(await jobs_service.waiting_jobs(tx, ReconcileMember))
            due_now = [ReconcileMember(job.guild_id, user_id) for user_id in differ]
            for each in due_now:
                if each not in waiting:
                    await jobs_service.enqueue(tx, each)
        different += len(differ)
        after = page[-1].user_id
        if len(page) < _PAGE:
            break
    return Done(changed=bool(different))
