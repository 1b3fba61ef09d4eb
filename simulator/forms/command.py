"""When Discord refuses a command registration, and with which tree of errors. Pure."""

from collections import Counter
from collections.abc import Iterable

from simulator.forms import fields, tree
from simulator.forms.command_options import option_list_errors, text_length
from simulator.forms.command_words import (
    description_errors,
    localized_descriptions,
    localized_names,
    name_errors,
)
from simulator.payloads.interactions import CommandType
from simulator.wire import JsonObject

DAILY_CREATES = 200  # Discord: new commands a day, of one guild or globally
_COMMAND_TEXT = 8_000
_LIMITS = {CommandType.CHAT_INPUT: 100, CommandType.USER: 15, CommandType.MESSAGE: 15}

_FIELDS: fields.Fields = {
    "default_member_permissions": fields.permission_bits,
    "dm_permission": fields.boolean,
    "nsfw": fields.boolean,
    "contexts": fields.listed(fields.choice(0, 1, 2), 1, 3, unique=True),
    "integration_types": fields.listed(fields.choice(0, 1), 1, 2, unique=True),
}


def errors_in(commands: object) -> JsonObject:
    """Tell what is wrong with a list of commands, by index. Empty if nothing is."""
    if not isinstance(commands, list):
        return tree.leaf("LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
    errors = tree.by_index(command_errors(each) for each in commands)
    if errors:
        return errors
    names = Counter((each.get("type") or 1, each["name"]) for each in commands)
    if any(count > 1 for count in names.values()):
        message = "Application command names must be unique"
        return tree.leaf("APPLICATION_COMMANDS_DUPLICATE_NAME", message)
    return {}


def over_the_limit(commands: Iterable[JsonObject]) -> bool:
    """Tell whether there are more commands of one kind than Discord keeps."""
    kinds = Counter(each.get("type") or 1 for each in commands)
    return any(kinds[int(kind)] > limit for kind, limit in _LIMITS.items())


def command_errors(command: object) -> JsonObject:
    """Tell what is wrong with one command."""
    if not isinstance(command, dict):
        return tree.not_a_dictionary()
    kind = command.get("type") or CommandType.CHAT_INPUT
    if errors := tree.one_of(kind, (int(each) for each in _LIMITS)):
        return {"type": errors}
    chat = kind == CommandType.CHAT_INPUT
    errors = fields.errors_of(command, _FIELDS) | tree.clean(
        {
            "name": name_errors(command.get("name"), strict=chat),
            "name_localizations": localized_names(command.get("name_localizations"), strict=chat),
        }
    )
    errors |= _chat_errors(command) if chat else _context_menu_errors(command)
    if not errors and text_length(command) > _COMMAND_TEXT:
        message = f"Command exceeds maximum size ({_COMMAND_TEXT})"
        return tree.leaf("APPLICATION_COMMAND_TOO_LARGE", message)
    return errors


def _chat_errors(command: JsonObject) -> JsonObject:
    return tree.clean(
        {
            "description": description_errors(command.get("description")),
            "description_localizations": localized_descriptions(command.get("description_localizations")),
            "options": option_list_errors(command.get("options")),
        }
    )


def _context_menu_errors(command: JsonObject) -> JsonObject:
    """A command in a menu has only a name."""
    refused = {
        "description": ("DESCRIPTION", "description"),
        "description_localizations": ("DESCRIPTION", "description"),
        "options": ("OPTIONS", "options"),
    }
    return {
        name: tree.leaf(
            f"APPLICATION_COMMAND_CONTEXT_MENU_{code}_INVALID", f"Context menu commands cannot have {what}"
        )
        for name, (code, what) in refused.items()
        if command.get(name)
    }
