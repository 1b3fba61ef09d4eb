"""`/healthz`, `/readyz` and `/metrics`: is it alive, can it work, how does it do."""

import asyncio
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.container import Container
from app.database.schema import is_migrated
from app.errors import NotMigratedError, SmarterDevError

DATABASE_PATIENCE: Final = 1.0
"""Seconds a probe waits for the database; whoever probes has little more patience itself."""

_NOTHING: Final[Mapping[str, Callable[[], str]]] = MappingProxyType({})


def routes(
    container: Container,
    *,
    is_alive: Callable[[], bool] = lambda: True,
    also: Mapping[str, Callable[[], str]] = _NOTHING,
) -> list[Route]:
    """Make the three routes for one process.

    Args:
        container: The process's.
        is_alive: False when only a restart can help.
        also: What it needs besides the database to do its work, by name; each says `ok` when it is there.
    """

    async def healthz(_request: Request) -> Response:
        """Say that the process is alive. Asks nobody, so a dead database restarts no container."""
        alive = is_alive()
        return JSONResponse({"status": "alive" if alive else "dead"}, status_code=200 if alive else 503)

    async def readyz(_request: Request) -> Response:
        """Say whether the process can do its work: 503 without the database, or what it needs besides.

        Redis carries only what may be lost: `degraded` is not unready, and neither is `absent`.
        """
        needed = {"database": await _database_state(container)} | {name: ask() for name, ask in also.items()}
        redis = await _redis_state(container)
        ready = all(state == "ok" for state in needed.values())
        return JSONResponse(
            {"status": "ready" if ready else "unready", **needed, "redis": redis},
            status_code=200 if ready else 503,
        )

    async def metrics(_request: Request) -> Response:
        """Give the figures in Prometheus' format."""
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)]


async def _redis_state(container: Container) -> str:
    live = container.live()
    if live is None:
        return "absent"
    return "ok" if await live.is_alive() else "degraded"


async def _database_state(container: Container) -> str:
    try:
        async with asyncio.timeout(DATABASE_PATIENCE), container.database().transaction() as tx:
            return "ok" if await is_migrated(tx) else "not migrated"
    except NotMigratedError:
        return "not migrated"
    except (SmarterDevError, TimeoutError):
        return "unreachable"
