"""The composition root of the listener role: joins the gateway's edge and the figures about it."""

import asyncio
import logging
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import uvicorn
from starlette.applications import Starlette

from app import health
from app.container import Container
from app.errors import SettingsError
from app.settings import Settings, variable_name
from moderation_listener.listener import Listener

log = logging.getLogger(__name__)

_GRACE: Final = 1
"""Seconds that somebody who reads the figures may still take when we stop."""


def run_listener(settings: Settings) -> None:
    """Listen until SIGTERM or SIGINT.

    Raises:
        SettingsError: the bot's token is missing or cannot be one, or the port is taken.
        GatewayRefusedError: Discord does not let us listen, now or later.
    """
    asyncio.run(_run(settings))


async def _run(settings: Settings) -> None:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await listen(settings, stop)
    log.info("stopped")


async def listen(settings: Settings, stop: asyncio.Event) -> None:
    """Listen, and tell how it goes at the listener's port, until `stop` is set.

    Raises:
        SettingsError: the bot's token is missing or cannot be one, or the port is taken.
        GatewayRefusedError: Discord does not let us listen, now or later.
    """
    container = Container(settings)
    try:
        listener = Listener(settings, container.database())
        server = _Server(_figures(container, listener))
        with _bind(settings) as door:
            async with asyncio.TaskGroup() as group:
                group.create_task(server.serve(sockets=[door]))
                refused = await listener.listen(stop)
                server.should_exit = True
    finally:
        await container.close()
    if refused is not None:
        raise refused


def _figures(container: Container, listener: Listener) -> uvicorn.Config:
    routes = health.routes(
        container, is_alive=lambda: listener.is_alive, also={"gateway": lambda: listener.state}
    )
    return uvicorn.Config(
        Starlette(routes=routes),
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=_GRACE,
    )


class _Server(uvicorn.Server):
    """A server that leaves the signals to us: the gateway has to be left, too."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Change nothing."""
        yield


def _bind(settings: Settings) -> socket.socket:
    """Open the port, before anything is asked of Discord.

    Raises:
        SettingsError: it cannot be had.
    """
    host, port = settings.host, settings.listener_port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise SettingsError(
            f"The listener did not start: it cannot listen on port {port} of {host} ({error.strerror}). "
            f"Choose another with {variable_name('listener_port')}."
        ) from error
