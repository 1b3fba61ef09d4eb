"""The application over REST: its addresses are checked before they are kept."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.edges.simulator.recording_bot import RecordingBot
from tests.edges.simulator.rest_caller import Caller, calling

pytestmark = pytest.mark.anyio

PATH = "/applications/@me"
KEY = SigningKey(bytes.fromhex("5a" * 32)).verify_key
URL = "http://bot/other"


def door(pong: Callable[[], Response], *, verifies: bool = True) -> Any:
    """An endpoint that answers a PING so, and refuses a bad signature unless it does not look."""

    async def answer(request: Request) -> Response:
        return pong() if not verifies or await _is_signed(request, KEY) else Response(status_code=401)

    return answer


async def _is_signed(request: Request, key: VerifyKey) -> bool:
    stamp = request.headers["x-signature-timestamp"].encode()
    signature = bytes.fromhex(request.headers["x-signature-ed25519"])
    try:
        key.verify(stamp + await request.body(), signature)
    except BadSignatureError:
        return False
    return True


class Door(RecordingBot):
    handler: Any = None

    @property
    def app(self) -> Any:
        app = super().app
        app.router.routes.insert(0, Route("/other", self._other, methods=["POST"]))
        return app

    async def _other(self, request: Request) -> Response:
        response: Response = await self.handler(request)
        return response


@pytest.fixture
def behind() -> Door:
    return Door()


@pytest.fixture
async def bot(behind: Door) -> AsyncIterator[Caller]:
    async with calling(behind) as caller:
        yield caller


def pong() -> Response:
    return JSONResponse({"type": 1})


def taken() -> Response:
    return Response(status_code=204)


def wrong() -> Response:
    return JSONResponse({"type": 4})


@pytest.mark.parametrize(
    ("field", "handler", "is_kept"),
    [
        ("interactions_endpoint_url", door(pong), True),
        ("interactions_endpoint_url", door(pong, verifies=False), False),
        ("interactions_endpoint_url", door(wrong), False),
        ("interactions_endpoint_url", door(taken), False),
        ("event_webhooks_url", door(taken), True),
        ("event_webhooks_url", door(taken, verifies=False), False),
        ("event_webhooks_url", door(pong), False),
    ],
)
async def test_an_address_is_kept_if_it_answers_and_refuses_forgeries(
    bot: Caller, behind: Door, field: str, handler: Any, *, is_kept: bool
) -> None:
    behind.handler = handler
    before = (await bot.call("GET", PATH)).json()[field]
    if is_kept:
        assert (await bot.call("PATCH", PATH, {field: URL})).json()[field] == URL
    else:
        errors = await bot.errors("PATCH", PATH, {field: URL})
        assert "could not be verified" in errors[field]["_errors"][0]["message"]
    assert (await bot.call("GET", PATH)).json()[field] == (URL if is_kept else before)


async def test_an_endpoint_can_be_taken_away(bot: Caller) -> None:
    answer = await bot.call("PATCH", PATH, {"interactions_endpoint_url": None, "event_webhooks_url": None})
    assert answer.json()["interactions_endpoint_url"] is None
    assert "event_webhooks_url" not in answer.json()


async def test_what_the_developer_writes_is_kept(bot: Caller) -> None:
    body = {
        "description": "Words",
        "tags": ["one", "two"],
        "event_webhooks_types": ["APPLICATION_AUTHORIZED"],
    }
    answer = (await bot.call("PATCH", PATH, body)).json()
    assert {name: answer[name] for name in body} == body
    assert bot.discord.world.application.description == "Words"


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({"description": "x" * 401}, "description"),
        ({"tags": ["x" * 21]}, "tags"),
        ({"tags": ["1", "2", "3", "4", "5", "6"]}, "tags"),
        ({"tags": ["1", "1"]}, "tags"),
        ({"interactions_endpoint_url": "ftp://x"}, "interactions_endpoint_url"),
        ({"event_webhooks_types": ["ODD"]}, "event_webhooks_types"),
    ],
)
async def test_what_does_not_fit_is_refused(bot: Caller, body: dict[str, Any], name: str) -> None:
    assert list(await bot.errors("PATCH", PATH, body)) == [name]
