"""Raid mode: invites and direct messages paused, channels slowed, rules on; at its end all is as before.

What somebody changed meanwhile stays as they made it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from app.access.policy import Action
from app.access.service import require
from app.automod import repository
from app.automod.presets import RAID
from app.automod.raids import pauses as raid_pauses
from app.automod.raids import rows as raid_rows
from app.automod.raids.state import Cause, Paused, Raid, Slowed
from app.automod.rule import Mode, Rule
from app.automod.saving import save_rule
from app.database.tx import Tx
from app.discord.permissions import Permission, holds
from app.discord.port import DiscordGuild, SpokenChannel
from app.errors import ConflictError, InvalidInputError
from app.features import AUTOMOD
from app.guilds import service as guilds_service
from app.guilds.domain import Actor, Via
from app.ids import SYSTEM_ID, new_id
from app.jobs import service as jobs_service
from app.jobs.kinds import KeepRaidMode

SECONDS: Final = 10
"""How long everybody waits between two messages in a raid."""

MOST_CHANNELS: Final = 50

_WHY: Final = "Raid mode"
_EVERYBODY_WRITES: Final = Permission.VIEW_CHANNEL | Permission.SEND_MESSAGES


@dataclass(frozen=True, slots=True)
class Begun:
    """What switching raid mode on did.

    Attributes:
        raid: As it is now.
        was_on: Whether it was on, and is prolonged.
        missing: Rules that are not there, because the guild has too many.
    """

    raid: Raid
    was_on: bool
    missing: Collection[str]


@dataclass(frozen=True, slots=True)
class Ended:
    """What the end of raid mode left as somebody made it meanwhile.

    Attributes:
        raid: As it was.
        kept: Rules that somebody changed.
    """

    raid: Raid
    kept: Collection[str]


@dataclass(frozen=True, slots=True)
class Standing:
    """How raid mode stands.

    Attributes:
        raid: None while it is off.
        paused: What is wanted to be paused, also by rules.
        slowed: The channels that are to be slow, also because of rules.
    """

    raid: Raid | None
    paused: Paused | None
    slowed: Sequence[Slowed]


async def begin_raid_mode(tx: Tx, actor: Actor, *, minutes: int, now: datetime) -> Begun:
    """Switch raid mode on, or prolong it; the worker does in Discord what is to be done there.

    Raises:
        NotAllowedError, FeatureOffError: nothing was done.
    """
    await require(tx, actor, Action.HANDLE_RAID)
    await guilds_service.enter_feature(tx, actor.guild_id, AUTOMOD)
    await repository.lock(tx, actor.guild_id, "raid")
    known = await raid_rows.find_raid(tx, actor.guild_id)
    was_on = known is not None and known.ended_at is None
    before = known.rules if known is not None and was_on else ()
    switched, missing = await _switch_on(tx, actor, before)
    until = now + timedelta(minutes=minutes)
    if known is not None and was_on:
        wanted = replace(known, until=max(until, known.until), moderator_id=actor.user_id, rules=switched)
        raid = await raid_rows.prolong_raid(tx, wanted)
    else:
        raid = Raid(
            guild_id=actor.guild_id,
            id=new_id(),
            began_at=now,
            until=until,
            moderator_id=actor.user_id,
            rules=switched,
            version=1,
            slowed_version=0,
            is_slow_refused=False,
            ended_at=None,
            posted_in=None,
        )
        await raid_rows.put_raid(tx, raid)
    await raid_pauses.want_pause(
        tx,
        actor.guild_id,
        Cause(actor.user_id, _WHY),
        invites_until=raid.until,
        dms_until=raid.until,
        now=now,
    )
    await _enqueue(tx, actor.guild_id)
    return Begun(raid, was_on, missing)


async def end_raid_mode(tx: Tx, actor: Actor, *, now: datetime) -> Ended | None:
    """Switch raid mode off and have all as it was before; None if it is off.

    Raises:
        NotAllowedError, FeatureOffError: nothing was done.
    """
    await require(tx, actor, Action.HANDLE_RAID)
    await guilds_service.enter_feature(tx, actor.guild_id, AUTOMOD)
    await repository.lock(tx, actor.guild_id, "raid")
    raid = await raid_rows.find_raid(tx, actor.guild_id)
    if raid is None or raid.ended_at is not None:
        return None
    kept = await _switch_back(tx, actor, raid)
    await raid_pauses.end_pause(tx, actor.guild_id)
    await raid_pauses.end_slow(tx, actor.guild_id, _WHY, now)
    await raid_rows.delete_raid(tx, actor.guild_id, raid.id)
    return Ended(raid, kept)


async def view_raid_mode(tx: Tx, actor: Actor) -> Standing:
    """Show how raid mode stands, and what could not be done.

    Raises:
        NotAllowedError, FeatureOffError: nothing was read.
    """
    await require(tx, actor, Action.HANDLE_RAID)
    await guilds_service.enter_feature(tx, actor.guild_id, AUTOMOD)
    raid = await raid_rows.find_raid(tx, actor.guild_id)
    return Standing(
        None if raid is None or raid.ended_at is not None else raid,
        await raid_rows.find_paused(tx, actor.guild_id),
        await raid_rows.find_all_slowed(tx, actor.guild_id),
    )


async def find_raid(tx: Tx, guild_id: int) -> Raid | None:
    """Load a guild's raid mode for the worker once nobody is changing it, None if it is off and told."""
    return await raid_rows.find_raid(tx, guild_id, settled=True)


