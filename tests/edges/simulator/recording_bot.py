"""A bot for the simulator to talk to: keeps what it received, answers what it was told to."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

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
