"""Hearing live events: one reader per process and stream, at its end."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any, Final, Never

import msgspec
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from app.live.sender import STREAM

log = logging.getLogger(__name__)

BLOCK: Final = 5.0
"""Seconds Redis waits for an event before it says that there was none."""

PATIENCE: Final = BLOCK + 2
"""Seconds without a word after which the connection is given up: it said less than it promised."""

REST: Final = 1.0
"""Seconds between two tries to connect."""

AT_ONCE: Final = 1000
"""Events read at once. Whoever is so many behind may be behind what Redis keeps as well."""

Heard = Callable[[int, str, Mapping[str, object]], None]
Missed = Callable[[], None]


async def follow(redis_url: str, heard: Heard, missed: Missed, *, stream: str = STREAM) -> Never:
    """Hear live events until cancelled; raises nothing else, whatever Redis does.

    Args:
        redis_url: Where.
        heard: Told of each event: guild, name, facts.
        missed: Told when there may have been events nobody heard of: after every connection, and when
            too many came at once.
        stream: Which events (`app.live.sender`).
    """
    failing = False
    while True:
        try:
            async with _connection(redis_url) as redis:
                # First where the stream ends, then `missed`: what is read afterwards knows all before.
                async with asyncio.timeout(PATIENCE):
                    await redis.initialize()
                    position = await _end(redis, stream)
                missed()
                if failing:
                    log.info("live events are heard again")
                failing = False
                while True:
                    async with asyncio.timeout(PATIENCE):
                        position = await _read(redis, stream, position, heard, missed)
        except (RedisError, OSError, TimeoutError) as error:
            if not failing:
                log.warning("live events are not heard: Redis failed with %s", type(error).__name__)
            failing = True
        except Exception:
            log.exception("live events are not heard")
            failing = True
        await asyncio.sleep(REST)


@asynccontextmanager
async def _connection(redis_url: str) -> AsyncIterator[Redis]:
    """Give a client that never connects a second time: what was said in between would go unnoticed.

    It has no time limit of its own, for which it would use `asyncio.wait_for`: before Python 3.12 that
    now and then loses a cancellation, and a process that ends would wait for us for ever.
    """
    redis = Redis.from_url(
        redis_url,
        single_connection_client=True,
        decode_responses=True,
        protocol=2,
        retry=Retry(NoBackoff(), 0),
        socket_timeout=None,
        socket_connect_timeout=PATIENCE,
    )
    try:
        yield redis
    finally:
        with suppress(RedisError, OSError, TimeoutError):  # or it would stand for what ended the block
            await redis.aclose()


async def _end(redis: Redis, stream: str) -> str:
    """Tell the id of the newest event."""
    newest: Any = await redis.xrevrange(stream, count=1)
    return str(newest[0][0]) if newest else "0-0"


async def _read(redis: Redis, stream: str, position: str, heard: Heard, missed: Missed) -> str:
    """Hear what came after `position`, or wait for it; gives the new position."""
    answer: Any = await redis.xread({stream: position}, count=AT_ONCE, block=int(BLOCK * 1000))
    if not answer:
        return position
    ((_, entries),) = answer
    if len(entries) == AT_ONCE:
        missed()
    for _, fields in entries:
        event = _event(fields)
        if event is not None:
            heard(*event)
    return str(entries[-1][0])


def _event(fields: Mapping[str, str]) -> tuple[int, str, Mapping[str, object]] | None:
    """Read one event; None for what no sender of ours wrote."""
    try:
        facts = msgspec.json.decode(fields["facts"], type=dict[str, object])
        return int(fields["guild_id"]), fields["name"], facts
    except (KeyError, ValueError, msgspec.MsgspecError):
        log.warning("an event on the live stream could not be read")
        return None
