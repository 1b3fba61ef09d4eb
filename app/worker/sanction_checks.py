"""`check_sanctions`: what somebody ended in Discord's own pages is not ours any more.

A sanction that is missing in Discord closes its case; it is never applied again. A ban that we think is there
and is not would be "already banned" for whoever bans next.
"""

import asyncio
from datetime import timedelta
from typing import Final

from app import clock
from app.discord.port import DiscordUnavailableError
from app.guilds import service as guilds_service
from app.jobs.kinds import CheckSanctions
from app.jobs.locks import member_lock
from app.moderation import carrying_out
from app.moderation.cases import Case
from app.moderation.domain import BANS
from app.worker.outcomes import ALREADY_DONE, Done, Outcome
from app.worker.work import Work

_SURE: Final = timedelta(minutes=1)
"""Before its end a time-out is not looked for: Discord's clock and ours may differ."""

_TRIES: Final = 3
"""For each sanction. What cannot be looked for then is looked for in the next check, an hour later."""

_LONGEST_WAIT: Final = 10.0


async def check_sanctions(work: Work, job: CheckSanctions) -> Outcome:
    """Look for each sanction that lasts in a guild, and close the case of what is not there.

    There may be thousands, and Discord may fail for any of them: the job goes on with the next one instead of
    beginning anew.
    """
    async with work.database.transaction() as tx:
        guild = await guilds_service.find_guild(tx, job.guild_id)
        active = await carrying_out.active_sanctions(tx, job.guild_id)
    if guild is None or not active or await work.places.find(job.guild_id) is None:
        return ALREADY_DONE
    found = [await _patiently(work, case) for case in active]
    unseen = found.count(None)
    note = f"{unseen} of {len(active)} sanctions were not looked for: Discord did not answer"
    return Done((note,) if unseen else (), changed=any(found))


async def _patiently(work: Work, case: Case) -> bool | None:
    """Close a case whose sanction is missing; None if Discord does not say whether it is."""
    for _ in range(_TRIES):
        try:
            return await _is_closed(work, case)
        except DiscordUnavailableError as error:
            await asyncio.sleep(min(error.retry_after or 1.0, _LONGEST_WAIT))
    return None


async def _is_closed(work: Work, case: Case) -> bool:
    """Close a case whose sanction is missing; tells whether it was."""
    async with member_lock(work.database.engine, case.guild_id, case.user_id):
        async with work.database.transaction() as tx:
            is_sure = await carrying_out.is_settled(tx, case)
        if not is_sure or await _is_there(work, case):
            return False
        async with work.database.transaction() as tx:
            await carrying_out.note_lifted_in_discord(tx, case)
        return True


async def _is_there(work: Work, case: Case) -> bool:
    if case.expires_at is not None and case.expires_at - clock.now() < _SURE:
        return True  # it is over in a moment, in its own way
    if case.action in BANS:
        return await work.discord.is_banned(case.guild_id, case.user_id)
    member = await work.discord.find_member(case.guild_id, case.user_id)
    return member is None or member.timed_out_until is not None  # of who is gone, nobody can tell
