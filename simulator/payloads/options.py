"""A command's options: from name and value, as a person gives them, to typed and nested JSON.

Nothing is refused here, because tests must be able to send what Discord's own client would not.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from math import isfinite

from simulator.snowflakes import parse_snowflake
from simulator.wire import JsonObject

_MENTION_MARKS = "<@!&#>"


class OptionType(IntEnum):
    """Discord's option types."""

    SUB_COMMAND = 1
    SUB_COMMAND_GROUP = 2
    STRING = 3
    INTEGER = 4
    BOOLEAN = 5
    USER = 6
    CHANNEL = 7
    ROLE = 8
    MENTIONABLE = 9
    NUMBER = 10
    ATTACHMENT = 11


_NESTING = (OptionType.SUB_COMMAND, OptionType.SUB_COMMAND_GROUP)
_REFERRING = (
    OptionType.USER,
    OptionType.CHANNEL,
    OptionType.ROLE,
    OptionType.MENTIONABLE,
    OptionType.ATTACHMENT,
)


@dataclass(frozen=True, slots=True)
class KnownIds:
    """Ids that a bare numeric string may mean, where no schema tells."""

    users: frozenset[int]
    attachments: frozenset[int] = frozenset()


def typed_options(
    path: list[str],
    values: Mapping[str, object],
    schema: JsonObject | None,
    known: KnownIds,
    *,
    focused: str | None = None,
) -> list[JsonObject]:
    """Write options with their types, inside the subcommands that `path` names.

    A registered command decides the types; what it does not know is typed by its value. The one that
    is `focused`, because somebody is typing there, keeps the words as they are.
    """
    declared = declared_options(path, schema)
    options: list[JsonObject] = []
    for name, value in values.items():
        option_type = declared.get(name, _type_of_value(value, known))
        option: JsonObject = {"name": name, "type": int(option_type)}
        if name == focused:
            options.append(option | {"value": _words(value), "focused": True})
        else:
            options.append(option | {"value": _fitted(option_type, value)})
    for depth, name in enumerate(reversed(path)):
        nesting = OptionType.SUB_COMMAND if depth == 0 else OptionType.SUB_COMMAND_GROUP
        options = [{"name": name, "type": int(nesting), "options": options}]
    return options


def ids_of_type(options: list[JsonObject], *types: OptionType) -> list[int]:
    """Tell which ids the options of these types name, however deeply nested."""
    found: list[int] = []
    for option in options:
        if option["type"] in _NESTING:
            found += ids_of_type(option["options"], *types)
        elif option["type"] in types and (number := parse_snowflake(option["value"])) is not None:
            found.append(number)
    return found


def declared_options(path: list[str], schema: JsonObject | None) -> dict[str, OptionType]:
    """Tell the types of the options that a registered command takes below a path of subcommands."""
    level: list[JsonObject] = (schema or {}).get("options") or []
    for name in path:
        inside = [each for each in level if each["name"] == name and each["type"] in _NESTING]
        level = (inside[0].get("options") or []) if inside else []
    return {each["name"]: OptionType(each["type"]) for each in level}


def _type_of_value(value: object, known: KnownIds) -> OptionType:
    if isinstance(value, bool):
        return OptionType.BOOLEAN
    if isinstance(value, int):
        return OptionType.INTEGER
    if isinstance(value, float):
        return OptionType.NUMBER
    number = parse_snowflake(value)
    if number in known.users:
        return OptionType.USER
    if number in known.attachments:
        return OptionType.ATTACHMENT
    return OptionType.STRING


def _words(value: object) -> str:
    return value if isinstance(value, str) else str(value)


def _fitted(option_type: OptionType, value: object) -> object:
    """Turn what was typed as text into the option's type; what does not fit stays as it is."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    try:
        match option_type:
            case OptionType.INTEGER:
                return int(text)
            case OptionType.NUMBER:
                number = float(text)
                return number if isfinite(number) else value
            case OptionType.BOOLEAN:
                return {"true": True, "false": False}.get(text.lower(), value)
    except ValueError:
        return value
    return text.strip(_MENTION_MARKS) if option_type in _REFERRING else value
