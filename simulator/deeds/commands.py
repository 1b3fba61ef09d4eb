"""Commands are registered, changed and removed, globally (scope None) or for one guild."""

from datetime import timedelta

from simulator.errors import DiscordError, ErrorKind
from simulator.forms.command import DAILY_CREATES, over_the_limit
from simulator.happenings import ApplicationChanged
from simulator.local_discord import LocalDiscord
from simulator.payloads import commands as payloads
from simulator.wire import JsonObject

_DAY = timedelta(days=1)


def command_of(discord: LocalDiscord, scope: int | None, command_id: int) -> JsonObject:
    """Find a registered command. Raises `DiscordError` (10063) if there is none."""
    for command in discord.world.commands.get(scope, ()):
        if command["id"] == str(command_id):
            return command
    raise DiscordError(ErrorKind.UNKNOWN_COMMAND)


def replace_all(discord: LocalDiscord, scope: int | None, wanted: list[JsonObject]) -> list[JsonObject]:
    """Register these and no others. What keeps its name keeps its id.

    Raises:
        DiscordError: 30032 for too many at once, 30034 for too many new ones in a day.
    """
    if over_the_limit(wanted):
        raise DiscordError(ErrorKind.TOO_MANY_COMMANDS)
    known = {_key(each): each for each in discord.world.commands.get(scope, ())}
    _count_creates(discord, scope, sum(_key(each) not in known for each in wanted))
    registered = [_registered(discord, scope, each, known.get(_key(each))) for each in wanted]
    _keep(discord, scope, registered)
    return registered


def register(discord: LocalDiscord, scope: int | None, wanted: JsonObject) -> tuple[JsonObject, bool]:
    """Register one command, in place of the one of its name and type; tells whether it is new."""
    before = list(discord.world.commands.get(scope, ()))
    known = next((each for each in before if _key(each) == _key(wanted)), None)
    if known is None:
        if over_the_limit([*before, wanted]):
            raise DiscordError(ErrorKind.TOO_MANY_COMMANDS)
        _count_creates(discord, scope, 1)
    registered = _registered(discord, scope, wanted, known)
    _keep(discord, scope, [*(each for each in before if each is not known), registered])
    return registered, known is None


def change(discord: LocalDiscord, scope: int | None, command: JsonObject, wanted: JsonObject) -> JsonObject:
    """Give a command other contents; `wanted` is the whole command as it shall be."""
    registered = _registered(discord, scope, wanted, command)
    others = [each for each in discord.world.commands[scope] if each is not command]
    _keep(discord, scope, [each for each in others if _key(each) != _key(registered)] + [registered])
    return registered


def remove(discord: LocalDiscord, scope: int | None, command: JsonObject) -> None:
    """Remove a command."""
    _keep(discord, scope, [each for each in discord.world.commands[scope] if each is not command])


def _key(command: JsonObject) -> tuple[int, str]:
    return command.get("type") or 1, command["name"]


def _registered(
    discord: LocalDiscord, scope: int | None, wanted: JsonObject, before: JsonObject | None
) -> JsonObject:
    return payloads.registered(
        wanted,
        before=before,
        application_id=discord.world.application.id,
        guild_id=scope,
        new_id=discord.snowflakes.make,
    )


def _keep(discord: LocalDiscord, scope: int | None, registered: list[JsonObject]) -> None:
    discord.world.register(scope, registered)
    discord.tell(ApplicationChanged())


def _count_creates(discord: LocalDiscord, scope: int | None, count: int) -> None:
    """Count new commands of one day. Raises `DiscordError` (30034) beyond what Discord allows."""
    now = discord.clock.now()
    today = [each for each in discord.world.command_creates.get(scope, ()) if now - each < _DAY]
    if len(today) + count > DAILY_CREATES:
        raise DiscordError(ErrorKind.TOO_MANY_COMMAND_CREATES)
    discord.world.command_creates[scope] = today + [now] * count
