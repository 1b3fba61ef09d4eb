"""`log_case`: the log channel has one message about each case, and it says what the case is now.

A message that may have been sent is looked for, by the mark below it, before another is sent.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.discord.limits import UNKNOWN_MESSAGE
from app.discord.port import (
    NOBODY,
    DiscordForbiddenError,
    DiscordNotFoundError,
    OutgoingMessage,
)
from app.guilds import service as guilds_service
from app.ids import snowflake_time
from app.jobs.kinds import LogCase
from app.jobs.locks import named_lock
from app.language import language_of
from app.moderation import carrying_out
from app.moderation.rendering import log_embed
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
        if case is None or guild is None or case.logged_version >= case.version:
            return ALREADY_DONE
        embed = log_embed(language_of(guild.language), case)

        async def note(channel_id: int, message_id: int | None, shows: int | None) -> None:
            async with work.database.transaction() as tx:
                await carrying_out.note_log(
                    tx, case, channel_id=channel_id, message_id=message_id, shows=shows
                )

        return await post_or_edit(
            work,
            Logged(
                channel_id=None if config.log_channel_id is None else int(config.log_channel_id),
                posted_in=case.log_channel_id,
                message_id=case.log_message_id,
                mark=case.mark,
                nonce=f"log{case.id.hex[-20:]}",
                since=case.created_at,
                version=case.version,
            ),
            OutgoingMessage(NOBODY, embed=embed),
            note,
        )


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
            message_id = await _find(work, channel_id, logged)
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


async def _find(work: Work, channel_id: int, logged: Logged) -> int | None:
    """Look for a message that may have been sent, from the newest back to when there was none."""
    bot_id, before = await work.discord.bot_id(), None
    for _ in range(_PAGES):
        page = await work.discord.recent_messages(channel_id, limit=_PAGE, before=before)
        for each in page:
            if each.author_id == bot_id and each.footer == logged.mark:
                return each.message_id
        if len(page) < _PAGE or snowflake_time(page[-1].message_id) < logged.since:
            return None
        before = page[-1].message_id
    return None
