"""What the bot's answers become, and who sees it."""

from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.types import Receive, Scope, Send

from simulator.config import SimulatorConfig
from simulator.delivery.callbacks import Asked, callback_errors
from simulator.payloads.interactions import InteractionType
from simulator.state import seed
from simulator.state.entities import Message
from simulator.state.text import text_of
from tests.edges.simulator.recording_bot import RecordingBot
from tests.edges.simulator.simulators import simulator_of
from tests.support.processes import serving

pytestmark = pytest.mark.anyio

COMMAND = {
    "guild_id": str(seed.GUILD_ID),
    "channel_id": str(seed.GENERAL),
    "user_id": str(seed.ADA),
    "name": "help",
}
NAMES = (
    "content",
    "flags",
    "embeds",
    "components",
    "allowed_mentions",
    "parse",
    "users",
    "fields",
    "name",
    "value",
    "title",
    "footer",
    "type",
    "custom_id",
    "accessory",
    "label",
)
NO_RESPONSE = "The application did not respond"


async def run(simulator: httpx2.AsyncClient) -> dict[str, Any]:
    answer: dict[str, Any] = (await simulator.post("/_sim/commands", json=COMMAND)).json()
    return answer


async def seen_by(simulator: httpx2.AsyncClient, user_id: int, channel: int = seed.GENERAL) -> list[str]:
    query = {"channel_id": str(channel), "user_id": str(user_id)}
    view = (await simulator.get("/_sim/view", params=query)).json()
    return [each["id"] for each in view["messages"]]


class TestMessage:
    async def test_stands_in_the_channel_for_everybody(
        self, simulator: httpx2.AsyncClient, bot: RecordingBot
    ) -> None:
        bot.answer = {"type": 4, "data": {"content": "**Hi**", "embeds": [{"title": "T"}]}}
        answer = await run(simulator)
        message = answer["message"]
        assert answer["response"] == bot.answer
        assert message["text"] == "**Hi**\nT"
        assert message["interaction"]["name"] == "help"
        assert message["interaction"]["id"] == answer["interaction_id"]
        assert message["visible_to"] is None
        assert message["id"] in await seen_by(simulator, seed.MATEO)

    async def test_ephemeral_is_for_the_invoker_only(
        self, simulator: httpx2.AsyncClient, bot: RecordingBot
    ) -> None:
        bot.answer = {"type": 4, "data": {"content": "psst", "flags": 64}}
        message = (await run(simulator))["message"]
        assert message["visible_to"] == str(seed.ADA)
        assert message["id"] in await seen_by(simulator, seed.ADA)
        assert message["id"] not in await seen_by(simulator, seed.MATEO)
        assert message["id"] not in await seen_by(simulator, seed.PRIYA)

    async def test_text_finds_the_words_of_components(
        self, simulator: httpx2.AsyncClient, bot: RecordingBot
    ) -> None:
        section = {
            "type": 9,
            "components": [{"type": 10, "content": "Balance"}],
            "accessory": {"type": 2, "style": 2, "label": "Claim", "custom_id": "c"},
        }
        container = {"type": 17, "components": [section, {"type": 14}, {"type": 10, "content": "1,240"}]}
        bot.answer = {"type": 4, "data": {"flags": 32768, "components": [container]}}
        assert (await run(simulator))["message"]["text"] == "Balance\nClaim\n1,240"

    async def test_deferred_shows_that_the_bot_thinks(
        self, simulator: httpx2.AsyncClient, bot: RecordingBot
    ) -> None:
        bot.answer = {"type": 5, "data": {"flags": 64}}
        message = (await run(simulator))["message"]
        assert message["status"] == "thinking"
        assert message["visible_to"] == str(seed.ADA)

    async def test_an_activity_is_told_to_be_beyond_this_page(
        self, simulator: httpx2.AsyncClient, bot: RecordingBot
    ) -> None:
        bot.answer = {"type": 12}
        message = (await run(simulator))["message"]
        assert message["status"] == "note"
        assert message["visible_to"] == str(seed.ADA)


