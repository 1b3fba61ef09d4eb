"""From what Discord sent to the arguments of a handler.

Discord's client checks options too, but nobody has to use it.
"""

import re
from collections.abc import Callable
from typing import Any, Final

from app.errors import InvalidInputError
from app.ids import parse_snowflake
from interactions.errors import OutdatedControlError
from interactions.options import Attachment, Parameter, TargetChannel, TargetMessage, TargetUser
from interactions.payload import OptionData, Resolved, SubmittedField, User

_GROUPED: Final = re.compile(r"[0-9]{1,3}(?:[ ,.'\u00a0\u2009\u202f][0-9]{3})+")  # noqa: TID251 - ours, not a user's
"""A number written with separators between its thousands, as people do in one country or another."""

_LONGEST_PERMISSIONS: Final = 40
"""Digits of permission bits, twice of what Discord uses."""

_LONGEST_NUMBER: Final = 24
"""Characters of the longest text that is read as a number; `int` raises when there are thousands."""


def parse_options(
    parameters: tuple[Parameter, ...], options: list[OptionData], resolved: Resolved
) -> dict[str, Any]:
    """Read the options into arguments by name; absent ones are left to the handler's defaults.

    Raises:
        InvalidInputError: naming the option and the allowed range.
        OutdatedControlError: an option we do not have, or one of another type.
    """
    given = {option.name: option.value for option in options}
    if len(given) != len(options):
        raise OutdatedControlError
    return _parse(parameters, given, resolved)


def parse_fields(
    parameters: tuple[Parameter, ...], fields: list[SubmittedField], resolved: Resolved
) -> dict[str, Any]:
    """Read what was filled into a form into arguments by name; what was left empty counts as absent.

    Raises:
        InvalidInputError: naming the field and the allowed range.
        OutdatedControlError: a field we do not have, or one of another kind.
    """
    filled = [field.component or field for field in fields]
    types = {parameter.name: parameter.type for parameter in parameters}
    given: dict[str, Any] = {}
    for field in filled:
        if not field.custom_id:  # a text that stands in the form
            continue
        if field.custom_id in given:
            raise OutdatedControlError
        value: object = field.value
        if field.values is not None:
            value = field.values[0] if len(field.values) == 1 else None
        if types.get(field.custom_id) is int and isinstance(value, str):
            value = _number(value)
        given[field.custom_id] = None if isinstance(value, str) and not value.strip() else value
    absent = [name for name, value in given.items() if value is None and name in types]
    return _parse(parameters, {name: given[name] for name in given if name not in absent}, resolved)


def parse_target_user(target_id: str | None, resolved: Resolved) -> TargetUser:
    """Read whom a menu was opened on.

    Raises:
        OutdatedControlError: Discord did not say who that is.
    """
    found = _resolved_user(target_id or "", resolved)
    if found is None:
        raise OutdatedControlError
    return found


def parse_target_message(target_id: str | None, resolved: Resolved) -> TargetMessage:
    """Read which message a menu was opened on.

    Raises:
        OutdatedControlError: Discord did not say which that is.
    """
    message = resolved.messages.get(target_id or "")
    if message is None or message.author is None:
        raise OutdatedControlError
    message_id, channel_id = parse_snowflake(message.id), parse_snowflake(message.channel_id)
    author_id = parse_snowflake(message.author.id)
    if message_id is None or channel_id is None or author_id is None:
        raise OutdatedControlError
    author = _target(author_id, message.author, resolved)
    return TargetMessage(message_id, channel_id, author, message.content)


def _parse(parameters: tuple[Parameter, ...], given: dict[str, Any], resolved: Resolved) -> dict[str, Any]:
    arguments: dict[str, Any] = {}
    if not given.keys() <= {parameter.name for parameter in parameters}:
        raise OutdatedControlError
    for parameter in parameters:
        if parameter.name in given:
            read = _PARSERS[parameter.type](parameter, given[parameter.name], resolved)
            offered = parameter.option.choices
            if offered and read not in {choice.value for choice in offered}:
                raise OutdatedControlError
            arguments[parameter.name] = read
        elif parameter.required:
            raise InvalidInputError("“{option}” is missing. Nothing was done.", option=parameter.name)
    return arguments


