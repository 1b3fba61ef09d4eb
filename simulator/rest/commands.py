"""Registered commands, global and of a guild."""

from starlette.requests import Request
from starlette.responses import Response

from simulator.deeds import commands as deeds
from simulator.errors import DiscordError, ErrorKind
from simulator.forms.command import command_errors, errors_in
from simulator.forms.tree import leaf
from simulator.payloads import commands as payloads
from simulator.request import local_discord
from simulator.rest import bodies
from simulator.rest.access import path_id
from simulator.rest.response import Json, nothing
from simulator.wire import JsonObject

_CREATED = 201
_CHANGEABLE = (
    "name", "name_localizations", "description", "description_localizations", "options",
    "default_member_permissions", "dm_permission", "contexts", "integration_types", "nsfw",
)  # fmt: skip


async def list_commands(request: Request) -> Response:
    """GET .../commands; the translations come with `with_localizations=true`."""
    commands = local_discord(request).world.commands.get(_scope(request), [])
    if not bodies.flag(request.query_params, "with_localizations"):
        commands = [payloads.without_localizations(each) for each in commands]
    return Json(commands)


async def show_command(request: Request) -> Response:
    """GET .../commands/{command.id}."""
    return Json(_command_in_path(request, _scope(request)))


async def create_command(request: Request) -> Response:
    """POST .../commands: 201 for a new name, 200 for one that there was."""
    scope = _scope(request)
    wanted = bodies.checked(await bodies.read_json(request), command_errors)
    registered, is_new = deeds.register(local_discord(request), scope, wanted)
    return Json(registered, _CREATED if is_new else 200)


async def change_command(request: Request) -> Response:
    """PATCH .../commands/{command.id}."""
    scope = _scope(request)
    command = _command_in_path(request, scope)
    form = bodies.checked(await bodies.read_json(request), lambda _form: {})
    given = {name: form[name] for name in _CHANGEABLE if name in form}
    wanted = bodies.checked(command | given, command_errors)
    if any(_is_named(each, wanted) for each in _registered(request, scope) if each is not command):
        message = "Application command names must be unique"
        bodies.refuse({"name": leaf("APPLICATION_COMMANDS_DUPLICATE_NAME", message)})
    return Json(deeds.change(local_discord(request), scope, command, wanted))


async def delete_command(request: Request) -> Response:
    """DELETE .../commands/{command.id}."""
    scope = _scope(request)
    deeds.remove(local_discord(request), scope, _command_in_path(request, scope))
    return nothing()


async def replace_commands(request: Request) -> Response:
    """PUT .../commands: what is not named any more is gone; what keeps its name keeps its id."""
    scope = _scope(request)
    wanted = await bodies.read_json(request)
    bodies.refuse(errors_in(wanted))
    commands = [each for each in wanted if isinstance(each, dict)] if isinstance(wanted, list) else []
    return Json(deeds.replace_all(local_discord(request), scope, commands))


async def list_permissions(request: Request) -> Response:
    """GET .../guilds/{guild.id}/commands/permissions: nobody has overridden any."""
    _scope(request)
    return Json([])


async def show_permissions(request: Request) -> Response:
    """GET .../guilds/{guild.id}/commands/{command.id}/permissions: 10066, as nobody has overridden any."""
    _command_in_path(request, _scope(request))
    raise DiscordError(ErrorKind.UNKNOWN_COMMAND_PERMISSIONS)


def _scope(request: Request) -> int | None:
    """Tell whose commands the path means: a guild's id, or None for the global ones."""
    discord = local_discord(request)
    if path_id(request, "application_id") != discord.world.application.id:
        raise DiscordError(ErrorKind.NOT_THIS_APPLICATION)
    if "guild_id" not in request.path_params:
        return None
    guild = discord.world.guilds.get(path_id(request, "guild_id"))
    if guild is None or discord.bot.id not in guild.members:
        raise DiscordError(ErrorKind.MISSING_ACCESS)
    return guild.id


def _registered(request: Request, scope: int | None) -> list[JsonObject]:
    return local_discord(request).world.commands.get(scope, [])


def _command_in_path(request: Request, scope: int | None) -> JsonObject:
    return deeds.command_of(local_discord(request), scope, path_id(request, "command_id"))


def _is_named(command: JsonObject, other: JsonObject) -> bool:
    return (command["type"], command["name"]) == (other["type"], other["name"])
