"""The catalogues of `app/locale/`, kept in step with the sentences in the code.

`python -m docs.catalogues` writes into each `.po` what is to be translated (translations that are there
stay) and compiles it; `--check` fails when something on disk is not what it would write, or not translated
as it should be. How to translate: docs/translate.md.
"""

import ast
import io
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

import click
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

import app.discord.port  # noqa: F401 - its errors are part of the tree
import interactions.errors
from app.access.domain import Level
from app.access.ranks import Outranked
from app.discord.permissions import TITLES
from app.errors import SettingsError, SmarterDevError
from app.features import FEATURES
from app.language import DOMAIN, FOLDER, LOCALES
from app.moderation import durations
from interactions.command import Group
from interactions.options import Parameter
from interactions.table import ROUTES

ROOT: Final = Path(__file__).parents[1]

_HEADER: Final = "# What the platform says in Discord. `make docs` keeps this in step with the code.\n"

_ELSEWHERE: Final = (
    "app/cli.py",
    "app/demo/",
    "app/discord/",
    "app/embedded/",
    "app/figures.py",
    "app/guild_file.py",
    "app/listener.py",
    "app/migrate.py",
    "app/roles/domain.py",
    "app/settings.py",
    "app/worker/",
    "app/worker_role.py",
)
"""What speaks to whoever sits at the machine, in English; so does every `SettingsError`."""

_KEPT: Final = re.compile(r"\{[a-z_]+\}|`[^`]+`|\*\*|~~")  # noqa: TID251 - ours, not a user's
"""What a translation has as the English text has it: gaps, what is typed as it stands, emphasis."""