async def slow_channels(
    tx: Tx, raid: Raid, guild: DiscordGuild, channels: Collection[SpokenChannel] | None
) -> None:
    """Have the channels slowed in which everybody can write; None: the bot may not look at them.

    Nothing is slowed if raid mode was switched off while somebody looked.
    """
    await repository.lock(tx, raid.guild_id, "raid")
    known = await raid_rows.find_raid(tx, raid.guild_id)
    if known is None or known.id != raid.id or known.ended_at is not None:
        return
    chosen = [] if channels is None else choose(guild, channels)
    for each in sorted(chosen, key=lambda each: each.channel_id):
        cause = Cause(raid.moderator_id, _WHY)
        await raid_pauses.want_slow(
            tx, raid.guild_id, each.channel_id, cause, seconds=SECONDS, until=raid.until
        )
    await raid_rows.change_raid(tx, raid, slowed_version=raid.version, is_slow_refused=channels is None)


async def end_by_itself(tx: Tx, guild_id: int, now: datetime) -> Raid | None:
    """Note that the time of a raid mode is over, and have all as it was before; None if it is not over."""
    await repository.lock(tx, guild_id, "raid")
    raid = await raid_rows.find_raid(tx, guild_id)
    if raid is None or raid.until > now:
        return None
    if raid.ended_at is None:
        await _switch_back(tx, Actor(guild_id, SYSTEM_ID, "", 0, Via.COMMAND), raid)
        await raid_pauses.end_slow(tx, guild_id, _WHY, now)
        await raid_rows.change_raid(tx, raid, ended_at=now)
    return raid


async def note_logged(tx: Tx, raid: Raid, *, channel_id: int | None) -> None:
    """Note where the log's message about the end may be; None: it is there, or there is no log."""
    if channel_id is None:
        await raid_rows.delete_raid(tx, raid.guild_id, raid.id)
    else:
        await raid_rows.change_raid(tx, raid, posted_in=channel_id)


async def enqueue_over(tx: Tx, now: datetime) -> None:
    """Have the raid modes ended whose time is over."""
    for guild_id in await raid_rows.find_raids_over(tx, now):
        await _enqueue(tx, guild_id)


def choose(guild: DiscordGuild, channels: Collection[SpokenChannel]) -> list[SpokenChannel]:
    """Choose the channels that are slowed: those in which everybody can write, the last written in first."""
    everyone = guild.roles[guild.guild_id].permissions
    open_ones = [
        each
        for each in channels
        if each.slow_mode < SECONDS and holds(everyone & ~each.deny | each.allow, _EVERYBODY_WRITES)
    ]
    return sorted(open_ones, key=lambda each: (-each.last_message_id, each.position))[:MOST_CHANNELS]


async def _switch_on(
    tx: Tx, actor: Actor, before: Sequence[dict[str, Any]]
) -> tuple[list[dict[str, Any]], list[str]]:
    """Switch the rules of the preset on; tells what each was before, and which there is no room for."""
    switched = list(before)
    missing: list[str] = []
    there = {stored.rule.name: stored for stored in await repository.find_rules(tx, actor.guild_id)}
    for rule in RAID:
        stored = there.get(rule.name)
        if stored is not None and stored.rule.mode is Mode.ON and stored.paused_because is None:
            continue
        if stored is not None and any(each["id"] == str(stored.id) for each in switched):
            continue  # somebody has switched it since: that stays
        wanted = _with_mode(rule if stored is None else stored.rule, Mode.ON)
        try:
            written = await save_rule(
                tx,
                actor,
                wanted,
                rule_id=None if stored is None else stored.id,
                expected_version=0 if stored is None else stored.version,
            )
        except (InvalidInputError, ConflictError):
            missing.append(rule.name)
            continue
        mode = None if stored is None else stored.rule.mode.value
        switched.append({"id": str(written.id), "before": mode, "version": written.version})
    return switched, missing


async def _switch_back(tx: Tx, actor: Actor, raid: Raid) -> list[str]:
    """Have the rules as they were before; tells which are left, because somebody changed them meanwhile."""
    await repository.lock(tx, raid.guild_id, "rules")
    there = {str(stored.id): stored for stored in await repository.find_rules(tx, raid.guild_id)}
    kept: list[str] = []
    for each in raid.rules:
        stored = there.get(each["id"])
        if stored is None:
            continue
        if stored.version != each["version"]:
            kept.append(stored.rule.name)
            continue
        after = None if each["before"] is None else _with_mode(stored.rule, Mode(each["before"]))
        if after is None:
            await repository.delete_rule(tx, raid.guild_id, stored.id)
        else:
            await repository.change_rule(
                tx, raid.guild_id, replace(stored, rule=after, version=stored.version + 1)
            )
        await guilds_service.record_change(
            tx,
            actor,
            subject=("automod_rule", str(stored.id)),
            before=stored.rule.model_dump(mode="json"),
            after=None if after is None else after.model_dump(mode="json"),
        )
    tx.forget(raid.guild_id)
    return kept


def _with_mode(rule: Rule, mode: Mode) -> Rule:
    return rule.model_copy(update={"mode": mode})


async def _enqueue(tx: Tx, guild_id: int) -> None:
    job = KeepRaidMode(guild_id)
    if not await jobs_service.is_waiting(tx, job):
        await jobs_service.enqueue(tx, job)
