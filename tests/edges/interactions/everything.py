"""Every route of the table as somebody would take it, with options that are valid as far as types go."""

from dataclasses import dataclass, field
from typing import Any

from app.access.policy import REQUIREMENTS, Action, ModerationAction, Requirement
from app.bytes.domain import Member
from app.features import Feature
from interactions.command import Menu, Opened, Subcommand
from interactions.options import Attachment, Parameter, TargetUser
from interactions.table import ROUTES
from tests.edges.interactions.outcome import sealed
from tests.support.guilds import member
from tests.support.signed import FakeDiscord, command, menu, press, submit, typing

Payload = dict[str, Any]

ROWS = {
    "leaderboard": "1",
    "history": "{owner}-before-1",
    "squad": "j-01939c2e7a5b7c3d8e4f0123456789ab-1",
    "squad-members": "01939c2e7a5b7c3d8e4f0123456789ab-1",
    "cases": "0-0-0-0-1",
    "case-mine": "1",
    "massban": "1",
    "massban-no": "1",
    "incident": "1-1",
    "incident-undo": "1",
    "backtest-end": "01939c2e7a5b7c3d8e4f0123456789ab",
    "alert-ban": "1",
    "alert-timeout": "1",
    "alert-lift": "1",
    "alert-pause": "1",
    "alert-pause-do": "1",
    "alert-ban-yes": "1-1",
    "alert-ban-no": "1-1",
    "alert-time-yes": "1-1",
    "alert-time-no": "1-1",
    "report-claim": "1",
    "report-warn": "1",
    "report-timeout": "1",
    "report-dismiss": "1",
}
"""Control or form -> a row that means something to it. Those that are not here have none, or take any."""

VALUES = {"duration": "10m"}
"""Option or field -> a value that can be read as what it is; of any other, its type is enough."""


@dataclass(frozen=True)
class Taken:
    """A way to use something, as a member of a guild.

    Attributes:
        name: What a test is called by.
        action: What it is for, None for what comes back from a reply.
        feature: What it belongs to.
        build: Makes the payload.
    """

    name: str
    action: Action | ModerationAction | None
    feature: Feature | None
    build: "Building" = field(repr=False)

    def __str__(self) -> str:
        return self.name

    @property
    def requirement(self) -> Requirement:
        return Requirement() if self.action is None else REQUIREMENTS[self.action]


@dataclass(frozen=True)
class Building:
    """How the payload of one use is made."""

    kind: str
    path: str
    parameters: tuple[Parameter, ...] = ()
    values: int = 0
    opened_on: Opened = Opened.USER

    def __call__(self, discord: FakeDiscord, guild_id: int, who: Member) -> Payload:
        match self.kind:
            case "command":
                return self._command(guild_id, who)
            case "menu":
                return self._menu(guild_id, who)
            case "control":
                return press(guild_id, who, self._custom_id(discord, guild_id, who), ["x"] * self.values)
            case "form":
                filled = {each.name: _written(each) for each in self.parameters}
                return submit(guild_id, who, self._custom_id(discord, guild_id, who), filled)
            case _:
                [focused] = [each.name for each in self.parameters]
                return typing(guild_id, who, self.path, focused, "")

    def _custom_id(self, discord: FakeDiscord, guild_id: int, who: Member) -> str:
        row = ROWS.get(self.path, "").format(owner=who.user_id)
        return sealed(discord, guild_id, f"{self.path}:{row}", who)

    def _command(self, guild_id: int, who: Member) -> Payload:
        required = [each for each in self.parameters if each.required]
        return command(guild_id, who, self.path, {each.name: _value(each) for each in required})

    def _menu(self, guild_id: int, who: Member) -> Payload:
        payload = menu(guild_id, who, self.path, member())
        if self.opened_on is Opened.MESSAGE:
            author = {"id": payload["data"]["target_id"], "username": "somebody"}
            message = {"id": "555", "channel_id": "777", "author": author, "content": "hello"}
            payload["data"] |= {"type": 3, "target_id": "555", "resolved": {"messages": {"555": message}}}
        return payload


def _value(parameter: Parameter) -> object:
    """Make a value that its type allows."""
    option = parameter.option
    if option.choices:
        return option.choices[0].value
    if parameter.name in VALUES:
        return VALUES[parameter.name]
    if parameter.type is Attachment:
        raise NotImplementedError("give a file here once a command requires one")
    makers = {int: option.minimum, str: "something", bool: False, TargetUser: member()}
    return makers[parameter.type]


def _written(parameter: Parameter) -> str | Member:
    """Make what somebody fills into a field."""
    value = _value(parameter)
    return value if isinstance(value, Member) else str(value)


def _runnable() -> list[Taken]:
    return [
        Taken(f"/{path}", each.action, root.feature, Building("command", path, each.parameters))
        for root in ROUTES.commands
        for path, each in root.runnable().items()
    ]


def _menus() -> list[Taken]:
    return [_menu(each) for each in ROUTES.menus]


def _menu(each: Menu) -> Taken:
    return Taken(each.name, each.action, each.feature, Building("menu", each.name, opened_on=each.opened_on))


def _suggestions() -> list[Taken]:
    def of(path: str, each: Subcommand, feature: Feature | None) -> list[Taken]:
        return [
            Taken(f"typing {one.name} of /{path}", each.action, feature, Building("typing", path, (one,)))
            for one in each.parameters
            if one.option.autocomplete is not None
        ]

    return [
        taken
        for root in ROUTES.commands
        for path, each in root.runnable().items()
        for taken in of(path, each, root.feature)
    ]


COMMANDS_AND_MENUS = [*_runnable(), *_menus()]
SUGGESTIONS = _suggestions()
CONTROLS = [
    Taken(f"control {each.name}", None, each.feature, Building("control", each.name, values=each.values))
    for each in ROUTES.controls
]
FORMS = [
    Taken(f"form {each.name}", None, each.feature, Building("form", each.name, each.parameters))
    for each in ROUTES.forms
]
EVERYTHING = [*COMMANDS_AND_MENUS, *CONTROLS, *FORMS, *SUGGESTIONS]
