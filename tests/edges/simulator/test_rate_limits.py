"""Rate limits: counted by the simulator's clock, told in headers, obeyed by hikari."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import hikari
import httpx2
import pytest

from simulator.clock import Clock
from simulator.config import SimulatorConfig
from simulator.faults.limits import GLOBAL, LIMITS
from simulator.faults.routes import shape_of
from simulator.rest.routes import TABLE
from simulator.state import seed
from tests.edges.simulator.hikari_client import hikari_at
from tests.edges.simulator.simulators import simulator_at, simulator_of

pytestmark = pytest.mark.anyio

API = "/api/v10"
GENERAL = f"/channels/{seed.GENERAL}/messages"
STAFF = f"/channels/{seed.STAFF}/messages"
AS_BOT = {"Authorization": "Bot the-token"}


class StoppedClock(Clock):
    """Time passes only when somebody lets it."""

    def machine_now(self) -> datetime:
        return datetime(2026, 5, 1, tzinfo=UTC)


@pytest.fixture
async def stopped(config: SimulatorConfig) -> AsyncIterator[httpx2.AsyncClient]:
    async with simulator_of(config, clock=StoppedClock(), headers=AS_BOT) as made:
        yield made.client


async def write(client: httpx2.AsyncClient, path: str = GENERAL) -> httpx2.Response:
    return await client.post(API + path, json={"content": "hello"})


class TestBuckets:
    async def test_every_answer_tells_where_the_bucket_stands(self, stopped: httpx2.AsyncClient) -> None:
        first, second = await write(stopped), await write(stopped)
        assert first.status_code == second.status_code == 200
        assert first.headers["x-ratelimit-limit"] == "5"
        assert [each.headers["x-ratelimit-remaining"] for each in (first, second)] == ["4", "3"]
        assert first.headers["x-ratelimit-reset-after"] == "5.000"
        reset = float(first.headers["x-ratelimit-reset"])
        assert reset == pytest.approx(datetime(2026, 5, 1, tzinfo=UTC).timestamp() + 5, abs=0.002)
        assert first.headers["x-ratelimit-bucket"] == second.headers["x-ratelimit-bucket"]
        assert len(first.headers["x-ratelimit-bucket"]) == 32

    async def test_refusals_of_the_api_tell_it_too(self, stopped: httpx2.AsyncClient) -> None:
        response = await stopped.get(f"{API}/guilds/1")
        assert response.status_code == 404
        assert (
            int(response.headers["x-ratelimit-remaining"]) == int(response.headers["x-ratelimit-limit"]) - 1
        )

    async def test_a_bucket_refuses_until_the_simulators_time_has_passed(
        self, stopped: httpx2.AsyncClient
    ) -> None:
        for _ in range(5):
            assert (await write(stopped)).status_code == 200
        await stopped.post("/_sim/clock", json={"advance": 1.5})
        refused = await write(stopped)
        assert refused.status_code == 429
        assert refused.json() == {
            "message": "You are being rate limited.",
            "retry_after": 3.5,
            "global": False,
        }
        assert refused.headers["retry-after"] == "4"
        assert refused.headers["x-ratelimit-scope"] == "user"
        assert refused.headers["x-ratelimit-remaining"] == "0"
        assert refused.headers["x-ratelimit-reset-after"] == "3.500"
        assert "x-ratelimit-global" not in refused.headers
        await stopped.post("/_sim/clock", json={"advance": 3.499})
        assert (await write(stopped)).status_code == 429
        await stopped.post("/_sim/clock", json={"advance": 0.001})
        assert (await write(stopped)).status_code == 200

    async def test_a_refusal_on_purpose_leaves_the_count_as_it_is(self, stopped: httpx2.AsyncClient) -> None:
        fault = {"kind": "rate_limit_user", "times": 1, "retry_after": 1.0}
        assert (await stopped.post("/_sim/faults", json=fault)).status_code == 200
        refused = await write(stopped)
        assert (refused.status_code, refused.headers["x-ratelimit-remaining"]) == (429, "4")
        assert [(await write(stopped)).status_code for _ in range(5)] == [200] * 4 + [429]

    async def test_what_is_refused_is_not_done(self, stopped: httpx2.AsyncClient) -> None:
        answers = [await write(stopped) for _ in range(7)]
        assert [each.status_code for each in answers] == [200] * 5 + [429] * 2
        written = (await stopped.get(f"{API}{GENERAL}", params={"limit": 100})).json()
        assert sum(each["content"] == "hello" for each in written) == 5

    async def test_each_channel_route_and_caller_has_its_own(self, stopped: httpx2.AsyncClient) -> None:
        for _ in range(5):
            message = (await write(stopped)).json()
        assert (await write(stopped)).status_code == 429
        assert (await write(stopped, STAFF)).status_code == 200
        path = f"{API}{GENERAL}/{message['id']}"
        edited = await stopped.patch(path, json={"content": "changed"})
        assert edited.status_code == 200
        assert (
            edited.headers["x-ratelimit-bucket"] != (await stopped.delete(path)).headers["x-ratelimit-bucket"]
        )
        stranger = await stopped.post(
            API + GENERAL, json={"content": "hello"}, headers={"Authorization": "Bot another"}
        )
        assert stranger.status_code == 401

    async def test_the_version_in_the_path_makes_no_other_bucket(self, stopped: httpx2.AsyncClient) -> None:
        await write(stopped)
        other = await stopped.post(f"/api/v10{GENERAL}", json={"content": "hello"})
        assert other.headers["x-ratelimit-remaining"] == "3"

    async def test_reset_is_told_in_the_callers_time_however_far_this_discord_is_ahead(
        self, simulator: httpx2.AsyncClient
    ) -> None:
        await simulator.post("/_sim/clock", json={"advance": 86_400})
        response = await simulator.get(f"{API}/guilds/1")
        assert abs(float(response.headers["x-ratelimit-reset"]) - Clock().now().timestamp()) < 5

    async def test_can_be_switched_off(self) -> None:
        config = SimulatorConfig(bot_token="the-token", rate_limits=False)
        async with simulator_of(config, clock=StoppedClock(), headers=AS_BOT) as made:
            answers = [await write(made.client) for _ in range(60)]
        assert {each.status_code for each in answers} == {200}
        assert not any(name.startswith("x-ratelimit") for each in answers for name in each.headers)

    def test_every_limit_is_about_a_route_that_there_is(self) -> None:
        routes = {(method, shape_of(template)) for method, template, _handler in TABLE}
        assert set(LIMITS) <= routes
        assert all(limit.requests > 0 and limit.seconds > 0 and limit.source for limit in LIMITS.values())


class TestGlobalLimit:
    async def test_is_fifty_a_second_for_the_token_whatever_is_called(
        self, stopped: httpx2.AsyncClient
    ) -> None:
        paths = [f"{API}/guilds/{number}" for number in range(1, 53)]
        answers = [await stopped.get(path) for path in paths]
        assert [each.status_code for each in answers] == [404] * 50 + [429] * 2
        refused = answers[-1]
        assert refused.json() == {
            "message": "You are being rate limited.",
            "retry_after": 1.0,
            "global": True,
        }
        assert refused.headers["x-ratelimit-global"] == "true"
        assert refused.headers["x-ratelimit-scope"] == "global"
        assert refused.headers["retry-after"] == "1"
        assert "x-ratelimit-bucket" not in refused.headers
        await stopped.post("/_sim/clock", json={"advance": 1})
        assert (await stopped.get(paths[-1])).status_code == 404

    async def test_does_not_count_what_an_interactions_token_opens(self, stopped: httpx2.AsyncClient) -> None:
        for _ in range(GLOBAL.requests):
            await stopped.get(f"{API}/users/@me")
        assert (await stopped.get(f"{API}/guilds/1")).status_code == 429
        answer = await stopped.post(f"{API}/interactions/1/secret/callback", json={"type": 5})
        assert answer.status_code != 429
        assert "x-ratelimit-bucket" not in answer.headers


class TestInvalidRequests:
    async def test_are_counted_for_ten_minutes_and_shown(self, stopped: httpx2.AsyncClient) -> None:
        async def count() -> dict[str, int]:
            answer: dict[str, int] = (await stopped.get("/_sim/faults")).json()["invalid_requests"]
            return answer

        stranger = {"Authorization": "Bot wrong"}
        for _ in range(3):
            assert (await stopped.get(f"{API}/users/@me", headers=stranger)).status_code == 401
        assert (await stopped.get(f"{API}/guilds/1")).status_code == 404
        for _ in range(7):
            await write(stopped)
        assert await count() == {"count": 5, "limit": 10_000, "seconds": 600}
        shared = {"kind": "rate_limit_shared", "times": 1}
        assert (await stopped.post("/_sim/faults", json=shared)).status_code == 200
        assert (await stopped.get(f"{API}/guilds/1")).status_code == 429
        assert (await count())["count"] == 5
        await stopped.post("/_sim/clock", json={"advance": 600})
        assert (await count())["count"] == 0


class TestHikari:
    async def test_sends_twelve_messages_without_one_refusal_because_it_reads_the_headers(
        self, config: SimulatorConfig
    ) -> None:
        async with simulator_at(config) as made, hikari_at(made.address, "the-token") as client:
            began = time.monotonic()
            await asyncio.gather(
                *(client.create_message(seed.GENERAL, f"message {number}") for number in range(12))
            )
            took = time.monotonic() - began
            entries = (await made.client.get("/_sim/log", params={"method": "POST"})).json()["entries"]
        assert [each["status"] for each in entries] == [200] * 12
        assert {each["route"] for each in entries} == {"/channels/{channel_id}/messages"}
        assert len({each["bucket"] for each in entries}) == 1
        # Two windows have to end before the eleventh may go.
        assert 9.5 < took < 16

    async def test_gives_up_at_once_where_it_would_wait_longer_than_it_may(
        self, config: SimulatorConfig
    ) -> None:
        async with (
            simulator_at(config) as made,
            hikari_at(made.address, "the-token", max_rate_limit=1.0) as client,
        ):
            for number in range(5):
                await client.create_message(seed.GENERAL, f"message {number}")
            with pytest.raises(hikari.RateLimitTooLongError):
                await client.create_message(seed.GENERAL, "one too many")
            entries = (await made.client.get("/_sim/log")).json()["entries"]
        assert [each["status"] for each in entries] == [200] * 5

    @pytest.mark.parametrize(
        ("kind", "waits"),
        [
            ("rate_limit_user", 0.4),
            ("rate_limit_shared", 0.4),
            ("rate_limit_global", 0.4),
        ],
    )
    async def test_comes_back_after_a_refusal_of_any_scope(
        self, config: SimulatorConfig, kind: str, waits: float
    ) -> None:
        async with simulator_at(config) as made, hikari_at(made.address, "the-token") as client:
            # A bucket that it does not know yet it does not hold back, not even globally.
            await client.create_message(seed.GENERAL, "first")
            fault = {"kind": kind, "times": 1, "retry_after": 0.4}
            assert (await made.client.post("/_sim/faults", json=fault)).status_code == 200
            began = time.monotonic()
            await client.create_message(seed.GENERAL, "once")
            took = time.monotonic() - began
            entries = (await made.client.get("/_sim/log")).json()["entries"]
        assert [(each["status"], each["scope"]) for each in entries] == [
            (200, None),
            (429, kind.removeprefix("rate_limit_")),
            (200, None),
        ]
        assert waits - 0.01 < took < 2
