"""How an error looks in Discord: one table from code to sentence, everything ephemeral."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from app.bytes.domain import (
    AccountTooYoungError,
    AlreadyClaimedError,
    CooldownError,
    InsufficientBytesError,
)
from app.discord.text import number
from app.errors import RefusedError, SmarterDevError
from interactions.reply import Kind, Reply


class OutdatedControlError(Exception):
    """Discord shows this member something that is no longer there: a removed command or an old button."""


def timestamp(at: datetime, style: str = "R") -> str:
    """Write an instant so that Discord shows it in the reader's own time. `R` is relative, `f` in full."""
    return f"<t:{int(at.timestamp())}:{style}>"


def _insufficient(error: InsufficientBytesError) -> str:
    return f"You have **{number(error.balance)}** bytes, not {number(error.amount)}. Nothing was sent."


def _cooldown(error: CooldownError) -> str:
    return f"You can send bytes again {timestamp(error.until)}. Nothing was sent."


def _already_claimed(error: AlreadyClaimedError) -> str:
    return f"You have claimed today's bytes. The next claim opens {timestamp(error.next_claim_at)}."


def _too_young(error: AccountTooYoungError) -> str:
    return (
        f"Accounts must be {error.days} days old to send bytes here; yours will be "
        f"{timestamp(error.old_enough_at)}. Nothing was sent. `/bytes daily` works meanwhile."
    )


SENTENCES: Final[dict[str, Callable[[Any], str]]] = {
    InsufficientBytesError.code: _insufficient,
    CooldownError.code: _cooldown,
    AlreadyClaimedError.code: _already_claimed,
    AccountTooYoungError.code: _too_young,
}
"""Errors whose facts Discord can show better than their plain sentence does."""

TITLES: Final[dict[str, str]] = {
    "insufficient_bytes": "Not enough bytes",
    "cooldown": "Too soon",
    "already_claimed": "Already claimed",
    "account_too_young": "Account too young",
    "not_allowed": "Not allowed",
    "invalid_input": "That does not work",
    "feature_off": "Switched off",
    "not_found": "Not found",
    "conflict": "Changed meanwhile",
    "unavailable": "Please try again",
    "outcome_unknown": "Not certain",
}


def render(error: SmarterDevError) -> Reply:
    """Tell a person about an error: what happened, what was not done, what next."""
    sentence = SENTENCES.get(error.code, str)(error)
    kind = Kind.REFUSED if isinstance(error, RefusedError) else Kind.BROKEN
    return Reply(kind, TITLES.get(error.code, "Not done"), (sentence,), ephemeral=True)


def outdated() -> Reply:
    """Tell that what was used is no longer there."""
    return Reply(
        Kind.REFUSED,
        "Out of date",
        ("This control is out of date. Type the command again; nothing was done.",),
        ephemeral=True,
    )


def not_in_a_server() -> Reply:
    """Tell that commands work in guilds only."""
    return Reply(
        Kind.REFUSED,
        "Only in a server",
        ("This works only in a server that installed the bot. Nothing was done.",),
        ephemeral=True,
    )


def broken(error_id: str, *, committed: bool) -> Reply:
    """Tell about a defect of ours, with the id under which the log has it.

    Args:
        error_id: Shown to the person, found in the log.
        committed: Whether the command had done its work before the defect.
    """
    fact = (
        "It was done, but its reply could not be shown. Do not repeat it."
        if committed
        else "Something broke on our side. Nothing was booked; please try again."
    )
    return Reply(Kind.BROKEN, "That went wrong", (fact, f"-# Error {error_id}"), ephemeral=True)
