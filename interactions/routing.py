"""From what came to what is run: the table of `table`, arranged for looking things up."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

from app.features import Feature
from interactions.command import Command, Control, Form, Handler, Menu, Subcommand
from interactions.errors import OutdatedControlError
from interactions.options import Parameter
from interactions.payload import (
    CHAT_INPUT,
    SUB_COMMAND,
    SUB_COMMAND_GROUP,
    CommandData,
    OptionData,
)

K = TypeVar("K")

_NESTED: Final[tuple[int, ...]] = (SUB_COMMAND, SUB_COMMAND_GROUP)


@dataclass(frozen=True, slots=True)
class Route:
    """Something that can be run.

    Attributes:
        name: Under which it is counted: `bytes send`, `View bytes`, `button leaderboard`.
        feature: What must be on.
        handler: What runs.
        parameters: The options or fields it takes.
        source: What it was declared as.
    """

    name: str
    feature: Feature | None
    handler: Handler
    parameters: tuple[Parameter, ...]
    source: Subcommand | Menu | Control | Form


class Routes:
    """Every route of one table.

    Raises:
        ValueError: two of them have one name.
    """

    def __init__(
        self,
        commands: Iterable[Command] = (),
        menus: Iterable[Menu] = (),
        controls: Iterable[Control] = (),
        forms: Iterable[Form] = (),
    ) -> None:
        self.commands = tuple(commands)
        self.menus = tuple(menus)
        self.controls = tuple(controls)
        self.forms = tuple(forms)
        self._subcommands = _unique(
            (path, Route(path, command.feature, each.handler, each.parameters, each))
            for command in self.commands
            for path, each in command.runnable().items()
        )
        self._menus = _unique(
            ((int(menu.opened_on), menu.name), Route(menu.name, menu.feature, menu.handler, (), menu))
            for menu in self.menus
        )
        self._controls = _unique(
            (each.name, Route(f"button {each.name}", each.feature, each.handler, (), each))
            for each in self.controls
        )
        self._forms = _unique(
            (each.name, Route(f"form {each.name}", each.feature, each.handler, each.parameters, each))
            for each in self.forms
        )

    def command(self, data: CommandData) -> tuple[Route, list[OptionData]]:
        """Look up a command or menu, and the options it was given.

        Raises:
            OutdatedControlError: there is no such command (any more).
        """
        if data.type != CHAT_INPUT:
            return _found(self._menus, (data.type, data.name)), []
        path, options, expected = data.name, data.options, _NESTED
        while len(options) == 1 and options[0].type in expected:
            # Nothing is nested below a subcommand, and only subcommands below a group.
            expected = (SUB_COMMAND,) if options[0].type == SUB_COMMAND_GROUP else ()
            path, options = f"{path} {options[0].name}", options[0].options
        if expected == (SUB_COMMAND,):  # a group alone
            raise OutdatedControlError
        return _found(self._subcommands, path), options

    def control(self, name: str) -> Route:
        """Look up a control by what its custom id says.

        Raises:
            OutdatedControlError: there is no such control (any more).
        """
        return _found(self._controls, name)

    def form(self, name: str) -> Route:
        """Look up a form by what its custom id says.

        Raises:
            OutdatedControlError: there is no such form (any more).
        """
        return _found(self._forms, name)


def _unique(pairs: Iterable[tuple[K, Route]]) -> dict[K, Route]:
    table: dict[K, Route] = {}
    for key, route in pairs:
        if key in table:
            raise ValueError(f"two routes are called {key}")
        table[key] = route
    return table


def _found(table: Mapping[K, Route], key: K) -> Route:
    route = table.get(key)
    if route is None:
        raise OutdatedControlError
    return route
