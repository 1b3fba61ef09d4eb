"""Pausing invites and slowing channels: what is wanted is written with the decision, and carried out by jobs.

Parts of use cases that have asked, and what the worker reads and writes. Nothing is asked of Discord here.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import and_, case, delete, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from app.automod import raid_answers, raid_repository, repository
from app.automod.raid_models import ChannelSlowMode, RaidPause
from app.automod.raid_repository import Note, What
from app.automod.raid_state import Cause, Paused, Slowed, is_longer
from app.database.tx import Tx
from app.ids import SYSTEM_ID
from app.jobs import service as jobs_service
from app.jobs.kinds import Job, PauseGuild, SlowChannel
from app.moderation import automatic

_PAUSED: Final = tuple(getattr(RaidPause, name) for name in Paused.__dataclass_fields__)
_SLOWED: Final = tuple(getattr(ChannelSlowMode, name) for name in Slowed.__dataclass_fields__)
_AT_ONCE: Final = 200


async def want_pause(
    tx: Tx,
    guild_id: int,
    cause: Cause,
    *,
    invites_until: datetime | None = None,
    dms_until: datetime | None = None,
    now: datetime,
) -> bool:
    """Have invites and direct messages paused until then, unless they are for as long; tells if it is new."""
    await repository.lock(tx, guild_id, "pauses")
    known = await find_paused(tx, guild_id)
    values: dict[str, Any] = {}
    if is_longer(invites_until, None if known is None else known.invites_until, now):
        values["invites_until"] = invites_until
    if is_longer(dms_until, None if known is None else known.dms_until, now):
        values["dms_until"] = dms_until
    if not values:
        return False
    values |= {
        "moderator_id": cause.moderator_id,
        "why": cause.why,
        "incident_id": cause.incident_id,
        "is_refused": False,
    }
    new = insert(RaidPause).values({"guild_id": guild_id} | values)
    await tx.execute(
        new.on_conflict_do_update(
            index_elements=[RaidPause.guild_id], set_=values | {"version": RaidPause.version + 1}
        )
    )
    await _enqueue(tx, PauseGuild(guild_id))
    return True


async def end_pause(tx: Tx, guild_id: int) -> None:
    """Have what is paused go on, unless somebody else has paused it."""
    await repository.lock(tx, guild_id, "pauses")
    ended = await tx.execute(
        update(RaidPause)
        .where(RaidPause.guild_id == guild_id)
        .values(invites_until=None, dms_until=None, is_refused=False, version=RaidPause.version + 1)
    )
    if ended.rowcount:
        await _enqueue(tx, PauseGuild(guild_id))


async def want_slow(
    tx: Tx, guild_id: int, channel_id: int, cause: Cause, *, seconds: int, until: datetime
) -> None:
    """Have a channel slowed until then; of what is wanted at once, the slowest and the longest counts."""
    new = insert(ChannelSlowMode).values(
        guild_id=guild_id,
        channel_id=channel_id,
        seconds=seconds,
        until=until,
        moderator_id=cause.moderator_id,
        why=cause.why,
        incident_id=cause.incident_id,
    )
    is_longer_now = ChannelSlowMode.until < until
    await tx.execute(
        new.on_conflict_do_update(
            index_elements=[ChannelSlowMode.guild_id, ChannelSlowMode.channel_id],
            set_={
                "seconds": func.greatest(ChannelSlowMode.seconds, seconds),
                "until": func.greatest(ChannelSlowMode.until, until),
                # Whoever wants it for longest is why: nobody else's end ends it.
                "moderator_id": case((is_longer_now, cause.moderator_id), else_=ChannelSlowMode.moderator_id),
                "why": case((is_longer_now, cause.why), else_=ChannelSlowMode.why),
                "incident_id": func.coalesce(cause.incident_id, ChannelSlowMode.incident_id),
                # A person who asks again may have given the bot what it lacked; a rule does not know.
                "is_refused": and_(ChannelSlowMode.is_refused, literal(cause.moderator_id == SYSTEM_ID)),
                "version": ChannelSlowMode.version + 1,
            },
        )
    )
    await _enqueue(tx, SlowChannel(guild_id, channel_id))


async def end_slow(tx: Tx, guild_id: int, why: str, now: datetime) -> None:
    """Have the channels that were slowed for one reason be as they were before."""
    ended = await tx.execute(
        update(ChannelSlowMode)
        .where(ChannelSlowMode.guild_id == guild_id, ChannelSlowMode.why == why)
        .values(until=now, version=ChannelSlowMode.version + 1)
        .returning(ChannelSlowMode.channel_id)
    )
    for channel_id in sorted(ended.scalars().all()):
        await _enqueue(tx, SlowChannel(guild_id, channel_id))


async def find_paused(tx: Tx, guild_id: int) -> Paused | None:
    """Load what is wanted to be paused in a guild, None if nothing was."""
    row = (await tx.execute(select(*_PAUSED).where(RaidPause.guild_id == guild_id))).one_or_none()
    return None if row is None else Paused(**row._asdict())


async def find_slowed(tx: Tx, guild_id: int, channel_id: int) -> Slowed | None:
    """Load what is wanted in a channel, None if nothing is."""
    row = (
        await tx.execute(
            select(*_SLOWED).where(
                ChannelSlowMode.guild_id == guild_id, ChannelSlowMode.channel_id == channel_id
            )
        )
    ).one_or_none()
    return None if row is None else Slowed(**row._asdict())


async def find_all_slowed(tx: Tx, guild_id: int) -> Sequence[Slowed]:
    """Load what is wanted in the channels of a guild."""
    rows = await tx.execute(
        select(*_SLOWED).where(ChannelSlowMode.guild_id == guild_id).order_by(ChannelSlowMode.channel_id)
    )
    return [Slowed(**row._asdict()) for row in rows]


async def change_paused(tx: Tx, guild_id: int, **values: Any) -> None:  # noqa: ANN401 - values of columns
    """Note what Discord was, or is about to be, asked to pause."""
    await tx.execute(update(RaidPause).where(RaidPause.guild_id == guild_id).values(values))


async def change_slowed(tx: Tx, slowed: Slowed, **values: Any) -> None:  # noqa: ANN401 - the same
    """Note what a channel was before, or what Discord was asked for."""
    await tx.execute(
        update(ChannelSlowMode)
        .where(ChannelSlowMode.guild_id == slowed.guild_id, ChannelSlowMode.channel_id == slowed.channel_id)
        .values(values)
    )


async def forget_slowed(tx: Tx, slowed: Slowed) -> None:
    """Note that a channel is as it was before. If it is to be slow again by now, that begins anew."""
    where = (ChannelSlowMode.guild_id == slowed.guild_id, ChannelSlowMode.channel_id == slowed.channel_id)
    gone = await tx.execute(delete(ChannelSlowMode).where(*where, ChannelSlowMode.version == slowed.version))
    if not gone.rowcount:
        await tx.execute(update(ChannelSlowMode).where(*where).values(seconds_before=None, seconds_set=None))
        await _enqueue(tx, SlowChannel(slowed.guild_id, slowed.channel_id))


async def note_paused(tx: Tx, paused: Paused, *, is_refused: bool) -> None:
    """Note that what was wanted is so in Discord, or that the bot may not; then the alert says so."""
    await change_paused(tx, paused.guild_id, carried_version=paused.version, is_refused=is_refused)
    if is_refused:
        await _tell(tx, paused, What.NOT_PAUSED, None)


async def note_not_slowed(tx: Tx, slowed: Slowed, **values: Any) -> None:  # noqa: ANN401 - values of columns
    """Note that Discord does not let the bot change a channel; the alert says so."""
    await change_slowed(tx, slowed, is_refused=True, **values)
    await _tell(tx, slowed, What.NOT_SLOWED, slowed.channel_id)


async def enqueue_over(tx: Tx, now: datetime) -> None:
    """Have the channels looked at whose time is over, and forget pauses that Discord has ended by itself."""
    rows = await tx.execute(
        select(ChannelSlowMode.guild_id, ChannelSlowMode.channel_id)
        .where(ChannelSlowMode.until <= now)
        .order_by(ChannelSlowMode.until)
        .limit(_AT_ONCE)
    )
    for row in rows.all():
        await _enqueue(tx, SlowChannel(row.guild_id, row.channel_id))
    over = [or_(until.is_(None), until <= now) for until in (RaidPause.invites_until, RaidPause.dms_until)]
    await tx.execute(delete(RaidPause).where(*over, RaidPause.carried_version >= RaidPause.version))


async def _tell(tx: Tx, wanted: Paused | Slowed, what: What, channel_id: int | None) -> None:
    """Have the alert of the incident say what was not done, once."""
    incident_id = wanted.incident_id
    incident = (
        None if incident_id is None else await automatic.find_incident(tx, wanted.guild_id, incident_id)
    )
    if incident is None:
        return
    note = Note(what, wanted.moderator_id, channel_id, incident.created_at)
    key = f"{what}:{incident.id}:{channel_id or 0}"
    if await raid_repository.add_note(tx, wanted.guild_id, incident.id, note, idempotency_key=key):
        await raid_answers.show(tx, incident)


async def _enqueue(tx: Tx, job: Job) -> None:
    if not await jobs_service.is_waiting(tx, job):
        await jobs_service.enqueue(tx, job)
