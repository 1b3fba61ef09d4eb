"""The composition root of the web role: joins the web edges into one ASGI application."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from itertools import count
from secrets import token_hex
from typing import Final, Never

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app import health
from app.analytics.buffer import InvocationBuffer
from app.api.problems import problem
from app.container import Container
from app.database.cache import GUILD_CHANGED, Cache
from app.live.reader import follow
from app.live.sender import CHANGES
from app.logs import request_id
from app.retention import forget_old_forever
from app.settings import Settings
from app.webhooks import make_receiver
from dashboard import pages
from interactions.endpoint import EVENTS_PATH, PATH, InteractionsEndpoint
from interactions.table import ROUTES  # noqa: F401 - a command that does not compile fails the start

log = logging.getLogger(__name__)

_WEBHOOKS: Final = frozenset({PATH, EVENTS_PATH})


def create_app(settings: Settings) -> ASGIApp:
    """Make the application of the web role. Nothing is connected before it is used.

    Raises:
        SettingsError: something it cannot do without is missing.
    """
    container = Container(settings, lives_on=True)
    container.database()
    invocations = InvocationBuffer()

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        try:
            async with _work_beside(container, invocations):
                yield
        finally:
            await container.close()

    site = Starlette(
        routes=[*health.routes(container), *pages.routes()],
        exception_handlers={HTTPException: _http_error, Exception: _defect},
        lifespan=lifespan,
    )
    # Redirecting to the address with or without a slash would repeat whatever the Host header says.
    site.router.redirect_slashes = False
    receiver = make_receiver(container, invocations.add)
    return FrontDoor(webhooks=InteractionsEndpoint(receiver), site=site)


@asynccontextmanager
async def _work_beside(container: Container, invocations: InvocationBuffer) -> AsyncIterator[None]:
    """Do what is done beside answering: write invocations, tell others of changes and hear of theirs."""
    cache, redis_url = container.database().cache, container.settings.redis_url
    outbox = container.outbox()
    async with asyncio.TaskGroup() as group:
        group.create_task(invocations.run(container.database()))
        if outbox is not None:
            group.create_task(outbox.run())
        beside = [group.create_task(forget_old_forever(container.database()))]
        if cache is not None and redis_url is not None:
            beside.append(group.create_task(_forget_changed(redis_url.get_secret_value(), cache)))
        try:
            yield
        finally:
            invocations.close()  # the group waits until what is left is written
            if outbox is not None:
                outbox.close()
            for task in beside:
                task.cancel()


async def _forget_changed(redis_url: str, cache: Cache) -> Never:
    """Forget what other processes have changed, as soon as they say so."""

    def heard(guild_id: int, name: str, _facts: Mapping[str, object]) -> None:
        if name == GUILD_CHANGED:
            cache.drop(guild_id)

    await follow(redis_url, heard, cache.clear, stream=CHANGES)


class FrontDoor:
    """Names each request and hands it on. Webhooks go first: they have three seconds, pages have patience."""

    def __init__(self, webhooks: ASGIApp, site: ASGIApp) -> None:
        # A name of this run and a number: asking for randomness each time is a call to the kernel.
        self._run = token_hex(10)
        self._requests = count()
        self._webhooks = webhooks
        self._site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or run the lifespan."""
        if scope["type"] == "http":
            request_id.set(f"{self._run}{next(self._requests):012x}")
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
