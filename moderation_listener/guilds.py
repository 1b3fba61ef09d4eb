"""News of guilds, written down: one after the other, and again until the database takes them."""

import asyncio
import logging
from typing import Final, TypeAlias

from app.database.tx import Database, Tx
from app.errors import OutcomeUnknownError, UnavailableError
from app.guilds import service as guilds_service
from moderation_listener import metrics
from moderation_listener.translate import GuildNews, GuildRoll

log = logging.getLogger(__name__)

_FIRST_WAIT: Final = 1.0
_LONGEST_WAIT: Final = 30.0

News: TypeAlias = GuildNews | GuildRoll


class GuildList:
    """What is to be written about each guild. The latest news of a guild replaces what waited before.

    Kept in memory, so at most one entry for each guild and shard. What a process could not write before
    its end, the next start hears again: each shard begins with the roll of its guilds.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: dict[int | str, News] = {}
        self._news = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    def note(self, news: News) -> None:
        """Have news written soon. A shard's roll knows better than what waited about its guilds."""
        if isinstance(news, GuildRoll):
            older = [each for each in self._waiting if isinstance(each, int) and news.is_about(each)]
            for guild_id in older:
                del self._waiting[guild_id]
            self._waiting[f"shard {news.shard}"] = news
        else:
            self._waiting[news.guild_id] = news
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
            about, news = next(iter(self._waiting.items()))
            try:
                await self._write(news)
            except (UnavailableError, OutcomeUnknownError) as error:
                metrics.FAILED.labels("unavailable").inc()
                log.warning(
                    "news of a guild waits for the database: %s",
                    error,
                    extra={"about": about, "waiting": len(self._waiting), "seconds": wait},
                )
                await asyncio.sleep(wait)
                wait = min(wait * 2, _LONGEST_WAIT)
                continue
            except Exception:
                metrics.FAILED.labels("defect").inc()
                log.exception("news of a guild was not written", extra={"about": about})
            wait = _FIRST_WAIT
            if self._waiting.get(about) is news:  # nothing newer came meanwhile
                del self._waiting[about]
            if not self._waiting:
                self._news.clear()
                self._idle.set()

    async def _write(self, news: News) -> None:
        async with self._database.transaction() as tx:
            await _write(tx, news)


async def _write(tx: Tx, news: News) -> None:
    """Note what is true of a guild, or of a shard's; one that is known already is only read."""
    if isinstance(news, GuildRoll):
        gone = await guilds_service.keep_only(
            tx, news.present, shard=news.shard, shard_count=news.shard_count
        )
        if gone:
            log.info(
                "the bot was removed while nobody listened", extra={"guild_ids": [str(each) for each in gone]}
            )
    elif news.installed:
        await guilds_service.enter_guild(tx, news.guild_id)
    else:
        await guilds_service.remove_guild(tx, news.guild_id)
