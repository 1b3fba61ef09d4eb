"""hikari's errors as the port's: one table from Discord's answers to what they mean for whoever asked."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

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

_UNAUTHORIZED_NUMBERS: Final = frozenset({40001, 40333, 50014})
"""Unauthorised, blocked by Cloudflare, invalid token: whatever the status, nothing may be asked any more."""

_PASSING_NUMBERS: Final = frozenset({20028, 20029, 30035, 40003, 40062, 110000, 130000})
"""Limits of their own, overload, an index that is not ready: later it can work."""

_UNAUTHORIZED: Final = message("Discord does not accept the bot token. Nothing was done.")
_FORBIDDEN: Final = message("Discord does not let the bot do this: {why}. Nothing was done.")
_NOT_FOUND: Final = message("Discord does not know this (any longer): {why}. Nothing was done.")
_REFUSED: Final = message("Discord refused the request: {why}. Nothing was done.")
_LATER: Final = message("Discord does not do this now: {why}. Nothing was done; try again later.")
_UNAVAILABLE: Final = message("Discord does not answer. Nothing was done; try again later.")
_UNKNOWN: Final = message(
    "Discord's answer was lost, so it is not certain whether this was done. Look before you try again."
)


@contextmanager
def translated() -> Iterator[None]:
    """Turn hikari's errors into the port's, each with what it means for whoever called."""
    try:
        yield
    except DiscordError:
        raise
    except hikari.ClientHTTPResponseError as error:
        raise _client_error(error) from error
    except hikari.HTTPResponseError as error:  # 5xx: Discord says that it has not done it, mostly
        raise DiscordOutcomeUnknownError(_UNKNOWN, status=int(error.status)) from error
    except hikari.HTTPError as error:
        if isinstance(error.__cause__, aiohttp.ClientConnectorError):
            raise DiscordUnavailableError(_UNAVAILABLE) from error
        raise DiscordOutcomeUnknownError(_UNKNOWN) from error
    except aiohttp.ClientConnectorError as error:
        raise DiscordUnavailableError(_UNAVAILABLE) from error
    except (ValueError, aiohttp.ClientError, OSError, TimeoutError) as error:
        # ValueError: an answer that is no JSON, or not the JSON hikari knows.
        raise DiscordOutcomeUnknownError(_UNKNOWN) from error


def _client_error(error: hikari.ClientHTTPResponseError) -> DiscordError:
    number = int(getattr(error, "code", 0) or 0)
    status = int(error.status)
    why = str(error.message or status)
    if number in _PASSING_NUMBERS:
        return DiscordUnavailableError(_LATER, status=status, number=number, why=why)
    if status == 401 or number in _UNAUTHORIZED_NUMBERS:  # noqa: PLR2004 - HTTP's own number
        return DiscordUnauthorizedError(_UNAUTHORIZED, status=status, number=number)
    kind, sentence = {
        403: (DiscordForbiddenError, _FORBIDDEN),
        404: (DiscordNotFoundError, _NOT_FOUND),
    }.get(status, (DiscordRefusedError, _REFUSED))
    return kind(sentence, status=status, number=number, why=why)
