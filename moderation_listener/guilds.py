"""News of guilds, written down: one after the other, and again until the database takes them."""

import asyncio
import logging
from typing import Final

from app.database.tx import Database, Tx
from app.errors import OutcomeUnknownError, UnavailableError
from app.guilds import service as guilds_service
from moderation_listener import metrics
from moderation_listener.translate import GuildNews

log = logging.getLogger(__name__)

_FIRST_WAIT: Final = 1.0
_LONGEST_WAIT: Final = 30.0


class GuildList:
    """What is to be written about each guild. The latest news of a guild replaces what waited before.

    Kept in memory, so at most one entry for each guild. If the process ends with a guild unwritten, the
    next start hears of it again, or the guild's first command makes it known; a *removal* that nobody
    could write is lost, and the guild seems installed until the bot is added and removed once more.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: dict[int, bool] = {}
        self._news = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    def note(self, news: GuildNews) -> None:
        """Have news written soon."""
        self._waiting[news.guild_id] = news.installed
        self._idle.clear()
        self._news.set()

    async def written(self) -> None:
        """Return when nothing waits."""
        await self._idle.wait()

    async def keep(self) -> None:
        """Write whatever comes, until cancelled. Never ends by itself."""
        wait = _FIRST_WAIT
        while True:
            await self._news.wait()
            guild_id, installed = next(iter(self._waiting.items()))
            try:
                await self._write(guild_id, installed=installed)
            except (UnavailableError, OutcomeUnknownError) as error:
                metrics.FAILED.labels("unavailable").inc()
                log.warning(
                    "news of a guild waits for the database: %s",
                    error,
                    extra={"guild_id": guild_id, "waiting": len(self._waiting), "seconds": wait},
                )
                await asyncio.sleep(wait)
                wait = min(wait * 2, _LONGEST_WAIT)
                continue
            except Exception:
                metrics.FAILED.labels("defect").inc()
                log.exception("news of a guild was not written", extra={"guild_id": guild_id})
            wait = _FIRST_WAIT
            if self._waiting[guild_id] == installed:  # nothing newer came meanwhile
                del self._waiting[guild_id]
            if not self._waiting:
                self._news.clear()
                self._idle.set()

    async def _write(self, guild_id: int, *, installed: bool) -> None:
        async with self._database.transaction() as tx:
            await _write(tx, guild_id, installed=installed)


async def _write(tx: Tx, guild_id: int, *, installed: bool) -> None:
    """Note what is true of a guild; one that is known already is only read."""
    if installed:
        await guilds_service.enter_guild(tx, guild_id)
    else:
        await guilds_service.remove_guild(tx, guild_id)
