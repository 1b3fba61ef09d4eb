"""Invocations of a process that lives on after its answers: collected, and written many at a time."""

import asyncio
import logging
from contextlib import suppress
from typing import Final

from app.analytics import metrics, service
from app.analytics.domain import Invocation
from app.database.tx import Database
from app.errors import OutcomeUnknownError, UnavailableError

log = logging.getLogger(__name__)

MOST: Final = 10_000
"""Invocations that wait at most, about 2 MB; what comes on top is lost, and counted."""

ENOUGH: Final = 500
"""Invocations that are worth a transaction of their own, before their time."""

EVERY: Final = 5.0
"""Seconds between two writes, and so what a process that is killed loses at most while PostgreSQL is well."""

CHUNK: Final = 2000
"""Invocations written by one statement."""

LEAVING: Final = 3.0
"""Seconds a process that ends takes for what still waits."""


class InvocationBuffer:
    """What waits to be written. One per process; `run` writes it."""

    def __init__(self) -> None:
        self._waiting: list[Invocation] = []
        self._due = asyncio.Event()
        self._closed = False

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, invocation: Invocation) -> None:
        """Have an invocation written soon."""
        waiting = len(self._waiting)
        if waiting >= MOST:
            metrics.LOST.inc()
            return
        self._waiting.append(invocation)
        if waiting + 1 == ENOUGH:
            self._due.set()

    def close(self) -> None:
        """Have `run` write what waits, and return."""
        self._closed = True
        self._due.set()

    async def run(self, database: Database) -> None:
        """Write whatever comes, until `close`. Never fails: what cannot be written waits, or is lost."""
        while not await self._ends():
            if await self.flush(database) and len(self._waiting) >= ENOUGH:
                self._due.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(LEAVING):
                await self.flush(database)
        if self._waiting:
            log.warning("invocations were not written before the end: %d", len(self._waiting))
            self._lose(len(self._waiting))

    async def _ends(self) -> bool:
        """Wait until something is due; True if it is the end."""
        with suppress(TimeoutError):
            async with asyncio.timeout(EVERY):
                await self._due.wait()
        self._due.clear()
        return self._closed

    async def flush(self, database: Database) -> bool:
        """Write what waits now; False if something was in the way. What is left waits on.

        Those of which nobody knows whether they were written are let be: rather one too few than one
        twice. Not to be called while another `flush` runs.
        """
        left = len(self._waiting)
        while left:
            chunk = self._waiting[: min(left, CHUNK)]
            try:
                async with database.transaction() as tx:
                    await service.record_invocations(tx, chunk)
            except UnavailableError:
                return False
            except OutcomeUnknownError:
                self._lose(len(chunk))
                return False
            except Exception:
                log.exception("invocations were not written: %d", len(chunk))
                self._lose(len(chunk))
                return False
            del self._waiting[: len(chunk)]
            left -= len(chunk)
        return True

    def _lose(self, count: int) -> None:
        """Give up those that have waited longest."""
        del self._waiting[:count]
        metrics.LOST.inc(count)
