"""A bot's side of the gateway, as bare as it gets: what goes over the wire, and nothing done by itself."""

import json
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import anyio
import httpx2
import zstandard
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from simulator.clock import Clock
from simulator.config import SimulatorConfig
from simulator.deeds import messages
from simulator.deeds.actor import Actor
from simulator.gateway.intents import EVERY_INTENT, Intent
from simulator.local_discord import LocalDiscord
from simulator.state import seed
from simulator.state.entities import Message
from tests.edges.simulator.simulators import simulator_at
from tests.support.processes import address_of, bound

TOKEN = "OTczMjY5NzE5NDU5MDM3MzEz.Gzh3jk.for-the-tests-of-the-gateway-only-0123456"  # as hikari wants it
EVERYTHING = EVERY_INTENT
DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, MEMBERS, INVALID, HELLO, ACK = 0, 1, 2, 6, 7, 8, 9, 10, 11
SECONDS = 5.0


def inflating(compress: str | None) -> Callable[[str | bytes], str | bytes]:
    """How to read a connection's messages."""
    if compress == "zlib-stream":
        return zlib.decompressobj().decompress  # type: ignore[return-value]  # of a stream all are bytes
    if compress == "zstd-stream":
        return zstandard.ZstdDecompressor().decompressobj().decompress  # type: ignore[return-value]  # the same
    return lambda data: zlib.decompress(data) if isinstance(data, bytes) else data


@dataclass
class Client:
    """`ready` is READY's data once there is a session; `seq` the number of the last event."""

    socket: ClientConnection
    inflate: Callable[[str | bytes], str | bytes]
    hello: dict[str, Any] = field(default_factory=dict)
    ready: dict[str, Any] = field(default_factory=dict)
    seq: int = 0

    async def say(self, op: int, data: object = None) -> None:
        await self.socket.send(json.dumps({"op": op, "d": data}))

    async def hear(self) -> dict[str, Any]:
        """Hear one payload."""
        with anyio.fail_after(SECONDS):
            payload: dict[str, Any] = json.loads(self.inflate(await self.socket.recv()))
        self.seq = payload["s"] or self.seq
        return payload

    async def event(self, name: str) -> dict[str, Any]:
        """Hear one event, which must be of this name."""
        payload = await self.hear()
        assert payload["t"] == name, payload
        data: dict[str, Any] = payload["d"]
        return data

    async def heard(self) -> list[dict[str, Any]]:
        """Hear everything that was sent until now."""
        await self.say(HEARTBEAT, self.seq)
        found = []
        while (payload := await self.hear())["op"] != ACK:
            found.append(payload)
        return found

    async def names(self) -> list[str]:
        """Hear everything that was sent until now; only the names of the events."""
        return [each["t"] for each in await self.heard()]

    async def identify(self, intents: int = EVERYTHING, **fields: Any) -> dict[str, Any]:
        """Begin a session; hears up to the last of its guilds, and tells READY."""
        await self.say(IDENTIFY, identity(intents, **fields))
        self.ready = await self.event("READY")
        if intents & Intent.GUILDS:
            for _ in self.ready["guilds"]:
                await self.event("GUILD_CREATE")
        return self.ready

    async def resume(self, session_id: str, seq: int, token: str = TOKEN) -> None:
        await self.say(RESUME, {"token": token, "session_id": session_id, "seq": seq})

    async def closed(self) -> tuple[int | None, str]:
        """Wait until the connection is closed, whatever comes before; tells code and reason."""
        with anyio.fail_after(SECONDS):
            try:
                while True:
                    await self.socket.recv()
            except ConnectionClosed as closed:
                return (closed.rcvd.code, closed.rcvd.reason) if closed.rcvd else (None, "")


def identity(intents: object = EVERYTHING, **fields: Any) -> dict[str, Any]:
    return {"token": TOKEN, "properties": {"os": "test"}, "intents": intents} | fields


@dataclass
class Place:
    """A simulator that runs, and what is in it."""

    discord: LocalDiscord
    address: str
    http: httpx2.AsyncClient

    @property
    def gateway(self) -> str:
        return self.address.replace("http", "ws") + "/gateway"

    @asynccontextmanager
    async def client(self, query: str = "v=10&encoding=json") -> AsyncIterator[Client]:
        """Connect; HELLO was heard."""
        compress = dict(part.split("=") for part in query.split("&") if part).get("compress")
        # A bot may say a lot at once, and need not say goodbye to a simulator that is gone.
        async with connect(
            f"{self.gateway}?{query}", compression=None, max_size=None, close_timeout=0.5
        ) as socket:
            client = Client(socket, inflating(compress))
            client.hello = await client.hear()
            yield client

    def write(
        self, content: str, channel: int = seed.GENERAL, author: int = seed.ADA, **data: Any
    ) -> Message:
        """Let somebody write a message."""
        draft = messages.Draft({"content": content} | data)
        return messages.write(self.discord, self.discord.world.channels[channel], Actor(author), draft)


@asynccontextmanager
async def running(clock: Clock | None = None, **options: Any) -> AsyncIterator[Place]:
    """Run a simulator on a port of its own."""
    listener = bound()
    own: dict[str, Any] = {"bot_token": TOKEN, "talk": False, "public_url": address_of(listener)}
    async with simulator_at(SimulatorConfig(**own | options), listener, clock) as made:
        yield Place(made.discord, made.address, made.client)
