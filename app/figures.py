"""The little server of a role that answers nobody else: `/healthz`, `/readyz`, `/metrics`."""

import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final

import uvicorn
from starlette.applications import Starlette

from app import health
from app.container import Container
from app.errors import SettingsError
from app.settings import variable_name

_GRACE: Final = 1
"""Seconds that somebody who reads the figures may still take when we stop."""


class FiguresServer(uvicorn.Server):
    """A server that leaves the signals to the role: it has other things to end, too.

    Args:
        container: The process's.
        is_alive: False when only a restart can help.
        also: What the role needs besides the database, by name; each says `ok` when it is there.
    """

    def __init__(
        self, container: Container, *, is_alive: Callable[[], bool], also: Mapping[str, Callable[[], str]]
    ) -> None:
        routes = health.routes(container, is_alive=is_alive, also=also)
        super().__init__(
            uvicorn.Config(
                Starlette(routes=routes),
                log_config=None,
                access_log=False,
                server_header=False,
                lifespan="off",
                ws="none",
                timeout_graceful_shutdown=_GRACE,
            )
        )

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Change nothing."""
        yield


def open_door(host: str, port: int, *, role: str, field: str) -> socket.socket:
    """Open the port, before anything else is begun.

    Args:
        host: The address.
        port: The port.
        role: Whose, for the sentence.
        field: The setting that has the port.

    Raises:
        SettingsError: it cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise SettingsError(
            f"The {role} did not start: it cannot listen on port {port} of {host} ({error.strerror}). "
            f"Choose another with {variable_name(field)}."
        ) from error
