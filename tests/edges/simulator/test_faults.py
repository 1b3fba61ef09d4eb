"""Faults on purpose: what a client sees, what was done all the same, and that a run can be repeated."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import hikari
import httpx2
import pytest
import uvloop

from simulator.config import SimulatorConfig
from simulator.state import seed
from tests.edges.simulator.hikari_client import hikari_at
from tests.edges.simulator.recording_bot import RecordingBot
from tests.edges.simulator.simulators import simulator_at, simulator_of

pytestmark = pytest.mark.anyio

API = "/api/v10"
MESSAGES = "/channels/{channel_id}/messages"
GENERAL = f"{API}/channels/{seed.GENERAL}/messages"
ME = f"{API}/users/@me"
AS_BOT = {"Authorization": "Bot the-token"}

COMMAND = {
    "guild_id": str(seed.GUILD_ID),
    "channel_id": str(seed.GENERAL),
    "user_id": str(seed.ADA),
    "name": "bytes balance",
}


async def plan(client: httpx2.AsyncClient, **fault: Any) -> dict[str, Any]:
    response = await client.post("/_sim/faults", json=fault)
    assert response.status_code == 200, response.text
    planned: dict[str, Any] = response.json()
    return planned


async def log(client: httpx2.AsyncClient, **query: Any) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = (await client.get("/_sim/log", params=query)).json()["entries"]
    return entries


@asynccontextmanager
async def real_client(config: SimulatorConfig) -> AsyncIterator[httpx2.AsyncClient]:
    """A client that reaches the simulator over TCP, as the bot."""
    async with simulator_at(config, headers=AS_BOT) as made:
        yield made.client


async def written(client: httpx2.AsyncClient, content: str) -> int:
    messages = (await client.get(GENERAL, params={"limit": 100})).json()
    return sum(each["content"] == content for each in messages)


class TestAnswersInstead:
    @pytest.mark.parametrize("scope", ["user", "shared", "global"])
    async def test_a_rate_limit_of_any_scope(self, rest: httpx2.AsyncClient, scope: str) -> None:
        await plan(rest, kind=f"rate_limit_{scope}", retry_after=2.5, times=1)
        refused = await rest.post(GENERAL, json={"content": "hello"})
        assert refused.status_code == 429
        body = refused.json()
        assert (body["retry_after"], body["global"]) == (2.5, scope == "global")
        assert refused.headers["retry-after"] == "3"
        assert refused.headers["x-ratelimit-scope"] == scope
        assert ("x-ratelimit-global" in refused.headers) == (scope == "global")
        assert refused.headers.get("x-ratelimit-remaining") == (None if scope == "global" else "4")
        assert await written(rest, "hello") == 0
        assert (await rest.post(GENERAL, json={"content": "hello"})).status_code == 200

    @pytest.mark.parametrize("status", [500, 502, 503, 504])
    async def test_a_server_error(self, rest: httpx2.AsyncClient, status: int) -> None:
        await plan(rest, kind="server_error", status=status, method="POST", times=2)
        for _ in range(2):
            response = await rest.post(GENERAL, json={"content": "hello"})
            assert response.status_code == status
            assert response.headers["content-type"] == (
                "text/html" if status in {502, 504} else "application/json"
            )
        assert await written(rest, "hello") == 0

    async def test_a_token_that_is_none_any_more(self, rest: httpx2.AsyncClient) -> None:
        await plan(rest, kind="unauthorized")
        response = await rest.get(ME)
        assert (response.status_code, response.json()["message"]) == (401, "401: Unauthorized")

    async def test_a_ban_by_address_is_no_json(self, rest: httpx2.AsyncClient) -> None:
        await plan(rest, kind="cloudflare_ban", retry_after=600)
        response = await rest.get(ME)
        assert (response.status_code, response.text) == (429, "error code: 1015")
        assert response.headers["retry-after"] == "600"
        assert "x-ratelimit-scope" not in response.headers
        with pytest.raises(json.JSONDecodeError):
            response.json()


class TestBrokenConnections:
    async def test_a_reset_comes_before_any_effect(self, config: SimulatorConfig) -> None:
        async with real_client(config) as client:
            await plan(client, kind="reset", method="POST", times=1)
            with pytest.raises(httpx2.ReadError):
                await client.post(GENERAL, json={"content": "hello"})
            assert await written(client, "hello") == 0
            entry, *_ = await log(client, method="POST")
            assert (entry["status"], entry["fault"]["kind"]) == (None, "reset")
            assert entry["body"] == {"content": "hello"}

    async def test_a_lost_answer_comes_after_the_effect(self, config: SimulatorConfig) -> None:
        async with real_client(config) as client:
            await plan(client, kind="lost_answer", route=MESSAGES, method="POST", times=1)
            with pytest.raises(httpx2.ReadError):
                await client.post(GENERAL, json={"content": "hello"})
            assert await written(client, "hello") == 1
            entry, *_ = await log(client, method="POST")
            assert (entry["status"], entry["fault"]["kind"]) == (200, "lost_answer")

    @pytest.mark.parametrize("kind", ["reset", "lost_answer"])
    @pytest.mark.parametrize("loop", [asyncio.new_event_loop, uvloop.new_event_loop])
    def test_are_resets_on_every_loop_that_the_server_may_run_on(
        self,
        config: SimulatorConfig,
        caplog: pytest.LogCaptureFixture,
        kind: str,
        loop: Callable[[], asyncio.AbstractEventLoop],
    ) -> None:
        async def scenario() -> None:
            async with real_client(config) as client:
                await plan(client, kind=kind, times=1)
                with pytest.raises(httpx2.ReadError):
                    await client.get(ME)
                assert (await client.get(ME)).status_code == 200

        with asyncio.Runner(loop_factory=loop) as runner:
            runner.run(scenario())
        assert "ASGI" not in caplog.text

    @pytest.mark.parametrize(("kind", "effects"), [("reset", 0), ("lost_answer", 1)])
    async def test_without_a_network_the_client_gets_the_error_of_one(
        self, rest: httpx2.AsyncClient, kind: str, effects: int
    ) -> None:
        await plan(rest, kind=kind, method="POST", times=1)
        with pytest.raises(httpx2.ReadError):
            await rest.post(GENERAL, json={"content": "hello"})
        assert await written(rest, "hello") == effects

    async def test_a_malformed_answer_is_200_after_the_effect(self, rest: httpx2.AsyncClient) -> None:
        await plan(rest, kind="malformed", method="POST", times=1)
        response = await rest.post(GENERAL, json={"content": "hello"})
        assert response.status_code == 200
        assert response.text.startswith("{")
        with pytest.raises(json.JSONDecodeError):
            response.json()
        assert await written(rest, "hello") == 1


class TestDelay:
    @pytest.mark.parametrize("when", ["before", "after"])
    async def test_waits_on_either_side_of_the_effect(self, rest: httpx2.AsyncClient, when: str) -> None:
        await plan(rest, kind="delay", seconds=0.2, when=when, method="POST", times=1)
        began = time.monotonic()
        response = await rest.post(GENERAL, json={"content": "hello"})
        assert time.monotonic() - began >= 0.2
        assert response.status_code == 200
        assert (await log(rest, method="POST"))[0]["elapsed_ms"] >= 190

    @pytest.mark.parametrize(("when", "effects"), [("before", 0), ("after", 1)])
    async def test_who_does_not_wait_finds_it_done_or_not(
        self, config: SimulatorConfig, when: str, effects: int
    ) -> None:
        async with real_client(config) as client:
            await plan(client, kind="delay", seconds=1, when=when, method="POST", times=1)
            with pytest.raises(httpx2.ReadTimeout):
                await client.post(GENERAL, json={"content": "hello"}, timeout=0.2)
            assert await written(client, "hello") == effects


class TestWhere:
    async def test_method_route_and_path_choose(self, rest: httpx2.AsyncClient) -> None:
        route = await plan(rest, kind="server_error", route="/channels/{any}/messages", method="GET")
        one = await plan(rest, kind="unauthorized", path=f"/users/{seed.ADA}")
        assert (await rest.post(GENERAL, json={"content": "hello"})).status_code == 200
        assert (await rest.get(GENERAL)).status_code == 503
        assert (await rest.get(f"{API}/users/{seed.ADA}")).status_code == 401
        assert (await rest.get(f"{API}/users/{seed.JUN}")).status_code == 200
        assert (await rest.get("/_sim/state")).status_code == 200
        faults = {each["id"]: each for each in (await rest.get("/_sim/faults")).json()["faults"]}
        assert [faults[each["id"]]["struck"] for each in (route, one)] == [1, 1]

    async def test_times_is_the_most_and_the_first_planned_goes_first(self, rest: httpx2.AsyncClient) -> None:
        await plan(rest, kind="server_error", status=500, times=2)
        await plan(rest, kind="server_error", status=502, times=1)
        statuses = [(await rest.get(ME)).status_code for _ in range(4)]
        assert statuses == [500, 500, 502, 200]

    async def test_faults_are_taken_off_one_or_all(self, rest: httpx2.AsyncClient) -> None:
        first = await plan(rest, kind="unauthorized")
        await plan(rest, kind="server_error")
        assert (await rest.get(ME)).status_code == 401
        removed = await rest.delete("/_sim/faults", params={"id": first["id"]})
        assert removed.json() == {"removed": 1}
        assert (await rest.get(ME)).status_code == 503
        assert (await rest.delete("/_sim/faults", params={"id": first["id"]})).status_code == 404
        assert (await rest.delete("/_sim/faults")).json() == {"removed": 1}
        assert (await rest.get(ME)).status_code == 200
        assert (await rest.get("/_sim/faults")).json()["faults"] == []


class TestRepeating:
    async def test_the_same_requests_with_the_same_seeds_are_struck_the_same(
        self, config: SimulatorConfig
    ) -> None:
        async def run(seeds: list[int]) -> tuple[list[object], list[object]]:
            kinds = ("server_error", "rate_limit_user", "lost_answer", "malformed")
            seen: list[object] = []
            unlimited = SimulatorConfig(bot_token=config.bot_token, rate_limits=False, talk=False)
            async with simulator_of(unlimited, headers=AS_BOT) as made:
                client = made.client
                for kind, number in zip(kinds, seeds, strict=True):
                    assert (await plan(client, kind=kind, probability=0.3, seed=number))["seed"] == number
                for number in range(200):
                    method, path = ("GET", ME) if number % 3 else ("POST", GENERAL)
                    body = {"content": f"{number}"} if method == "POST" else None
                    try:
                        response = await client.request(method, path, json=body)
                        seen.append(response.status_code)
                    except httpx2.ReadError as error:
                        seen.append(type(error))
                told = await log(client, limit=5000)
            for each in told:
                del each["at"], each["elapsed_ms"]
            return seen, list(told)

        seeds = [11, 12, 13, 14]
        first, second, other = await run(seeds), await run(seeds), await run([21, 22, 23, 24])
        assert first == second
        assert first[0] != other[0]
        assert {*first[0]} == {200, 503, 429, httpx2.ReadError}
        assert 120 < sum(each["fault"] is not None for each in first[1]) < 180  # type: ignore[index] # lines of the log

    async def test_without_a_seed_one_is_chosen_and_told(self, rest: httpx2.AsyncClient) -> None:
        one, other = [await plan(rest, kind="unauthorized", probability=0.5) for _ in range(2)]
        assert one["seed"] != other["seed"]
        assert 0 <= one["seed"] < 1 << 32


class TestHikari:
    async def test_comes_back_after_a_server_error_and_a_broken_connection(
        self, config: SimulatorConfig
    ) -> None:
        async with real_client(config) as control:
            await plan(control, kind="server_error", status=502, times=1)
            await plan(control, kind="reset", times=1)
            async with hikari_at(str(control.base_url), "the-token", max_retries=2) as client:
                me = await client.fetch_my_user()
            assert me.id == config.application_id
            assert [each["status"] for each in await log(control)] == [502, None, 200]

    @pytest.mark.parametrize(
        ("kind", "error"),
        [
            ("server_error", hikari.InternalServerError),
            ("unauthorized", hikari.UnauthorizedError),
            ("cloudflare_ban", hikari.HTTPResponseError),
            ("reset", hikari.HTTPError),
            ("malformed", ValueError),
        ],
    )
    async def test_says_what_is_wrong_where_it_may_not_come_back(
        self, config: SimulatorConfig, kind: str, error: type[Exception]
    ) -> None:
        async with real_client(config) as control:
            await plan(control, kind=kind)
            async with hikari_at(str(control.base_url), "the-token", max_retries=0) as client:
                with pytest.raises(error):
                    await client.fetch_my_user()


class TestTheWayToTheBot:
    @pytest.mark.parametrize(("when", "heard"), [("before", 0), ("after", 1)])
    async def test_breaks_before_the_bot_read_or_after(
        self, simulator: httpx2.AsyncClient, bot: RecordingBot, when: str, heard: int
    ) -> None:
        await plan(simulator, kind="endpoint_drop", when=when, times=1)
        outcome = (await simulator.post("/_sim/commands", json=COMMAND)).json()
        assert outcome["status"] == 0
        assert len(bot.received) == heard
        assert (await simulator.post("/_sim/commands", json=COMMAND)).json()["status"] == 200

    async def test_may_be_too_slow(self, simulator: httpx2.AsyncClient, bot: RecordingBot) -> None:
        await plan(simulator, kind="endpoint_delay", seconds=0.5)
        outcome = (await simulator.post("/_sim/commands", json=COMMAND)).json()
        assert outcome["status"] == 0
        assert bot.received == []


class TestRefusals:
    @pytest.mark.parametrize(
        ("fault", "word"),
        [
            ({}, "kind"),
            ({"kind": "earthquake"}, "earthquake"),
            ({"kind": "reset", "probability": 1.5}, "probability"),
            ({"kind": "reset", "probability": "often"}, "probability"),
            ({"kind": "reset", "times": 0}, "times"),
            ({"kind": "reset", "seed": -1}, "seed"),
            ({"kind": "reset", "method": "BREW"}, "method"),
            ({"kind": "reset", "code": 4000}, "'code'"),
            ({"kind": "reset", "colour": "red"}, "colour"),
            ({"kind": "reset", "route": "/nowhere/{id}"}, "/nowhere/{id}"),
            ({"kind": "reset", "route": "nowhere"}, "route"),
            ({"kind": "reset", "route": MESSAGES, "path": "/users/@me"}, "either"),
            ({"kind": "delay"}, "'seconds'"),
            ({"kind": "delay", "seconds": 1e9}, "seconds"),
            ({"kind": "delay", "seconds": 1, "when": "meanwhile"}, "when"),
            ({"kind": "server_error", "status": 200}, "status"),
            ({"kind": "close"}, "'code'"),
            ({"kind": "close", "code": 12}, "code"),
            ({"kind": "drop", "event": "MESSAGE_CREATE"}, "'event'"),
            ({"kind": "drop", "route": MESSAGES}, "'route'"),
            ({"kind": "endpoint_drop", "path": "/interactions"}, "'path'"),
        ],
    )
    async def test_are_sentences(
        self, simulator: httpx2.AsyncClient, fault: dict[str, object], word: str
    ) -> None:
        response = await simulator.post("/_sim/faults", json=fault)
        assert response.status_code == 400
        assert word in response.json()["error"]
        assert response.json()["error"].endswith(".")
        assert (await simulator.get("/_sim/faults")).json()["faults"] == []

    @pytest.mark.parametrize(
        "raw", [b"{", b"[]", b"3", b'{"kind": 1}', b"\xff", b'{"kind":"reset","seed":1e999}']
    )
    async def test_anything_else_is_400(self, simulator: httpx2.AsyncClient, raw: bytes) -> None:
        assert (await simulator.post("/_sim/faults", content=raw)).status_code == 400

    @pytest.mark.parametrize("query", ["id=x", "id=0", "id=-1", "colour=red"])
    async def test_of_removals_are_400(self, simulator: httpx2.AsyncClient, query: str) -> None:
        assert (await simulator.delete(f"/_sim/faults?{query}")).status_code == 400

    async def test_no_more_than_a_hundred(self, simulator: httpx2.AsyncClient) -> None:
        for _ in range(100):
            await plan(simulator, kind="reset", probability=0)
        response = await simulator.post("/_sim/faults", json={"kind": "reset"})
        assert response.status_code == 409
        assert response.json()["error"].endswith(".")
