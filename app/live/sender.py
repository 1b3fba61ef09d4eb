"""Where live events leave: one Redis stream."""

import asyncio
import logging
from collections.abc import Collection, Mapping
from typing import Any, Final, NamedTuple

import msgspec
from redis.asyncio import Redis
from redis.exceptions import RedisError

from app import clock
from app.database.cache import GUILD_CHANGED

log = logging.getLogger(__name__)

STREAM: Final = "smarterdev:live"
CHANGES: Final = "smarterdev:changes"
"""Where `guild.changed` goes: every server hears those, and not all that happens."""

MAX_EVENTS: Final = 10_000
"""Events Redis keeps; a reader that falls further behind reloads."""

TIME_LIMIT: Final = 0.05
"""Seconds a sender waits for Redis."""

REST_AFTER_FAILURE: Final = 5.0
"""Seconds without a try after a failed one, so that a dead Redis costs one command 50 ms, not each."""


class LiveEvent(NamedTuple):
    """Something changed: in which guild, what, and what is known of it."""

    guild_id: int
    name: str
    facts: Mapping[str, object]


class LiveEvents:
    """The connection live events leave by. One per process."""

    def __init__(self, redis_url: str) -> None:
        self._redis = Redis.from_url(redis_url, socket_timeout=TIME_LIMIT, socket_connect_timeout=TIME_LIMIT)
        self._resting_until = 0.0

    async def send(self, guild_id: int, name: str, facts: Mapping[str, object]) -> None:
        """Send one event, or give up within 50 ms. Never raises."""
        await self.send_all([LiveEvent(guild_id, name, facts)])

    async def send_all(self, events: Collection[LiveEvent]) -> None:
        """Send events in one go, or give up within 50 ms. Never raises."""
        if clock.monotonic() < self._resting_until:
            return
        try:
            async with asyncio.timeout(TIME_LIMIT), self._redis.pipeline(transaction=False) as pipeline:
                for event in events:
                    pipeline.xadd(_stream(event), _fields(event), maxlen=MAX_EVENTS, approximate=True)
                await pipeline.execute()
        except (RedisError, OSError, TimeoutError) as error:
            self._resting_until = clock.monotonic() + REST_AFTER_FAILURE
            log.warning("live events rest: Redis failed with %s", type(error).__name__)

    async def is_alive(self) -> bool:
        """Tell whether Redis answers."""
        try:
            async with asyncio.timeout(0.5):
                await self._redis.ping()
        except (RedisError, OSError, TimeoutError):
            return False
        return True

    async def close(self) -> None:
        """Close the connection."""
        await self._redis.aclose()


def _stream(event: LiveEvent) -> str:
    return CHANGES if event.name == GUILD_CHANGED else STREAM


def _fields(event: LiveEvent) -> dict[Any, Any]:
    return {
        "guild_id": str(event.guild_id),
        "name": event.name,
        "facts": msgspec.json.encode(event.facts).decode(),
    }
