"""The control API: what it tells, and how it says no."""

import random
from datetime import datetime, timedelta

import httpx2
import pytest

from simulator.config import SimulatorConfig
from simulator.state import seed
from tests.edges.simulator.recording_bot import RecordingBot
from tests.edges.simulator.simulators import simulator_of

pytestmark = pytest.mark.anyio

GUILD, GENERAL, ADA = str(seed.GUILD_ID), str(seed.GENERAL), str(seed.ADA)
HERE = {"guild_id": GUILD, "channel_id": GENERAL, "user_id": ADA}


class TestState:
    async def test_tells_everything(self, simulator: httpx2.AsyncClient, config: SimulatorConfig) -> None:
        state = (await simulator.get("/_sim/state")).json()
        guild = state["guilds"][0]
        assert (guild["id"], guild["name"], guild["owner_id"]) == (GUILD, "Beginner.Codes", str(seed.PRIYA))
        assert guild["channels"][0]["name"] == "general"
        assert state["application"]["public_key"] == config.public_key
        assert config.bot_token not in (await simulator.get("/_sim/state")).text
        assert state["commands"] == []
        assert len(state["messages"]) >= 5

    async def test_begins_with_two_ordinary_members_of_long_standing(
        self, simulator: httpx2.AsyncClient
    ) -> None:
        state = (await simulator.get("/_sim/state")).json()
        now = datetime.fromisoformat(state["now"])
        first, second = [each for each in state["people"] if not each["bot"]][:2]
        for person in (first, second):
            assert person["roles"] == [str(seed.VERIFIED)]
            assert now - datetime.fromisoformat(person["created_at"]) > timedelta(days=365)
            asked = {**HERE, "user_id": person["id"], "content": "hello"}
            del asked["guild_id"]
            assert (await simulator.post("/_sim/messages", json=asked)).status_code == 200

    async def test_has_one_newcomer_and_one_bot(
        self, simulator: httpx2.AsyncClient, config: SimulatorConfig
    ) -> None:
        state = (await simulator.get("/_sim/state")).json()
        now = datetime.fromisoformat(state["now"])
        young = [
            each
            for each in state["people"]
            if now - datetime.fromisoformat(each["created_at"]) < timedelta(days=7)
        ]
        assert [each["name"] for each in young] == ["Noah Bergström"]
        age = now - datetime.fromisoformat(young[0]["created_at"])
        assert timedelta(days=2) <= age < timedelta(days=3)
        assert [each["id"] for each in state["people"] if each["bot"]] == [str(config.application_id)]

    async def test_has_the_same_ids_after_a_restart(self, simulator: httpx2.AsyncClient) -> None:
        async def ids(client: httpx2.AsyncClient) -> list[str]:
            state = (await client.get("/_sim/state")).json()
            guild = state["guilds"][0]
            found = [*guild["channels"], *guild["roles"], *state["people"]]
            return [each["id"] for each in found]

        async with simulator_of(base_url="http://another") as another:
            assert await ids(another.client) == await ids(simulator)


class TestView:
    async def test_shows_only_what_is_new_after_a_revision(self, simulator: httpx2.AsyncClient) -> None:
        query = {"channel_id": GENERAL, "user_id": ADA}
        first = (await simulator.get("/_sim/view", params=query)).json()
        posted = {"channel_id": GENERAL, "user_id": ADA, "content": "news"}
        message = (await simulator.post("/_sim/messages", json=posted)).json()
        second = (await simulator.get("/_sim/view", params={**query, "after": first["revision"]})).json()
        assert [each["id"] for each in second["messages"]] == [message["id"]]
        assert second["epoch"] == first["epoch"]

    async def test_shows_nothing_of_a_channel_one_cannot_see(self, simulator: httpx2.AsyncClient) -> None:
        for user, some in ((seed.ADA, False), (seed.SIOBHAN, True), (seed.PRIYA, True)):
            query = {"channel_id": str(seed.STAFF), "user_id": str(user)}
            view = (await simulator.get("/_sim/view", params=query)).json()
            assert bool(view["messages"]) is some
            directory = (await simulator.get("/_sim/directory", params={"user_id": str(user)})).json()
            assert ("staff" in [each["name"] for each in directory["guild"]["channels"]]) is some


