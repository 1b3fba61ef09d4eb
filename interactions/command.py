"""What a command is: a function whose annotations say what it takes.

One declaration yields the registration payload (`registration`) and the parsing (`parsing`):

    async def send(
        ctx: Context,
        user: Annotated[TargetUser, Option("Who receives the bytes")],
        amount: Annotated[int, Option("How many", minimum=1, maximum=1_000_000)],
        reason: Annotated[str | None, Option("What for", max_length=200)] = None,
    ) -> Reply: ...
"""

import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin, get_type_hints

from app.database.tx import Database, Tx
from app.discord.limits import MAX_INTEGER
from app.discord.permissions import Permission
from app.features import Feature
from app.guilds.domain import Actor
from interactions.reply import Reply

Handler = Callable[..., Awaitable[Reply]]


@dataclass(frozen=True, slots=True)
class TargetUser:
    """Somebody named in an option, as Discord resolved it.

    Attributes:
        user_id: Discord's id.
        username: The unique name.
        is_bot: Whether it is an application.
        is_member: Whether it is in the guild the command was used in.
    """

    user_id: int
    username: str
    is_bot: bool
    is_member: bool


OPTION_TYPES: Final[dict[type, int]] = {str: 3, int: 4, TargetUser: 6}
"""What an option can be annotated as -> Discord's number for it. `parsing` reads each of them."""


@dataclass(frozen=True, slots=True)
class Option:
    """What an annotation says about an option, besides its type.

    Attributes:
        description: 1-100 characters, shown while typing.
        minimum: Smallest number, or None for Discord's own bounds.
        maximum: Largest number.
        max_length: Characters of a text.
    """

    description: str
    minimum: int | None = None
    maximum: int | None = None
    max_length: int | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """One option of a command, compiled from the handler's signature."""

    name: str
    type: type
    required: bool
    option: Option


@dataclass(frozen=True, slots=True)
class Subcommand:
    """A command somebody can run: `/bytes send`."""

    name: str
    description: str
    handler: Handler
    parameters: tuple[Parameter, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Compile the handler's signature."""
        object.__setattr__(self, "parameters", _parameters(self.handler))


@dataclass(frozen=True, slots=True)
class Command:
    """A root with its subcommands. Discord knows default permissions per root only.

    Attributes:
        name: Lower case, 1-32 characters.
        description: Shown nowhere while there are subcommands, but required.
        feature: What it belongs to.
        subcommands: What can be run.
        default_permission: Who sees it unless the guild says otherwise; a display default, the
            services ask `may` themselves. None shows it to everybody.
    """

    name: str
    description: str
    feature: Feature
    subcommands: tuple[Subcommand, ...]
    default_permission: Permission | None = None


class Context:
    """What a handler is given: who asks, when, and the way to the database."""

    def __init__(self, *, interaction_id: str, actor: Actor, now: datetime, database: Database) -> None:
        self.actor = actor
        self.now = now
        self.idempotency_key = f"interaction:{interaction_id}"
        self.committed = False
        self._database = database

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Tx]:
        """Open the one SQL transaction of this command."""
        async with self._database.transaction() as tx:
            yield tx
        self.committed = True


def _parameters(handler: Handler) -> tuple[Parameter, ...]:
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
        option = Option(
            option.description,
            -MAX_INTEGER if option.minimum is None else option.minimum,
            MAX_INTEGER if option.maximum is None else option.maximum,
        )
    return Parameter(parameter.name, annotated, required, option)
