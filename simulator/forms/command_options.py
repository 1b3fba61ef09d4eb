"""When Discord refuses the options of a command. Pure."""

from simulator.forms import fields, tree
from simulator.forms.command_words import (
    description_errors,
    length_errors,
    localized_choices,
    localized_descriptions,
    localized_names,
    name_errors,
)
from simulator.payloads.options import OptionType
from simulator.wire import JsonObject

_OPTIONS = 25
_CHOICES = 25
_CHOICE_TEXT = 100
_LONGEST_VALUE = 6_000
_SAFE = (1 << 53) - 1  # the largest integer that JavaScript counts right
_NESTING = (OptionType.SUB_COMMAND, OptionType.SUB_COMMAND_GROUP)
_NUMBERS = (OptionType.INTEGER, OptionType.NUMBER)
_SUGGESTING = (OptionType.STRING, *_NUMBERS)
_ONLY_FOR: dict[str, tuple[OptionType, ...]] = {
    "choices": _SUGGESTING,
    "autocomplete": _SUGGESTING,
    "min_value": _NUMBERS,
    "max_value": _NUMBERS,
    "min_length": (OptionType.STRING,),
    "max_length": (OptionType.STRING,),
    "channel_types": (OptionType.CHANNEL,),
    "file_types": (OptionType.ATTACHMENT,),
    "options": _NESTING,
}
"""What stands only with some types."""
_CHANNEL_TYPES = (0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15, 16)

_FIELDS: fields.Fields = {
    "required": fields.boolean,
    "autocomplete": fields.boolean,
    "min_length": fields.integer(0, _LONGEST_VALUE),
    "max_length": fields.integer(1, _LONGEST_VALUE),
    "channel_types": fields.listed(fields.choice(*_CHANNEL_TYPES), 0, 20, unique=True),
    "file_types": fields.listed(fields.text(1, 32), 0, 10),
}


def option_list_errors(options: object, *, depth: int = 0) -> JsonObject:
    """Tell what is wrong with a list of options; `depth` counts the groups and subcommands around it."""
    errors = tree.listed(options, 0, _OPTIONS)
    if errors or not isinstance(options, list):
        return errors
    return tree.by_index(_option_errors(each, depth=depth) for each in options) or _errors_between(options)


def text_length(level: JsonObject) -> int:
    """Count the names, descriptions and values of a checked command and all inside it."""
    own = sum(len(level[key]) for key in ("name", "description") if level.get(key))
    for choice in level.get("choices") or ():
        own += len(choice["name"]) + len(str(choice["value"]))
    return own + sum(text_length(each) for each in level.get("options") or ())


def _errors_between(options: list[JsonObject]) -> JsonObject:
    """Tell what is wrong with options that are each right on their own."""
    required = [bool(each.get("required")) for each in options]
    nesting = {each["type"] in _NESTING for each in options}
    if len({each["name"] for each in options}) < len(options):
        return tree.leaf("APPLICATION_COMMAND_OPTIONS_NAME_INVALID", "Option names must be unique")
    if required != sorted(required, reverse=True):
        return tree.leaf(
            "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
            "Required options must be placed before non-required options",
        )
    if len(nesting) > 1:
        return tree.leaf(
            "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
            "Sub-command and sub-command group option types are mutually exclusive to all other types",
        )
    return {}


def _option_errors(option: object, *, depth: int) -> JsonObject:
    if not isinstance(option, dict):
        return tree.not_a_dictionary()
    if errors := tree.one_of(option.get("type"), (int(each) for each in _types_at(depth))):
        return {"type": errors}
    kind = OptionType(option["type"])
    below = depth + 1 if kind is OptionType.SUB_COMMAND_GROUP else depth + 2
    errors = fields.errors_of(option, _FIELDS) | tree.clean(
        {
            "name": name_errors(option.get("name"), strict=True),
            "name_localizations": localized_names(option.get("name_localizations"), strict=True),
            "description": description_errors(option.get("description")),
            "description_localizations": localized_descriptions(option.get("description_localizations")),
            "options": option_list_errors(option.get("options"), depth=below),
            "choices": _choice_list_errors(option.get("choices"), kind),
            "min_value": _bound_errors(option.get("min_value"), kind),
            "max_value": _bound_errors(option.get("max_value"), kind),
        }
    )
    return errors or _misplaced(option, kind) or _contradictions(option)


def _types_at(depth: int) -> tuple[OptionType, ...]:
    """Tell which types may stand here: a group only on top, a subcommand there or in a group."""
    if depth == 0:
        return tuple(OptionType)
    if depth == 1:
        return (OptionType.SUB_COMMAND,)
    return tuple(each for each in OptionType if each not in _NESTING)


def _misplaced(option: JsonObject, kind: OptionType) -> JsonObject:
    return {
        name: tree.leaf(
            "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", f"{name} cannot be used with options of this type"
        )
        for name, kinds in _ONLY_FOR.items()
        if option.get(name) and kind not in kinds
    }


def _contradictions(option: JsonObject) -> JsonObject:
    """Tell what does not go together, though each is right."""
    if option.get("autocomplete") and option.get("choices"):
        message = "Choices and autocomplete cannot be used together"
        return {"choices": tree.leaf("APPLICATION_COMMAND_OPTIONS_CHOICES_WITH_AUTOCOMPLETE", message)}
    for low, high in (("min_value", "max_value"), ("min_length", "max_length")):
        least, most = option.get(low), option.get(high)
        if least is not None and most is not None and float(least) > float(most):
            message = f"{low} is greater than {high}"
            return {low: tree.leaf("APPLICATION_COMMAND_OPTIONS_MIN_GREATER_THAN_MAX", message)}
    return {}


def _bound_errors(value: object, kind: OptionType) -> JsonObject:
    if value is None:
        return {}
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not is_number or (kind is OptionType.INTEGER and not isinstance(value, int)):
        return tree.leaf("NUMBER_TYPE_COERCE", f"Value {tree.short(value)} is not a number of this kind.")
    return _range_errors(value)


def _range_errors(value: object) -> JsonObject:
    if isinstance(value, (int, float)) and -_SAFE <= value <= _SAFE:
        return {}
    return tree.leaf("NUMBER_TYPE_MAX", f"Must lie between -{_SAFE} and {_SAFE}.")


def _choice_list_errors(choices: object, kind: OptionType) -> JsonObject:
    errors = tree.listed(choices, 0, _CHOICES)
    if errors or not isinstance(choices, list):
        return errors
    errors = tree.by_index(_choice_errors(each, kind) for each in choices)
    if not errors and len({each["name"] for each in choices}) < len(choices):
        message = "Option choice names must be unique"
        return tree.leaf("APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_EXISTS", message)
    return errors


def _choice_errors(choice: object, kind: OptionType) -> JsonObject:
    if not isinstance(choice, dict):
        return tree.not_a_dictionary()
    value = choice.get("value")
    errors = {
        "name": length_errors(choice.get("name"), 1, _CHOICE_TEXT),
        "name_localizations": localized_choices(choice.get("name_localizations")),
    }
    if kind is OptionType.STRING:
        errors["value"] = length_errors(value, 0, _CHOICE_TEXT)
    else:
        errors["value"] = tree.required_errors() if value is None else _bound_errors(value, kind)
    return tree.clean(errors)
