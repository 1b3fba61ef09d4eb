"""The composition root of the web role: joins the web edges into one ASGI application."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app import health
from app.api.problems import problem
from app.container import Container
from app.ids import new_id
from app.logs import request_id
from app.settings import Settings
from dashboard import pages
from interactions.endpoint import EVENTS_PATH, PATH, InteractionsEndpoint
from interactions.receive import Receiver
from interactions.table import COMMANDS  # noqa: F401 - a command that does not compile fails the start

log = logging.getLogger(__name__)

_WEBHOOKS: Final = frozenset({PATH, EVENTS_PATH})


def create_app(settings: Settings) -> ASGIApp:
    """Make the application of the web role. Nothing is connected before it is used.

    Raises:
        SettingsError: something it cannot do without is missing.
    """
    container = Container(settings)
    container.database()

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        await container.close()

    site = Starlette(
        routes=[*health.routes(container), *pages.routes()],
        exception_handlers={HTTPException: _http_error, Exception: _defect},
        lifespan=lifespan,
    )
    # Redirecting to the address with or without a slash would repeat whatever the Host header says.
    site.router.redirect_slashes = False
    receiver = Receiver(container.public_key, container.database)
    return FrontDoor(webhooks=InteractionsEndpoint(receiver), site=site)


class FrontDoor:
    """Names each request and hands it on. Webhooks go first: they have three seconds, pages have patience."""

    def __init__(self, webhooks: ASGIApp, site: ASGIApp) -> None:
        self._webhooks = webhooks
        self._site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or run the lifespan."""
        if scope["type"] == "http":
            request_id.set(new_id().hex)
            if scope["path"] in _WEBHOOKS:
                await self._webhooks(scope, receive, send)
                return
        await self._site(scope, receive, send)


async def _http_error(request: Request, error: Exception) -> Response:
    """Answer for what is not there; the line in the log has the id that the page shows."""
    status, headers = 500, None
    if isinstance(error, HTTPException):
        status, headers = error.status_code, error.headers
    asked = {"status": status, "method": request.method, "path": request.scope["path"][:_LONGEST_PATH]}
    log.info("refused a request", extra=asked)
    if _is_api(request):
        response: Response = problem(status, *_PROBLEMS.get(status, _OTHER_PROBLEM))
    else:
        response = pages.error_page(status, request_id.get())
    response.headers.update(headers or {})
    return response


async def _defect(request: Request, _error: Exception) -> Response:
    """Answer for a defect of ours; Starlette hands the exception on, so the server logs it."""
    if _is_api(request):
        return problem(500, "error", f"Something broke on our side. Error id {request_id.get()}.")
    return pages.error_page(500, request_id.get())


def _is_api(request: Request) -> bool:
    """Tell by the path alone; `request.url` is made with the Host header, which anybody can write."""
    path: str = request.scope["path"]
    return path == "/api" or path.startswith("/api/")


_PROBLEMS: Final = {
    404: ("not_found", "There is nothing at this address."),
    405: ("method_not_allowed", "This address exists, but cannot be used that way."),
}
_OTHER_PROBLEM: Final = ("error", "That did not work. Nothing was changed.")
_LONGEST_PATH: Final = 200