class TestMessages:
    async def test_is_refused_where_one_may_not_write(self, simulator: httpx2.AsyncClient) -> None:
        body = {"channel_id": str(seed.ANNOUNCEMENTS), "user_id": ADA, "content": "x"}
        refused = await simulator.post("/_sim/messages", json=body)
        assert refused.status_code == 403
        assert refused.json() == {"error": "Ada Okafor may not write in #announcements."}

    async def test_old_ones_are_forgotten(self) -> None:
        async with simulator_of(SimulatorConfig(history=5)) as made:
            client = made.client
            for number in range(8):
                body = {"channel_id": GENERAL, "user_id": ADA, "content": str(number)}
                await client.post("/_sim/messages", json=body)
            messages = (await client.get("/_sim/state")).json()["messages"]
        assert [each["content"] for each in messages if each["channel_id"] == GENERAL] == list("34567")


class TestRefusals:
    @pytest.mark.parametrize(
        ("path", "body"),
        [
            ("/_sim/commands", {**HERE, "name": "x", "guild_id": "1"}),
            ("/_sim/commands", {**HERE, "name": "x", "channel_id": "nonsense"}),
            ("/_sim/commands", {**HERE, "name": "x", "user_id": "²"}),
            ("/_sim/events", {"type": "PING", "guild_id": "9" * 40}),
            ("/_sim/messages", {"channel_id": "0", "user_id": ADA, "content": "x"}),
        ],
    )
    async def test_unknown_ids_are_404_with_a_sentence(
        self, simulator: httpx2.AsyncClient, path: str, body: dict[str, str]
    ) -> None:
        response = await simulator.post(path, json=body)
        assert response.status_code == 404
        assert response.json()["error"].endswith(".")

    @pytest.mark.parametrize(
        "raw",
        [
            b"{",
            b"\xff",
            b"[" * 100_000,
            b'{"name":NaN}',
            b'{"name":"\\ud800"}',
            b"[]",
            b"3",
            b"{}",
            b'{"guild_id":1}',
            b'{"options":{"amount":1e999}}',
            b'{"options":{"amount":' + b"9" * 5000 + b"}}",
        ],
    )
    @pytest.mark.parametrize("path", ["commands", "events", "messages"])
    async def test_malformed_bodies_are_400(
        self, simulator: httpx2.AsyncClient, path: str, raw: bytes
    ) -> None:
        response = await simulator.post(f"/_sim/{path}", content=raw)
        assert response.status_code == 400
        assert response.json()["error"]

    @pytest.mark.parametrize(
        "change",
        [
            {"repeat": 65},
            {"repeat": 0},
            {"tamper": "everything"},
            {"surprise": 1},
            {"name": ""},
            {"name": "   "},
            {"options": []},
            {"overrides": 3},
            {"timestamp_offset": 1e30},
        ],
    )
    async def test_fields_that_do_not_fit_are_400(
        self, simulator: httpx2.AsyncClient, change: dict[str, object]
    ) -> None:
        response = await simulator.post("/_sim/commands", json={**HERE, "name": "x", **change})
        assert response.status_code == 400

    async def test_anything_else_still_gets_an_answer(
        self, simulator: httpx2.AsyncClient, bot: RecordingBot
    ) -> None:
        rng = random.Random(11)
        values = ["", "x" * 300, "²", None, True, 0.1, 10**40, -1, [], {}, [[1]], {"a": {"b": None}}]
        for _ in range(60):
            options = {rng.choice(["a", "", "user", "ü"]): rng.choice(values) for _ in range(3)}
            body = {**HERE, "name": rng.choice(["a", "a b c d e", "ü ²"]), "options": options}
            assert (await simulator.post("/_sim/commands", json=body)).status_code == 200

    async def test_large_bodies_are_413_and_unknown_paths_404_in_json(
        self, simulator: httpx2.AsyncClient
    ) -> None:
        large = await simulator.post("/_sim/messages", content=b" " * (14 * 1024 * 1024 + 1))
        assert (large.status_code, large.json()) == (413, {"error": "The body is too large."})
        unknown = await simulator.get("/_sim/nothing")
        assert (unknown.status_code, unknown.json()) == (404, {"error": "Not Found: GET /_sim/nothing"})
        assert (await simulator.get("/_sim/commands")).json() == {
            "error": "Method Not Allowed: GET /_sim/commands"
        }
