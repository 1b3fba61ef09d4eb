"""Real servers in this process, on ports of their own."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import uvicorn
from starlette.types import ASGIApp

from simulator.gateway.server import Websockets


def bound(port: int = 0) -> socket.socket:
    """Take a port of this machine: this one, or a free one."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    return listener


def free_port() -> int:
    """Name a port that nobody has at the moment, for a process that takes it by number."""
    with bound() as probe:
        return int(probe.getsockname()[1])


def address_of(listener: socket.socket) -> str:
    return f"http://127.0.0.1:{listener.getsockname()[1]}"


@asynccontextmanager
async def serving(app: ASGIApp, at: socket.socket | int = 0) -> AsyncIterator[str]:
    """Serve an application on loopback for as long as the block runs; gives its address.

    `at` is a port, or one that was bound before because somebody had to be told of it.
    """
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            ws=Websockets,
            ws_per_message_deflate=False,
            ws_ping_interval=None,
            timeout_graceful_shutdown=1,  # WebSockets do not end by themselves
        )
    )
    with bound(at) if isinstance(at, int) else at as listener:
        address = address_of(listener)
        async with anyio.create_task_group() as group:
            group.start_soon(server.serve, [listener])
            while not server.started:  # noqa: ASYNC110 - uvicorn has no event to wait for
                await anyio.sleep(0.01)
            try:
                yield address
            finally:
                server.should_exit = True
