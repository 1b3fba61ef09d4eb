"""W1: `/bytes send user:@bob amount:50`, from the keyboard to the ledger and back.

Read it as documentation: a simulated Discord signs and sends what it would send, the platform answers
over HTTP as it would in production, and nothing in between is replaced.
"""

import asyncio
from typing import Any

import httpx2
import pytest
from redis.asyncio import Redis
from sqlalchemy import text

from app.bytes.repository import find_by_key
from app.database.tx import Database
from app.discord.rest import connect_discord
from app.live.sender import REST_AFTER_FAILURE, STREAM
from app.registration import register_commands
from app.settings import Settings
from interactions.table import ROUTES
from tests.oracles.discord_schema import assert_callback

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("verified")]


class Stage:
    """The first guild of the simulator, its first channel, and its people."""

    def __init__(self, client: httpx2.AsyncClient, state: dict[str, Any]) -> None:
        self.client = client
        self.guild = state["guilds"][0]
        self.channel = self.guild["channels"][0]
        self.people = [person for person in state["people"] if not person["bot"]]

    async def use(self, who: dict[str, Any], name: str, **extra: Any) -> dict[str, Any]:
        answer = await self.client.post(
            "/_sim/commands",
            json={
                "guild_id": self.guild["id"],
                "channel_id": self.channel["id"],
                "user_id": who["id"],
                "name": name,
                "options": {},
            }
            | extra,
        )
        assert answer.status_code == 200, answer.text
        result: dict[str, Any] = answer.json()
        return result


@pytest.fixture
async def stage(simulator: httpx2.AsyncClient) -> Stage:
    return Stage(simulator, (await simulator.get("/_sim/state")).json())


async def test_a_send_from_the_keyboard_to_the_ledger_and_back(stage: Stage, database: Database) -> None:
    ada, bob = stage.people[:2]

    # Ada types the command. Discord has three seconds of patience; the answer comes in far less.
    seen = await stage.use(
        ada, "bytes send", options={"user": bob["id"], "amount": 50, "reason": "the review"}
    )
    assert seen["status"] == 200
    assert seen["elapsed_ms"] < 3000
    assert_callback(seen["response"])

    # Everybody in the channel sees both names, the amount and what it was for.
    assert (
        f"<@{ada['id']}> sent **50 bytes** to <@{bob['id']}>"
        in seen["response"]["data"]["components"][0]["components"][0]["content"]
    )
    assert "For: the review" in seen["message"]["text"]
    messages = (await stage.client.get("/_sim/state")).json()["messages"]
    assert [m["visible_to"] for m in messages if m["id"] == seen["message"]["id"]] == [None]

    # One row holds debit and credit, under the interaction's own key.
    async with database.transaction() as tx:
        row = (
            await tx.execute(
                text("SELECT * FROM bytes_transactions WHERE idempotency_key = :key"),
                {"key": f"interaction:{seen['interaction_id']}"},
            )
        ).one()
    assert (row.giver_id, row.receiver_id, row.amount, row.kind) == (
        int(ada["id"]),
        int(bob["id"]),
        50,
        "transfer",
    )


async def test_whoever_is_watching_hears_of_it(
    stage: Stage, database: Database, redis_url: str, ports: tuple[int, int]
) -> None:
    """Live events may be lost (50 ms, then a rest of 5 s), so another may be needed."""
    ada, bob = stage.people[6:8]
    ready = await stage.client.get(f"http://127.0.0.1:{ports[0]}/readyz")
    assert ready.json()["redis"] == "ok"
    redis = Redis.from_url(redis_url)
    for _ in range(3):
        seen = await stage.use(ada, "bytes send", options={"user": bob["id"], "amount": 1})
        async with database.transaction() as tx:
            booked = await find_by_key(tx, f"interaction:{seen['interaction_id']}")
        assert booked is not None
        newest: Any = await redis.xrevrange(STREAM, count=50)  # others use the same Valkey at the same time
        heard = [fields for _, fields in newest if str(booked.id).encode() in fields[b"facts"]]
        if heard:
            break
        await asyncio.sleep(REST_AFTER_FAILURE)
    else:
        pytest.fail("three sends, and nobody heard of any")
    assert [fields[b"name"] for fields in heard] == [b"bytes.posted"]
    await redis.aclose()


async def test_the_same_request_eight_times_is_one_receipt(stage: Stage) -> None:
    ada, bob = stage.people[2:4]
    sent = await stage.use(ada, "bytes send", options={"user": bob["id"], "amount": 5}, repeat=8)
    assert [answer["status"] for answer in sent["responses"]] == [200] * 8
    assert all(answer["response"] == sent["responses"][0]["response"] for answer in sent["responses"])


@pytest.mark.parametrize("tampered", ["signature", "body", "timestamp"])
async def test_a_request_that_was_tampered_with_is_refused(stage: Stage, tampered: str) -> None:
    seen = await stage.use(stage.people[0], "bytes balance", tamper=tampered)
    assert seen["status"] == 401


async def test_commands_are_answered_however_far_the_simulated_time_is_ahead(stage: Stage) -> None:
    await stage.client.post("/_sim/clock", json={"advance": 86_400})
    assert (await stage.use(stage.people[0], "bytes leaderboard"))["status"] == 200


async def test_a_refusal_is_seen_by_nobody_else(stage: Stage) -> None:
    ada = stage.people[4]
    seen = await stage.use(ada, "bytes send", options={"user": ada["id"], "amount": 5})
    assert "to yourself" in seen["message"]["text"]
    messages = (await stage.client.get("/_sim/state")).json()["messages"]
    assert [m["visible_to"] for m in messages if m["id"] == seen["message"]["id"]] == [ada["id"]]


async def test_the_owner_grants_and_a_member_may_not(stage: Stage) -> None:
    owner = next(p for p in stage.people if p["id"] == stage.guild["owner_id"])
    bob = stage.people[5]
    grant = {"user": bob["id"], "amount": 500, "reason": "the talk"}
    assert "500 bytes granted" in (await stage.use(owner, "treasury grant", options=grant))["message"]["text"]
    refused = await stage.use(stage.people[0], "treasury grant", options=grant)
    assert "“Manage Server”" in refused["message"]["text"]


async def test_registering_again_writes_nothing(simulator: httpx2.AsyncClient, settings: Settings) -> None:
    before = (await simulator.get("/_sim/state")).json()["commands"]
    async with connect_discord(settings) as discord:
        assert not await register_commands(discord)
    assert (await simulator.get("/_sim/state")).json()["commands"] == before
    names = [*(each.name for each in ROUTES.commands), *(each.name for each in ROUTES.menus)]
    assert [command["name"] for command in before] == names
