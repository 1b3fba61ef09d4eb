"""`pause_guild`, `slow_channel`, `keep_raid_mode`: Discord agrees with what is wanted in a raid and after.

What is there is read first and again each time, so whoever dies in between leaves nothing to be done twice,
and what somebody changed by hand meanwhile stays.
"""

from contextlib import suppress
from datetime import timedelta
from typing import Final

from app import clock
from app.automod import carrying_out as automod
from app.automod.raids import mode as raid_mode
from app.automod.raids import pauses as raid_pauses
from app.automod.raids.rendering import raid_over_embed
from app.automod.raids.state import (
    Paused,
    Raid,
    Slowed,
    due_pauses,
    is_ours,
    is_slower_already,
    needs_slowing,
)
from app.discord.port import (
    NOBODY,
    DiscordError,
    DiscordForbiddenError,
    DiscordNotFoundError,
    DiscordRateLimitedError,
    DiscordRefusedError,
    DiscordUnavailableError,
    OutgoingMessage,
    Pauses,
    SpokenChannel,
)
from app.guilds import service as guilds_service
from app.jobs.kinds import KeepRaidMode, PauseGuild, SanctionMany, SanctionMember, SlowChannel
from app.jobs.locks import named_lock
from app.language import language_of
from app.moderation import carrying_out as moderation
from app.worker.case_log import Logged, post_or_edit
from app.worker.outcomes import ALREADY_DONE, Done, Outcome, Retry
from app.worker.sanctions import sanction_member
from app.worker.work import Work

_DOWN: Final = 3
"""So many that fail in a row mean that Discord is down: each could take as long as a call may."""

_HELP_AFTER: Final = timedelta(hours=1)
"""How long a channel that may not be taken back waits for somebody to give the bot what it lacks."""


async def sanction_many(work: Work, job: SanctionMany) -> Outcome:
    """Carry out what waits in an incident, one member after the other; goes on after Discord had us wait.

    What fails for one keeps nobody else waiting, unless it fails for one after the other.
    """
    async with work.database.transaction() as tx:
        waiting = await automod.find_waiting(tx, job.guild_id, job.incident)
    outcome: Outcome = Done() if waiting else ALREADY_DONE
    failed: DiscordError | None = None
    in_a_row = 0
    for user_id in waiting:
        try:
            became = await sanction_member(work, SanctionMember(job.guild_id, user_id))
        except DiscordRateLimitedError:
            raise
        except DiscordRefusedError as error:  # its case is closed; the job is held for whoever mends it
            failed = error
        except DiscordUnavailableError as error:
            failed = failed if isinstance(failed, DiscordRefusedError) else error
            in_a_row += 1
            if in_a_row == _DOWN:
                raise
        else:
            in_a_row = 0
            outcome = became if isinstance(became, Retry) else outcome
    if failed is not None:
        raise failed
    return outcome


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
    # What is ended stays ours until Discord has ended it: whoever tries again must know that it was.
    ours = Pauses(
        due.invites_until if due.invites_until not in (None, there.invites_until) else paused.invites_set,
        due.dms_until if due.dms_until not in (None, there.dms_until) else paused.dms_set,
    )
    async with work.database.transaction() as tx:  # before it is asked for: whose it is must be known
        await raid_pauses.note_pausing(
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
            again_at = clock.now() + _HELP_AFTER if is_over else None
            async with work.database.transaction() as tx:
                await raid_pauses.note_not_slowed(tx, slowed, again_at=again_at)
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
            await raid_pauses.note_slowing(tx, slowed, seconds_before=before)
        await work.discord.set_slow_mode(slowed.channel_id, slowed.seconds, reason=slowed.why)
    async with work.database.transaction() as tx:
        await raid_pauses.note_slowed(tx, slowed)


async def _end(work: Work, slowed: Slowed) -> None:
    """Take a channel back to what it was, unless somebody has changed it meanwhile."""
    before = slowed.seconds_before
    if before is not None:
        there = await work.discord.find_slow_mode(slowed.channel_id)
        if is_ours(slowed, there):
            await work.discord.set_slow_mode(slowed.channel_id, before, reason=f"Over: {slowed.why}")
    async with work.database.transaction() as tx:
        await raid_pauses.forget_slowed(tx, slowed)


async def keep_raid_mode(work: Work, job: KeepRaidMode) -> Outcome:
    """Choose the channels that raid mode slows, or end it once its time is over, and say so in the log."""
    async with named_lock(work.database.engine, f"raid:{job.guild_id}"):
        async with work.database.transaction() as tx:
            raid = await raid_mode.find_raid(tx, job.guild_id)
        if raid is None:
            return ALREADY_DONE
        if raid.until > clock.now():
            return await _choose(work, raid)
        async with work.database.transaction() as tx:
            ended = await raid_mode.end_by_itself(tx, job.guild_id, clock.now())
        return ALREADY_DONE if ended is None else await _say_it_ended(work, ended)


async def _choose(work: Work, raid: Raid) -> Outcome:
    if raid.slowed_version >= raid.version:
        return ALREADY_DONE
    place = await work.places.find(raid.guild_id)
    if place is None:
        return ALREADY_DONE
    channels: list[SpokenChannel] | None = None
    with suppress(DiscordForbiddenError, DiscordNotFoundError):
        channels = await work.discord.list_spoken_channels(raid.guild_id)
    async with work.database.transaction() as tx:
        await raid_mode.slow_channels(tx, raid, place.guild, channels)
    return Done()


async def _say_it_ended(work: Work, raid: Raid) -> Outcome:
    async with work.database.transaction() as tx:
        guild = await guilds_service.find_guild(tx, raid.guild_id)
        config = await moderation.load_config(tx, raid.guild_id)

    async def note(channel_id: int, _message_id: int | None, shows: int | None) -> None:
        async with work.database.transaction() as tx:
            await raid_mode.note_logged(tx, raid, channel_id=channel_id if shows is None else None)

    outcome: Outcome = ALREADY_DONE
    if guild is not None:
        outcome = await post_or_edit(
            work,
            Logged(
                channel_id=None if config.log_channel_id is None else int(config.log_channel_id),
                posted_in=raid.posted_in,
                message_id=None,
                mark=raid.mark,
                nonce=f"raid{raid.id.hex[-20:]}",
                since=raid.began_at,
                version=1,
            ),
            OutgoingMessage(NOBODY, embed=raid_over_embed(language_of(guild.language), raid)),
            note,
        )
    async with work.database.transaction() as tx:
        await raid_mode.note_logged(tx, raid, channel_id=None)
    return outcome