class Plain(Catalog):
    """A catalogue whose header says only what is read: no dates, names and versions that would change."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        """What stands in the header."""
        return [
            ("Language", str(self.locale_identifier)),
            ("Plural-Forms", self.plural_forms),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit\n"),
        ]


class UntranslatableError(Exception):
    """A message is not written where it is said, so that nobody could translate it."""


def extract() -> Catalog:
    """Collect every message of the code, in alphabetical order.

    Raises:
        UntranslatableError: naming the line.
    """
    catalog = Catalog(fuzzy=False)
    found = {each if isinstance(each, str) else each[0]: each for each in _messages()}
    for key in sorted(found):
        catalog.add(found[key])
    return catalog


def _messages() -> Iterator[str | tuple[str, str]]:
    for file in sorted([*ROOT.glob("app/**/*.py"), *ROOT.glob("interactions/**/*.py")]):
        name = file.relative_to(ROOT).as_posix()
        if not name.startswith(_ELSEWHERE):
            yield from said(file.read_text(), name)
    yield from _declared()
    yield from interactions.errors.TITLES.values()
    yield from TITLES.values()
    yield from (level.value for level in Level)
    yield from (rule.value for rule in Outranked)
    yield from (sentence.value for sentence in durations.Said)
    yield from (feature.title for feature in FEATURES.values())


def said(source: str, name: str) -> Iterator[str | tuple[str, str]]:
    """Find what a file says: the literals in calls of what takes a message.

    Raises:
        UntranslatableError: an error is made with something else than a literal.
    """
    told = {error for error in _errors(SmarterDevError) if not issubclass(error, SettingsError)}
    with_facts = {error.__name__ for error in told if _says_it_itself(error)}
    plain = {error.__name__ for error in told} - with_facts
    tree = ast.parse(source)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    constructors = {
        call
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and node.name in with_facts
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and _name(call.func) == "__init__"
    }
    assigned: dict[str, list[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            assigned.setdefault(node.targets[0].id, []).extend(_texts(node.value))
    for call in calls:
        called = _name(call.func)
        first = call.args[0] if call.args else None
        if called == "Count" and len(call.args) == _COUNT_PARTS:
            yield from zip(*map(_texts, call.args[1:]), strict=True)
        elif called in _TAKES_MESSAGE and first is not None:
            yield from _texts(first)
        elif (called in plain or call in constructors) and first is not None:
            texts = _texts(first, assigned)
            if not texts and not isinstance(first, ast.Attribute):  # such as a `Deny`'s reason, said there
                raise UntranslatableError(
                    f"{name}:{call.lineno}: {called} needs its message as a literal, with gaps"
                )
            yield from texts


_TAKES_MESSAGE: Final = frozenset({"message", "say", "Deny", "Term"})
_COUNT_PARTS: Final = 3


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _texts(node: ast.expr, assigned: Mapping[str, list[str]] = MappingProxyType({})) -> list[str]:
    """Give the literals that an expression can be; none if it is anything else."""
    match node:
        case ast.Name(id=name):
            return assigned.get(name, [])
        case ast.Constant(value=str(text)):
            return [text]
        case ast.IfExp(body=one, orelse=other):
            return _texts(one, assigned) + _texts(other, assigned)
        case ast.Call(func=function, args=[text]) if _name(function) == "message":
            return _texts(text)
        case _:
            return []


def _declared() -> Iterator[str]:
    """Find what commands, menus and forms are declared with."""
    parameters: list[Parameter] = []
    for command in ROUTES.commands:
        yield command.description
        yield from (part.description for part in command.subcommands if isinstance(part, Group))
        for subcommand in command.runnable().values():
            yield subcommand.description
            parameters += subcommand.parameters
    yield from (menu.name for menu in ROUTES.menus)
    for form in ROUTES.forms:
        yield form.title
        parameters += form.parameters
    for parameter in parameters:
        yield parameter.option.description
        yield from (choice.label for choice in parameter.option.choices)


def _says_it_itself(error: type[SmarterDevError]) -> bool:
    """Tell whether an error is made with facts, and its message stands in its class."""
    below = error.__mro__[: error.__mro__.index(SmarterDevError)]
    return any("__init__" in vars(each) for each in below)


def _errors(root: type[SmarterDevError]) -> Iterator[type[SmarterDevError]]:
    yield root
    for child in root.__subclasses__():
        yield from _errors(child)


def merged(wanted: Catalog, before: Catalog) -> Catalog:
    """Give every wanted message, with the translation there is."""
    catalog = Plain(locale=before.locale, header_comment=_HEADER, fuzzy=False)
    for each in wanted:
        if each.id:
            known = before.get(each.id if isinstance(each.id, str) else each.id[0])
            catalog.add(each.id, known.string if known is not None else None)
    return catalog


def read(language: str) -> Catalog:
    """Read what is translated into a language; nothing of a new one."""
    if not _po(language).exists():
        return Catalog(locale=language)
    with _po(language).open("rb") as file:
        return read_po(file, locale=language)


def problems(catalog: Catalog) -> Iterator[str]:
    """Name every message that is not translated, or whose gaps and marks are not those of the English one."""
    for each in catalog:
        if not each.id:
            continue
        ids, strings = _forms(each.id), _forms(each.string)
        if len(strings) != (1 if isinstance(each.id, str) else catalog.num_plurals) or not all(strings):
            yield f"not translated: {ids[0]}"
        elif {frozenset(_KEPT.findall(text)) for text in ids} != {
            frozenset(_KEPT.findall(text)) for text in strings
        }:
            yield f"other gaps or marks: {ids[0]}"


def _forms(text: str | Iterable[str] | None) -> tuple[str, ...]:
    return (text or "",) if text is None or isinstance(text, str) else tuple(text)


def render(language: str, catalog: Catalog) -> dict[Path, bytes]:
    """Give both files of a language."""
    po, mo = io.BytesIO(), io.BytesIO()
    write_po(po, catalog, no_location=True, width=100)
    write_mo(mo, catalog)
    return {_po(language): po.getvalue(), _po(language).with_suffix(".mo"): mo.getvalue()}


def _po(language: str) -> Path:
    return FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def main() -> int:
    """Write the catalogues, or with `--check` only look; the exit status."""
    check = "--check" in sys.argv[1:]
    faults: list[str] = []
    wanted = extract()
    for language in LOCALES:
        catalog = merged(wanted, read(language))
        faults += [f"{language}: {problem}" for problem in problems(catalog)]
        for file, content in render(language, catalog).items():
            if file.exists() and file.read_bytes() == content:
                continue
            if check:
                faults.append(f"{file.relative_to(ROOT)} is not what `make docs` writes")
            else:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)
    for fault in faults:
        click.echo(fault, err=True)
    return 1 if check and faults else 0


if __name__ == "__main__":
    sys.exit(main())
