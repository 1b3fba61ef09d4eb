"""`delete_messages`, `tell_why`, `alert_incident`: what auto-mod has done in Discord, beside sanctions.

Sanctions are cases, and carried out as all cases are. Each of these reads what is due when it runs, so a
burst whose first message is gone at once has the rest deleted together.
"""

from typing import Final

from app import clock
from app.automod import carrying_out
from app.automod.carrying_out import Untold
from app.automod.rendering import alert_embed, alert_rows, mark_of, why_embed
from app.automod.stored import Hit
from app.components.custom_id import CustomId
from app.discord.port import (
    NOBODY,
    AllowedMentions,
    DiscordForbiddenError,
    DiscordNotFoundError,
    OutgoingMessage,
)
from app.guilds import service as guilds_service
from app.jobs.kinds import AlertIncident, DeleteMessages, TellWhy
from app.jobs.locks import named_lock
from app.language import Language, language_of
from app.moderation import carrying_out as moderation
from app.moderation.domain import DmStatus
from app.moderation.incident_values import Incident
from app.moderation.purging import is_too_old
from app.worker.case_log import Logged, post_or_edit
from app.worker.outcomes import ALREADY_DONE, Done, Outcome
from app.worker.work import Work

_PAGE: Final = 100
"""Messages Discord deletes at once."""

_LOOKED_THROUGH: Final = 20
"""The newest direct messages among which one is looked for that may have been sent."""


async def delete_messages(work: Work, job: DeleteMessages) -> Outcome:
    """Delete what an incident's hits say, all that are due now together."""
    async with named_lock(work.database.engine, f"automod:{job.guild_id}:{job.incident}:{job.channel_id}"):
        async with work.database.transaction() as tx:
            found = await carrying_out.find_due_deletions(tx, job.guild_id, job.incident, job.channel_id)
        if found is None:
            return ALREADY_DONE
        incident, due = found
        left = {hit.id: hit for hit in due}
        try:
            for some in _together(due):
                ids = [hit.message_id for hit in some if hit.message_id is not None]
                why = f"Auto-mod, incident #{incident.number}: {some[0].rule_name}"
                await work.discord.delete_messages(job.channel_id, list(dict.fromkeys(ids)), reason=why)
                await _note(work, incident, some, "done")
                for hit in some:
                    del left[hit.id]
        except (DiscordForbiddenError, DiscordNotFoundError) as error:
            await _note(work, incident, list(left.values()), "failed")
            return Done((f"messages were not deleted: {error}",))
        return Done()


def _together(due: list[Hit]) -> list[list[Hit]]:
    """Tell which hits' messages go in one call: many young ones, or a single old one.

    Several rules may have hit one message, so there may be fewer messages than hits.
    """
    now = clock.now()
    old = [hit for hit in due if hit.message_id is not None and is_too_old(hit.message_id, now)]
    young = [hit for hit in due if hit not in old]
    return [young[start : start + _PAGE] for start in range(0, len(young), _PAGE)] + [[hit] for hit in old]


async def _note(work: Work, incident: Incident, hits: list[Hit], deletion: str) -> None:
    async with work.database.transaction() as tx:
        await carrying_out.note_deletions(tx, incident, hits, deletion=deletion)


async def tell_why(work: Work, job: TellWhy) -> Outcome:
    """Send a member what the rule says about the message that is gone, unless it was sent."""
    async with named_lock(work.database.engine, f"why:{job.guild_id}:{job.incident}:{job.user_id}"):
        async with work.database.transaction() as tx:
            untold = await carrying_out.find_untold(tx, job.guild_id, job.incident, job.user_id)
            guild = await guilds_service.find_guild(tx, job.guild_id)
        place = await work.places.find(job.guild_id)
        if untold is None or guild is None or place is None:
            return ALREADY_DONE
        status = await _tell(work, untold, language_of(guild.language), place.guild.name)
        await _note_told(work, untold, status)
        return Done()


async def _tell(work: Work, untold: Untold, language: Language, guild_name: str) -> DmStatus:
    if untold.text is None:
        return DmStatus.NONE
    mark, hit = untold.incident.mark, untold.hit
    embed = why_embed(language, untold.incident, untold.text, guild_name)
    try:
        channel_id = await work.discord.open_dm(hit.user_id)
        if hit.dm_status == DmStatus.SENDING and await _is_there(work, channel_id, mark):
            return DmStatus.SENT
        await _note_told(work, untold, DmStatus.SENDING)
        await work.discord.send_message(
            channel_id, OutgoingMessage(NOBODY, embed=embed), nonce=f"why{hit.id.hex[-20:]}"
        )
    except (DiscordForbiddenError, DiscordNotFoundError):
        return DmStatus.CLOSED
    return DmStatus.SENT


async def _is_there(work: Work, channel_id: int, mark: str) -> bool:
    bot_id = await work.discord.bot_id()
    found = await work.discord.recent_messages(channel_id, limit=_LOOKED_THROUGH)
    return any(each.author_id == bot_id and each.footer == mark for each in found)


async def _note_told(work: Work, untold: Untold, status: DmStatus) -> None:
    async with work.database.transaction() as tx:
        await carrying_out.note_told(tx, untold.hit.guild_id, untold.hit.id, status)


async def alert_incident(work: Work, job: AlertIncident) -> Outcome:
    """Post the message that tells moderators of an incident, or have it say what is new."""
    async with named_lock(work.database.engine, f"alert:{job.guild_id}:{job.incident}"):
        async with work.database.transaction() as tx:
            guild = await guilds_service.find_guild(tx, job.guild_id)
            config = await moderation.load_config(tx, job.guild_id)
            happened = await carrying_out.find_happened(tx, job.guild_id, job.incident)
        if guild is None or happened is None or happened.alert is None:
            return ALREADY_DONE
        alert = happened.alert
        if alert.shown_version >= alert.version:
            return ALREADY_DONE

        async def note(channel_id: int, message_id: int | None, shows: int | None) -> None:
            async with work.database.transaction() as tx:
                await carrying_out.note_alert(
                    tx, alert, channel_id=channel_id, message_id=message_id, shows=shows
                )

        def write(control: str) -> str:
            return work.custom_ids.write(job.guild_id, CustomId(control, str(job.incident), 0, 0))

        log_channel_id = None if config.log_channel_id is None else int(config.log_channel_id)
        role_ids = () if alert.role_id is None else (alert.role_id,)
        return await post_or_edit(
            work,
            Logged(
                channel_id=alert.channel_id or log_channel_id,
                posted_in=alert.posted_in,
                message_id=alert.message_id,
                mark=mark_of(happened.incident),
                nonce=f"alert{alert.incident_id.hex[-20:]}",
                since=happened.incident.created_at,
                version=alert.version,
            ),
            OutgoingMessage(
                AllowedMentions(role_ids=role_ids) if role_ids else NOBODY,
                content=" ".join(f"<@&{each}>" for each in role_ids),
                embed=alert_embed(language_of(guild.language), happened),
                rows=alert_rows(language_of(guild.language), happened, write),
            ),
            note,
        )
