"""The log of requests: in order, bounded, and without secrets."""

from typing import Any

import httpx2
import pytest

from simulator.config import SimulatorConfig
from simulator.faults.log import BODY_BYTES, KEPT
from simulator.state import seed

pytestmark = pytest.mark.anyio

API = "/api/v10"
GENERAL = f"{API}/channels/{seed.GENERAL}/messages"


async def log(client: httpx2.AsyncClient, **query: Any) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = (await client.get("/_sim/log", params=query)).json()["entries"]
    return entries


class TestLines:
    async def test_tell_what_was_asked_and_what_came_of_it(self, rest: httpx2.AsyncClient) -> None:
        await rest.post(
            GENERAL, json={"content": "hello"}, headers={"X-Audit-Log-Reason": "because%20%C3%A4"}
        )
        await rest.get(f"{API}/guilds/1?with_counts=true")
        first, second = await log(rest)
        assert first["at"] <= second["at"]
        assert first.pop("elapsed_ms") >= 0
        assert len(first.pop("bucket")) == 32
        del first["at"]
        assert first == {
            "seq": 1,
            "kind": "rest",
            "method": "POST",
            "path": GENERAL,
            "query": "",
            "route": "/channels/{channel_id}/messages",
            "status": 200,
            "scope": None,
            "body": {"content": "hello"},
            "reason": "because ä",
            "fault": None,
        }
        assert (second["seq"], second["status"], second["query"]) == (2, 404, "with_counts=true")
        assert second["body"] is None

    async def test_are_written_of_unknown_paths_and_strangers_too(
        self, simulator: httpx2.AsyncClient
    ) -> None:
        await simulator.get(f"{API}/nowhere/1")
        await simulator.get(f"{API}/users/@me")
        assert [(each["route"], each["status"]) for each in await log(simulator)] == [
            (None, 501),
            ("/users/@me", 401),
        ]

    async def test_can_be_read_on_and_chosen(self, rest: httpx2.AsyncClient) -> None:
        for number in range(1, 6):
            await rest.get(f"{API}/guilds/{number}")
        await rest.post(GENERAL, json={"content": "hello"})
        assert [each["seq"] for each in await log(rest, limit=2)] == [5, 6]
        assert [each["seq"] for each in await log(rest, after=0, limit=2)] == [1, 2]
        assert [each["seq"] for each in await log(rest, after=4)] == [5, 6]
        assert [each["seq"] for each in await log(rest, method="post")] == [6]
        assert [each["seq"] for each in await log(rest, route="/guilds/{guild.id}", limit=1)] == [5]
        assert await log(rest, after=6) == []
        assert (await rest.get("/_sim/log")).json()["last"] == 6

    async def test_are_not_written_of_what_is_not_rest(self, rest: httpx2.AsyncClient) -> None:
        await rest.get("/_sim/state")
        await rest.get("/")
        assert await log(rest) == []

    async def test_are_bounded(self, rest: httpx2.AsyncClient) -> None:
        for _ in range(KEPT + 20):
            await rest.get("/api/v10/nowhere")
        entries = await log(rest, after=0, limit=KEPT)
        assert (len(entries), entries[0]["seq"]) == (KEPT, 21)

    @pytest.mark.parametrize(
        "query", ["after=x", "after=-1", "limit=0", "limit=5001", "route=x", "colour=red"]
    )
    async def test_bad_questions_are_400(self, rest: httpx2.AsyncClient, query: str) -> None:
        response = await rest.get(f"/_sim/log?{query}")
        assert response.status_code == 400
        assert response.json()["error"].endswith(".")


class TestBodies:
    async def test_too_long_ones_and_what_is_no_json_become_a_note(self, rest: httpx2.AsyncClient) -> None:
        await rest.post(GENERAL, json={"content": "x" * BODY_BYTES})
        await rest.post(GENERAL, content=b"{", headers={"Content-Type": "application/json"})
        await rest.post(GENERAL, files={"files[0]": ("a.txt", b"text")}, data={"payload_json": "{}"})
        long, broken, form = [each["body"] for each in await log(rest)]
        assert long.endswith("too long to be kept")
        assert broken.startswith("1 bytes that are not JSON")
        assert form.startswith("multipart/form-data, ")


