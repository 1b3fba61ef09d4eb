"""A bot for the simulator to talk to: keeps what it received, answers what it was told to."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import anyio
import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from simulator.gateway.server import Websockets
from simulator.wire import encode


@dataclass
class Received:
    path: str
    headers: Headers
    body: bytes


@dataclass
class RecordingBot:
    """`answer` is what it says, as JSON unless it is bytes; it takes `delay` seconds to say it."""

    answer: Any = field(default_factory=lambda: {"type": 4, "data": {"content": "Hello."}})
    status: int = 200
    delay: float = 0
    received: list[Received] = field(default_factory=list)

    @property
    def app(self) -> Starlette:
        return Starlette(routes=[Route("/{path:path}", self._hear, methods=["POST"])])

    async def _hear(self, request: Request) -> Response:
        self.received.append(Received(request.url.path, request.headers, await request.body()))
        await asyncio.sleep(self.delay)
        body = self.answer if isinstance(self.answer, bytes) else encode(self.answer)
        return Response(body, self.status, media_type="application/json")


def bound() -> socket.socket:
    """Take a free port of this machine."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    return listener


def address_of(listener: socket.socket) -> str:
    return f"http://127.0.0.1:{listener.getsockname()[1]}"


@asynccontextmanager
async def serve(app: ASGIApp, listener: socket.socket | None = None) -> AsyncIterator[str]:
    """Serve an application for real, on a free port of this machine. Yields its address."""
    listener = listener or bound()
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            ws=Websockets,
            ws_per_message_deflate=False,
            ws_ping_interval=None,
            timeout_graceful_shutdown=1,
        )
    )
    with listener:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(server.serve, [listener])
            while not server.started:  # noqa: ASYNC110 - uvicorn has a flag, no event
                await anyio.sleep(0.01)
            try:
                yield address_of(listener)
            finally:
                server.should_exit = True
