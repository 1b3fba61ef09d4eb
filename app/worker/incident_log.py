"""`log_incident`: the log channel has one message about each incident: how its cases stand now."""

from app.automod import carrying_out as automod
from app.discord.port import NOBODY, OutgoingMessage
from app.guilds import service as guilds_service
from app.jobs.kinds import LogIncident
from app.jobs.locks import named_lock
from app.language import language_of
from app.moderation import carrying_out, incidents
from app.moderation.incident_rendering import incident_embed
from app.worker.case_log import Logged, post_or_edit
from app.worker.outcomes import ALREADY_DONE, Outcome
from app.worker.work import Work


async def log_incident(work: Work, job: LogIncident) -> Outcome:
    """Post the message about an incident, or have it say what is new."""
    async with named_lock(work.database.engine, f"log:{job.guild_id}:incident:{job.incident}"):
        async with work.database.transaction() as tx:
            guild = await guilds_service.find_guild(tx, job.guild_id)
            config = await carrying_out.load_config(tx, job.guild_id)
            view = await incidents.find_settled(tx, job.guild_id, job.incident)
            if view is not None:
                await automod.note_answered(tx, view)
        if view is None or guild is None or view.incident.logged_version >= view.incident.version:
            return ALREADY_DONE
        incident = view.incident

        async def note(channel_id: int, message_id: int | None, shows: int | None) -> None:
            async with work.database.transaction() as tx:
                await incidents.note_log(
                    tx, incident, channel_id=channel_id, message_id=message_id, shows=shows
                )

        return await post_or_edit(
            work,
            Logged(
                channel_id=None if config.log_channel_id is None else int(config.log_channel_id),
                posted_in=incident.log_channel_id,
                message_id=incident.log_message_id,
                mark=incident.mark,
                nonce=f"inc{incident.id.hex[-20:]}",
                since=incident.created_at,
                version=incident.version,
            ),
            OutgoingMessage(NOBODY, embed=incident_embed(language_of(guild.language), incident, view.cases)),
            note,
        )