class TestNoResponse:
    async def test_after_the_limit(self, simulator: httpx2.AsyncClient, bot: RecordingBot) -> None:
        bot.delay = 0.5
        answer = await run(simulator)
        assert (answer["status"], answer["response"]) == (0, None)
        assert 200 <= answer["elapsed_ms"] < 450
        message = answer["message"]
        assert (message["text"], message["status"]) == (NO_RESPONSE, "failed")
        assert message["id"] in await seen_by(simulator, seed.ADA)
        assert message["id"] not in await seen_by(simulator, seed.MATEO)

    async def test_within_the_limit_is_none_of_it(
        self, simulator: httpx2.AsyncClient, bot: RecordingBot
    ) -> None:
        bot.delay = 0.05
        assert (await run(simulator))["message"]["status"] == "shown"

    async def test_when_nobody_listens(self) -> None:
        async with simulator_of(SimulatorConfig(endpoint="http://127.0.0.1:9/interactions")) as made:
            answer = await run(made.client)
        assert answer["status"] == 0
        assert answer["message"]["text"] == NO_RESPONSE
        assert "nobody listens" in answer["message"]["problem"]

    async def test_when_no_endpoint_is_configured(self) -> None:
        async with simulator_of() as made:
            assert (await run(made.client))["message"]["text"] == NO_RESPONSE

    @pytest.mark.parametrize(
        ("status", "answer"),
        [
            (500, {"type": 4, "data": {"content": "x"}}),
            (202, b""),
            (200, b""),
            (200, b"<html>"),
            (200, b'{"type":4,"data":{"content":"\xff"}}'),
            (200, []),
            (200, {"type": 1}),
            (200, {"type": 7, "data": {"content": "x"}}),
            (200, {"type": 8, "data": {"choices": []}}),
            (200, {"type": True, "data": {"content": "x"}}),
            (200, {"type": [4]}),
            (200, {"type": 4}),
            (200, {"type": 4, "data": {}}),
            (200, {"type": 4, "data": []}),
            (200, {"type": 4, "data": [1]}),
            (200, {"type": 4, "data": {"content": 5}}),
            (200, {"type": 4, "data": {"content": "x" * 2001}}),
            (200, {"type": 4, "data": {"embeds": [{"description": "x" * 4000}, {"title": "y" * 2001}]}}),
            (200, {"type": 4, "data": {"embeds": [3]}}),
            (200, {"type": 4, "data": {"components": [{"type": 10, "content": "no flag"}]}}),
            (200, {"type": 4, "data": {"flags": 32768, "content": "x", "components": [{"type": 14}]}}),
            (200, {"type": 4, "data": {"flags": 32768, "components": [{"type": 14}] * 41}}),
            (
                200,
                {
                    "type": 4,
                    "data": {"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}},
                },
            ),
            (
                200,
                {
                    "type": 4,
                    "data": {"components": [{"type": 1, "components": [{"type": 2, "custom_id": "a"}] * 2}]},
                },
            ),
        ],
    )
    async def test_for_what_discord_would_not_take(
        self, simulator: httpx2.AsyncClient, bot: RecordingBot, status: int, answer: object
    ) -> None:
        bot.status, bot.answer = status, answer
        result = await run(simulator)
        assert result["status"] == status
        assert result["message"]["text"] == NO_RESPONSE
        assert result["message"]["visible_to"] == str(seed.ADA)
        assert result["message"]["problem"]


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inside, max_size=4),
    max_leaves=12,
)


class TestAnythingElse:
    @settings(max_examples=150, deadline=None)
    @given(data=st.dictionaries(st.sampled_from(NAMES), json_values, max_size=5))
    def test_never_breaks_the_judgement_or_the_words(self, data: dict[str, Any]) -> None:
        asked = Asked(InteractionType.APPLICATION_COMMAND)
        if not callback_errors({"type": 4, "data": data}, asked):
            message = Message(1, 1, 1, datetime(2026, 1, 1, tzinfo=UTC))
            message.embeds = data.get("embeds") or []
            message.components = data.get("components") or []
            assert isinstance(text_of(message), str)

    async def test_nested_too_deep_is_text_and_no_response(
        self, simulator: httpx2.AsyncClient, bot: RecordingBot
    ) -> None:
        bot.answer = (
            b'{"type":4,"data":{"components":' + b'[{"components":' * 300 + b"[]" + b"}]" * 300 + b"}}"
        )
        answer = await run(simulator)
        assert answer["response"] == bot.answer.decode()
        assert answer["message"]["text"] == NO_RESPONSE


class TestTooMuch:
    async def test_is_no_answer_and_costs_neither_memory_nor_the_limit(self) -> None:
        async def flood(scope: Scope, _receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                return
            await send({"type": "http.response.start", "status": 200, "headers": []})
            for _ in range(64):
                await send({"type": "http.response.body", "body": b"a" * (1 << 20), "more_body": True})
            await send({"type": "http.response.body"})

        async with serving(flood) as address:
            config = SimulatorConfig(endpoint=f"{address}/interactions", talk=False)
            async with simulator_of(config) as simulator:
                answer = await run(simulator.client)
        assert (answer["status"], answer["response"]) == (0, None)
        assert "more than 26 MiB" in answer["problem"]
