"""What moderators do in Discord's own pages, written down as cases."""

from collections.abc import Mapping
from typing import Any

from app import clock
from app.automod.observing import as_id
from app.database.tx import Database
from app.features import MODERATION
from app.guilds import service as guilds_service
from app.moderation import from_discord
from app.moderation.from_discord import DiscordAction
from moderation_listener.auditing import discord_action
from moderation_listener.writing import Writer


class DiscordCases:
    """Lines of the audit log on their way to cases.

    Args:
        database: Where the cases go.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._writer = Writer("cases")
        self._own_id: int | None = None

    def note(self, event: str, payload: Mapping[str, Any]) -> None:
        """Have a case written if an event is one; what the bot itself did has one already."""
        if event == "READY":
            self._own_id = as_id((payload.get("user") or {}).get("id"))
        elif event == "GUILD_AUDIT_LOG_ENTRY_CREATE":
            done = discord_action(payload, self._own_id)
            if done is not None:
                self._writer.put(done.guild_id, lambda: self._write(done))

    async def keep(self) -> None:
        """Write what comes, until cancelled."""
        await self._writer.keep()

    async def written(self) -> None:
        """Return when nothing waits."""
        await self._writer.written()

    async def settled(self) -> None:
        """Return when all that waits now is written."""
        await self._writer.settled()

    async def are_wanted(self, guild_id: int) -> bool:
        """Tell whether cases are written in a guild at all."""
        async with self._database.transaction() as tx:
            guild = await guilds_service.find_guild(tx, guild_id)
        return guild is not None and guild.has(MODERATION)

    async def _write(self, done: DiscordAction) -> None:
        async with self._database.transaction() as tx:
            await from_discord.note_audit_entry(tx, done, clock.now())
