"""What the documentation repeats from the code, written by the code.

`python -m docs.generate` writes it anew, `--check` fails when something on disk is not what it would write:
the marked parts of two pages, and the whole of every `.env.*.example`.
"""

import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from textwrap import wrap
from typing import Any, Final, get_args, get_origin

import click
from pydantic import BaseModel, TypeAdapter
from pydantic.fields import FieldInfo

from app.bytes.config import BytesConfig
from app.discord.limits import MAX_INTEGER
from app.discord.permissions import TITLES
from app.guilds.config import GuildConfig
from app.moderation.config import ModerationConfig, Step
from app.settings import REQUIRED_IN_PRODUCTION, Settings, variable_name
from app.squads.config import SquadDraft, SquadsConfig
from interactions.command import Command, Menu, Opened
from interactions.options import Attachment, Option, Parameter, TargetChannel, TargetUser
from interactions.table import ROUTES

ROOT: Final = Path(__file__).parents[1]
END: Final = "<!-- end of generated -->"


@dataclass(frozen=True, slots=True)
class Role:
    """One role of the platform, as its `.env.<name>.example` tells it.

    Attributes:
        name: The verb that starts it.
        does: What the file says about it first.
        reads: Fields of `Settings` that make a difference to it.
    """

    name: str
    does: str
    reads: tuple[str, ...]


ROLES: Final = (
    Role(
        "web",
        "answers Discord's commands and shows pages.",
        tuple(name for name in Settings.model_fields if name not in ("listener_port", "worker_port")),
    ),
    Role(
        "listener",
        "hears over Discord's gateway what no command tells: messages, who joins, and what moderators do by "
        "hand.",
        tuple(
            name
            for name in Settings.model_fields
            if name not in ("discord_application_id", "discord_public_key", "port", "worker_port")
        ),
    ),
    Role(
        "worker",
        "carries out in Discord what was decided: roles that bytes unlock, so far.",
        tuple(
            name
            for name in Settings.model_fields
            if name not in ("discord_public_key", "port", "listener_port", "database_pool_size")
        ),
    ),
    Role(
        "migrate",
        "brings the database to the newest schema and ends.",
        ("environment", "database_url"),
    ),
)

PLACEHOLDERS: Final = {
    "environment": "production",
    "database_url": "postgresql://smarterdev:change-me@postgres/smarterdev",
    "redis_url": "redis://redis:6379/0",
    "discord_application_id": "1" * 18,
    "discord_public_key": "0" * 64,
    "discord_bot_token": "change-me",
    "log_format": "json",
}
"""What an example shows where there is no default. Production refuses all that it requires."""


def example(role: Role) -> str:
    """Write the `.env` example of one role; what has a default is there, commented out."""
    parts = [
        _comment(f"The {role.name} role {role.does}")
        + "#\n"
        + _comment(
            f"Copy this to .env.{role.name} and fill it in. What production requires is a placeholder here, "
            "and refused until you replace it. Written by `make docs` from app/settings.py."
        )
    ]
    for name in role.reads:
        field = Settings.model_fields[name]
        is_set = name == "environment" or name in REQUIRED_IN_PRODUCTION
        value = PLACEHOLDERS.get(name, _plain(field.default))
        parts.append(
            f"{_comment(field.description or '')}{'' if is_set else '#'}{variable_name(name)}={value}\n"
        )
    return "\n".join(parts)


def settings() -> str:
    """Tabulate the process environment."""
    return _table(
        ("Variable", "Default", "Required in production", "Meaning"),
        (
            (
                f"`{variable_name(name)}`",
                _code(field.default),
                "yes" if name in REQUIRED_IN_PRODUCTION else "",
                field.description or "",
            )
            for name, field in Settings.model_fields.items()
        ),
    )


def config(schema: type[BaseModel]) -> str:
    """Tabulate what a guild may choose in one room."""
    return _table(
        ("Name", "Range", "Default", "Meaning"),
        (
            (
                f"`{name}`",
                _range(field),
                "must be given"
                if field.is_required()
                else _code(field.get_default(call_default_factory=True)),
                field.description or "",
            )
            for name, field in schema.model_fields.items()
        ),
    )


def commands() -> str:
    """Describe every slash command and menu, in the order of the table."""
    return "\n".join([*map(_command, ROUTES.commands), _menus(ROUTES.menus)])


BLOCKS: Final[dict[str, dict[str, Callable[[], str]]]] = {
    "docs/configuration.md": {"settings": settings},
    "docs/commands.md": {
        "commands": commands,
        "guild config": lambda: config(GuildConfig),
        "bytes config": lambda: config(BytesConfig),
        "moderation config": lambda: config(ModerationConfig),
        "ladder": lambda: config(Step),
        "squads config": lambda: config(SquadsConfig),
        "squad": lambda: config(SquadDraft),
    },
}
"""Page -> mark -> what stands between `<!-- generated: MARK -->` and the end mark."""


