"""`log_case`: the log channel has one message about each case, and it says what the case is now.

A message that may have been sent is looked for, by the mark below it, before another is sent.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from app.discord.attachments import safe_kind, safe_name
from app.discord.limits import UNKNOWN_MESSAGE
from app.discord.port import (
    NOBODY,
    DiscordForbiddenError,
    DiscordMessage,
    DiscordNotFoundError,
    DiscordOutcomeUnknownError,
    DiscordRefusedError,
    OutgoingFile,
    OutgoingMessage,
)
from app.guilds import service as guilds_service
from app.ids import snowflake_time
from app.jobs.kinds import LogCase
from app.jobs.locks import named_lock
from app.language import Language, language_of
from app.moderation import carrying_out
from app.moderation import evidence as moderation_evidence
from app.moderation.cases import Case
from app.moderation.evidence import EvidenceFailure, EvidenceFile, evidence_line
from app.moderation.rendering import log_embed
from app.worker.evidence import fetch, waits
from app.worker.outcomes import ALREADY_DONE, Done, Outcome
from app.worker.work import Work

_PAGE: Final = 100
_PAGES: Final = 20
"""So many pages of messages are looked through at most for one that may have been sent."""


async def log_case(work: Work, job: LogCase) -> Outcome:
    """Post the message about a case, or have it say what is new."""
    async with named_lock(work.database.engine, f"log:{job.guild_id}:{job.case}"):
        async with work.database.transaction() as tx:
            case = await carrying_out.find_case(tx, job.guild_id, job.case)
            guild = await guilds_service.find_guild(tx, job.guild_id)
            config = await carrying_out.load_config(tx, job.guild_id)
            evidence = None if case is None else await moderation_evidence.find(tx, case)
        if case is None or guild is None or case.logged_version >= case.version:
            return ALREADY_DONE
        logged = Logged(
            channel_id=None if config.log_channel_id is None else int(config.log_channel_id),
            posted_in=case.log_channel_id,
            message_id=case.log_message_id,
            mark=case.mark,
            nonce=f"log{case.id.hex[-20:]}",
            since=case.created_at,
            version=case.version,
        )
        log = _CaseLog(work, language_of(guild.language), case)
        if evidence is not None and evidence.url is not None:
            return await log.show_with_file(logged, evidence)
        return await log.show(logged, evidence)


@dataclass(frozen=True, slots=True)
class Logged:
    """Something that has one message in the log channel.

    Attributes:
        channel_id: Where new ones go; None: there is no log.
        posted_in: Where it is, or may be; None if it surely is nowhere.
        message_id: Which it is; None if nobody has noted it.
        mark: What stands below it and below no other.
        nonce: The same for every try.
        since: When there was none yet.
        version: What it will show.
    """

    channel_id: int | None
    posted_in: int | None
    message_id: int | None
    mark: str
    nonce: str
    since: datetime
    version: int


Note = Callable[[int, int | None, int | None], Awaitable[None]]
"""Keeps where the message is, or is about to be, and which version it shows: (channel, message, version)."""


async def post_or_edit(work: Work, logged: Logged, message: OutgoingMessage, note: Note) -> Outcome:
    """Have the one message about something say what is new, wherever an earlier try got to."""
    channel_id, message_id = logged.posted_in, logged.message_id
    try:
        if channel_id is not None and message_id is None:
            found = await _find(work, channel_id, logged)
            message_id = None if found is None else found.message_id
        if channel_id is not None and message_id is not None:
            await work.discord.edit_message(channel_id, message_id, message)
        else:
            channel_id = logged.channel_id
            if channel_id is None:
                return ALREADY_DONE
            await note(channel_id, None, None)
            message_id = await work.discord.send_message(channel_id, message, nonce=logged.nonce)
    except DiscordNotFoundError as error:
        if error.number != UNKNOWN_MESSAGE or channel_id is None:
            return Done((f"not logged: {error}",), changed=False)
        # Somebody has deleted the message: that is theirs to do, and it is not written again.
        await note(channel_id, message_id, logged.version)
        return ALREADY_DONE
    except DiscordForbiddenError as error:
        return Done((f"not logged: {error}",), changed=False)
    await note(channel_id, message_id, logged.version)
    return Done()


async def _find(work: Work, channel_id: int, logged: Logged) -> DiscordMessage | None:
    """Look for a message that may have been sent, from the newest back to when there was none."""
    bot_id, before = await work.discord.bot_id(), None
    for _ in range(_PAGES):
        page = await work.discord.recent_messages(channel_id, limit=_PAGE, before=before)
        for each in page:
            if each.author_id == bot_id and each.footer == logged.mark:
                return each
        if len(page) < _PAGE or snowflake_time(page[-1].message_id) < logged.since:
            return None
        before = page[-1].message_id
    return None


class _CaseLog:
    """The one message about one case.

    Attributes:
        is_shown: Whether it was seen to say what is new.
    """

    def __init__(self, work: Work, language: Language, case: Case) -> None:
        self._work = work
        self._language = language
        self._case = case
        self.is_shown = False

    async def show(
        self, logged: Logged, evidence: EvidenceFile | None, file: OutgoingFile | None = None
    ) -> Outcome:
        """Post or edit it.

        Args:
            logged: What an earlier try got to.
            evidence: The case's file as it is once this is done.
            file: Goes along if it is posted.
        """

        async def note(channel_id: int, message_id: int | None, shows: int | None) -> None:
            async with self._work.database.transaction() as tx:
                await carrying_out.note_log(
                    tx, self._case, channel_id=channel_id, message_id=message_id, shows=shows
                )
                if shows is not None and evidence is not None:
                    await moderation_evidence.note(tx, evidence)
            self.is_shown = shows is not None

        line = None if evidence is None else evidence_line(self._language, evidence)
        embed = log_embed(self._language, self._case, evidence=line)
        return await post_or_edit(self._work, logged, OutgoingMessage(NOBODY, embed=embed, file=file), note)

    async def show_with_file(self, logged: Logged, evidence: EvidenceFile) -> Outcome:
        """Post it with the case's file, or without and say why; or find that an earlier try has."""
        sent = None
        if logged.posted_in is not None:
            try:
                sent = await _find(self._work, logged.posted_in, logged)
            except (DiscordForbiddenError, DiscordNotFoundError) as error:
                await self._note(evidence.failed(EvidenceFailure.LOG_CLOSED))
                return Done((f"not logged: {error}",), changed=False)
            if sent is None:
                logged = replace(logged, posted_in=None)
            else:
                logged = replace(logged, message_id=sent.message_id)
        if sent is None and logged.channel_id is None:
            await self._note(evidence.failed(EvidenceFailure.NO_LOG))
            return ALREADY_DONE
        settled, content = await fetch(self._work, self._case, evidence, sent)
        if content is None or sent is not None:
            outcome = await self.show(logged, settled)
        else:
            outcome = await self._send(logged, settled, content)
        if not self.is_shown:
            await self._note(evidence.failed(EvidenceFailure.LOG_CLOSED))
        return outcome

    async def _send(self, logged: Logged, evidence: EvidenceFile, content: bytes) -> Outcome:
        """Post it with the file; without, if Discord lets the bot write but not attach this."""
        name, kind = safe_name(evidence.filename), safe_kind(evidence.content_type)
        try:
            outcome = await self.show(logged, evidence, OutgoingFile(name, content, kind))
            if self.is_shown:
                return outcome
        except DiscordRefusedError:
            pass
        except DiscordOutcomeUnknownError as error:
            if error.status is None and not waits(self._case):
                # Sending it along takes longer than anything may: next time it goes without.
                await self._note(evidence.failed(EvidenceFailure.UNREACHABLE))
            raise
        return await self.show(logged, evidence.failed(EvidenceFailure.NOT_ATTACHED))

    async def _note(self, evidence: EvidenceFile) -> None:
        async with self._work.database.transaction() as tx:
            await moderation_evidence.note(tx, evidence)
