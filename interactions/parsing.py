"""From what Discord sent to the arguments of a handler.

Discord's client checks options too, but nobody has to use it.
"""

from collections.abc import Mapping
from typing import Any

from app.discord.text import number
from app.errors import InvalidInputError
from app.ids import parse_snowflake
from interactions.command import Command, Parameter, Subcommand, TargetUser
from interactions.errors import OutdatedControlError
from interactions.payload import (
    CHAT_INPUT,
    SUB_COMMAND,
    CommandData,
    OptionData,
    Resolved,
)


def find_subcommand(
    commands: Mapping[str, Command], data: CommandData
) -> tuple[Command, Subcommand, list[OptionData]]:
    """Look up what is to be run and the options it was given.

    Raises:
        OutdatedControlError: there is no such command (any more).
    """
    command = commands.get(data.name)
    if command is None or data.type != CHAT_INPUT or len(data.options) != 1:
        raise OutdatedControlError
    (chosen,) = data.options
    for subcommand in command.subcommands:
        if chosen.type == SUB_COMMAND and subcommand.name == chosen.name:
            return command, subcommand, chosen.options
    raise OutdatedControlError


def parse_options(
    parameters: tuple[Parameter, ...], options: list[OptionData], resolved: Resolved
) -> dict[str, Any]:
    """Read the options into arguments by name; absent ones are left to the handler's defaults.

    Raises:
        InvalidInputError: naming the option and the allowed range.
        OutdatedControlError: an option we do not have, or one of another type.
    """
    given = {option.name: option for option in options}
    if len(given) != len(options) or not given.keys() <= {p.name for p in parameters}:
        raise OutdatedControlError
    arguments: dict[str, Any] = {}
    for parameter in parameters:
        option = given.get(parameter.name)
        if option is not None:
            arguments[parameter.name] = _PARSERS[parameter.type](parameter, option.value, resolved)
        elif parameter.required:
            raise InvalidInputError(f"“{parameter.name}” is missing. Nothing was done.")
    return arguments


def _integer(parameter: Parameter, value: object, _resolved: Resolved) -> int:
    lowest, highest = parameter.option.minimum or 0, parameter.option.maximum or 0
    # bool is an int to Python; 5.0 is what some clients send for 5.
    whole = isinstance(value, float) and value.is_integer()
    if isinstance(value, bool) or not (isinstance(value, int) or whole):
        raise InvalidInputError(_range(parameter.name, lowest, highest))
    amount = int(value)  # type: ignore[call-overload] # int or a whole float, checked above
    if not lowest <= amount <= highest:
        raise InvalidInputError(_range(parameter.name, lowest, highest))
    return int(amount)


def _range(name: str, lowest: int, highest: int) -> str:
    return (
        f"“{name}” must be a whole number between {number(lowest)} and {number(highest)}. Nothing was done."
    )


def _text(parameter: Parameter, value: object, _resolved: Resolved) -> str:
    if not isinstance(value, str):
        raise OutdatedControlError
    longest = parameter.option.max_length
    if longest is not None and len(value) > longest:
        raise InvalidInputError(
            f"“{parameter.name}” can have at most {longest} characters. Nothing was done."
        )
    if "\0" in value:  # PostgreSQL stores every character but this one
        raise InvalidInputError(
            f"“{parameter.name}” contains a character that cannot be kept. Nothing was done."
        )
    return value


def _user(parameter: Parameter, value: object, resolved: Resolved) -> TargetUser:
    user_id = parse_snowflake(value) if isinstance(value, str) else None
    user = resolved.users.get(str(value))
    if user_id is None or user is None:
        raise InvalidInputError(f"“{parameter.name}” is nobody Discord knows (any more). Nothing was done.")
    return TargetUser(user_id, user.name, user.bot, str(value) in resolved.members)


_PARSERS = {int: _integer, str: _text, TargetUser: _user}
