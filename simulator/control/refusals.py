"""What Discord refuses, in sentences for who uses the control API or the page."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from simulator.control.errors import ControlError
from simulator.errors import DiscordError, ErrorKind
from simulator.wire import JsonObject

_SENTENCES: Mapping[ErrorKind, str] = {
    ErrorKind.UNKNOWN_MEMBER: "This person is not a member there. Nothing was done.",
    ErrorKind.UNKNOWN_ROLE: "There is no such role. Nothing was done.",
    ErrorKind.UNKNOWN_USER: "There is no account with this id. Nothing was done.",
    ErrorKind.UNKNOWN_BAN: "This person is not banned there.",
    ErrorKind.UNKNOWN_MESSAGE: "There is no such message.",
    ErrorKind.USER_BANNED: "This person is banned there. Lift the ban first.",
    ErrorKind.MISSING_ACCESS: "This person does not see that channel. Nothing was done.",
    ErrorKind.MISSING_PERMISSIONS: "This person may not do that. Nothing was done.",
    ErrorKind.CANNOT_EDIT_OTHERS: "A message is edited only by who wrote it.",
    ErrorKind.EMPTY_MESSAGE: "There is nothing in the message. Write something, or attach a file.",
    ErrorKind.CANNOT_MESSAGE_USER: "Direct messages to this person are not possible. Nothing was sent.",
    ErrorKind.NO_MUTUAL_GUILD: "The two have no guild in common any more. Nothing was sent.",
    ErrorKind.BLOCKED_BY_AUTOMOD: "The guild's AutoMod stopped this message. Nothing was posted.",
}


def refusal_of(error: DiscordError) -> ControlError:
    """Turn Discord's refusal into one sentence with the same status; of a form, its first complaint."""
    worded_anew = error.message != error.kind.value.message
    known = None if worded_anew else _SENTENCES.get(error.kind)
    sentence = known or _first_complaint(error.errors) or error.message
    return ControlError(error.kind.value.status, sentence if sentence.endswith(".") else f"{sentence}.")


@contextmanager
def instead(**sentences: str) -> Iterator[None]:
    """Refuse with a sentence that knows more, by the name of the kind of refusal."""
    try:
        yield
    except DiscordError as error:
        sentence = sentences.get(error.kind.name.lower())
        if sentence is None:
            raise
        raise ControlError(error.kind.value.status, sentence) from error


def _first_complaint(errors: JsonObject | None) -> str | None:
    level: object = errors
    while isinstance(level, dict) and level:
        listed = level.get("_errors")
        if isinstance(listed, list) and listed:
            return str(listed[0]["message"])
        level = next(iter(level.values()))
    return None
