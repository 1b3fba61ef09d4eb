"""What Discord is told about our commands, and whether it has to be told again."""

from typing import Any, Final

from app.discord.permissions import Permission
from app.language import LOCALES, load_language
from interactions.command import Command, Group, Menu, Subcommand
from interactions.options import CHANNEL_TYPES, OPTION_TYPES, Choice, Parameter, TargetChannel
from interactions.payload import CHAT_INPUT, SUB_COMMAND, SUB_COMMAND_GROUP
from interactions.routing import Routes

_GUILD_INSTALL: Final = 0
_GUILD_CONTEXT: Final = 0


def payloads(routes: Routes) -> list[dict[str, Any]]:
    """Build the registration of every command and menu, as `PUT /applications/{id}/commands` takes it."""
    return [*map(_command, routes.commands), *map(_menu, routes.menus)]


def differs(wanted: list[dict[str, Any]], registered: list[dict[str, Any]]) -> bool:
    """Tell whether Discord knows something else than what we want.

    Only what we declare is compared: Discord adds ids, versions and defaults of its own. The order of
    the commands does not count, the order of options does. Discord allows 200 creates a day, so
    writing what is there already would spend them for nothing.
    """
    return _by_name(wanted) != _by_name(registered)


def _by_name(commands: list[dict[str, Any]]) -> dict[tuple[int, str], Any]:
    return {(command["type"], command["name"]): _comparable(command) for command in commands}


def _comparable(command: dict[str, Any]) -> dict[str, Any]:
    """Reduce a command or option to what we declare, with Discord's way of saying "nothing"."""
    kept = {
        key: value
        for key, value in command.items()
        if key in _COMPARED and value is not None and value is not False and value not in ([], {}, "")
    }
    for nested in ("options", "choices"):
        if nested in kept:
            kept[nested] = [_comparable(each) for each in kept[nested]]
    return kept


_COMPARED: Final = frozenset(
    {
        "name",
        "name_localizations",
        "description",
        "description_localizations",
        "type",
        "options",
        "choices",
        "value",
        "autocomplete",
        "required",
        "min_value",
        "max_value",
        "max_length",
        "channel_types",
        "default_member_permissions",
        "contexts",
        "integration_types",
    }
)


def _command(command: Command) -> dict[str, Any]:
    if command.itself is not None:
        options = [_option(parameter) for parameter in command.itself.parameters]
    else:
        options = [_below(part) for part in command.subcommands]
    return {
        "type": CHAT_INPUT,
        "name": command.name,
        **_described(command.description),
        "options": options,
        **_audience(command.default_permission),
    }


def _menu(menu: Menu) -> dict[str, Any]:
    return {
        "type": int(menu.opened_on),
        "name": menu.name,
        "name_localizations": _translations(menu.name),
        **_audience(menu.default_permission),
    }


def _audience(permission: Permission | None) -> dict[str, Any]:
    return {
        "default_member_permissions": None if permission is None else str(int(permission)),
        "contexts": [_GUILD_CONTEXT],
        "integration_types": [_GUILD_INSTALL],
    }


def _below(part: Subcommand | Group) -> dict[str, Any]:
    is_group = isinstance(part, Group)
    return {
        "type": SUB_COMMAND_GROUP if is_group else SUB_COMMAND,
        "name": part.name,
        **_described(part.description),
        "options": [_below(each) for each in part.subcommands]
        if isinstance(part, Group)
        else [_option(parameter) for parameter in part.parameters],
    }


def _option(parameter: Parameter) -> dict[str, Any]:
    option = parameter.option
    stated = {
        "min_value": option.minimum,
        "max_value": option.maximum,
        "max_length": option.max_length,
        "choices": [_choice(choice) for choice in option.choices] or None,
        "autocomplete": None if option.autocomplete is None else True,
        "channel_types": list(CHANNEL_TYPES) if parameter.type is TargetChannel else None,
    }
    return {
        "type": OPTION_TYPES[parameter.type],
        "name": parameter.name,
        **_described(option.description),
        "required": parameter.required,
        **{key: value for key, value in stated.items() if value is not None},
    }


def _choice(choice: Choice) -> dict[str, Any]:
    return {
        "name": choice.label,
        "name_localizations": _translations(choice.label),
        "value": choice.value,
    }


def _described(description: str) -> dict[str, Any]:
    return {"description": description, "description_localizations": _translations(description)}


def _translations(message: str) -> dict[str, str]:
    """Give a message in every language but English, by Discord's names of them.

    Names of commands and options are the same in every language: members tell each other what to type.
    """
    translated: dict[str, str] = {}
    for name, locales in LOCALES.items():
        said = load_language(name).say(message)
        if said != message:
            translated |= dict.fromkeys(locales, said)
    return translated
