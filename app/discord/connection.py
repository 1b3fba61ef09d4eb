"""A connection to Discord that is made when something is first asked: most processes never ask."""

import asyncio
from contextlib import AsyncExitStack

from app.discord.cache import Places
from app.settings import Settings


class LazyDiscord:
    """One connection of one process, and what it remembers of guilds."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = asyncio.Lock()
        self._stack = AsyncExitStack()
        self._places: Places | None = None

    async def places(self) -> Places:
        """Give the guilds; the first who asks waits for hikari to be imported.

        Raises:
            DiscordUnauthorizedError: there is nothing to call Discord with.
        """
        async with self._lock:
            if self._places is None:
                from app.discord.rest import connect_discord  # noqa: PLC0415 - brings hikari: 0.3 s

                discord = await self._stack.enter_async_context(connect_discord(self._settings))
                self._places = Places(discord)
            return self._places

    async def close(self) -> None:
        """Close the connection, if there is one."""
        await self._stack.aclose()
        self._places = None
