"""`log_report` and `tell_reporters`: moderators see a report, and whoever made it hears what came of it.

The log channel has one message about each report, with buttons as long as nobody has decided. Each reporter
is told at most once: a message that may have been sent is looked for, by the mark below it, before another
is sent.
"""

from typing import Any, Final

from app.components.custom_id import CustomId
from app.discord.port import NOBODY, DiscordForbiddenError, DiscordNotFoundError, OutgoingMessage
from app.guilds import service as guilds_service
from app.jobs.kinds import LogReport, TellReporters
from app.jobs.locks import named_lock
from app.language import language_of
from app.moderation import carrying_out, report_outcomes
from app.moderation.domain import DmStatus
from app.moderation.report_outcomes import UNSENT
from app.moderation.report_rendering import outcome_text, report_embed, report_rows
from app.moderation.report_rules import Outcome as ReportOutcome
from app.moderation.report_rules import Report, Reporter, outcome
from app.worker.case_log import Logged, post_or_edit
from app.worker.outcomes import ALREADY_DONE, Done, Outcome, Retry
from app.worker.work import Work

_LOOKED_THROUGH: Final = 20
"""The newest messages among which one is looked for: it was sent moments ago, if it was."""

_UNTIL_CARRIED_OUT: Final = 2.0
"""Seconds before it is looked again whether a case was carried out."""


async def log_report(work: Work, job: LogReport) -> Outcome:
    """Post the message about a report, or have it say what is new."""
    async with named_lock(work.database.engine, f"report:{job.guild_id}:{job.report}"):
        async with work.database.transaction() as tx:
            report = await report_outcomes.find_report(tx, job.guild_id, job.report)
            if report is None or report.logged_version >= report.version:
                return ALREADY_DONE
            reporters = await report_outcomes.find_reporters(tx, report)
            guild = await guilds_service.find_guild(tx, job.guild_id)
            config = await carrying_out.load_config(tx, job.guild_id)
        if guild is None:
            return ALREADY_DONE
        language = language_of(guild.language)

        def write(control: str) -> str:
            return work.custom_ids.write(job.guild_id, CustomId(control, str(job.report), 0, 0))

        async def note(channel_id: int, message_id: int | None, shows: int | None) -> None:
            async with work.database.transaction() as tx:
                await report_outcomes.note_log(
                    tx, report, channel_id=channel_id, message_id=message_id, shows=shows
                )

        return await post_or_edit(
            work,
            Logged(
                channel_id=None if config.log_channel_id is None else int(config.log_channel_id),
                posted_in=report.log_channel_id,
                message_id=report.log_message_id,
                mark=report.mark,
                nonce=f"rep{report.id.hex[-20:]}",
                since=report.created_at,
                version=report.version,
            ),
            OutgoingMessage(
                NOBODY,
                embed=report_embed(language, report, reporters),
                rows=report_rows(language, report, write),
            ),
            note,
        )


async def tell_reporters(work: Work, job: TellReporters) -> Outcome:
    """Send everybody who reported a message what came of it, unless it was sent."""
    async with named_lock(work.database.engine, f"reporters:{job.guild_id}:{job.report}"):
        async with work.database.transaction() as tx:
            report = await report_outcomes.find_report(tx, job.guild_id, job.report)
            reporters = [] if report is None else await report_outcomes.find_reporters(tx, report)
        untold = [each for each in reporters if each.dm_status in UNSENT and each.user_id > 0]
        if report is None or not untold:
            return ALREADY_DONE
        came_of_it = outcome(report)
        if came_of_it is None:  # nobody is told of a time-out before it is certain
            return Retry("not_carried_out", _UNTIL_CARRIED_OUT)
        place = await work.places.find(job.guild_id)
        if place is None:
            return ALREADY_DONE
        for reporter in untold:
            status = await _tell(work, report, reporter, came_of_it, place.guild.name)
            await _note(work, report, reporter, status)
        return Done()


async def _tell(
    work: Work, report: Report, reporter: Reporter, came_of_it: ReportOutcome, guild_name: str
) -> DmStatus:
    try:
        channel_id = await work.discord.open_dm(reporter.user_id)
        if reporter.dm_status is DmStatus.SENDING and await _is_there(work, channel_id, report):
            return DmStatus.SENT
        await _note(work, report, reporter, DmStatus.SENDING)
        embed: dict[str, Any] = {
            "description": outcome_text(language_of(reporter.locale), came_of_it, guild_name),
            "footer": {"text": report.mark},
        }
        nonce = f"told{report.id.hex[-20:]}"
        await work.discord.send_message(channel_id, OutgoingMessage(NOBODY, embed=embed), nonce=nonce)
    except (DiscordForbiddenError, DiscordNotFoundError):
        return DmStatus.CLOSED
    return DmStatus.SENT


async def _is_there(work: Work, channel_id: int, report: Report) -> bool:
    bot_id = await work.discord.bot_id()
    found = await work.discord.recent_messages(channel_id, limit=_LOOKED_THROUGH)
    return any(each.author_id == bot_id and each.footer == report.mark for each in found)


async def _note(work: Work, report: Report, reporter: Reporter, status: DmStatus) -> None:
    async with work.database.transaction() as tx:
        await report_outcomes.note_dm(tx, report, reporter, status)
