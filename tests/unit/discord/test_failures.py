"""What Discord's answers mean: one table, by JSON code first and by HTTP status else."""

from collections.abc import Callable

import aiohttp
import hikari
import pytest
from multidict import CIMultiDict

from app.discord.failures import stops_everything, translated
from app.discord.port import (
    DiscordError,
    DiscordForbiddenError,
    DiscordNotFoundError,
    DiscordOutcomeUnknownError,
    DiscordRefusedError,
    DiscordUnauthorizedError,
    DiscordUnavailableError,
)

URL = "https://discord.test/webhooks/1/a-token"

_KINDS: dict[int, Callable[..., hikari.ClientHTTPResponseError]] = {
    400: hikari.BadRequestError,
    401: hikari.UnauthorizedError,
    403: hikari.ForbiddenError,
    404: hikari.NotFoundError,
}


def answer(status: int, number: int) -> hikari.ClientHTTPResponseError:
    return _KINDS[status](URL, CIMultiDict(), b"", "What Discord says.", number)


@pytest.mark.parametrize(
    ("status", "number", "kind"),
    [
        (400, 0, DiscordRefusedError),
        (400, 50035, DiscordRefusedError),
        (400, 50033, DiscordForbiddenError),
        (400, 50034, DiscordForbiddenError),
        (400, 200000, DiscordForbiddenError),
        (400, 40003, DiscordUnavailableError),
        (400, 30035, DiscordUnavailableError),
        (401, 0, DiscordUnauthorizedError),
        (401, 40001, DiscordUnauthorizedError),
        (401, 50027, DiscordNotFoundError),
        (403, 0, DiscordForbiddenError),
        (403, 50013, DiscordForbiddenError),
        (403, 40333, DiscordUnauthorizedError),
        (403, 50014, DiscordUnauthorizedError),
        (404, 0, DiscordNotFoundError),
        (404, 10007, DiscordNotFoundError),
    ],
)
def test_an_answer_is_told_as_what_it_means(status: int, number: int, kind: type[DiscordError]) -> None:
    with pytest.raises(DiscordError) as told, translated():
        raise answer(status, number)
    assert type(told.value) is kind
    assert (told.value.status, told.value.number) == (status, number)
    assert "a-token" not in str(told.value)
    assert stops_everything(answer(status, number)) == (kind is DiscordUnauthorizedError)


def test_every_field_that_discord_found_wrong_is_named() -> None:
    error = answer(400, 50035)
    assert isinstance(error, hikari.BadRequestError)
    error.errors = {
        "embeds": {"0": {"title": {"_errors": [{"code": "X", "message": "Too long."}]}}},
        "content": {"_errors": [{"code": "X", "message": "Too short."}]},
    }
    with (
        pytest.raises(
            DiscordRefusedError,
            match=r": What Discord says; embeds\.0\.title: Too long; content: Too short\. Nothing was done",
        ),
        translated(),
    ):
        raise error


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (aiohttp.ConnectionTimeoutError("no route"), DiscordUnavailableError),
        (aiohttp.ServerTimeoutError("silence"), DiscordOutcomeUnknownError),
        (aiohttp.ServerDisconnectedError(), DiscordOutcomeUnknownError),
        (TimeoutError(), DiscordOutcomeUnknownError),
        (ConnectionResetError(), DiscordOutcomeUnknownError),
        (hikari.InternalServerError(URL, 500, CIMultiDict(), b""), DiscordOutcomeUnknownError),
    ],
    ids=lambda each: type(each).__name__ if isinstance(each, Exception) else "",
)
def test_only_what_was_never_sent_is_certain_not_to_be_done(
    error: Exception, kind: type[DiscordError]
) -> None:
    with pytest.raises(DiscordError) as told, translated():
        raise error
    assert type(told.value) is kind


def test_a_defect_of_ours_is_no_failure_of_discords() -> None:
    with pytest.raises(ValueError, match="ours"), translated():
        raise ValueError("ours")
