"""When Discord refuses a command registration, and with which tree of errors. Pure."""

from collections import Counter
from collections.abc import Iterable
from typing import TypeGuard
from unicodedata import category

from simulator.forms.tree import by_index, clean, leaf
from simulator.payloads.interactions import CommandType
from simulator.payloads.options import OptionType
from simulator.snowflakes import parse_snowflake
from simulator.wire import JsonObject

_NAME = 32
_DESCRIPTION = 100
_OPTIONS = 25
_CHOICES = 25
_CHOICE_TEXT = 100
_COMMAND_TEXT = 8_000
_LIMITS = {CommandType.CHAT_INPUT: 100, CommandType.USER: 15, CommandType.MESSAGE: 15}
_NESTING = (OptionType.SUB_COMMAND, OptionType.SUB_COMMAND_GROUP)
_COMBINING_SCRIPTS = ((0x0900, 0x097F), (0x0E00, 0x0E7F))  # Devanagari, Thai


def errors_in(commands: object) -> JsonObject:
    """Tell what is wrong with a list of commands, by index. Empty if nothing is."""
    if not isinstance(commands, list):
        return leaf("LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
    errors = by_index(_command_errors(each) for each in commands)
    if errors:
        return errors
    names = Counter((each.get("type") or 1, each["name"]) for each in commands)
    if any(count > 1 for count in names.values()):
        message = "Application command names must be unique"
        return leaf("APPLICATION_COMMANDS_DUPLICATE_NAME", message)
    return {}


def over_the_limit(commands: Iterable[JsonObject]) -> bool:
    """Tell whether there are more commands of one kind than Discord keeps."""
    kinds = Counter(each.get("type") or 1 for each in commands)
    return any(kinds[int(kind)] > limit for kind, limit in _LIMITS.items())


def _command_errors(command: object) -> JsonObject:
    if not isinstance(command, dict):
        return leaf("DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
    kind = command.get("type") or CommandType.CHAT_INPUT
    if not _is_one_of(kind, CommandType):
        return {"type": _choices(int(each) for each in CommandType)}
    chat = kind == CommandType.CHAT_INPUT
    errors = clean(
        {
            "name": _name_errors(command.get("name"), strict=chat),
            "description": _description_errors(command.get("description"), required=chat),
            "options": _option_list_errors(command.get("options"), depth=0),
            "default_member_permissions": _bits_errors(command.get("default_member_permissions")),
        }
    )
    if not errors and _text_length(command) > _COMMAND_TEXT:
        message = f"Command exceeds maximum size ({_COMMAND_TEXT})"
        return leaf("APPLICATION_COMMAND_TOO_LARGE", message)
    return errors


def _option_list_errors(options: object, *, depth: int) -> JsonObject:
    if options is None:
        return {}
    if not isinstance(options, list):
        return leaf("LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
    if len(options) > _OPTIONS:
        return leaf("BASE_TYPE_MAX_LENGTH", f"Must be {_OPTIONS} or fewer in length.")
    errors = by_index(_option_errors(each, depth=depth) for each in options)
    return errors or _errors_between(options)


def _errors_between(options: list[JsonObject]) -> JsonObject:
    """Tell what is wrong with options that are each right on their own."""
    required = [bool(each.get("required")) for each in options]
    nesting = {each["type"] in _NESTING for each in options}
    if len({each["name"] for each in options}) < len(options):
        return leaf("APPLICATION_COMMAND_OPTIONS_NAME_INVALID", "Option names must be unique")
    if required != sorted(required, reverse=True):
        return leaf(
            "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
            "Required options must be placed before non-required options",
        )
    if len(nesting) > 1:
        return leaf(
            "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
            "Sub-command and sub-command group option types are mutually exclusive to all other types",
        )
    return {}


def _option_errors(option: object, *, depth: int) -> JsonObject:
    if not isinstance(option, dict):
        return leaf("DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
    kind = option.get("type")
    allowed = _types_at(depth)
    if not _is_one_of(kind, allowed):
        return {"type": _choices(int(each) for each in allowed)}
    below = depth + 1 if kind == OptionType.SUB_COMMAND_GROUP else depth + 2
    return clean(
        {
            "name": _name_errors(option.get("name"), strict=True),
            "description": _description_errors(option.get("description"), required=True),
            "options": _option_list_errors(option.get("options"), depth=below),
            "choices": _choice_list_errors(option.get("choices"), OptionType(kind)),
        }
    )


def _types_at(depth: int) -> tuple[OptionType, ...]:
    """Tell which types may stand here: a group only on top, a subcommand there or in a group."""
    if depth == 0:
        return tuple(OptionType)
    if depth == 1:
        return (OptionType.SUB_COMMAND,)
    return tuple(each for each in OptionType if each not in _NESTING)


def _choice_list_errors(choices: object, kind: OptionType) -> JsonObject:
    if choices is None:
        return {}
    if not isinstance(choices, list):
        return leaf("LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
    if len(choices) > _CHOICES:
        return leaf("BASE_TYPE_MAX_LENGTH", f"Must be {_CHOICES} or fewer in length.")
    return by_index(_choice_errors(each, kind) for each in choices)


def _choice_errors(choice: object, kind: OptionType) -> JsonObject:
    if not isinstance(choice, dict):
        return leaf("DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
    value = choice.get("value")
    errors = {"name": _length_errors(choice.get("name"), 1, _CHOICE_TEXT)}
    if kind is OptionType.STRING:
        errors["value"] = _length_errors(value, 0, _CHOICE_TEXT)
    elif isinstance(value, bool) or not isinstance(value, (int, float)):
        errors["value"] = leaf("NUMBER_TYPE_COERCE", f'Value "{value}" is not a number.')
    return clean(errors)


def _name_errors(name: object, *, strict: bool) -> JsonObject:
    errors = _length_errors(name, 1, _NAME)
    if errors or not isinstance(name, str) or not strict:
        return errors
    if name == name.lower() and all(_may_stand_in_a_name(each) for each in name):
        return {}
    return leaf("APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")


def _may_stand_in_a_name(character: str) -> bool:
    """Tell whether a character is a letter, a number, of Devanagari or Thai, or one of -_'."""
    if character in "-_'" or category(character)[0] in "LN":
        return True
    return any(low <= ord(character) <= high for low, high in _COMBINING_SCRIPTS)


def _description_errors(description: object, *, required: bool) -> JsonObject:
    if not required:
        return {}
    return _length_errors(description, 1, _DESCRIPTION)


def _length_errors(text: object, low: int, high: int) -> JsonObject:
    if text is None:
        return leaf("BASE_TYPE_REQUIRED", "This field is required")
    if not isinstance(text, str):
        return leaf("STRING_TYPE_CONVERT", f"Could not interpret {text!r} as string.")
    if not low <= len(text) <= high:
        return leaf("BASE_TYPE_BAD_LENGTH", f"Must be between {low} and {high} in length.")
    return {}


def _bits_errors(bits: object) -> JsonObject:
    """Permission bits come as a decimal string, or as an integer from older libraries."""
    if bits is None or parse_snowflake(bits) is not None:
        return {}
    if isinstance(bits, int) and not isinstance(bits, bool) and bits >= 0:
        return {}
    return leaf("NUMBER_TYPE_COERCE", f'Value "{bits}" is not int.')


def _is_one_of(number: object, allowed: Iterable[int]) -> TypeGuard[int]:
    return isinstance(number, int) and not isinstance(number, bool) and number in list(allowed)


def _text_length(level: JsonObject) -> int:
    """Count the names, descriptions and values of a command and all inside it."""
    own = sum(len(level[key]) for key in ("name", "description") if level.get(key))
    for choice in level.get("choices") or ():
        own += len(choice["name"]) + len(str(choice["value"]))
    return own + sum(_text_length(each) for each in level.get("options") or ())


def _choices(numbers: Iterable[int]) -> JsonObject:
    listed = ", ".join(str(each) for each in numbers)
    return leaf("BASE_TYPE_CHOICES", f"Value must be one of ({listed}).")
