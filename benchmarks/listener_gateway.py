"""A gateway that tells one bot the same stream as fast as it hears: nothing but that, and the address of it.

`python -m benchmarks.listener_gateway PORT EVENTS SEED` says `ready` and serves one connection after the
other. It begins with two messages for each server and goes on when it is told so (`POST /go`).
"""

import asyncio
import json
import random
import sys
import zlib
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any, Final

from aiohttp import web

from app import clock
from app.ids import first_snowflake
from benchmarks.automod_texts import of_all_kinds

GUILDS: Final = 5
"""In turn, so that none is the only one."""

MEMBERS: Final = 5_000
WARM_UP: Final = 2 * GUILDS

_FIRST_GUILD: Final = 1_100_000_000_000_000_000
_FIRST_MEMBER: Final = 300_000_000_000_000_000
_BETWEEN: Final = 4_194_304
_BOT: Final = "973269719459037313"
_HEARTBEAT: Final = 600_000
"""Milliseconds: longer than any round, so that nobody has to answer one."""

_HELLO: Final = json.dumps({"op": 10, "s": None, "t": None, "d": {"heartbeat_interval": _HEARTBEAT}}).encode()
_IDENTIFY: Final = 2


def guild_id(number: int) -> int:
    """Give the id of one of the guilds."""
    return _FIRST_GUILD + number * _BETWEEN


def _payload(event: str, sequence: int, data: dict[str, Any]) -> bytes:
    return json.dumps({"op": 0, "t": event, "s": sequence, "d": data}, separators=(",", ":")).encode()


def _user(number: int) -> dict[str, Any]:
    return {
        "id": str(_FIRST_MEMBER + number * _BETWEEN),
        "username": f"member.{number}",
        "global_name": f"Member {number}",
        "avatar": "a1b2c3d4e5f60718293a4b5c6d7e8f90",
        "discriminator": "0",
        "public_flags": 64,
        "avatar_decoration_data": None,
        "clan": None,
        "primary_guild": None,
    }


def _message(number: int, message_id: int, content: str) -> dict[str, Any]:
    """Write a message as Discord's gateway does."""
    place, who = guild_id(number % GUILDS), number % MEMBERS
    return {
        "type": 0,
        "tts": False,
        "timestamp": "2026-01-01T12:00:00.000000+00:00",
        "pinned": False,
        "nonce": str(message_id - 1),
        "mentions": [],
        "mention_roles": [],
        "mention_everyone": False,
        "member": {
            "roles": [str(place + 11), str(place + 12)],
            "premium_since": None,
            "pending": False,
            "nick": None,
            "mute": False,
            "joined_at": "2021-03-04T05:06:07.089000+00:00",
            "flags": 0,
            "deaf": False,
            "communication_disabled_until": None,
            "banner": None,
            "avatar": None,
        },
        "id": str(message_id),
        "flags": 0,
        "embeds": [],
        "edited_timestamp": None,
        "content": content,
        "components": [],
        "channel_type": 0,
        "channel_id": str(place + 1 + number % 7),
        "author": _user(who),
        "attachments": [],
        "guild_id": str(place),
    }


def _guild(number: int) -> dict[str, Any]:
    place = guild_id(number)
    roles = [
        {
            "id": str(place + each),
            "name": f"role {each}",
            "permissions": "0",
            "position": each,
            "color": 0,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
            "hoist": False,
            "managed": False,
            "mentionable": False,
            "icon": None,
            "unicode_emoji": None,
            "flags": 0,
        }
        for each in (0, 11, 12)
    ]
    return {
        "id": str(place),
        "name": f"Guild {number}",
        "owner_id": str(_FIRST_MEMBER - 1),
        "unavailable": False,
        "joined_at": "2026-01-01T00:00:00+00:00",
        "large": False,
        "member_count": MEMBERS,
        "roles": roles,
        "channels": [],
        "threads": [],
        "members": [],
        "emojis": [],
        "stickers": [],
        "features": [],
        "presences": [],
        "voice_states": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
        "icon": None,
        "splash": None,
        "discovery_splash": None,
        "afk_channel_id": None,
        "afk_timeout": 300,
        "application_id": None,
        "banner": None,
        "default_message_notifications": 0,
        "description": None,
        "explicit_content_filter": 0,
        "max_members": 500_000,
        "mfa_level": 0,
        "nsfw_level": 0,
        "preferred_locale": "en-US",
        "premium_progress_bar_enabled": False,
        "premium_subscription_count": 0,
        "premium_tier": 0,
        "public_updates_channel_id": None,
        "rules_channel_id": None,
        "safety_alerts_channel_id": None,
        "system_channel_flags": 0,
        "system_channel_id": None,
        "vanity_url_code": None,
        "verification_level": 0,
        "incidents_data": None,
    }


def _start() -> Iterator[bytes]:
    ready = {
        "v": 10,
        "user": _user(0) | {"id": _BOT, "bot": True, "mfa_enabled": False, "flags": 0, "verified": True},
        "guilds": [{"id": str(guild_id(each)), "unavailable": True} for each in range(GUILDS)],
        "session_id": "measured",
        "resume_gateway_url": "ws://127.0.0.1:1",
        "shard": [0, 1],
        "application": {"id": _BOT, "flags": 0},
    }
    yield _payload("READY", 1, ready)
    for each in range(GUILDS):
        yield _payload("GUILD_CREATE", 2 + each, _guild(each))


def _stream(texts: list[str]) -> Iterator[bytes]:
    """Write the messages: first two in each guild, so that rules are read, then those that count."""
    first = first_snowflake(clock.now())
    for number in range(WARM_UP):
        yield _payload("MESSAGE_CREATE", 1_000 + number, _message(number, first + number, "good morning"))
    for number, content in enumerate(texts, start=WARM_UP):
        message_id = first + number * 20 * _BETWEEN
        yield _payload("MESSAGE_CREATE", 1_000 + number, _message(number, message_id, content))


async def _identified(socket: web.WebSocketResponse) -> None:
    """Return when the client has identified, or left."""
    async for message in socket:
        if json.loads(message.data)["op"] == _IDENTIFY:
            return


async def _serve(port: int, events: int, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - nothing here is a secret
    texts, is_warm = list(of_all_kinds(events, chance)), asyncio.Event()

    async def gateway(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(compress=False, max_msg_size=0)
        await socket.prepare(request)
        squeeze = zlib.compressobj(1)

        async def say(payload: bytes) -> None:
            await socket.send_bytes(squeeze.compress(payload) + squeeze.flush(zlib.Z_SYNC_FLUSH))

        await say(_HELLO)
        await _identified(socket)
        stream = chain(_start(), _stream(texts))
        for payload in islice(stream, 1 + GUILDS + WARM_UP):
            await say(payload)
        await is_warm.wait()
        is_warm.clear()
        for payload in stream:
            await say(payload)
        await _identified(socket)  # it never does again: until it leaves
        return socket

    async def go(_request: web.Request) -> web.Response:
        is_warm.set()
        return web.Response()

    async def address(_request: web.Request) -> web.Response:
        limit = {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}
        return web.json_response(
            {"url": f"ws://127.0.0.1:{port}/gateway", "shards": 1, "session_start_limit": limit}
        )

    app = web.Application()
    app.add_routes(
        [
            web.get("/gateway", gateway),
            web.get("/gateway/", gateway),
            web.post("/go", go),
            web.get("/api/v10/gateway/bot", address),
        ]
    )
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    print("ready", flush=True)  # noqa: T201 - whoever started it waits for this
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve(*map(int, sys.argv[1:4])))
