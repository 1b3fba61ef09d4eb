"""What a member is told about a case, by direct message, and when. Pure."""

from datetime import timedelta
from enum import Enum
from typing import Final

from app.moderation.domain import CaseAction
from app.moderation.durations import format_duration
from app.wording import fill, plain


class Moment(Enum):
    """When a direct message is sent."""

    BEFORE = "before"
    """Afterwards it could not be delivered, so it says what is about to be done."""
    AFTER = "after"
    """Once it is certain that it was done."""
    NEVER = "never"


DM_MOMENTS: Final[dict[CaseAction, Moment]] = {
    CaseAction.NOTE: Moment.NEVER,  # it is between moderators
    CaseAction.WARN: Moment.AFTER,
    CaseAction.TIMEOUT: Moment.AFTER,
    CaseAction.UNTIMEOUT: Moment.AFTER,
    CaseAction.KICK: Moment.BEFORE,
    CaseAction.BAN: Moment.BEFORE,
    CaseAction.UNBAN: Moment.NEVER,  # it shares no server with the bot
    CaseAction.PURGE: Moment.NEVER,
    CaseAction.MASSBAN: Moment.NEVER,  # hundreds of messages to strangers are what Discord closes bots for
}

TOKENS: Final = ("user", "guild", "reason", "duration", "appeal")
"""What is replaced in a text, written in braces; everything else stays as it is."""

MAX_TEXT: Final = 1_000
_MAX_MESSAGE: Final = 2_000
"""Discord: characters of a message."""

DEFAULT_TEXTS: Final[dict[CaseAction, str]] = {
    CaseAction.WARN: "You were warned in {guild}: {reason}\n\nAppeal: {appeal}",
    CaseAction.TIMEOUT: "You were timed out in {guild} ({duration}): {reason}\n\nAppeal: {appeal}",
    CaseAction.UNTIMEOUT: "Your time-out in {guild} has ended: {reason}",
    CaseAction.KICK: "You are being removed from {guild}: {reason}\n\nAppeal: {appeal}",
    CaseAction.BAN: "You are being banned from {guild} ({duration}): {reason}\n\nAppeal: {appeal}",
}
"""For each action of which a member is told."""


def dm_text(
    text: str,
    *,
    user: str,
    guild: str,
    reason: str | None,
    duration: timedelta | None = None,
    appeal_url: str | None = None,
) -> str:
    """Write the direct message: each token replaced once, and nothing in what replaces it is read as one.

    Cut where Discord ends a message.
    """
    written = fill(
        text,
        {
            "user": user,
            "guild": guild,
            "reason": reason or "no reason was given",
            "duration": "without an end" if duration is None else format_duration(duration),
            "appeal": appeal_url or "ask the moderators",
        },
        plain,
    )
    return written if len(written) <= _MAX_MESSAGE else written[: _MAX_MESSAGE - 1] + "…"
