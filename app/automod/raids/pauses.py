"""Pausing invites and slowing channels: what is wanted is written with the decision, and carried out by jobs.

Parts of use cases that have asked, and what the worker reads and writes. Nothing is asked of Discord here.
"""

from datetime import datetime
from typing import Any, Final

from app.automod import repository
from app.automod.raids import answers as raid_answers
from app.automod.raids import repository as raid_repository
from app.automod.raids import rows as raid_rows
from app.automod.raids.repository import Note, What
from app.automod.raids.state import Cause, Paused, Slowed, is_longer
from app.database.tx import Tx
from app.ids import SYSTEM_ID
from app.jobs import service as jobs_service
from app.jobs.kinds import Job, PauseGuild, SlowChannel
from app.moderation import automatic
from app.moderation.incident_values import Incident

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
    """Have invites and direct messages paused until then, unless they are for as long; True: that is new."""
    await repository.lock(tx, guild_id, "pauses")
    known = await raid_rows.find_paused(tx, guild_id)
    values: dict[str, Any] = {}
    if is_longer(invites_until, None if known is None else known.invites_until, now):
        values["invites_until"] = invites_until
    if is_longer(dms_until, None if known is None else known.dms_until, now):
        values["dms_until"] = dms_until
    # A person who asks again may have given the bot what it lacked; a rule does not know.
    is_tried_again = known is not None and known.is_refused and cause.moderator_id != SYSTEM_ID
    if not values and not is_tried_again:
        return False
    values |= {
        "moderator_id": cause.moderator_id,
        "why": cause.why,
        "incident_id": cause.incident_id,
        "is_refused": False,
    }
    await raid_rows.put_paused(tx, guild_id, values)
    await _enqueue(tx, PauseGuild(guild_id))
    return True


async def end_pause(tx: Tx, guild_id: int) -> None:
    """Have what is paused go on, unless somebody else has paused it."""
    await repository.lock(tx, guild_id, "pauses")
    if await raid_rows.clear_paused(tx, guild_id):
        await _enqueue(tx, PauseGuild(guild_id))


async def want_slow(
    tx: Tx, guild_id: int, channel_id: int, cause: Cause, *, seconds: int, until: datetime
) -> None:
    """Have a channel slowed until then; of what is wanted at once, the slowest and the longest counts."""
    await raid_rows.put_slowed(tx, guild_id, channel_id, cause, seconds=seconds, until=until)
    await _enqueue(tx, SlowChannel(guild_id, channel_id))


async def end_slow(tx: Tx, guild_id: int, why: str, now: datetime) -> None:
    """Have the channels that were slowed for one reason be as they were before."""
    for channel_id in await raid_rows.end_slowed(tx, guild_id, why, now):
        await _enqueue(tx, SlowChannel(guild_id, channel_id))


async def find_paused(tx: Tx, guild_id: int) -> Paused | None:
    """Load what is wanted to be paused in a guild once nobody is changing it, None if nothing was."""
    return await raid_rows.find_paused(tx, guild_id, settled=True)


async def find_slowed(tx: Tx, guild_id: int, channel_id: int) -> Slowed | None:
    """Load what is wanted in a channel once nobody is changing it, None if nothing is."""
    return await raid_rows.find_slowed(tx, guild_id, channel_id)


async def note_pausing(
    tx: Tx, guild_id: int, *, invites_set: datetime | None, dms_set: datetime | None
) -> None:
    """Note what Discord is about to be asked to pause: anything else there is somebody else's."""
    await raid_rows.change_paused(tx, guild_id, invites_set=invites_set, dms_set=dms_set)


async def note_slowing(tx: Tx, slowed: Slowed, *, seconds_before: int | None) -> None:
    """Note what a channel was, before Discord is asked to change that."""
    await raid_rows.change_slowed(tx, slowed, seconds_before=seconds_before)


async def note_slowed(tx: Tx, slowed: Slowed) -> None:
    """Note that a channel is as slow as was wanted."""
    await raid_rows.change_slowed(tx, slowed, seconds_set=slowed.seconds)


async def forget_slowed(tx: Tx, slowed: Slowed) -> None:
    """Note that a channel is as it was before. If it is to be slow again by now, that begins anew."""
    if not await raid_rows.delete_slowed(tx, slowed):
        await raid_rows.change_slowed(tx, slowed, seconds_before=None, seconds_set=None)
        await _enqueue(tx, SlowChannel(slowed.guild_id, slowed.channel_id))


async def note_paused(tx: Tx, paused: Paused, *, is_refused: bool) -> None:
    """Note that what was wanted is so in Discord, or that the bot may not; then the alert says so."""
    # The incident first, as whoever acts on a hit has it: two that wait for each other would both fail.
    incident = await _incident(tx, paused) if is_refused else None
    await raid_rows.change_paused(tx, paused.guild_id, carried_version=paused.version, is_refused=is_refused)
    if incident is not None:
        await _tell(tx, incident, Note(What.NOT_PAUSED, paused.moderator_id, None, incident.created_at))


async def note_not_slowed(tx: Tx, slowed: Slowed, *, again_at: datetime | None) -> None:
    """Note that the bot may not change a channel; the alert says so. One that is over is tried again then."""
    incident = await _incident(tx, slowed)
    later = {} if again_at is None else {"until": again_at}
    await raid_rows.change_slowed(tx, slowed, is_refused=True, **later)
    if incident is not None:
        note = Note(What.NOT_SLOWED, slowed.moderator_id, slowed.channel_id, incident.created_at)
        await _tell(tx, incident, note)


async def enqueue_over(tx: Tx, now: datetime) -> None:
    """Have the channels looked at whose time is over, and forget pauses that Discord has ended by itself."""
    for guild_id, channel_id in await raid_rows.find_slowed_over(tx, now, _AT_ONCE):
        await _enqueue(tx, SlowChannel(guild_id, channel_id))
    await raid_rows.forget_paused(tx, now)


async def _incident(tx: Tx, wanted: Paused | Slowed) -> Incident | None:
    """Load the incident whose alert says what was not done, None if there is none."""
    if wanted.incident_id is None:
        return None
    return await automatic.find_incident(tx, wanted.guild_id, wanted.incident_id)


async def _tell(tx: Tx, incident: Incident, note: Note) -> None:
    """Have the alert of an incident say what was not done, once."""
    key = f"{note.what}:{incident.id}:{note.channel_id or 0}"
    if await raid_repository.add_note(tx, incident.guild_id, incident.id, note, idempotency_key=key):
        await raid_answers.show(tx, incident)


async def _enqueue(tx: Tx, job: Job) -> None:
    if not await jobs_service.is_waiting(tx, job):
        await jobs_service.enqueue(tx, job)
