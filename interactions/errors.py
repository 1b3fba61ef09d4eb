"""How an error looks in Discord: a title by its code, its own sentence, everything ephemeral."""

from typing import Final

from app.components.errors import OutdatedControlError
from app.discord.reply import Kind, Reply
from app.errors import RefusedError, SmarterDevError
from app.language import Language
from app.wording import message

__all__ = [
    "TITLES",
    "AlreadyUsedError",
    "ExpiredError",
    "FloodError",
    "NotInAServerError",
    "NotYoursError",
    "OutdatedControlError",
    "broken",
    "render",
]


class NotYoursError(RefusedError):
    """A control that was made for another member."""

    code = "not_yours"

    def __init__(self) -> None:
        super().__init__("This was made for somebody else. Type the command yourself; nothing was done.")


class ExpiredError(RefusedError):
    """A control that was shown too long ago."""

    code = "expired"

    def __init__(self) -> None:
        super().__init__("This was shown too long ago. Type the command again; nothing was done.")


class AlreadyUsedError(RefusedError):
    """A control that works a single time, and has."""

    code = "already_used"

    def __init__(self) -> None:
        super().__init__("This has been used already. Nothing was done a second time.")


class NotInAServerError(RefusedError):
    """A command from a direct message, or from a guild that has not installed the bot."""

    code = "not_in_a_server"

    def __init__(self) -> None:
        super().__init__("This works only in a server that installed the bot. Nothing was done.")


class FloodError(RefusedError):
    """Too many interactions of one member at once."""

    code = "flood"

    def __init__(self) -> None:
        super().__init__("That was a lot at once. This one was not looked at; wait a few seconds.")


TITLES: Final[dict[str, str]] = {
    "insufficient_bytes": "Not enough bytes",
    "cooldown": "Too soon",
    "already_claimed": "Already claimed",
    "not_enough_to_take": "Not enough to take",
    "not_enough_to_undo": "Not enough to undo",
    "already_undone": "Already undone",
    "is_reversal": "Not a transaction to undo",
    "not_undoable": "Nothing to undo",
    "cannot_pay": "Not enough bytes",
    "cost_changed": "Another price by now",
    "squad_full": "No place left",
    "squad_closed": "Takes nobody now",
    "already_member": "Already in a squad",
    "not_member": "In no squad",
    "nobody_to_ban": "Nobody to ban",
    "nobody_left": "Nobody left",
    "account_too_young": "Account too young",
    "too_much_to_show": "Too much to show",
    "not_allowed": "Not allowed",
    "invalid_input": "That does not work",
    "feature_off": "Switched off",
    "not_found": "Not found",
    "conflict": "Changed meanwhile",
    "backtest_running": "One at a time",
    "unavailable": "Please try again",
    "outcome_unknown": "Not certain",
    "outdated": "Out of date",
    "not_yours": "Not yours",
    "expired": "Expired",
    "already_used": "Already done",
    "not_in_a_server": "Only in a server",
    "flood": "Too fast",
}


_NOT_DONE: Final = message("Not done")


def render(error: SmarterDevError, language: Language) -> Reply:
    """Tell a person about an error: what happened, what was not done, what next."""
    kind = Kind.REFUSED if isinstance(error, RefusedError) else Kind.BROKEN
    title = language.say(TITLES.get(error.code, _NOT_DONE))
    return Reply(kind, title, (language.say(error.message, **error.facts),), ephemeral=True)


def broken(error_id: str, language: Language, *, committed: bool) -> Reply:
    """Tell about a defect of ours, with the id under which the log has it.

    Args:
        error_id: Shown to the person, found in the log.
        language: The reader's.
        committed: Whether the command had done its work before the defect.
    """
    fact = (
        language.say("It was done, but its reply could not be shown. Do not repeat it.")
        if committed
        else language.say("Something broke on our side. Nothing was booked; please try again.")
    )
    title = language.say("That went wrong")
    return Reply(
        Kind.BROKEN,
        title,
        (fact, "-# " + language.say("Error {error_id}", error_id=error_id)),
        ephemeral=True,
    )
