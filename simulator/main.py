"""The composition root: every edge of the simulator in one ASGI application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp

from simulator.clock import Clock
from simulator.config import SimulatorConfig
from simulator.control.errors import ControlError, render_control_error
from simulator.control.routes import ROUTES as CONTROL
from simulator.errors import DiscordError
from simulator.faults.gate import Gate
from simulator.faults.routes import of_starlette
from simulator.faults.traffic import Traffic
from simulator.gateway.routes import routes as gateway_routes
from simulator.http_errors import JsonWhenTooLarge, render_http_error, render_nothing
from simulator.local_discord import start
from simulator.oauth.routes import ROUTES as OAUTH
from simulator.page.routes import ROUTES as PAGE
from simulator.rest.errors import render_discord_error
from simulator.rest.routes import ROUTES as REST
from simulator.rest.routes import TABLE as REST_TABLE
from simulator.same_origin import OnlyFromHere
from simulator.sizes import JSON_BYTES


class _Gated(Starlette):
    """Starlette with the gate before everything, also before its own handling of errors."""

    def __init__(self, traffic: Traffic, **options: Any) -> None:  # noqa: ANN401 - Starlette's own
        super().__init__(**options)
        self._traffic = traffic

    def build_middleware_stack(self) -> ASGIApp:
        """Stand outermost: only there `send` is the server's own, by which a connection can be broken."""
        return Gate(super().build_middleware_stack(), self._traffic)


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
    routes = [*PAGE, *CONTROL, *OAUTH, *REST]
    rest = [*of_starlette(routes), *((method, template) for method, template, _handler in REST_TABLE)]
    discord = start(config, clock or Clock(), transport, rest)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        await discord.close()

    app = _Gated(
        discord.traffic,
        routes=[
            *routes,
            *gateway_routes(discord.gateway, discord.clock, config.heartbeat_seconds),
        ],
        middleware=[
            Middleware(OnlyFromHere, public_url=config.public_url),
            Middleware(JsonWhenTooLarge),
            Middleware(RequestBodyLimitMiddleware, max_body_size=JSON_BYTES),
        ],
        exception_handlers={
            ControlError: render_control_error,
            DiscordError: render_discord_error,
            HTTPException: render_http_error,
            ClientDisconnect: render_nothing,
        },
        lifespan=lifespan,
    )
    app.state.local_discord = discord
    return app
