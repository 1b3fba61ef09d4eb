"""What an option of a command, or a field of a form, can be; compiled from a handler's annotations.

async def send(
    ctx: Context,
    user: Annotated[TargetUser, Option("Who receives the bytes")],
    amount: Annotated[int, Option("How many bytes", minimum=1, maximum=1_000_000)],
    reason: Annotated[str | None, Option("What for", max_length=200)] = None,
) -> Reply: ...
"""

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin, get_type_hints

from app.discord.limits import MAX_INTEGER
from interactions.context import Context


@dataclass(frozen=True, slots=True)
class TargetUser:
    """Somebody named in an option, as Discord resolved it.

    Attributes:
        user_id: Discord's id.
        username: The unique name.
        is_bot: Whether it is an application.
        is_member: Whether it is in the guild the command was used in.
        role_ids: Its roles there; None if Discord did not say.
    """

    user_id: int
    username: str
    is_bot: bool
    is_member: bool
    role_ids: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class TargetMessage:
    """The message a menu was opened on."""

    message_id: int
    channel_id: int
    author: TargetUser
    content: str


@dataclass(frozen=True, slots=True)
class TargetChannel:
    """A channel named in an option in which messages are written, as Discord resolved it.

    Attributes:
        channel_id: Discord's id.
        permissions: What the member who named it may do there.
    """

    channel_id: int
    permissions: int


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file given as an option.

    Attributes:
        attachment_id: Discord's id.
        filename: As its sender called it.
        size: In bytes.
        url: Where it is for now; the address expires.
        content_type: As Discord sees it, None if it does not know.
    """

    attachment_id: int
    filename: str
    size: int
    url: str
    content_type: str | None


OPTION_TYPES: Final[dict[type, int]] = {
    str: 3,
    int: 4,
    bool: 5,
    TargetUser: 6,
    TargetChannel: 7,
    Attachment: 11,
}
"""What an option can be annotated as -> Discord's number for it. `parsing` reads each of them."""

CHANNEL_TYPES: Final = (0, 2, 5, 10, 11, 12, 13)
"""Discord's types of channels in which people write: text, voice, announcements, threads, stages."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the values an option can have.

    Attributes:
        label: 1-100 characters, what people see.
        value: What the handler gets.
    """

    label: str
    value: str | int


Completion = Callable[[Context, str], Awaitable[list[Choice]]]
"""Offers values for what has been typed so far; Discord shows the first 25. It writes nothing."""


@dataclass(frozen=True, slots=True)
class Option:
    """What an annotation says about an option, besides its type.

    Attributes:
        description: 1-100 characters, shown while typing; in a form it is the label, and then at most 45.
        minimum: Smallest number, or None for Discord's own bounds.
        maximum: Largest number.
        max_length: Characters of a text.
        choices: The only values there are; none means any.
        autocomplete: What offers values while typing. Nobody has to take one of them.
    """

    description: str
    minimum: int | None = None
    maximum: int | None = None
    max_length: int | None = None
    choices: tuple[Choice, ...] = ()
    autocomplete: Completion | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """One option of a command or one field of a form."""

    name: str
    type: type
    required: bool
    option: Option


def compile_parameters(handler: Callable[..., Any]) -> tuple[Parameter, ...]:
    """Read the options out of a handler's signature: every parameter after the context.

    Raises:
        TypeError: an annotation is not one of an option.
    """
    hints = get_type_hints(handler, include_extras=True)
    names = list(inspect.signature(handler).parameters.values())[1:]
    return tuple(_parameter(parameter, hints[parameter.name]) for parameter in names)


def _parameter(parameter: inspect.Parameter, hint: Any) -> Parameter:  # noqa: ANN401 - a type form
    if get_origin(hint) is not Annotated:
        raise TypeError(f"option {parameter.name!r} needs Annotated[type, Option(...)]")
    annotated, option = get_args(hint)
    required = parameter.default is inspect.Parameter.empty
    if get_origin(annotated) in (Union, UnionType):
        (annotated,) = (part for part in get_args(annotated) if part is not NoneType)
    if annotated not in OPTION_TYPES:
        raise TypeError(f"option {parameter.name!r} has a type no option has: {annotated}")
    if annotated is int:
        option = replace(
            option,
            minimum=-MAX_INTEGER if option.minimum is None else option.minimum,
            maximum=MAX_INTEGER if option.maximum is None else option.maximum,
        )
    return Parameter(parameter.name, annotated, required, option)
