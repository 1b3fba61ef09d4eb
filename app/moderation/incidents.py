"""Incidents: many cases that are one thing."""

from uuid import UUID

from sqlalchemy import update

from app.database.tx import Tx
from app.moderation.models import ModerationIncident


async def touch(tx: Tx, guild_id: int, incident_id: UUID) -> int:
    """Note that something about an incident has changed; gives its number."""
    number: int = (
        await tx.execute(
            update(ModerationIncident)
            .where(ModerationIncident.guild_id == guild_id, ModerationIncident.id == incident_id)
            .values(version=ModerationIncident.version + 1)
            .returning(ModerationIncident.number)
        )
    ).scalar_one()
    return number
