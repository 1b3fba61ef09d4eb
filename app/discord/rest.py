"""The one REST adapter, on hikari. Imported only when something is really asked of Discord."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import hikari
from hikari.impl import HTTPSettings, HTTPTimeoutSettings

from app.discord import commands
from app.discord.port import (
    DiscordForbiddenError,
    DiscordMember,
    DiscordRefusedError,
    DiscordUnauthorizedError,
    DiscordUnavailableError,
)
from app.settings import Settings

_TIMEOUT = HTTPTimeoutSettings(request_socket_connect=2.0, total=5.0)
_LONGEST_WAIT = 5.0
"""Seconds hikari may wait for a rate limit before it raises instead; who called decides what then."""


class HikariDiscord:
    """`app.discord.port.Discord`, spoken over HTTP."""

    def __init__(self, client: hikari.api.RESTClient, application_id: int) -> None:
        self._client = client
        self._application_id = application_id

    async def registered_commands(self, guild_id: int | None = None) -> list[dict[str, Any]]:
        """Load the commands Discord knows, as it would take them back."""
        with _translated():
            found = await self._client.fetch_application_commands(
                self._application_id, hikari.UNDEFINED if guild_id is None else guild_id
            )
        return [commands.payload(command) for command in found]

    async def register_commands(self, wanted: list[dict[str, Any]], guild_id: int | None = None) -> None:
        """Replace the whole list of commands."""
        with _translated():
            await self._client.set_application_commands(
                self._application_id,
                [commands.builder(command) for command in wanted],
                hikari.UNDEFINED if guild_id is None else guild_id,
            )

    async def find_member(self, guild_id: int, user_id: int) -> DiscordMember | None:
        """Load a member; None if the guild, or the member in it, is not there for us."""
        with _translated():
            try:
                member = await self._client.fetch_member(guild_id, user_id)
            except hikari.NotFoundError:
                return None
        return DiscordMember(
            guild_id=guild_id,
            user_id=user_id,
            username=member.username,
            is_bot=member.is_bot,
            # hikari adds @everyone, whose id is the guild's; Discord's own list does not have it.
            role_ids=frozenset(int(role_id) for role_id in member.role_ids) - {guild_id},
        )


@asynccontextmanager
async def connect_discord(settings: Settings) -> AsyncIterator[HikariDiscord]:
    """Open a connection pool to Discord for as long as the block runs.

    Raises:
        DiscordUnauthorizedError: there is no bot token or no application id to call with.
    """
    token, application_id = settings.discord_bot_token, settings.discord_application_id
    if token is None or application_id is None:
        raise DiscordUnauthorizedError(
            "SMARTERDEV_DISCORD_BOT_TOKEN or SMARTERDEV_DISCORD_APPLICATION_ID is missing: "
            "Discord was not asked."
        )
    app = hikari.RESTApp(
        url=str(settings.discord_api_url).rstrip("/"),
        http_settings=HTTPSettings(timeouts=_TIMEOUT),
        max_rate_limit=_LONGEST_WAIT,
        max_retries=0,
    )
    await app.start()
    try:
        async with app.acquire(token.get_secret_value(), hikari.TokenType.BOT) as client:
            yield HikariDiscord(client, application_id)
    finally:
        await app.close()


@contextmanager
def _translated() -> Iterator[None]:
    """Turn hikari's errors into the port's, each with what it means for whoever called."""
    try:
        yield
    except hikari.UnauthorizedError as error:
        raise DiscordUnauthorizedError("Discord does not accept the bot token. Nothing was done.") from error
    except hikari.ForbiddenError as error:
        raise DiscordForbiddenError(f"Discord does not let the bot do this: {error.message}.") from error
    except (hikari.BadRequestError, hikari.ClientHTTPResponseError) as error:
        raise DiscordRefusedError(
            f"Discord refused the request: {error.message}. Nothing was done."
        ) from error
    except ValueError as error:  # hikari: an answer that is no JSON, or not the JSON it knows
        raise DiscordUnavailableError(
            "Discord's answer could not be read. Whether it did what was asked is not certain; look before "
            "you try again."
        ) from error
    except (hikari.HTTPError, OSError, TimeoutError) as error:
        raise DiscordUnavailableError(
            "Discord does not answer. Nothing was done; try again later."
        ) from error
