"""Why the gateway closes a connection: every close code there is."""

import json
from typing import Any

import anyio
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from simulator.gateway.intents import Intent
from tests.edges.simulator.gateway_client import (
    HEARTBEAT,
    IDENTIFY,
    INVALID,
    RESUME,
    TOKEN,
    identity,
    running,
)

pytestmark = pytest.mark.anyio

GUILDS = int(Intent.GUILDS)
RESUMING = {"token": TOKEN, "session_id": "x", "seq": 0}


def said(op: int, data: object = None) -> str:
    return json.dumps({"op": op, "d": data})


TABLE = [
    ("an opcode that does not exist", 4001, "Unknown opcode.", [said(99)], {}),
    ("an opcode that only Discord sends", 4001, "Unknown opcode.", [said(11)], {}),
    ("no JSON", 4002, "Error while decoding payload.", ["{"], {}),
    ("bytes that are no JSON", 4002, "Error while decoding payload.", [b"\xff\x00"], {}),
    ("no object", 4002, "Error while decoding payload.", ["[1]"], {}),
    ("an opcode that is no number", 4002, "Error while decoding payload.", ['{"op":"1"}'], {}),
    ("an opcode that is true", 4002, "Error while decoding payload.", ['{"op":true}'], {}),
    ("a heartbeat of text", 4002, "Error while decoding payload.", [said(HEARTBEAT, "5")], {}),
    ("more than 4096 bytes", 4002, "Error while decoding payload.", [said(HEARTBEAT) + " " * 4096], {}),
    ("an IDENTIFY that is nothing", 4002, "Error while decoding payload.", [said(IDENTIFY)], {}),
    (
        "an IDENTIFY without properties",
        4002,
        "Error while decoding payload.",
        [said(IDENTIFY, {"token": TOKEN, "intents": 1})],
        {},
    ),
    ("a presence before IDENTIFY", 4003, "Not authenticated.", [said(3, {})], {}),
    ("a request for members before IDENTIFY", 4003, "Not authenticated.", [said(8, {"guild_id": "1"})], {}),
    ("a wrong token", 4004, "Authentication failed.", [said(IDENTIFY, identity(token="other"))], {}),
    (
        "a wrong token at RESUME",
        4004,
        "Authentication failed.",
        [said(RESUME, RESUMING | {"token": "é"})],
        {},
    ),
    ("IDENTIFY twice", 4005, "Already authenticated.", [said(IDENTIFY, identity())] * 2, {}),
    (
        "RESUME after IDENTIFY",
        4005,
        "Already authenticated.",
        [said(IDENTIFY, identity()), said(RESUME, RESUMING)],
        {},
    ),
    ("a RESUME without a number", 4007, "Invalid seq.", [said(RESUME, RESUMING | {"seq": None})], {}),
    ("more than 120 events in a minute", 4008, "Rate limited.", [said(HEARTBEAT)] * 121, {}),
    ("a shard beyond the last", 4010, "Invalid shard.", [said(IDENTIFY, identity(shard=[2, 2]))], {}),
    ("a negative shard", 4010, "Invalid shard.", [said(IDENTIFY, identity(shard=[-1, 2]))], {}),
    ("a shard of one number", 4010, "Invalid shard.", [said(IDENTIFY, identity(shard=[0]))], {}),
    ("a shard of none", 4010, "Invalid shard.", [said(IDENTIFY, identity(shard=[0, 0]))], {}),
    (
        "too few shards",
        4011,
        "Sharding required.",
        [said(IDENTIFY, identity(shard=[0, 2]))],
        {"required_shards": 3},
    ),
    (
        "no shard where two are needed",
        4011,
        "Sharding required.",
        [said(IDENTIFY, identity())],
        {"required_shards": 2},
    ),
    ("an intent that does not exist", 4013, "Invalid intent(s).", [said(IDENTIFY, identity(1 << 17))], {}),
    ("negative intents", 4013, "Invalid intent(s).", [said(IDENTIFY, identity(-1))], {}),
    ("intents of text", 4013, "Invalid intent(s).", [said(IDENTIFY, identity("1"))], {}),
    ("no intents", 4013, "Invalid intent(s).", [said(IDENTIFY, identity(None))], {}),
    (
        "an intent that the portal does not allow",
        4014,
        "Disallowed intent(s).",
        [said(IDENTIFY, identity(GUILDS | Intent.GUILD_MEMBERS))],
        {"disallowed_intents": int(Intent.GUILD_MEMBERS)},
    ),
]


class TestClosed:
    @pytest.mark.parametrize(
        ("code", "reason", "payloads", "options"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
    )
    async def test_for_what_a_client_says(
        self, code: int, reason: str, payloads: list[str | bytes], options: dict[str, Any]
    ) -> None:
        async with running(**options) as place, place.client() as client:
            for payload in payloads:
                await client.socket.send(payload)
            assert await client.closed() == (code, reason)

    @pytest.mark.parametrize(
        ("query", "code"),
        [
            ("encoding=json", 4012),
            ("v=9&encoding=json", 4012),
            ("v=11&encoding=json", 4012),
            ("v=ten&encoding=json", 4012),
            ("v=10&encoding=etf", 4002),
            ("v=10&encoding=json&compress=gzip", 4000),
        ],
    )
    async def test_for_an_address_that_is_not_right(self, query: str, code: int) -> None:
        async with running() as place, connect(f"{place.gateway}/?{query}", compression=None) as socket:
            with pytest.raises(ConnectionClosed) as closed:
                await socket.recv()
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == code

    async def test_when_no_heartbeat_comes_and_the_session_is_over(self) -> None:
        async with running(heartbeat_seconds=0.2) as place:
            async with place.client() as client:
                assert client.hello["d"]["heartbeat_interval"] == 200
                ready = await client.identify()
                await anyio.sleep(0.15)
                await client.say(HEARTBEAT, client.seq)
                await anyio.sleep(0.2)
                assert place.discord.gateway.connected == 1
                with anyio.fail_after(1):
                    assert await client.closed() == (4009, "Session timed out.")
            async with place.client() as again:
                await again.resume(ready["session_id"], client.seq)
                assert (await again.hear())["op"] == INVALID

    async def test_with_every_session_when_none_is_left_for_today(self) -> None:
        async with running(session_starts=1) as place, place.client() as first, place.client() as second:
            await first.identify()
            assert place.discord.gateway.starts().remaining == 0
            await second.say(IDENTIFY, identity())
            assert (await second.closed())[0] == 4004
            assert (await first.closed())[0] == 4004


class TestNotClosed:
    async def test_by_what_is_only_taken_note_of(self) -> None:
        async with running() as place, place.client() as client:
            await client.identify()
            presence: dict[str, Any] = {"since": None, "activities": [], "status": "online", "afk": False}
            await client.say(3, presence)
            await client.say(4, {"guild_id": "1", "channel_id": None, "self_mute": False, "self_deaf": False})
            await client.say(31, {"guild_ids": ["1"]})
            assert await client.heard() == []

    async def test_by_120_events_in_a_minute(self) -> None:
        async with running() as place, place.client() as client:
            for _ in range(119):
                await client.say(HEARTBEAT)
                assert (await client.hear())["op"] == 11
            assert await client.heard() == []

    async def test_by_a_token_with_its_kind_before_it(self) -> None:
        async with running() as place, place.client() as client:
            assert (await client.identify(token=f"Bot {TOKEN}"))["v"] == 10

    async def test_by_all_intents_there_are(self) -> None:
        async with running() as place, place.client() as client:
            await client.identify(int(sum(Intent)))
