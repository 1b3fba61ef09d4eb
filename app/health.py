"""`/healthz`, `/readyz` and `/metrics`: is it alive, can it work, how does it do."""

import asyncio
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


def routes(container: Container) -> list[Route]:
    """Make the three routes for one process."""

    async def healthz(_request: Request) -> Response:
        """Say that the process is alive. Asks nobody, so a dead database restarts no container."""
        return JSONResponse({"status": "alive"})

    async def readyz(_request: Request) -> Response:
        """Say whether commands can be answered: 503 without the database.

        Redis carries only what may be lost: `degraded` is not unready, and neither is `absent`.
        """
        database = await _database_state(container)
        redis = await _redis_state(container)
        ready = database == "ok"
        return JSONResponse(
            {"status": "ready" if ready else "unready", "database": database, "redis": redis},
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
