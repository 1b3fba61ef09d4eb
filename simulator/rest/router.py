"""Hands a request to its row of the table. Starlette would try a pattern per route."""

from collections.abc import Iterable

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocketClose

from simulator.errors import DiscordError, ErrorKind
from simulator.paths import PathTree
from simulator.rest import absent
from simulator.rest.access import Handler

Row = tuple[str, str, Handler]
"""Method, template (`/channels/{channel_id}`, below the base) and who answers."""


class Router:
    """An ASGI application that answers what lies below its base by the rows of a table."""

    def __init__(self, base: str, rows: Iterable[Row]) -> None:
        self._base = base
        self._rows: PathTree[Handler] = PathTree()
        for method, template, handler in rows:
            self._rows.add(method, template, handler)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request: 501 for an unknown path, 405 for a method the path does not have."""
        if scope["type"] != "http":
            await WebSocketClose()(scope, receive, send)
            return
        response = await self._answer(Request(scope, receive, send))
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        path: str = request.scope["path"]
        if not path.startswith(self._base + "/"):
            return absent.not_here(request)
        segments = path[len(self._base) :].split("/")
        found = self._rows.find(request.method, segments)
        if found is None:
            if self._rows.knows(segments):
                raise DiscordError(ErrorKind.METHOD_NOT_ALLOWED)
            return absent.not_here(request)
        handler, request.scope["path_params"] = found
        return await handler(request)
