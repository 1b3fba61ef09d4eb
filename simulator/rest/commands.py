"""Registered commands, global and of a guild."""

from starlette.requests import Request
from starlette.responses import JSONResponse

from simulator.errors import DiscordError, ErrorKind
from simulator.forms.command import errors_in, over_the_limit
from simulator.payloads import commands as payloads
from simulator.request import local_discord
from simulator.rest.access import path_id
from simulator.wire import JsonObject, NotJsonError, decode


async def list_commands(request: Request) -> JSONResponse:
    """GET .../commands; the translations come with `with_localizations=true`."""
    commands = local_discord(request).world.commands.get(_scope(request), [])
    if request.query_params.get("with_localizations") != "true":
        commands = [payloads.without_localizations(each) for each in commands]
    return JSONResponse(commands)


async def replace_commands(request: Request) -> JSONResponse:
    """PUT .../commands: what is not named any more is gone; what keeps its name keeps its id."""
    discord = local_discord(request)
    scope = _scope(request)
    wanted = await _form(request)
    before = {(each["type"], each["name"]): each for each in discord.world.commands.get(scope, [])}
    registered = [
        payloads.registered(
            each,
            before=before.get((each.get("type") or 1, each["name"])),
            application_id=discord.config.application_id,
            guild_id=scope,
            new_id=discord.snowflakes.make,
        )
        for each in wanted
    ]
    discord.world.register(scope, registered)
    return JSONResponse(registered)


def _scope(request: Request) -> int | None:
    """Tell whose commands the path means: a guild's id, or None for the global ones."""
    discord = local_discord(request)
    if path_id(request, "application_id") != discord.config.application_id:
        raise DiscordError(ErrorKind.NOT_THIS_APPLICATION)
    if "guild_id" not in request.path_params:
        return None
    guild_id = path_id(request, "guild_id")
    if guild_id not in discord.world.guilds:
        raise DiscordError(ErrorKind.MISSING_ACCESS)
    return guild_id


async def _form(request: Request) -> list[JsonObject]:
    try:
        wanted = decode(await request.body())
    except NotJsonError as error:
        raise DiscordError(ErrorKind.NOT_JSON) from error
    errors = errors_in(wanted)
    if errors:
        raise DiscordError(ErrorKind.INVALID_FORM, errors)
    commands = [each for each in wanted if isinstance(each, dict)] if isinstance(wanted, list) else []
    if over_the_limit(commands):
        raise DiscordError(ErrorKind.TOO_MANY_COMMANDS)
    return commands
