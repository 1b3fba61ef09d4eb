"""The page about adding a command works: what it shows is added to a copy of the tree, and run.

A block that begins with `# path` is that whole file. A diff block changes the file it names: its lines
without the marks must stand there exactly once, in one piece; `@@` begins another piece.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "add-a-command.md"

COPIED = ("app", "interactions", "docs", "tests/support", "tests/oracles")

_BLOCK = re.compile(r"^ *```(python|diff)\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)  # noqa: TID251 - a page of ours

CONFTEST = '''
"""What the page's tests are given: a database that is there already, and a Discord that signs."""

import os
from collections.abc import AsyncIterator

import pytest

from app.database.engine import connect_database
from app.database.tx import Database
from tests.support.guilds import new_guild
from tests.support.signed import FakeDiscord


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def database() -> AsyncIterator[Database]:
    made = connect_database(os.environ["PAGE_DATABASE_URL"], pool_size=5)
    yield made
    await made.close()


@pytest.fixture
def discord(database: Database) -> FakeDiscord:
    return FakeDiscord(database)


@pytest.fixture
def guild_id() -> int:
    return new_guild()
'''

BESIDES = '''
"""What follows from the declaration, without a line of the page's own."""

import pytest

from docs.catalogues import extract
from interactions.registration import payloads
from interactions.table import ROUTES
from tests.oracles.discord_schema import assert_commands
from tests.support.guilds import member
from tests.support.signed import FakeDiscord, text_of

pytestmark = pytest.mark.anyio


def test_discord_takes_what_it_is_told() -> None:
    registered = payloads(ROUTES)
    assert_commands(registered)
    assert {"thanks", "applause", "Say thanks"} <= {each["name"] for each in registered}
    [give] = next(each for each in registered if each["name"] == "thanks")["options"]
    assert [option["name"] for option in give["options"]] == ["user", "note"]


async def test_help_shows_it(discord: FakeDiscord, guild_id: int) -> None:
    said = text_of(await discord.command(guild_id, member(), "help"))
    assert "`/thanks give` Thank somebody with a byte" in said
    assert "`/applause` Clap for everybody" in said
    assert "Say thanks" in said
    said = text_of(await discord.command(guild_id, member(), "help", {"command": "thanks"}))
    assert "- `note` What for · optional" in said


def test_translators_see_what_it_says() -> None:
    messages = {each.id for each in extract()}
    assert {"{giver} thanks {receiver}.", "for your help", "Clap along", "Who is thanked"} <= messages
'''


def blocks() -> Iterator[tuple[str, str]]:
    """Every block of the page: its language and its text."""
    for found in _BLOCK.finditer(PAGE.read_text(encoding="utf-8")):
        yield found[1], dedent(found[2])


def apply(tree: Path) -> list[Path]:
    """Do to a tree what the page says; tells which files are new."""
    new = []
    for language, block in blocks():
        first, _, rest = block.partition("\n")
        path = tree / first.strip().removeprefix("# ")
        if language == "python":
            assert first.startswith("# "), f"a block of the page names no file: {first}"
            assert not path.exists(), f"{first} is there already"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(rest, encoding="utf-8")
            new.append(path)
        else:
            for piece in rest.split("@@\n"):
                change(path, piece)
    return new


def change(path: Path, piece: str) -> None:
    lines = piece.splitlines()
    before = "".join(f"{line[1:]}\n" for line in lines if not line.startswith("+"))
    after = "".join(f"{line[1:]}\n" for line in lines if not line.startswith("-"))
    text = path.read_text(encoding="utf-8")
    assert text.count(before) == 1, f"the page shows what does not stand in {path.name}:\n{before}"
    path.write_text(text.replace(before, after), encoding="utf-8")


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tree with the page's example in it."""
    copy = tmp_path_factory.mktemp("tree")
    for name in COPIED:
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", copy)
    (copy / "node_modules").symlink_to(ROOT / "node_modules")
    (copy / "NEW").write_text("\n".join(str(path) for path in apply(copy)), encoding="utf-8")
    return copy


def run(tree: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(tree), **more}  # noqa: TID251 - what a child needs to run
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=tree,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_example_works_as_its_own_tests_say(tree: Path, database_url: str) -> None:
    (tree / "tests" / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    (tree / "tests" / "test_besides.py").write_text(BESIDES, encoding="utf-8")
    tested = run(
        tree,
        *("pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-W", "error", "tests/edges"),
        "tests/test_besides.py",
        PAGE_DATABASE_URL=database_url,
    )
    assert tested.returncode == 0, tested.stdout + tested.stderr
    assert " passed" in tested.stdout


def test_the_example_is_written_as_everything_here(tree: Path) -> None:
    new = (tree / "NEW").read_text(encoding="utf-8").split("\n")
    assert len(new) == 3
    for arguments in (("check",), ("format", "--diff")):
        linted = run(tree, "ruff", *arguments, "--no-cache", *new)
        assert linted.returncode == 0, linted.stdout + linted.stderr


def test_the_page_names_only_what_there_is() -> None:
    page = PAGE.read_text(encoding="utf-8")
    example = {"app/bytes/thanks.py", "interactions/thanks.py", "tests/edges/interactions/test_thanks.py"}
    named = set(re.findall(r"(?:app|docs|interactions|tests)/[\w/]+\.(?:py|md)", page)) - example
    assert len(named) >= 5
    assert [name for name in sorted(named) if not (ROOT / name).is_file()] == []
