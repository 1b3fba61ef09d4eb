"""How many sessions may still begin: counted in the database, so that one crash after the other uses up none.

Discord allows a bot 1000 in 24 hours, and takes its token away when it begins more.
"""

import asyncio
import logging
from contextlib import suppress
from typing import Final

from app import clock
from app.database.tx import Database
from app.errors import SmarterDevError
from app.gateway import service as gateway_service
from moderation_listener import metrics

log = logging.getLogger(__name__)

MOST: Final = 800
"""Sessions in 24 hours, of the 1000 that Discord allows: the rest is for who mended what went wrong."""

_LOOK_EVERY: Final = 60.0
"""Seconds after which is looked again: somebody may have made room."""


class Sessions:
    """The sessions of this bot's listener.

    Args:
        database: Where they are counted. While it is away nothing is counted and nobody waits: then the
            process lives on, and its own patience is enough.
        most: So many may begin in 24 hours.
    """

    def __init__(self, database: Database, *, most: int = MOST) -> None:
        self._database = database
        self._most = most
        self.is_waiting = False

    async def room(self, stop: asyncio.Event) -> None:
        """Return when another session may begin, or `stop` is set."""
        while not stop.is_set():
            wait = await self._wait()
            metrics.SESSIONS.set(wait)
            self.is_waiting = wait > 0
            if not self.is_waiting:
                return
            log.error(
                "%d sessions began in 24 hours, of the 1000 that Discord allows; the next begins in %d s",
                self._most,
                wait,
            )
            with suppress(TimeoutError):
                async with asyncio.timeout(min(wait, _LOOK_EVERY)):
                    await stop.wait()

    async def note(self) -> None:
        """Count a session that begins."""
        try:
            async with self._database.transaction() as tx:
                await gateway_service.note_session(tx, clock.now())
        except SmarterDevError as error:
            log.warning("a session was not counted: %s", error)

    async def _wait(self) -> float:
        now = clock.now()
        try:
            async with self._database.transaction() as tx:
                at = await gateway_service.next_session_at(tx, now, most=self._most)
        except SmarterDevError as error:
            log.warning("sessions were not counted: %s", error)
            return 0.0
        return max(0.0, (at - now).total_seconds())
