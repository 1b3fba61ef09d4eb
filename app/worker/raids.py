"""`pause_guild`, `slow_channel`: Discord agrees with what is wanted while a raid lasts, and after it.

What is there is read first and again each time, so whoever dies in between leaves nothing to be done twice,
and what somebody changed by hand meanwhile stays.
"""

from datetime import timedelta
from typing import Final

from app import clock
from app.automod import raid_pauses
from app.automod.raid_state import (
    Paused,
    Slowed,
    due_pauses,
    is_ours,
    is_slower_already,
    needs_slowing,
)
from app.discord.port import DiscordForbiddenError, DiscordNotFoundError, Pauses
from app.jobs.kinds import PauseGuild, SlowChannel
from app.jobs.locks import named_lock
from app.worker.outcomes import ALREADY_DONE, Done, Outcome
from app.worker.work import Work

_HELP_AFTER: Final = timedelta(hours=1)
"""How long a channel that may not be taken back waits for somebody to give the bot what it lacks."""


async def pause_guild(work: Work, job: PauseGuild) -> Outcome:
    """Have invites and direct messages paused, or not, as is wanted now."""
    async with named_lock(work.database.engine, f"pauses:{job.guild_id}"):
        async with work.database.transaction() as tx:
            paused = await raid_pauses.find_paused(tx, job.guild_id)
        if paused is None or paused.carried_version >= paused.version:
            return ALREADY_DONE
        try:
            await _pause(work, paused)
        except (DiscordForbiddenError, DiscordNotFoundError) as error:
            async with work.database.transaction() as tx:
                await raid_pauses.note_paused(tx, paused, is_refused=True)
            return Done((f"guild {job.guild_id} was not paused: {error}",), changed=False)
        async with work.database.transaction() as tx:
            await raid_pauses.note_paused(tx, paused, is_refused=False)
        return Done()


async def _pause(work: Work, paused: Paused) -> None:
    there = await work.discord.find_pauses(paused.guild_id)
    due = due_pauses(paused, there, clock.now())
    if due == there:
        return
    ours = Pauses(
        due.invites_until if due.invites_until != there.invites_until else paused.invites_set,
        due.dms_until if due.dms_until != there.dms_until else paused.dms_set,
    )
    async with work.database.transaction() as tx:  # before it is asked for: whose it is must be known
        await raid_pauses.change_paused(
            tx, paused.guild_id, invites_set=ours.invites_until, dms_set=ours.dms_until
        )
    await work.discord.set_pauses(paused.guild_id, due)


async def slow_channel(work: Work, job: SlowChannel) -> Outcome:
    """Have everybody wait in a channel, or not any more, as is wanted now."""
    async with named_lock(work.database.engine, f"slow:{job.guild_id}:{job.channel_id}"):
        async with work.database.transaction() as tx:
            slowed = await raid_pauses.find_slowed(tx, job.guild_id, job.channel_id)
        if slowed is None:
            return ALREADY_DONE
        is_over = slowed.until <= clock.now()
        if not is_over and not needs_slowing(slowed):
            return ALREADY_DONE
        try:
            await (_end(work, slowed) if is_over else _slow(work, slowed))
        except DiscordNotFoundError:
            async with work.database.transaction() as tx:
                await raid_pauses.forget_slowed(tx, slowed)
        except DiscordForbiddenError as error:
            later = {"until": clock.now() + _HELP_AFTER} if is_over else {}
            async with work.database.transaction() as tx:
                await raid_pauses.note_not_slowed(tx, slowed, **later)
            return Done((f"channel {job.channel_id} was not slowed or taken back: {error}",), changed=False)
        return Done()


async def _slow(work: Work, slowed: Slowed) -> None:
    there = await work.discord.find_slow_mode(slowed.channel_id)
    if is_slower_already(slowed, there):
        async with work.database.transaction() as tx:
            await raid_pauses.forget_slowed(tx, slowed)
        return
    if there != slowed.seconds:
        before = slowed.seconds_before if is_ours(slowed, there) else there
        async with work.database.transaction() as tx:
            await raid_pauses.change_slowed(tx, slowed, seconds_before=before)
        await work.discord.set_slow_mode(slowed.channel_id, slowed.seconds, reason=slowed.why)
    async with work.database.transaction() as tx:
        await raid_pauses.change_slowed(tx, slowed, seconds_set=slowed.seconds)


async def _end(work: Work, slowed: Slowed) -> None:
    """Take a channel back to what it was, unless somebody has changed it meanwhile."""
    before = slowed.seconds_before
    if before is not None:
        there = await work.discord.find_slow_mode(slowed.channel_id)
        if is_ours(slowed, there):
            await work.discord.set_slow_mode(slowed.channel_id, before, reason=f"Over: {slowed.why}")
    async with work.database.transaction() as tx:
        await raid_pauses.forget_slowed(tx, slowed)
