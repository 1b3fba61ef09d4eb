"""The catalogues of `interactions/locale/`, kept in step with the sentences in the code.

`python -m docs.catalogues` writes into each `.po` what is to be translated (translations that are there
stay) and compiles it; `--check` fails when something on disk is not what it would write, or not translated.
"""

import io
import re
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

import app.discord.port  # noqa: F401 - its errors are part of the tree
import interactions.errors
from app.access.domain import Level
from app.discord.permissions import TITLES
from app.errors import SmarterDevError
from app.features import FEATURES
from interactions.language import DOMAIN, FOLDER, LOCALES
from interactions.options import Parameter
from interactions.table import ROUTES

ROOT: Final = Path(__file__).parents[1]

_HEADER: Final = "# What the platform says in Discord. `make docs` keeps this in step with the code.\n"

_ELSEWHERE: Final = frozenset(
    {"app/cli.py", "app/guild_file.py", "app/listener.py", "app/migrate.py", "app/settings.py"}
)
"""What speaks to whoever sits at the machine, in English; so do `app/demo` and `app/embedded`."""

_GAP: Final = re.compile(r"\{[a-z_]+\}")  # noqa: TID251 - ours, not a user's


def extract() -> Catalog:
    """Collect every message of the code, in alphabetical order."""
    catalog = Catalog(fuzzy=False)
    found = {each if isinstance(each, str) else each[0]: each for each in _messages()}
    for key in sorted(found):
        catalog.add(found[key])
    return catalog


def _messages() -> Iterator[str | tuple[str, ...]]:
    yield from _said()
    yield from _declared()
    yield from interactions.errors.TITLES.values()
    yield from TITLES.values()
    yield from (level.value for level in Level)
    yield from (feature.title for feature in FEATURES.values())


def _said() -> Iterator[str | tuple[str, ...]]:
    """Find what the code says: calls of what takes a message."""
    keywords: dict[str, tuple[int, ...] | None] = {
        **{error.__name__: None for error in _errors(SmarterDevError)},
        "__init__": None,  # of an error: super().__init__("...")
        "message": None,
        "say": None,
        "Deny": None,
        "Term": None,
        "Count": (2, 3),
    }
    for file in sorted([*ROOT.glob("app/**/*.py"), *ROOT.glob("interactions/**/*.py")]):
        name = file.relative_to(ROOT).as_posix()
        if name in _ELSEWHERE or name.startswith(("app/demo/", "app/embedded/")):
            continue
        for _line, said, _comments, _context in extract_from_file("python", file, keywords=keywords):
            yield said


def _declared() -> Iterator[str]:
    """Find what commands, menus and forms are declared with."""
    parameters: list[Parameter] = []
    for command in ROUTES.commands:
        yield command.description
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


def _errors(root: type[Exception]) -> Iterator[type[Exception]]:
    yield root
    for child in root.__subclasses__():
        yield from _errors(child)


def merged(language: str, wanted: Catalog) -> Catalog:
    """Give the catalogue of a language: every wanted message, with the translation there is."""
    catalog = Catalog(locale=language, header_comment=_HEADER, fuzzy=False)
    file = _po(language)
    before = Catalog()
    if file.exists():
        with file.open("rb") as written:
            before = read_po(written, locale=language)
    for each in wanted:
        if each.id:
            known = before.get(each.id if isinstance(each.id, str) else each.id[0])
            catalog.add(each.id, known.string if known is not None else None)
    # Dates and versions in the file would make it differ each time.
    catalog.revision_date = catalog.creation_date = datetime(1970, 1, 1, tzinfo=UTC)
    return catalog


def problems(catalog: Catalog) -> Iterator[str]:
    """Name every message that is not translated, or whose gaps are not those of the English one."""
    for each in catalog:
        if not each.id:
            continue
        ids, strings = _forms(each.id), _forms(each.string)
        if len(strings) != len(ids) or not all(strings):
            yield f"not translated: {ids[0]}"
        elif {frozenset(_GAP.findall(text)) for text in ids} != {
            frozenset(_GAP.findall(text)) for text in strings
        }:
            yield f"other gaps: {ids[0]}"


def _forms(text: str | Iterable[str] | None) -> tuple[str, ...]:
    return (text or "",) if text is None or isinstance(text, str) else tuple(text)


def render(language: str, catalog: Catalog) -> dict[Path, bytes]:
    """Give both files of a language."""
    po, mo = io.BytesIO(), io.BytesIO()
    write_po(po, catalog, no_location=True, omit_header=False, width=100)
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
        catalog = merged(language, wanted)
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
