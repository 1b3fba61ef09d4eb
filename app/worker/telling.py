"""Direct messages about cases: each at most once, and what became of it is kept.

A message that may have been sent is looked for among the last ones before another is sent: by the mark below
it, which no other message has.
"""

from datetime import timedelta
from typing import Any, Final

from app import clock
from app.discord.port import (
    NOBODY,
    DiscordForbiddenError,
    DiscordNotFoundError,
    DiscordUnavailableError,
    OutgoingMessage,
)
from app.discord.text import literal
from app.jobs.kinds import TellMember
from app.jobs.locks import named_lock
from app.moderation import carrying_out
from app.moderation.cases import Case
from app.moderation.config import ModerationConfig
from app.moderation.domain import DmStatus
from app.moderation.texts import dm_text
from app.worker.outcomes import ALREADY_DONE, Done, Outcome
from app.worker.work import Work

_LOOKED_THROUGH: Final = 20
"""The newest messages among which one is looked for: it was sent moments ago, if it was."""

_PATIENCE: Final = timedelta(seconds=10)
"""How long a kick or a ban may wait for its message while Discord does not answer."""

_UNSENT: Final = frozenset({DmStatus.PENDING, DmStatus.SENDING})


async def tell_member(work: Work, job: TellMember) -> Outcome:
    """Send the message about a case that was carried out, unless it was sent."""
    async with named_lock(work.database.engine, f"dm:{job.guild_id}:{job.case}"):
        async with work.database.transaction() as tx:
            case = await carrying_out.find_case(tx, job.guild_id, job.case)
            config = await carrying_out.load_config(tx, job.guild_id)
        if case is None or case.dm_status not in _UNSENT:
            return ALREADY_DONE
        place = await work.places.find(job.guild_id)
        if place is None:
            return ALREADY_DONE
        await _note(work, case, await _send(work, case, config, place.guild.name))
        return Done()


async def tell_before(work: Work, case: Case, config: ModerationConfig, guild_name: str) -> None:
    """Send the message about a kick or a ban that is about to be, as far as that can be done now.

    Raises:
        DiscordUnavailableError: not now; the case may still wait a little for it.
    """
    if case.dm_status not in _UNSENT:
        return
    try:
        status = await _send(work, case, config, guild_name)
    except DiscordUnavailableError:
        if clock.now() - case.created_at < _PATIENCE:
            raise
        status = DmStatus.FAILED
    await _note(work, case, status)


async def _send(work: Work, case: Case, config: ModerationConfig, guild_name: str) -> DmStatus:
    text = config.dm_text_for(case.action)
    if text is None:
        return DmStatus.NONE
    try:
        channel_id = await work.discord.open_dm(case.user_id)
        if case.dm_status is DmStatus.SENDING and await _is_there(work, channel_id, case):
            return DmStatus.SENT
        async with work.database.transaction() as tx:
            if not await carrying_out.begin_dm(tx, case):
                return DmStatus.NONE
        await work.discord.send_message(
            channel_id, _message(case, config, guild_name, text), nonce=f"dm{case.id.hex[-20:]}"
        )
    except (DiscordForbiddenError, DiscordNotFoundError):
        return DmStatus.CLOSED
    return DmStatus.SENT


async def _is_there(work: Work, channel_id: int, case: Case) -> bool:
    bot_id = await work.discord.bot_id()
    found = await work.discord.recent_messages(channel_id, limit=_LOOKED_THROUGH)
    return any(each.author_id == bot_id and each.footer == case.mark for each in found)


async def _note(work: Work, case: Case, status: DmStatus) -> None:
    async with work.database.transaction() as tx:
        await carrying_out.note_dm(tx, case, status)


def _message(case: Case, config: ModerationConfig, guild_name: str, text: str) -> OutgoingMessage:
    written = dm_text(
        text,
        user=literal(case.user_tag or str(case.user_id)),
        guild=literal(guild_name),
        reason=None if case.reason is None else literal(case.reason),
        duration=None if case.expires_at is None else case.expires_at - case.created_at,
        appeal_url=config.appeal_url,
    )
    embed: dict[str, Any] = {"description": written, "footer": {"text": case.mark}}
    return OutgoingMessage(NOBODY, embed=embed)
