"""The composition root: every edge of the simulator in one ASGI application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware

from simulator.clock import Clock
from simulator.config import SimulatorConfig
from simulator.control.errors import ControlError, render_control_error
from simulator.control.routes import ROUTES as CONTROL
from simulator.errors import DiscordError
from simulator.http_errors import JsonWhenTooLarge, render_http_error
from simulator.local_discord import start
from simulator.page.routes import ROUTES as PAGE
from simulator.rest.errors import render_discord_error
from simulator.rest.routes import ROUTES as REST

_BODY_BYTES = 1024 * 1024


def create_app(
    config: SimulatorConfig,
    *,
    clock: Clock | None = None,
    transport: httpx2.AsyncBaseTransport | None = None,
) -> Starlette:
    """Make one local Discord, with a state of its own that ends with the application.

    `transport` replaces the network to the bot, so that a test can put the bot's own ASGI
    application there; `clock` replaces the time.
    """
    discord = start(config, clock or Clock(), transport)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        await discord.sender.close()

    app = Starlette(
        routes=[*PAGE, *CONTROL, *REST],
        middleware=[
            Middleware(JsonWhenTooLarge),
            Middleware(RequestBodyLimitMiddleware, max_body_size=_BODY_BYTES),
        ],
        exception_handlers={
            ControlError: render_control_error,
            DiscordError: render_discord_error,
            HTTPException: render_http_error,
        },
        lifespan=lifespan,
    )
    app.state.local_discord = discord
    return app
