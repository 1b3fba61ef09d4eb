"""Who calls: the application's bot by its token. And what the path's ids name."""

import secrets
from collections.abc import Awaitable, Callable
from functools import wraps
from urllib.parse import unquote_to_bytes

from starlette.requests import Request
from starlette.responses import Response

from simulator.deeds.actor import Actor, require_in
from simulator.deeds.channels import channel_of
from simulator.errors import DiscordError, ErrorKind
from simulator.forms.tree import leaf
from simulator.permissions import Permission
from simulator.request import local_discord
from simulator.snowflakes import parse_snowflake
from simulator.state.entities import Channel, Guild

Handler = Callable[[Request], Awaitable[Response]]

_LONGEST_REASON = 512


def bot_only(handler: Handler) -> Handler:
    """Let only the application's own bot token through: 401 for everything else."""

    @wraps(handler)
    async def guarded(request: Request) -> Response:
        expected = f"Bot {local_discord(request).config.bot_token}"
        given = request.headers.get("authorization", "")
        if not secrets.compare_digest(given.encode(), expected.encode()):
            raise DiscordError(ErrorKind.UNAUTHORIZED)
        return await handler(request)

    return guarded


def acting(request: Request) -> Actor:
    """Tell who acts (the bot), and why. Raises `DiscordError` (50035) for a bad reason."""
    return Actor(local_discord(request).world.application.id, _reason(request))


def path_id(request: Request, name: str) -> int:
    """Read an id from the path. Raises `DiscordError` (50035) for what is no snowflake."""
    text = request.path_params[name]
    number = parse_snowflake(text)
    if number is None:
        message = f'Value "{text}" is not snowflake.'
        raise DiscordError(ErrorKind.INVALID_FORM, {name: leaf("NUMBER_TYPE_COERCE", message)})
    return number


def guild_in_path(request: Request) -> Guild:
    """Find the guild that the path names. Raises `DiscordError` (10004) if the bot is in none such."""
    return bots_guild(request, path_id(request, "guild_id"))


def bots_guild(request: Request, guild_id: int) -> Guild:
    """Find a guild that the bot is in. Raises `DiscordError` (10004) if there is none."""
    world = local_discord(request).world
    guild = world.guilds.get(guild_id)
    if guild is None or world.application.id not in guild.members:
        raise DiscordError(ErrorKind.UNKNOWN_GUILD)
    return guild


def channel_in_path(request: Request) -> Channel:
    """Find the channel that the path names. Raises `DiscordError`: 10003, or 50001 if the bot sees it not."""
    discord = local_discord(request)
    channel = channel_of(discord, path_id(request, "channel_id"))
    require_in(discord.world, channel, Actor(discord.world.application.id), Permission(0))
    return channel


def guild_of(request: Request, channel: Channel) -> Guild:
    """Tell a channel's guild. Raises `DiscordError` (50003) for direct messages, which have none."""
    guild = local_discord(request).world.guild_of(channel)
    if guild is None:
        raise DiscordError(ErrorKind.NOT_IN_DIRECT_MESSAGES)
    return guild


def _reason(request: Request) -> str | None:
    given = request.headers.get("x-audit-log-reason")
    if given is None:
        return None
    try:
        reason = unquote_to_bytes(given.encode("latin-1")).decode()
    except UnicodeDecodeError:
        reason = ""
    if not 1 <= len(reason) <= _LONGEST_REASON:
        message = f"Must be between 1 and {_LONGEST_REASON} in length."
        raise DiscordError(
            ErrorKind.INVALID_FORM, {"X-Audit-Log-Reason": leaf("BASE_TYPE_BAD_LENGTH", message)}
        )
    return reason
