"""Raid mode: invites and direct messages paused, channels slowed, rules on; at its end all is as before.

What somebody changed meanwhile stays as they made it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from app.access.policy import Action
from app.access.service import require
from app.automod import raid_answers, raid_pauses, raid_repository, repository
from app.automod.presets import RAID
from app.automod.raid_models import RaidMode
from app.automod.raid_repository import Note, What
from app.automod.raid_state import Cause, Paused, Slowed
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
from app.moderation import incidents
from app.moderation.incident_values import Incident

SECONDS: Final = 10
"""How long everybody waits between two messages in a raid."""

MOST_CHANNELS: Final = 50

PAUSED_FOR: Final = timedelta(hours=1)
"""How long the button below an alert pauses invites."""

_WHY: Final = "Raid mode"
_EVERYBODY_WRITES: Final = Permission.VIEW_CHANNEL | Permission.SEND_MESSAGES


@dataclass(frozen=True, slots=True)
class Raid:
    """A guild's raid mode. Attributes as the columns of `raid_modes`."""

    guild_id: int
    id: UUID
    began_at: datetime
    until: datetime
    moderator_id: int
    rules: Sequence[dict[str, Any]]
    version: int
    slowed_version: int
    is_slow_refused: bool
    ended_at: datetime | None
    posted_in: int | None

    @property
    def mark(self) -> str:
        """Give what stands below the log's message that it is over, and below no other."""
        return f"Raid mode · {self.id.hex[-12:]}"


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
    known = await _find(tx, actor.guild_id)
    was_on = known is not None and known.ended_at is None
    switched, missing = await _switch_on(tx, actor, known.rules if known is not None and was_on else ())
    until = now + timedelta(minutes=minutes)
    values: dict[str, Any] = {
        "until": max(until, known.until) if known is not None and was_on else until,
        "moderator_id": actor.user_id,
        "rules": switched,
    }
    if not was_on:
        fresh = {"version": 1, "slowed_version": 0, "is_slow_refused": False, "ended_at": None}
        values |= fresh | {"id": new_id(), "began_at": now, "posted_in": None}
    if was_on:
        prolonged = values | {"version": RaidMode.version + 1}
        await tx.execute(update(RaidMode).where(RaidMode.guild_id == actor.guild_id).values(prolonged))
    else:
        new = insert(RaidMode).values({"guild_id": actor.guild_id} | values)
        await tx.execute(new.on_conflict_do_update(index_elements=[RaidMode.guild_id], set_=values))
    raid = await _find(tx, actor.guild_id)
    assert raid is not None  # noqa: S101 - it was written above
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
    raid = await _find(tx, actor.guild_id)
    if raid is None or raid.ended_at is not None:
        return None
    kept = await _switch_back(tx, actor, raid)
    await raid_pauses.end_pause(tx, actor.guild_id)
    await raid_pauses.end_slow(tx, actor.guild_id, _WHY, now)
    await tx.execute(delete(RaidMode).where(RaidMode.guild_id == actor.guild_id))
    return Ended(raid, kept)


async def view_raid_mode(tx: Tx, actor: Actor) -> Standing:
    """Show how raid mode stands, and what could not be done.

    Raises:
        NotAllowedError, FeatureOffError: nothing was read.
    """
    await require(tx, actor, Action.HANDLE_RAID)
    await guilds_service.enter_feature(tx, actor.guild_id, AUTOMOD)
    raid = await _find(tx, actor.guild_id)
    return Standing(
        None if raid is None or raid.ended_at is not None else raid,
        await raid_pauses.find_paused(tx, actor.guild_id),
        await raid_pauses.find_all_slowed(tx, actor.guild_id),
    )


async def check_pause(tx: Tx, actor: Actor, number: int) -> Incident:
    """Give an incident back if the actor may pause invites because of it.

    Raises:
        NotFoundError: this guild has no such incident.
        NotAllowedError, FeatureOffError: nothing was read.
    """
    await require(tx, actor, Action.HANDLE_RAID)
    await guilds_service.enter_feature(tx, actor.guild_id, AUTOMOD)
    return await incidents.find_incident(tx, actor.guild_id, number)


