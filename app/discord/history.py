"""Reading again what was missed: messages, members and lines of the audit log, as Discord's own JSON.

For whoever hears the gateway: what is read here has the same shape as what is told there.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

from hikari.internal import routes

from app.discord.client import GuardedClient, guarded_client
from app.discord.failures import translated
from app.discord.port import DiscordForbiddenError, DiscordNotFoundError, DiscordUnauthorizedError
from app.settings import Settings
from app.wording import message

MOST: Final = 100
"""Messages, or lines of the audit log, that Discord gives at once."""

_NO_TOKEN: Final = message("SMARTERDEV_DISCORD_BOT_TOKEN is missing: Discord was not asked.")


class HikariHistory:
    """What happened, asked over HTTP. Every call may raise any `DiscordError`; none waits long by itself."""

    def __init__(self, client: GuardedClient) -> None:
        self._client = client

    async def messages(self, channel_id: int) -> list[Mapping[str, Any]]:
        """Load the newest messages of a channel, the newest first; none of one that we may not read."""
        route = routes.GET_CHANNEL_MESSAGES.compile(channel=channel_id)
        try:
            with translated():
                found = await self._client.read(route, {"limit": str(MOST)})
        except (DiscordForbiddenError, DiscordNotFoundError):
            return []
        return list(found)

    async def member(self, guild_id: int, user_id: int) -> Mapping[str, Any] | None:
        """Load a member; None if there is none (any more)."""
        route = routes.GET_GUILD_MEMBER.compile(guild=guild_id, user=user_id)
        try:
            with translated():
                found: Mapping[str, Any] = await self._client.read(route, {})
        except (DiscordForbiddenError, DiscordNotFoundError):
            return None
        return found

    async def audit_entries(self, guild_id: int, *, after: int) -> list[Mapping[str, Any]]:
        """Load the next lines of the audit log, the oldest first; none of one that we may not read."""
        route = routes.GET_GUILD_AUDIT_LOGS.compile(guild=guild_id)
        try:
            with translated():
                found = await self._client.read(route, {"limit": str(MOST), "after": str(after)})
        except (DiscordForbiddenError, DiscordNotFoundError):
            return []
        return sorted(found["audit_log_entries"], key=lambda entry: int(entry["id"]))


@asynccontextmanager
async def connect_history(settings: Settings) -> AsyncIterator[HikariHistory]:
    """Open a connection pool to Discord for as long as the block runs.

    Raises:
        DiscordUnauthorizedError: there is no bot token to call with.
    """
    if settings.discord_bot_token is None:
        raise DiscordUnauthorizedError(_NO_TOKEN)
    token, url = settings.discord_bot_token.get_secret_value(), str(settings.discord_api_url)
    async with guarded_client(token=token, url=url) as client:
        yield HikariHistory(client)
