"""A gateway that does as it is told, to be met with what no local Discord does by itself.

Every connection gets the next act of the script, once it has identified or resumed. After the last act the
gateway just stays.
"""

import asyncio
import json
import zlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from tests.support.processes import free_port, serving

HELLO, IDENTIFY, RESUME, HEARTBEAT, ACK, RECONNECT, INVALID = 10, 2, 6, 1, 11, 7, 9

BOT_ID = "973269719459037313"


@dataclass(frozen=True)
class Act:
    """What the gateway does with one connection.

    Attributes:
        close: Close with this code.
        instead: Do so instead of saying READY.
        op: Send this opcode, with `data`.
        tell: Send these events, by name.
    """

    close: int | None = None
    instead: bool = False
    op: int | None = None
    data: object = None
    tell: Sequence[tuple[str, dict[str, Any]]] = ()


@dataclass
class Gateway:
    """What it was told, and what it has seen."""

    script: Sequence[Act]
    address: str
    answers_heartbeats: bool = True
    sessions: list[int] = field(default_factory=list)
    """The opcode each connection came in with."""
    closed: list[int] = field(default_factory=list)
    """The code each connection was left with, by the other side."""

    @property
    def api_url(self) -> str:
        return f"{self.address}/api/v10"

    async def information(self, _request: Request) -> JSONResponse:
        limit = {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}
        return JSONResponse({"url": self._url, "shards": 1, "session_start_limit": limit})

    @property
    def _url(self) -> str:
        return f"{self.address.replace('http', 'ws')}/gateway"

    async def connection(self, socket: WebSocket) -> None:
        await socket.accept()
        line = _Line(socket)
        await line.send(HELLO, {"heartbeat_interval": 500})
        while (message := await socket.receive())["type"] != "websocket.disconnect":
            said = json.loads(message.get("bytes") or message["text"])
            if said["op"] == HEARTBEAT and self.answers_heartbeats:
                await line.send(ACK)
            elif said["op"] in (IDENTIFY, RESUME):
                self.sessions.append(said["op"])
                if not await self._perform(line, said["op"]):
                    return
        self.closed.append(message["code"])

    async def _perform(self, line: "_Line", op: int) -> bool:
        """Do what the script says; tells whether the connection goes on."""
        number = len(self.sessions) - 1
        act = self.script[number] if number < len(self.script) else Act()
        if not act.instead:
            if op == IDENTIFY:
                await line.tell("READY", _ready(self._url))
            else:
                await line.tell("RESUMED", {})
        for event, data in act.tell:
            await line.tell(event, data)
        if act.op is not None:
            await line.send(act.op, act.data)
        if act.close is not None:
            await line.socket.close(act.close)
        return act.close is None


class _Line:
    """One connection: numbered, compressed as hikari asks for it."""

    def __init__(self, socket: WebSocket) -> None:
        self.socket = socket
        self._compress = zlib.compressobj()
        self._number = 0

    async def send(self, op: int, data: object = None, event: str | None = None) -> None:
        self._number += event is not None
        number = self._number if event is not None else None
        frame = json.dumps({"op": op, "d": data, "t": event, "s": number}).encode()
        await self.socket.send_bytes(self._compress.compress(frame) + self._compress.flush(zlib.Z_SYNC_FLUSH))

    async def tell(self, event: str, data: dict[str, Any]) -> None:
        await self.send(0, data, event)


def _ready(url: str) -> dict[str, Any]:
    return {
        "v": 10,
        "user": {"id": BOT_ID, "username": "canary-bot", "discriminator": "0", "bot": True},
        "guilds": [],
        "session_id": "canary-session",
        "resume_gateway_url": url,
        "application": {"id": BOT_ID, "flags": 0},
    }


@asynccontextmanager
async def scripted(*script: Act) -> AsyncIterator[Gateway]:
    """Have such a gateway for the length of the block."""
    port = free_port()
    gateway = Gateway(script, f"http://127.0.0.1:{port}")
    app = Starlette(
        routes=[
            Route("/api/v10/gateway/bot", gateway.information),
            WebSocketRoute("/gateway", gateway.connection),
        ]
    )
    async with asyncio.timeout(60), serving(app, port):
        yield gateway
