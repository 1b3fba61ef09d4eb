"""`/help`: what this very member can use here, written from the declarations of the commands."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Final

from app.access import service as access_service
from app.access.policy import Action
from app.discord.reply import MAX_CHOICES, Kind, Reply
from app.errors import NotFoundError
from app.features import Feature
from app.guilds import service as guilds_service
from app.wording import message
from interactions.command import Command, Control, Menu, Opened, Subcommand
from interactions.context import Context
from interactions.controls import select
from interactions.options import Choice, Option, Parameter


@dataclass(frozen=True, slots=True)
class _Usable:
    """What one member can use in one guild: commands with what can be run of them, by path, and menus."""

    commands: list[tuple[Command, dict[str, Subcommand]]]
    menus: list[Menu]


async def _complete_command(ctx: Context, typed: str) -> list[Choice]:
    usable = await _usable(ctx)
    wanted = typed.strip().removeprefix("/").lower()
    return [
        Choice(f"/{command.name}", command.name)
        for command, _ in usable.commands
        if command.name.startswith(wanted)
    ]


async def show_help(
    ctx: Context,
    command: Annotated[
        str | None, Option("Explain this one", max_length=32, autocomplete=_complete_command)
    ] = None,
) -> Reply:
    """Show everything there is for this member, or explain one command."""
    usable = await _usable(ctx)
    return _overview(ctx, usable) if command is None else _explained(ctx, usable, command)


async def _choose(ctx: Context, _row: str, command: str) -> Reply:
    return _explained(ctx, await _usable(ctx), command, replaces=True)


COMMAND: Final = Command(
    name="help",
    description="What you can use here",
    feature=None,
    run=show_help,
    action=Action.USE_HELP,
)
CHOSEN: Final = Control("help", _choose, feature=None)


async def _usable(ctx: Context) -> _Usable:
    """Find out what this member can use."""
    async with ctx.reading() as tx:
        guild = await guilds_service.enter_guild(tx, ctx.actor.guild_id)
        actions = await access_service.allowed_actions(tx, ctx.actor)

    def is_on(feature: Feature | None) -> bool:
        return feature is None or guild.has(feature)

    commands = []
    for command in ctx.routes.commands:
        paths = {path: each for path, each in command.runnable().items() if each.action in actions}
        if paths and is_on(command.feature):
            commands.append((command, paths))
    menus = [menu for menu in ctx.routes.menus if menu.action in actions and is_on(menu.feature)]
    return _Usable(commands, menus)


def _overview(ctx: Context, usable: _Usable) -> Reply:
    lines = [
        f"`/{path}` {ctx.say(subcommand.description)}"
        for _, paths in usable.commands
        for path, subcommand in paths.items()
    ]
    for opened_on, where in (
        (Opened.USER, message("In the menu of a member: {names}")),
        (Opened.MESSAGE, message("In the menu of a message: {names}")),
    ):
        names = [ctx.say(menu.name) for menu in usable.menus if menu.opened_on is opened_on]
        if names:
            lines.append(ctx.say(where, names=", ".join(names)))
    options = tuple(
        (f"/{command.name}", command.name, ctx.say(command.description))
        for command, _ in usable.commands[:MAX_CHOICES]
    )
    return Reply(
        Kind.INFO,
        ctx.say("What you can use here"),
        tuple(lines),
        ephemeral=True,
        controls=(select(ctx, CHOSEN, ctx.say("Explain a command"), options),),
    )


def _explained(ctx: Context, usable: _Usable, name: str, *, replaces: bool = False) -> Reply:
    wanted = name.strip().removeprefix("/").lower()
    paths = next((paths for command, paths in usable.commands if command.name == wanted), None)
    if paths is None:
        raise NotFoundError(
            "There is no command “{command}” that you can use here. `/help` lists them all.", command=name
        )
    lines = [
        line
        for path, subcommand in paths.items()
        for line in (
            f"**`/{path}`** {ctx.say(subcommand.description)}",
            *_options(ctx, subcommand.parameters),
        )
    ]
    return Reply(Kind.INFO, f"/{wanted}", tuple(lines), ephemeral=True, replaces=replaces)


def _options(ctx: Context, parameters: tuple[Parameter, ...]) -> Iterator[str]:
    for parameter in parameters:
        option = parameter.option
        facts = [ctx.say(option.description)]
        if parameter.type is int:
            number = ctx.language.number
            facts.append(f"{number(option.minimum or 0)} - {number(option.maximum or 0)}")
        if not parameter.required:
            facts.append(ctx.say("optional"))
        yield f"- `{parameter.name}` {' · '.join(facts)}"
