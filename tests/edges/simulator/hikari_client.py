"""hikari as a bot would use it, pointed at a simulator."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import hikari


@asynccontextmanager
async def hikari_at(address: str, token: str, **options: Any) -> AsyncIterator[hikari.api.RESTClient]:
    app = hikari.RESTApp(url=f"{address.rstrip('/')}/api/v10", **options)
    await app.start()
    try:
        async with app.acquire(token, hikari.TokenType.BOT) as client:
            yield client
    finally:
        await app.close()