def _number(text: str) -> int | str:
    """Read a number that was typed; text that is none stays what it is, and is refused with its range."""
    trimmed = text.strip()
    if len(trimmed) <= _LONGEST_NUMBER and _GROUPED.fullmatch(trimmed):
        trimmed = "".join(character for character in trimmed if character.isdigit())
    plain = trimmed.isascii() and trimmed.isdigit() and len(trimmed) <= _LONGEST_NUMBER
    return int(trimmed) if plain else text


def _integer(parameter: Parameter, value: object, _resolved: Resolved) -> int:
    lowest, highest = parameter.option.minimum or 0, parameter.option.maximum or 0
    # bool is an int to Python; 5.0 is what some clients send for 5.
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
        raise InvalidInputError(
            "“{option}” must be a whole number between {lowest} and {highest}. Nothing was done.",
            option=parameter.name,
            lowest=lowest,
            highest=highest,
        )
    return value


def _text(parameter: Parameter, value: object, _resolved: Resolved) -> str:
    if not isinstance(value, str):
        raise OutdatedControlError
    longest = parameter.option.max_length
    if longest is not None and len(value) > longest:
        raise InvalidInputError(
            "“{option}” can have at most {longest} characters. Nothing was done.",
            option=parameter.name,
            longest=longest,
        )
    if "\0" in value:  # PostgreSQL stores every character but this one
        raise InvalidInputError(
            "“{option}” contains a character that cannot be kept. Nothing was done.", option=parameter.name
        )
    return value


def _yes_or_no(_parameter: Parameter, value: object, _resolved: Resolved) -> bool:
    if not isinstance(value, bool):
        raise OutdatedControlError
    return value


def _user(parameter: Parameter, value: object, resolved: Resolved) -> TargetUser:
    user = _resolved_user(value, resolved) if isinstance(value, str) else None
    if user is None:
        raise InvalidInputError(
            "“{option}” is nobody Discord knows (any more). Nothing was done.", option=parameter.name
        )
    return user


def _channel(parameter: Parameter, value: object, resolved: Resolved) -> TargetChannel:
    channel = resolved.channels.get(str(value))
    channel_id = None if channel is None else parse_snowflake(channel.id)
    if channel is None or channel_id is None:
        raise InvalidInputError(
            "“{option}” is no channel Discord knows (any more). Nothing was done.", option=parameter.name
        )
    bits = channel.permissions
    readable = bits.isascii() and bits.isdigit() and len(bits) <= _LONGEST_PERMISSIONS
    return TargetChannel(channel_id, int(bits) if readable else 0)


def _attachment(parameter: Parameter, value: object, resolved: Resolved) -> Attachment:
    file = resolved.attachments.get(str(value))
    attachment_id = parse_snowflake(file.id) if file is not None else None
    if file is None or attachment_id is None:
        raise InvalidInputError(
            "“{option}” is no file Discord knows (any more). Nothing was done.", option=parameter.name
        )
    return Attachment(attachment_id, file.filename, file.size, file.url, file.content_type)


def _resolved_user(text: str, resolved: Resolved) -> TargetUser | None:
    user_id, user = parse_snowflake(text), resolved.users.get(text)
    if user_id is None or user is None:
        return None
    return _target(user_id, user, resolved)


def _target(user_id: int, user: User, resolved: Resolved) -> TargetUser:
    member = resolved.members.get(user.id)
    role_ids = None if member is None else frozenset(filter(None, map(parse_snowflake, member.roles)))
    return TargetUser(user_id, user.name, user.bot, member is not None, role_ids)


_PARSERS: Final[dict[type, Callable[[Parameter, Any, Resolved], Any]]] = {
    int: _integer,
    str: _text,
    bool: _yes_or_no,
    TargetUser: _user,
    TargetChannel: _channel,
    Attachment: _attachment,
}
"""Every type of `OPTION_TYPES`, and how it is read."""
