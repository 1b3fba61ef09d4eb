"""The web role in this process, by the application's own front door."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

import httpx2
from starlette.types import ASGIApp

from app.main import FrontDoor, create_app
from app.settings import Settings
from tests.support.processes import free_port, serving


def settings_of(database_url: str, public_key: str, redis_url: str | None = None, **more: Any) -> Settings:
    """Make settings as the environment would, without looking at the environment's `.env`."""
    return Settings(
        database_url=database_url,
        redis_url=redis_url,
        discord_public_key=public_key,
        _env_file=None,
        **more,
    )


@asynccontextmanager
async def running_app(settings: Settings) -> AsyncIterator[FrontDoor]:
    """Have the application with its lifespan."""
    app = create_app(settings)
    assert isinstance(app, FrontDoor)
    site: Any = app._site
    async with site.router.lifespan_context(site):
        yield app


@asynccontextmanager
async def front_door(settings: Settings) -> AsyncIterator[httpx2.AsyncClient]:
    """Have a client of the application."""
    async with running_app(settings) as app, client_of(app) as client:
        yield client


@asynccontextmanager
async def on_a_socket(app: ASGIApp) -> AsyncIterator[tuple[str, httpx2.AsyncClient]]:
    """Have an application behind uvicorn, as in production; gives its address and a client."""
    async with (
        serving(app, free_port()) as address,
        httpx2.AsyncClient(base_url=address, timeout=10) as client,
    ):
        yield address, client


def client_of(app: ASGIApp) -> httpx2.AsyncClient:
    """Make a client of an ASGI application; what it raises is a 500, as behind a server."""
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx2.AsyncClient(transport=transport, base_url="http://web")


async def in_pieces(body: bytes, size: int = 65536) -> AsyncIterator[bytes]:
    """Give a body in pieces, so that its length is announced nowhere."""
    for start in range(0, len(body), size):
        yield body[start : start + size]


def header_list(pairs: Iterable[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    """Encode headers as servers read them, in Latin-1; what does not fit comes as the bytes of UTF-8."""
    return [(name.encode(), _bytes(value)) for name, value in pairs]


def _bytes(value: str) -> bytes:
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode()
