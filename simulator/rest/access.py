"""Who calls: the application's bot by its token. And what the path's ids name."""

import secrets
from collections.abc import Awaitable, Callable
from functools import wraps

from starlette.requests import Request
from starlette.responses import Response

from simulator.errors import DiscordError, ErrorKind
from simulator.request import local_discord
from simulator.snowflakes import parse_snowflake
from simulator.state.entities import Guild

Handler = Callable[[Request], Awaitable[Response]]


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


def path_id(request: Request, name: str) -> int:
    """Read an id from the path. Raises `DiscordError` (50035) for what is no snowflake."""
    text = request.path_params[name]
    number = parse_snowflake(text)
    if number is None:
        message = f'Value "{text}" is not snowflake.'
        error = {"code": "NUMBER_TYPE_COERCE", "message": message}
        raise DiscordError(ErrorKind.INVALID_FORM, {name: {"_errors": [error]}})
    return number


def guild_in_path(request: Request) -> Guild:
    """Find the guild that the path names. Raises `DiscordError` (10004) if there is none."""
    guild = local_discord(request).world.guilds.get(path_id(request, "guild_id"))
    if guild is None:
        raise DiscordError(ErrorKind.UNKNOWN_GUILD)
    return guild
