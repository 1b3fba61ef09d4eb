"""SQL about what is wanted to be paused and slowed in guilds, and about their raid modes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, case, delete, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from app.automod.raids.models import ChannelSlowMode, RaidMode, RaidPause
from app.automod.raids.state import Cause, Paused, Raid, Slowed
from app.database.tx import Tx
from app.ids import SYSTEM_ID

_PAUSED: Final = tuple(getattr(RaidPause, name) for name in Paused.__dataclass_fields__)
_SLOWED: Final = tuple(getattr(ChannelSlowMode, name) for name in Slowed.__dataclass_fields__)
_RAID: Final = tuple(getattr(RaidMode, name) for name in Raid.__dataclass_fields__)


async def find_paused(tx: Tx, guild_id: int, *, settled: bool = False) -> Paused | None:
    """Load what is wanted to be paused in a guild, None if nothing was; settled: once nobody changes it."""
    found = select(*_PAUSED).where(RaidPause.guild_id == guild_id)
    row = (await tx.execute(found.with_for_update(read=True) if settled else found)).one_or_none()
    return None if row is None else Paused(**row._asdict())


async def put_paused(tx: Tx, guild_id: int, values: dict[str, Any]) -> None:
    """Write what is wanted to be paused, as the next version; what is not given stays."""
    new = insert(RaidPause).values({"guild_id": guild_id} | values)
    raised = values | {"version": RaidPause.version + 1}
    await tx.execute(new.on_conflict_do_update(index_elements=[RaidPause.guild_id], set_=raised))


async def clear_paused(tx: Tx, guild_id: int) -> bool:
    """Write that nothing is wanted to be paused any more; False if nothing was."""
    cleared = await tx.execute(
        update(RaidPause)
        .where(RaidPause.guild_id == guild_id)
        .values(invites_until=None, dms_until=None, is_refused=False, version=RaidPause.version + 1)
    )
    return bool(cleared.rowcount)


async def change_paused(tx: Tx, guild_id: int, **values: Any) -> None:  # noqa: ANN401 - values of columns
    """Write some columns of what is wanted to be paused; it stays the same version."""
    await tx.execute(update(RaidPause).where(RaidPause.guild_id == guild_id).values(values))


async def forget_paused(tx: Tx, now: datetime) -> None:
    """Delete what was paused and is over: Discord has ended it by itself."""
    over = [or_(until.is_(None), until <= now) for until in (RaidPause.invites_until, RaidPause.dms_until)]
    await tx.execute(delete(RaidPause).where(*over, RaidPause.carried_version >= RaidPause.version))


async def find_slowed(tx: Tx, guild_id: int, channel_id: int) -> Slowed | None:
    """Load what is wanted in a channel once nobody is changing it, None if nothing is."""
    found = select(*_SLOWED).where(
        ChannelSlowMode.guild_id == guild_id, ChannelSlowMode.channel_id == channel_id
    )
    row = (await tx.execute(found.with_for_update(read=True))).one_or_none()
    return None if row is None else Slowed(**row._asdict())


async def find_all_slowed(tx: Tx, guild_id: int) -> Sequence[Slowed]:
    """Load what is wanted in the channels of a guild."""
    rows = await tx.execute(
        select(*_SLOWED).where(ChannelSlowMode.guild_id == guild_id).order_by(ChannelSlowMode.channel_id)
    )
    return [Slowed(**row._asdict()) for row in rows]


async def put_slowed(
    tx: Tx, guild_id: int, channel_id: int, cause: Cause, *, seconds: int, until: datetime
) -> None:
    """Write that a channel is to be slow until then; of what is wanted at once the most counts."""
    values = {
        "seconds": seconds,
        "until": until,
        "moderator_id": cause.moderator_id,
        "why": cause.why,
        "incident_id": cause.incident_id,
    }
    new = insert(ChannelSlowMode).values({"guild_id": guild_id, "channel_id": channel_id} | values)
    lasts_longer = ChannelSlowMode.until < until
    await tx.execute(
        new.on_conflict_do_update(
            index_elements=[ChannelSlowMode.guild_id, ChannelSlowMode.channel_id],
            set_={
                "seconds": func.greatest(ChannelSlowMode.seconds, seconds),
                "until": func.greatest(ChannelSlowMode.until, until),
                # Whoever wants it for longest is why: nobody else's end ends it.
                "moderator_id": case((lasts_longer, cause.moderator_id), else_=ChannelSlowMode.moderator_id),
                "why": case((lasts_longer, cause.why), else_=ChannelSlowMode.why),
                "incident_id": func.coalesce(cause.incident_id, ChannelSlowMode.incident_id),
                # A person who asks again may have given the bot what it lacked; a rule does not know.
                "is_refused": and_(ChannelSlowMode.is_refused, literal(cause.moderator_id == SYSTEM_ID)),
                "version": ChannelSlowMode.version + 1,
            },
        )
    )


async def end_slowed(tx: Tx, guild_id: int, why: str, now: datetime) -> Sequence[int]:
    """Write that the time is over of all channels that are slow for one reason; gives which."""
    ended = await tx.execute(
        update(ChannelSlowMode)
        .where(ChannelSlowMode.guild_id == guild_id, ChannelSlowMode.why == why)
        .values(until=now, version=ChannelSlowMode.version + 1)
        .returning(ChannelSlowMode.channel_id)
    )
    return sorted(ended.scalars().all())


async def change_slowed(tx: Tx, slowed: Slowed, **values: Any) -> None:  # noqa: ANN401 - values of columns
    """Write some columns of what is wanted in a channel; it stays the same version."""
    await tx.execute(update(ChannelSlowMode).where(*_of(slowed)).values(values))


async def delete_slowed(tx: Tx, slowed: Slowed) -> bool:
    """Delete what was wanted in a channel; False if it is another version by now."""
    gone = await tx.execute(
        delete(ChannelSlowMode).where(*_of(slowed), ChannelSlowMode.version == slowed.version)
    )
    return bool(gone.rowcount)


async def find_slowed_over(tx: Tx, now: datetime, limit: int) -> list[tuple[int, int]]:
    """Tell in which channels (guild, channel) the time is over."""
    rows = await tx.execute(
        select(ChannelSlowMode.guild_id, ChannelSlowMode.channel_id)
        .where(ChannelSlowMode.until <= now)
        .order_by(ChannelSlowMode.until)
        .limit(limit)
    )
    return [(row.guild_id, row.channel_id) for row in rows]


async def find_raid(tx: Tx, guild_id: int, *, settled: bool = False) -> Raid | None:
    """Load a guild's raid mode, None if there is none, not even one whose end is not in the log yet.

    Settled: once nobody is changing it.
    """
    found = select(*_RAID).where(RaidMode.guild_id == guild_id)
    row = (await tx.execute(found.with_for_update(read=True) if settled else found)).one_or_none()
    return None if row is None else Raid(**row._asdict())


async def put_raid(tx: Tx, raid: Raid) -> None:
    """Write a raid mode, in place of one that is over."""
    values = {name: getattr(raid, name) for name in Raid.__dataclass_fields__}
    new = insert(RaidMode).values(values)
    await tx.execute(new.on_conflict_do_update(index_elements=[RaidMode.guild_id], set_=values))


async def prolong_raid(tx: Tx, raid: Raid) -> Raid:
    """Write that a raid mode lasts until another time, as the next version; gives it as it is then."""
    prolonged = replace(raid, version=raid.version + 1)
    await change_raid(
        tx,
        raid,
        until=raid.until,
        moderator_id=raid.moderator_id,
        rules=list(raid.rules),
        version=prolonged.version,
    )
    return prolonged


async def change_raid(tx: Tx, raid: Raid, **values: Any) -> None:  # noqa: ANN401 - values of columns
    """Write some columns of a raid mode, unless it is another by now."""
    await tx.execute(
        update(RaidMode).where(RaidMode.guild_id == raid.guild_id, RaidMode.id == raid.id).values(values)
    )


async def delete_raid(tx: Tx, guild_id: int, raid_id: UUID) -> None:
    """Delete a raid mode, unless it is another by now."""
    await tx.execute(delete(RaidMode).where(RaidMode.guild_id == guild_id, RaidMode.id == raid_id))


async def find_raids_over(tx: Tx, now: datetime) -> Sequence[int]:
    """Tell in which guilds the time of raid mode is over."""
    rows = await tx.execute(select(RaidMode.guild_id).where(RaidMode.until <= now))
    return rows.scalars().all()


def _of(slowed: Slowed) -> tuple[Any, Any]:
    return ChannelSlowMode.guild_id == slowed.guild_id, ChannelSlowMode.channel_id == slowed.channel_id
