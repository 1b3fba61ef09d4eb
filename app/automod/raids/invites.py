"""Pausing invites because of an incident: what the button below its alert does."""

from datetime import datetime, timedelta
from typing import Final

from app.access.policy import Action
from app.access.service import require
from app.automod.raids import answers as raid_answers
from app.automod.raids import pauses as raid_pauses
from app.automod.raids import repository as raid_repository
from app.automod.raids.repository import Note, What
from app.automod.raids.state import Cause
from app.database.tx import Tx
from app.features import AUTOMOD
from app.guilds import service as guilds_service
from app.guilds.domain import Actor
from app.moderation import incidents
from app.moderation.incident_values import Incident

PAUSED_FOR: Final = timedelta(hours=1)
"""How long the button below an alert pauses invites."""


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
