"""What can be run: commands, menus, controls and forms, each a function and what has to be known of it.

One declaration yields the registration payload (`registration`), the parsing (`parsing`) and the text of
`/help` (`help`). Nothing registers itself: `table` lists them all.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from enum import IntEnum
from inspect import signature
from typing import Final

from app.access.policy import REQUIREMENTS, Action, ModerationAction
from app.discord.permissions import Permission
from app.discord.reply import Modal, Reply
from app.features import Feature
from interactions.options import Parameter, compile_parameters

Handler = Callable[..., Awaitable[Reply | Modal]]

TOKEN_LIFETIME: Final = timedelta(minutes=15)
"""How long Discord keeps an interaction's token (interactions/receiving-and-responding)."""


@dataclass(frozen=True, slots=True)
class Subcommand:
    """A command somebody can run below a root: `/bytes send`.

    Attributes:
        name: Lower case, 1-32 characters.
        description: 1-100 characters.
        handler: What runs. Its annotations give the options.
        action: What the services behind it ask `may` for; tells who sees it.
    """

    name: str
    description: str
    handler: Handler
    action: Action | ModerationAction
    parameters: tuple[Parameter, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Compile the handler's signature."""
        object.__setattr__(self, "parameters", compile_parameters(self.handler))


@dataclass(frozen=True, slots=True)
class Group:
    """Subcommands one level deeper: `/root group subcommand`. Discord has no more levels."""

    name: str
    description: str
    subcommands: tuple[Subcommand, ...]


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command: either run as it is, or a root of subcommands; Discord has no both.

    Attributes:
        name: Lower case, 1-32 characters.
        description: 1-100 characters; of a root with subcommands people see theirs instead.
        feature: What it belongs to, None if it is always there.
        subcommands: What can be run below it.
        run: What runs when there are none; its name and description are the command's.
        shown_to_everybody: Whether all members see it although some of it is for staff.
    """

    name: str
    description: str
    feature: Feature | None
    subcommands: tuple[Subcommand | Group, ...] = ()
    run: Handler | None = None
    action: Action | ModerationAction | None = None
    shown_to_everybody: bool = False
    itself: Subcommand | None = field(init=False)

    def __post_init__(self) -> None:
        """Compile the handler's signature, and see that everything in it has one audience.

        Raises:
            TypeError: neither or both ways to be run, or subcommands that are for different people:
                Discord has one default permission per root, so what is for staff is a root of its own.
        """
        if (self.run is None) == (not self.subcommands) or (self.run is None) != (self.action is None):
            raise TypeError(f"/{self.name} is either run itself, with an action, or has subcommands")
        itself = None
        if self.run is not None and self.action is not None:
            itself = Subcommand(self.name, self.description, self.run, self.action)
        object.__setattr__(self, "itself", itself)
        audiences = {REQUIREMENTS[each.action].permission for each in self.runnable().values()}
        if len(audiences) != 1 and not self.shown_to_everybody:
            raise TypeError(f"/{self.name} has subcommands for different people; staff needs its own root")

    def runnable(self) -> dict[str, Subcommand]:
        """Give everything that can be run, by the path people type after the slash."""
        if self.itself is not None:
            return {self.name: self.itself}
        found: dict[str, Subcommand] = {}
        for part in self.subcommands:
            if isinstance(part, Group):
                found |= {f"{self.name} {part.name} {each.name}": each for each in part.subcommands}
            else:
                found[f"{self.name} {part.name}"] = part
        return found

    @property
    def default_permission(self) -> Permission | None:
        """Who sees it unless the guild says otherwise; None shows it to everybody.

        A display default only: the services ask `may` themselves.
        """
        if self.shown_to_everybody:
            return None
        return REQUIREMENTS[next(iter(self.runnable().values())).action].permission


class Opened(IntEnum):
    """What a menu is opened on, by Discord's number of the kind of command."""

    USER = 2
    MESSAGE = 3


@dataclass(frozen=True, slots=True)
class Menu:
    """A command in the menu of a member or a message.

    Attributes:
        name: 1-32 characters, capitals and spaces allowed; shown translated.
        opened_on: What is handed to the handler: `TargetUser` or `TargetMessage`.
        handler: What runs, with the context and what the menu was opened on.
        feature: What it belongs to.
        action: What the services behind it ask `may` for; tells who sees it.
    """

    name: str
    opened_on: Opened
    handler: Handler
    feature: Feature | None
    action: Action | ModerationAction

    @property
    def default_permission(self) -> Permission | None:
        """Who sees it unless the guild says otherwise; None shows it to everybody."""
        return REQUIREMENTS[self.action].permission


@dataclass(frozen=True, slots=True)
class Control:
    """A button or a select: what is done when it is used.

    Attributes:
        name: Stands in the custom id; lower case, at most 14 characters.
        handler: What runs, with the context, the row (what the control is about, such as a page) and the
            chosen values of a select.
        feature: What it belongs to.
        lifetime: How long it works after it was shown; None for as long as its message is there.
        owned: Whether only the member it was made for can use it.
        once: Whether it, and every other such control of the same reply, works a single time: counted where
            the handler opens its transaction.
        values: How many values the handler takes: one of a select, none of a button.
    """

    name: str
    handler: Handler
    feature: Feature | None
    lifetime: timedelta | None = TOKEN_LIFETIME
    owned: bool = True
    once: bool = False
    values: int = field(init=False)

    def __post_init__(self) -> None:
        """Read how many values come with it out of the handler's signature."""
        beside_context_and_row = len(signature(self.handler).parameters) - 2
        object.__setattr__(self, "values", beside_context_and_row)


@dataclass(frozen=True, slots=True)
class Form:
    """A form (Discord: modal): what is asked and what is done with it.

    It is the member's for whom it was opened, and works a single time: counted where the handler opens its
    transaction, so that one that was refused can be corrected.

    Attributes:
        name: Stands in the custom id; lower case, at most 14 characters.
        title: 1-45 characters.
        handler: What runs. Its annotations give the fields, as options.
        feature: What it belongs to.
        lifetime: How long it can be sent off after it was opened.
    """

    name: str
    title: str
    handler: Handler
    feature: Feature | None
    lifetime: timedelta = timedelta(hours=1)
    parameters: tuple[Parameter, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Compile the handler's signature."""
        object.__setattr__(self, "parameters", compile_parameters(self.handler))
