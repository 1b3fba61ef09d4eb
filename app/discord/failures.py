"""hikari's errors as the port's: one table from Discord's answers to what they mean for whoever asked.

What hikari raised is not chained: it names the URL, and that of an interaction's answer holds its token.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from json import JSONDecodeError
from typing import Any, Final

import aiohttp
import hikari

from app.discord.port import (
    DiscordError,
    DiscordForbiddenError,
    DiscordNotFoundError,
    DiscordOutcomeUnknownError,
    DiscordRefusedError,
    DiscordUnauthorizedError,
    DiscordUnavailableError,
)
from app.wording import message

UNAUTHORIZED: Final = message("Discord does not accept the bot token. Nothing was done.")
_FORBIDDEN: Final = message("Discord does not let the bot do this: {why}. Nothing was done.")
_NOT_FOUND: Final = message("Discord does not know this (any longer): {why}. Nothing was done.")
_REFUSED: Final = message("Discord refused the request: {why}. Nothing was done.")
_LATER: Final = message("Discord does not do this now: {why}. Nothing was done; try again later.")
_UNAVAILABLE: Final = message("Discord does not answer. Nothing was done; try again later.")
_UNKNOWN: Final = message(
    "Discord's answer was lost, so it is not certain whether this was done. Look before you try again."
)

_Meaning = tuple[type[DiscordError], str]

_STOP: Final[_Meaning] = (DiscordUnauthorizedError, UNAUTHORIZED)
_NO: Final[_Meaning] = (DiscordForbiddenError, _FORBIDDEN)
_GONE: Final[_Meaning] = (DiscordNotFoundError, _NOT_FOUND)
_WRONG: Final[_Meaning] = (DiscordRefusedError, _REFUSED)
_NOT_NOW: Final[_Meaning] = (DiscordUnavailableError, _LATER)

_BY_NUMBER: Final[Mapping[int, _Meaning]] = {
    20028: _NOT_NOW,  # write limit of a channel
    20029: _NOT_NOW,  # write limit of a server
    30005: _NO,  # 250 roles
    30034: _NOT_NOW,  # commands created per day
    30035: _NOT_NOW,  # bans of people who are no members
    40001: _STOP,  # unauthorised
    40003: _NOT_NOW,  # direct messages opened too fast
    40007: _NO,  # the user is banned
    40062: _NOT_NOW,  # limited for this resource
    40094: _NO,  # follow-ups of an interaction
    40333: _STOP,  # Cloudflare does not let us in
    50014: _STOP,  # invalid token of the bot
    50027: _GONE,  # an interaction's token that is over, with 401: says nothing about the bot's
    50028: _GONE,  # invalid role
    50033: _NO,  # invalid recipient
    50034: _NO,  # too old to be deleted with others
    50055: _GONE,  # invalid guild
    50083: _NO,  # archived thread
    60003: _NO,  # the owner needs two-factor authentication
    110000: _NOT_NOW,  # an index that is not ready
    130000: _NOT_NOW,  # overload
    160005: _NO,  # locked thread
    200000: _NO,  # AutoMod
    200001: _NO,  # AutoMod, in a title
    240000: _NO,  # link filter
    500000: _NO,  # none could be banned
}
"""What a JSON code means whatever the HTTP status (docs: topics/opcodes-and-status-codes)."""

_BY_STATUS: Final[Mapping[int, _Meaning]] = {401: _STOP, 403: _NO, 404: _GONE}
"""What any other answer means; the rest is a request that we got wrong."""

_NOT_SENT: Final = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)


@contextmanager
def translated() -> Iterator[None]:
    """Turn hikari's errors into the port's, each with what it means for whoever called."""
    try:
        yield
    except DiscordError:
        raise
    except (hikari.HTTPError, aiohttp.ClientError, OSError, TimeoutError) as error:
        raise _meaning_of(error) from None
    except (JSONDecodeError, UnicodeDecodeError):
        raise DiscordOutcomeUnknownError(_UNKNOWN) from None


def number_of(error: hikari.HTTPError) -> int:
    """Read Discord's JSON code; 0 if it gave none."""
    return int(getattr(error, "code", 0) or 0)


def stops_everything(error: hikari.ClientHTTPResponseError) -> bool:
    """Tell whether Discord will take nothing from this bot any more."""
    return _meaning(error)[0] is DiscordUnauthorizedError


def _meaning_of(error: Exception) -> DiscordError:
    if isinstance(error, hikari.ClientHTTPResponseError):
        kind, sentence = _meaning(error)
        return kind(sentence, status=int(error.status), number=number_of(error), why=_why(error))
    if isinstance(error, hikari.HTTPResponseError):  # 5xx: nothing is certain
        return DiscordOutcomeUnknownError(_UNKNOWN, status=int(error.status), number=number_of(error))
    if isinstance(error, _NOT_SENT) or isinstance(error.__cause__, _NOT_SENT):
        return DiscordUnavailableError(_UNAVAILABLE)
    return DiscordOutcomeUnknownError(_UNKNOWN)


def _meaning(error: hikari.ClientHTTPResponseError) -> _Meaning:
    return _BY_NUMBER.get(number_of(error)) or _BY_STATUS.get(int(error.status), _WRONG)


def _why(error: hikari.ClientHTTPResponseError) -> str:
    """Say what Discord said, with each field that it found wrong."""
    said = [str(error.message or int(error.status)).rstrip(".")]
    if isinstance(error, hikari.BadRequestError) and error.errors:
        said.extend(_fields(error.errors))
    return "; ".join(said)


def _fields(errors: Mapping[str, Any], path: str = "") -> Iterator[str]:
    for name, inner in errors.items():
        if name == "_errors":
            yield from (f"{path}: {each['message']}".rstrip(".") for each in inner)
        elif isinstance(inner, Mapping):
            yield from _fields(inner, f"{path}.{name}" if path else name)