async def pause_invites(
    tx: Tx, actor: Actor, number: int, *, idempotency_key: str, now: datetime
) -> datetime:
    """Have invites paused for an hour because of an incident, whose alert says so; gives until when.

    Raises:
        NotFoundError: this guild has no such incident.
        NotAllowedError, FeatureOffError: nothing was done.
    """
    await require(tx, actor, Action.HANDLE_RAID)
    incident = await check_pause(tx, actor, number)
    until = now + PAUSED_FOR
    cause = Cause(actor.user_id, f"Incident #{number}", incident.id)
    await raid_pauses.want_pause(tx, actor.guild_id, cause, invites_until=until, now=now)
    note = Note(What.PAUSED, actor.user_id, None, now)
    if await raid_repository.add_note(tx, actor.guild_id, incident.id, note, idempotency_key=idempotency_key):
        await raid_answers.show(tx, incident)
    return until


async def find_raid(tx: Tx, guild_id: int) -> Raid | None:
    """Load a guild's raid mode for the worker, None if it is off and the log says so."""
    return await _find(tx, guild_id)


async def slow_channels(
    tx: Tx, raid: Raid, guild: DiscordGuild, channels: Collection[SpokenChannel] | None
) -> None:
    """Have the channels slowed in which everybody can write; None: the bot may not look at them.

    Nothing is slowed if raid mode was switched off while somebody looked.
    """
    await repository.lock(tx, raid.guild_id, "raid")
    known = await _find(tx, raid.guild_id)
    if known is None or known.id != raid.id or known.ended_at is not None:
        return
    chosen = [] if channels is None else choose(guild, channels)
    for each in sorted(chosen, key=lambda each: each.channel_id):
        cause = Cause(raid.moderator_id, _WHY)
        await raid_pauses.want_slow(
            tx, raid.guild_id, each.channel_id, cause, seconds=SECONDS, until=raid.until
        )
    await tx.execute(
        update(RaidMode)
        .where(RaidMode.guild_id == raid.guild_id, RaidMode.id == raid.id)
        .values(slowed_version=raid.version, is_slow_refused=channels is None)
    )


async def end_by_itself(tx: Tx, guild_id: int, now: datetime) -> Raid | None:
    """Note that the time of a raid mode is over, and have all as it was before; None if it is not over."""
    await repository.lock(tx, guild_id, "raid")
    raid = await _find(tx, guild_id)
    if raid is None or raid.until > now:
        return None
    if raid.ended_at is None:
        await _switch_back(tx, Actor(guild_id, SYSTEM_ID, "", 0, Via.COMMAND), raid)
        await raid_pauses.end_slow(tx, guild_id, _WHY, now)
        await tx.execute(update(RaidMode).where(RaidMode.guild_id == guild_id).values(ended_at=now))
    return raid


async def note_logged(tx: Tx, raid: Raid, *, channel_id: int | None) -> None:
    """Note where the log's message about the end may be; None: it is there, or there is no log."""
    of_it = (RaidMode.guild_id == raid.guild_id, RaidMode.id == raid.id, RaidMode.ended_at.is_not(None))
    if channel_id is None:
        await tx.execute(delete(RaidMode).where(*of_it))
    else:
        await tx.execute(update(RaidMode).where(*of_it).values(posted_in=channel_id))


async def enqueue_over(tx: Tx, now: datetime) -> None:
    """Have the raid modes ended whose time is over."""
    rows = await tx.execute(select(RaidMode.guild_id).where(RaidMode.until <= now))
    for guild_id in rows.scalars().all():
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


async def _find(tx: Tx, guild_id: int) -> Raid | None:
    columns = [getattr(RaidMode, name) for name in Raid.__dataclass_fields__]
    row = (await tx.execute(select(*columns).where(RaidMode.guild_id == guild_id))).one_or_none()
    return None if row is None else Raid(**row._asdict())


async def _enqueue(tx: Tx, guild_id: int) -> None:
    job = KeepRaidMode(guild_id)
    if not await jobs_service.is_waiting(tx, job):
        await jobs_service.enqueue(tx, job)