def render(root: Path = ROOT) -> dict[Path, str]:
    """Give the content every generated or partly generated file should have.

    Raises:
        ValueError: a page lacks one of its marks.
    """
    files = {root / f".env.{role.name}.example": example(role) for role in ROLES}
    for page, blocks in BLOCKS.items():
        text = (root / page).read_text(encoding="utf-8")
        for mark, write in blocks.items():
            start = f"<!-- generated: {mark} -->"
            before, found, rest = text.partition(start)
            _stale, ended, after = rest.partition(END)
            if not (found and ended):
                raise ValueError(f"{page} lacks {start!r} with {END!r} after it.")
            text = f"{before}{start}\n\n{write()}\n{END}{after}"
        files[root / page] = text
    return files


def stale(root: Path = ROOT) -> list[Path]:
    """List the files that are not what they should be."""
    return [
        file.relative_to(root)
        for file, text in render(root).items()
        if not file.exists() or file.read_text(encoding="utf-8") != text
    ]


def _command(command: Command) -> str:
    rows = [
        (
            f"`/{path}`",
            "<br>".join(_option(parameter) for parameter in subcommand.parameters),
            subcommand.description,
        )
        for path, subcommand in command.runnable().items()
    ]
    feature = "" if command.feature is None else f"Feature: {command.feature.title}. "
    return (
        f"### `/{command.name}`\n\n{command.description}. {feature}"
        f"Unless the server changes it, Discord shows it to {_seen_by(command)}.\n\n"
        + _table(("Command", "Options", "Does"), rows)
    )


def _menus(menus: Iterable[Menu]) -> str:
    rows = [
        (
            f"*{menu.name}*",
            "a member" if menu.opened_on is Opened.USER else "a message",
            _seen_by(menu),
        )
        for menu in menus
    ]
    return "### Menus\n\nUnder *Apps*, where one clicks on it.\n\n" + _table(("Menu", "Of", "Shown to"), rows)


def _seen_by(command: Command | Menu) -> str:
    permission = command.default_permission
    needed = [] if permission is None else [f"*{TITLES[bit]}*" for bit in permission]
    return f"members with {' and '.join(needed)}" if needed else "everybody"


def _option(parameter: Parameter) -> str:
    facts = [_kind(parameter.type, parameter.option)]
    if not parameter.required:
        facts.append("optional")
    return f"`{parameter.name}` ({', '.join(facts)}): {parameter.option.description}"


def _kind(kind: type, option: Option) -> str:
    if kind is TargetUser:
        return "member"
    if kind is TargetChannel:
        return "channel"
    if kind is Attachment:
        return "file"
    if kind is int:
        has_bounds = (option.minimum, option.maximum) != (-MAX_INTEGER, MAX_INTEGER)
        return f"{option.minimum:,} to {option.maximum:,}" if has_bounds else "whole number"
    if kind is str:
        return "text" if option.max_length is None else f"text of up to {option.max_length} characters"
    return "yes or no" if kind is bool else "number"


def _range(field: FieldInfo) -> str:
    if get_origin(field.annotation) is not dict:
        return _bounds(TypeAdapter(field.rebuild_annotation()).json_schema())
    key, value = (_bounds(TypeAdapter(part).json_schema()) for part in get_args(field.annotation))
    most = next((fact.max_length for fact in field.metadata if hasattr(fact, "max_length")), None)
    return f"{key} → {value}" + (f", {most} at most" if most else "")


def _bounds(schema: dict[str, Any]) -> str:
    if "anyOf" in schema:
        return " or ".join(_bounds(each) for each in schema["anyOf"])
    if schema.get("type") == "array":
        return f"{_bounds(schema['items'])}, {schema['maxItems']} at most"
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2].lower()
    if "minimum" in schema:
        return f"{schema['minimum']:,} to {schema['maximum']:,}"
    if "const" in schema or "enum" in schema:
        return " or ".join(f"`{choice}`" for choice in schema.get("enum", [schema.get("const")]))
    return {"boolean": "on or off", "string": "text", "null": "none"}[schema["type"]]


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def _code(value: object) -> str:
    return f"`{_plain(value)}`" if _plain(value) else ""


def _plain(value: object) -> str:
    if value is None or value == ():
        return ""
    if isinstance(value, dict):
        return json.dumps(value)
    return str(value.value if isinstance(value, Enum) else value)


def _comment(text: str) -> str:
    return "".join(f"# {line}\n" for line in wrap(text, 100, break_long_words=False, break_on_hyphens=False))


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; fail if something is stale.")
def main(*, check: bool) -> None:
    """Write the generated parts of the documentation."""
    files = stale()
    if check and files:
        sys.exit(f"Stale: {', '.join(map(str, files))}. Run `make docs` and look at what changed.")
    texts = render()
    for file in files:
        (ROOT / file).write_text(texts[ROOT / file], encoding="utf-8")
        click.echo(f"Wrote {file}.")


if __name__ == "__main__":
    main()
