"""How one request of the control API is told of: to the router, and to who reads the document."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulator.control.refusals import refusal_of
from simulator.errors import DiscordError
from simulator.sizes import JSON_BYTES

Handler = Callable[[Request], Awaitable[Response]]

DECLARED: Final = "simulator.declared"
"""Where a request's scope holds its operation, so that nobody reads what the document does not tell."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One request: what it reads, and what comes back when it is not refused.

    `body` and `query` are Structs; `answer` is what the JSON looks like, as a type.
    """

    method: str
    path: str
    handler: Handler
    summary: str
    answer: Any
    body: type[msgspec.Struct] | None = None
    query: type[msgspec.Struct] | None = None
    body_required: bool = True
    body_bytes: int = JSON_BYTES

    def route(self) -> Route:
        """Make the route: a deed that Discord would refuse is refused in a sentence."""

        async def endpoint(request: Request) -> Response:
            request.scope[DECLARED] = self
            try:
                return await self.handler(request)
            except DiscordError as error:
                raise refusal_of(error) from error

        limit = Middleware(RequestBodyLimitMiddleware, max_body_size=self.body_bytes)
        return Route(self.path, endpoint, methods=[self.method], name=self.name, middleware=[limit])

    @property
    def name(self) -> str:
        """What the operation is called, which is what its handler is called."""
        return getattr(self.handler, "__name__", self.path)
