"""What Discord is told about our commands, and whether it has to be told again."""

from collections.abc import Iterable
from typing import Any, Final

from interactions.command import OPTION_TYPES, Command, Parameter, Subcommand
from interactions.payload import CHAT_INPUT, SUB_COMMAND

_GUILD_INSTALL: Final = 0
_GUILD_CONTEXT: Final = 0


def payloads(commands: Iterable[Command]) -> list[dict[str, Any]]:
    """Build the registration of every command, as `PUT /applications/{id}/commands` takes it."""
    return [_command(command) for command in commands]


def differs(wanted: list[dict[str, Any]], registered: list[dict[str, Any]]) -> bool:
    """Tell whether Discord knows something else than what we want.

    Only what we declare is compared: Discord adds ids, versions and defaults of its own. The order of
    the commands does not count, the order of options does. Discord allows 200 creates a day, so
    writing what is there already would spend them for nothing.
    """
    return _by_name(wanted) != _by_name(registered)


def _by_name(commands: list[dict[str, Any]]) -> dict[str, Any]:
    return {command["name"]: _comparable(command) for command in commands}


def _comparable(command: dict[str, Any]) -> dict[str, Any]:
    """Reduce a command or option to what we declare, with Discord's way of saying "nothing"."""
    kept = {
        key: value
        for key, value in command.items()
        if key in _COMPARED and value is not None and value is not False and value != []
    }
    if "options" in kept:
        kept["options"] = [_comparable(option) for option in kept["options"]]
    return kept


_COMPARED: Final = frozenset(
    {
        "name",
        "description",
        "type",
        "options",
        "required",
        "min_value",
        "max_value",
        "max_length",
        "default_member_permissions",
        "contexts",
        "integration_types",
    }
)


def _command(command: Command) -> dict[str, Any]:
    permission = command.default_permission
    return {
        "type": CHAT_INPUT,
        "name": command.name,
        "description": command.description,
        "options": [_subcommand(subcommand) for subcommand in command.subcommands],
        "default_member_permissions": None if permission is None else str(int(permission)),
        "contexts": [_GUILD_CONTEXT],
        "integration_types": [_GUILD_INSTALL],
    }


def _subcommand(subcommand: Subcommand) -> dict[str, Any]:
    return {
        "type": SUB_COMMAND,
        "name": subcommand.name,
        "description": subcommand.description,
        "options": [_option(parameter) for parameter in subcommand.parameters],
    }


def _option(parameter: Parameter) -> dict[str, Any]:
    limits = {
        "min_value": parameter.option.minimum,
        "max_value": parameter.option.maximum,
        "max_length": parameter.option.max_length,
    }
    return {
        "type": OPTION_TYPES[parameter.type],
        "name": parameter.name,
        "description": parameter.option.description,
        "required": parameter.required,
        **{key: value for key, value in limits.items() if value is not None},
    }