class TestSecrets:
    async def test_no_token_of_any_kind_is_in_it(
        self, rest: httpx2.AsyncClient, config: SimulatorConfig
    ) -> None:
        for path in (
            "/webhooks/1/SECRET",
            "/webhooks/1/SECRET/messages/@original",
            "/interactions/1/SECRET/callback",
        ):
            for base in ("/api", "/api/v10", "/api/v9"):
                await rest.post(base + path, json={"content": "hello", "type": 4})
        form = {"client_secret": "SECRET", "code": "SECRET", "grant_type": "authorization_code"}
        await rest.post(f"{API}/oauth2/token", data=form, headers={"Authorization": "Basic SECRET"})
        text = (await rest.get("/_sim/log")).text
        assert "SECRET" not in text
        assert config.bot_token not in text
        assert f"{API}/webhooks/1/[token]/messages/@original" in text

    async def test_what_is_sent_to_the_bot_loses_its_token(self, simulator: httpx2.AsyncClient) -> None:
        await simulator.post(
            "/_sim/commands",
            json={
                "guild_id": str(seed.GUILD_ID),
                "channel_id": str(seed.GENERAL),
                "user_id": str(seed.ADA),
                "name": "bytes balance",
            },
        )
        (entry,) = await log(simulator)
        assert (entry["kind"], entry["path"], entry["status"]) == ("interaction", "/interactions", 200)
        assert entry["body"]["token"] == "[hidden]"
        assert entry["body"]["data"]["name"] == "bytes"

    async def test_a_query_keeps_all_but_its_secrets(self, simulator: httpx2.AsyncClient) -> None:
        asked = (
            "client_id=1&scope=identify+email&state=SECRET&code=SECRET&%63ode=SECRET&access_token=SECRET&x&"
        )
        await simulator.get(f"{API}/oauth2/authorize?{asked}state=")
        (entry,) = await log(simulator)
        assert "SECRET" not in str(entry)
        assert entry["query"] == (
            "client_id=1&scope=identify+email&state=[hidden]&code=[hidden]&%63ode=[hidden]"
            "&access_token=[hidden]&x&state=[hidden]"
        )

    async def test_a_body_keeps_all_but_its_secrets_however_deep(self, rest: httpx2.AsyncClient) -> None:
        deep = {"content": "hello", "embeds": [{"title": "T", "token": "SECRET"}], "code": {"x": "SECRET"}}
        await rest.post(GENERAL, json=deep)
        await rest.post(GENERAL, json=[[{"refresh_token": "SECRET", "content": "list"}]])
        first, second = [each["body"] for each in await log(rest)]
        assert first == {
            "content": "hello",
            "embeds": [{"title": "T", "token": "[hidden]"}],
            "code": "[hidden]",
        }
        assert second == [[{"refresh_token": "[hidden]", "content": "list"}]]


class TestRoutes:
    async def test_are_those_that_answer_also_where_a_method_tells_them_apart(
        self, rest: httpx2.AsyncClient
    ) -> None:
        """`/members/search` can only be read; written to, it is a member of that name, which cannot be."""
        members = f"{API}/guilds/{seed.GUILD_ID}/members"
        changed = await rest.patch(f"{members}/search", json={})
        read = await rest.get(f"{members}/search", params={"query": "a"})
        nobody = await rest.post(f"{members}/search", json={})
        assert (changed.status_code, list(changed.json()["errors"])) == (400, ["user_id"])
        assert (read.status_code, nobody.status_code) == (200, 405)
        template = "/guilds/{guild_id}/members"
        assert [(each["route"], each["bucket"] is None) for each in await log(rest)] == [
            (template + "/{user_id}", False),
            (template + "/search", False),
            (None, True),
        ]
        assert "x-ratelimit-bucket" not in nobody.headers
