"""What waits to be written: one after the other, each in its own transaction, until the database takes it."""

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias

from app.errors import OutcomeUnknownError, RefusedError, UnavailableError
from moderation_listener import metrics
from moderation_listener.defects import describe

log = logging.getLogger(__name__)

MOST: Final = 10_000
"""As many wait at most; a raid of a thousand members while the database is away for ten minutes fits in."""

MOST_OF_ONE: Final = 2_500
"""As many of them are one guild's at most, so that there is room for others."""

_FIRST_WAIT: Final = 0.5
_LONGEST_WAIT: Final = 15.0

Write: TypeAlias = Callable[[], Awaitable[None]]


class Writer:
    """A queue in memory that one task writes, in order.

    What is done twice must be one thing: whether a try was written is not always known. What is beyond the
    bounds is dropped and counted, the newest first: what was heard first is what staff has seen.

    Args:
        what: What is written, for figures and logs.
        most: So much waits at most.
        most_of_one: So much of one guild's.
    """

    def __init__(self, what: str, *, most: int = MOST, most_of_one: int = MOST_OF_ONE) -> None:
        self._what = what
        self._most = most
        self._most_of_one = most_of_one
        self._waiting: deque[tuple[int, Write]] = deque()
        self._of_guild: Counter[int] = Counter()
        self._news = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._put = 0
        self._gone = 0
        self._settling: deque[tuple[int, asyncio.Event]] = deque()
        self.is_failing = False

    def __len__(self) -> int:
        """Count what waits."""
        return len(self._waiting)

    def put(self, guild_id: int, write: Write) -> None:
        """Have something about a guild written soon."""
        if len(self._waiting) >= self._most or self._of_guild[guild_id] >= self._most_of_one:
            metrics.DROPPED.labels(self._what).inc()
            return
        self._put += 1
        self._waiting.append((guild_id, write))
        self._of_guild[guild_id] += 1
        metrics.WAITING.labels(self._what).set(len(self._waiting))
        self._idle.clear()
        self._news.set()

    async def written(self) -> None:
        """Return when nothing waits."""
        await self._idle.wait()

    async def settled(self, *, but: int = 0) -> None:
        """Return when all that waits now is written, but for so many of the newest."""
        until = self._put - but
        if self._gone >= until:
            return
        event = asyncio.Event()
        self._settling.append((until, event))
        await event.wait()

    async def keep(self) -> None:
        """Write whatever comes, until cancelled. Never ends by itself."""
        wait = _FIRST_WAIT
        while True:
            await self._news.wait()
            guild_id, write = self._waiting[0]
            if await self._is_written(guild_id, write):
                wait = _FIRST_WAIT
                self._done(guild_id)
            else:
                await asyncio.sleep(wait)
                wait = min(wait * 2, _LONGEST_WAIT)

    async def _is_written(self, guild_id: int, write: Write) -> bool:
        """Try once; False if it is to be tried again."""
        try:
            await write()
        except (UnavailableError, OutcomeUnknownError) as error:
            metrics.WRITES_FAILED.labels(self._what, "unavailable").inc()
            if not self.is_failing:
                log.warning(
                    "%s wait for the database: %s", self._what, error, extra={"waiting": len(self._waiting)}
                )
            self.is_failing = True
            return False
        except RefusedError as error:  # such as a feature that was switched off meanwhile
            metrics.WRITES_FAILED.labels(self._what, "refused").inc()
            log.info("%s were not written", self._what, extra={"guild_id": str(guild_id), "code": error.code})
        except Exception as error:  # noqa: BLE001 - one that breaks must not hold up the rest
            metrics.WRITES_FAILED.labels(self._what, "defect").inc()
            log.error(  # noqa: TRY400 - a traceback ends with the message, which may quote people
                "%s were not written: %s", self._what, describe(error), extra={"guild_id": str(guild_id)}
            )
        self.is_failing = False
        return True

    def _done(self, guild_id: int) -> None:
        self._waiting.popleft()
        self._gone += 1
        for until, event in self._settling:
            if self._gone >= until:
                event.set()
        self._settling = deque(each for each in self._settling if not each[1].is_set())
        self._of_guild[guild_id] -= 1
        if not self._of_guild[guild_id]:
            del self._of_guild[guild_id]
        metrics.WAITING.labels(self._what).set(len(self._waiting))
        if not self._waiting:
            self._news.clear()
            self._idle.set()
