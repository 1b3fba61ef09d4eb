"""Finds what the table has for a path, one step per segment. Starlette would try a pattern per route."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocketClose

from simulator.errors import DiscordError, ErrorKind
from simulator.rest import absent
from simulator.rest.access import Handler

Row = tuple[str, str, Handler]
"""Method, template (`/channels/{channel_id}`, below the base) and who answers."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a path means: the template it fits, the ids in it, and who answers which method."""

    template: str
    params: dict[str, str]
    handlers: dict[str, Handler]


@dataclass(slots=True)
class _Node:
    literals: dict[str, "_Node"] = field(default_factory=dict)
    anything: "_Node | None" = None
    template: str = ""
    names: tuple[str, ...] = ()
    handlers: dict[str, Handler] = field(default_factory=dict)


class Router:
    """An ASGI application that hands each request to its row of the table.

    A literal segment goes before a parameter: `/users/@me` is never a user called "@me".
    """

    def __init__(self, base: str, rows: Iterable[Row]) -> None:
        self._base = base
        self._root = _Node()
        for method, template, handler in rows:
            self._add(method, template, handler)

    def find(self, path: str) -> Found | None:
        """Find what a whole path means, base included. None if the table has nothing for it."""
        if not path.startswith(self._base + "/"):
            return None
        values: list[str] = []
        node = _walk(self._root, path[len(self._base) + 1 :].split("/"), 0, values)
        if node is None:
            return None
        return Found(node.template, dict(zip(node.names, values, strict=True)), node.handlers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request: 501 for an unknown path, 405 for a method the path does not have."""
        if scope["type"] != "http":
            await WebSocketClose()(scope, receive, send)
            return
        response = await self._answer(Request(scope, receive, send))
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        found = self.find(request.scope["path"])
        if found is None:
            return absent.not_here(request)
        handler = found.handlers.get(request.method)
        if handler is None:
            raise DiscordError(ErrorKind.METHOD_NOT_ALLOWED)
        request.scope["path_params"] = found.params
        return await handler(request)

    def _add(self, method: str, template: str, handler: Handler) -> None:
        node = self._root
        names = []
        for step in template.split("/")[1:]:
            if step.startswith("{"):
                names.append(step[1:-1])
                node.anything = node = node.anything or _Node()
            else:
                node = node.literals.setdefault(step, _Node())
        if method in node.handlers:
            raise ValueError(f"{method} {template} stands in the table twice.")
        node.template, node.names = template, tuple(names)
        node.handlers[method] = handler


def _walk(node: _Node, steps: list[str], at: int, values: list[str]) -> _Node | None:
    """Go down as the path says; a literal that leads nowhere is tried as a parameter after all."""
    if at == len(steps):
        return node if node.handlers else None
    step = steps[at]
    literal = node.literals.get(step)
    if literal is not None and (found := _walk(literal, steps, at + 1, values)) is not None:
        return found
    if node.anything is None or not step:
        return None
    values.append(step)
    found = _walk(node.anything, steps, at + 1, values)
    if found is None:
        values.pop()
    return found
