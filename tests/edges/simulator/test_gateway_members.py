"""Asking for a guild's members over the gateway."""

from typing import Any

import pytest

from simulator.gateway.intents import Intent
from simulator.state import seed
from simulator.state.entities import Member, User
from tests.edges.simulator.gateway_client import MEMBERS, Client, running

pytestmark = pytest.mark.anyio

GUILD = str(seed.GUILD_ID)
ALL = int(Intent.GUILDS | Intent.GUILD_MEMBERS)


async def ask(client: Client, **fields: Any) -> list[dict[str, Any]]:
    await client.say(MEMBERS, {"guild_id": GUILD} | fields)
    heard = await client.heard()
    assert {each["t"] for each in heard} <= {"GUILD_MEMBERS_CHUNK"}
    return [each["d"] for each in heard]


def ids(chunk: dict[str, Any]) -> list[int]:
    return [int(each["user"]["id"]) for each in chunk["members"]]


class TestMembers:
    async def test_all_of_them_come_a_thousand_at_a_time(self) -> None:
        async with running() as place, place.client() as client:
            await client.identify(ALL)
            guild = place.discord.world.guilds[seed.GUILD_ID]
            for number in range(2_000):
                user = User(place.discord.snowflakes.make(), f"crowd{number}", None)
                guild.members[user.id] = Member(user, place.discord.clock.now())
            chunks = await ask(client, query="", limit=0, nonce="n" * 32)
            assert [each["chunk_index"] for each in chunks] == [0, 1, 2]
            assert {each["chunk_count"] for each in chunks} == {3}
            assert {each["nonce"] for each in chunks} == {"n" * 32}
            assert [each for chunk in chunks for each in ids(chunk)] == list(guild.members)

    @pytest.mark.parametrize(
        ("fields", "expected"),
        [
            ({"query": "ad", "limit": 10}, [seed.ADA]),
            ({"query": "SIOBHÁN", "limit": 10}, [seed.SIOBHAN]),
            ({"query": "Jun 🌱", "limit": 10}, [seed.JUN]),
            ({"query": "nobody", "limit": 10}, []),
            ({"query": "", "limit": 2}, [seed.ADA, seed.MATEO]),
            ({"user_ids": [str(seed.MATEO), str(seed.ADA), str(seed.MATEO)]}, [seed.MATEO, seed.ADA]),
            ({"user_ids": str(seed.JUN)}, [seed.JUN]),
            ({"user_ids": [seed.JUN]}, [seed.JUN]),
            ({"user_ids": []}, []),
        ],
    )
    async def test_some_are_found_without_any_privilege(
        self, fields: dict[str, Any], expected: list[int]
    ) -> None:
        async with running() as place, place.client() as client:
            await client.identify(int(Intent.GUILDS))
            [chunk] = await ask(client, **fields)
            assert ids(chunk) == expected
            assert chunk.keys().isdisjoint({"nonce", "presences", "not_found"})

    async def test_who_is_not_there_is_named(self) -> None:
        async with running() as place, place.client() as client:
            await client.identify(0)
            [chunk] = await ask(client, user_ids=["1", str(seed.ADA)], nonce="n" * 33)
            assert (chunk["not_found"], ids(chunk)) == (["1"], [seed.ADA])
            assert "nonce" not in chunk

    async def test_presences_come_with_their_intent(self) -> None:
        async with running() as place, place.client() as client:
            await client.identify(int(Intent.GUILD_PRESENCES))
            [chunk] = await ask(client, user_ids=[str(seed.ADA)], presences=True)
            assert [each["user"]["id"] for each in chunk["presences"]] == [str(seed.ADA)]

    @pytest.mark.parametrize(
        ("intents", "fields"),
        [
            (Intent.GUILDS, {"query": "", "limit": 0}),
            (ALL, {"query": "a", "limit": 1, "presences": True}),
            (ALL, {"guild_id": "1", "query": "", "limit": 0}),
        ],
    )
    async def test_who_may_not_ask_waits_in_vain(self, intents: int, fields: dict[str, Any]) -> None:
        async with running() as place, place.client() as client:
            await client.identify(int(intents))
            assert await ask(client, **fields) == []

    @pytest.mark.parametrize("fields", [{"guild_id": None}, {"query": 5}, {"limit": "1"}])
    async def test_what_cannot_be_read_closes(self, fields: dict[str, Any]) -> None:
        async with running() as place, place.client() as client:
            await client.identify(ALL)
            await client.say(MEMBERS, {"guild_id": GUILD} | fields)
            assert (await client.closed())[0] == 4002
