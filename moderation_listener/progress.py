"""How far each guild was heard, remembered beyond this process: what came before is judged and written."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final, Never, TypeAlias

from app.database.tx import Database
from app.errors import OutcomeUnknownError, UnavailableError
from app.gateway import service as gateway_service
from moderation_listener.defects import describe

log = logging.getLogger(__name__)

WRITE_EVERY: Final = 5.0
"""Seconds between two writes; so much more is read again after a crash."""

Settle: TypeAlias = Callable[[], Awaitable[None]]


class Progress:
    """Until when each guild was heard, by Discord's clock.

    What was missed while nobody listened is a *gap*. As long as one is open nothing newer counts as heard:
    whoever starts next begins where the gap does.

    Args:
        database: Where it is written.
        settle: Returns when what was heard so far is judged and written.
    """

    def __init__(self, database: Database, settle: Settle) -> None:
        self._database = database
        self._settle = settle
        self._heard: dict[int, datetime] = {}
        self._written: dict[int, datetime] = {}
        self._gaps: dict[int, tuple[int, datetime | None]] = {}
        self._count = 0

    def note(self, guild_id: int, at: datetime) -> None:
        """Note that something was heard of a guild, and handed on."""
        before = self._heard.get(guild_id)
        if before is None or before < at:
            self._heard[guild_id] = at

    def open_gap(self, guild_id: int) -> None:
        """Note that something may have been missed in a guild, from what was heard last on."""
        self._count += 1
        _, since = self._gaps.get(guild_id, (0, self._heard.get(guild_id)))
        self._gaps[guild_id] = (self._count, since)

    def gap(self, guild_id: int) -> int | None:
        """Give the number of a guild's gap, None if there is none."""
        found = self._gaps.get(guild_id)
        return None if found is None else found[0]

    async def gap_since(self, guild_id: int) -> datetime | None:
        """Tell when a guild was heard last before its gap, in this process or by another; None: never.

        A guild that was never heard was not missed longer than all the others were.
        """
        _, since = self._gaps.get(guild_id, (0, None))
        if since is not None:
            return since
        async with self._database.transaction() as tx:
            found = await gateway_service.find_heard(tx, [guild_id])
            return found.get(guild_id) or await gateway_service.last_heard(tx)

    def close_gap(self, guild_id: int, gap: int, at: datetime) -> None:
        """Note that everything of a gap was read again, judged and written; not if another began since.

        Args:
            guild_id: Where.
            gap: Its number.
            at: When it ended.
        """
        if self.gap(guild_id) == gap:
            del self._gaps[guild_id]
            self.note(guild_id, at)

    def leave(self, guild_id: int) -> None:
        """Remember nothing of a guild."""
        for known in (self._heard, self._written, self._gaps):
            known.pop(guild_id, None)

    async def keep(self) -> Never:
        """Write it now and then, until cancelled."""
        while True:
            await asyncio.sleep(WRITE_EVERY)
            try:
                await self.write()
            except (UnavailableError, OutcomeUnknownError):
                log.debug("how far was heard was not written; it is tried again")
            except Exception as error:  # noqa: BLE001 - the listener goes on; the next start reads more again
                log.error("how far was heard was not written: %s", describe(error))  # noqa: TRY400 - short

    async def write(self) -> None:
        """Write how far was heard by now, as soon as it is judged and written.

        Raises:
            UnavailableError, OutcomeUnknownError: it may not have been written.
        """
        due = {
            guild_id: at
            for guild_id, at in self._heard.items()
            if guild_id not in self._gaps and self._written.get(guild_id) != at
        }
        if not due:
            return
        await self._settle()
        async with self._database.transaction() as tx:
            await gateway_service.note_heard(tx, due)
        self._written |= due
