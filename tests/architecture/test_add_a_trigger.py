"""The page about adding a trigger works: what it shows is added to a copy of the tree, and run."""

import re
import shutil
from pathlib import Path
from textwrap import dedent

import pytest

from tests.architecture.test_add_a_command import change, run

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "add-a-trigger.md"
TRIGGER = "app/automod/triggers/capitals.py"
TEST = "tests/unit/automod/test_capitals.py"

_BLOCK = re.compile(r"^ *```(python|diff)\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)  # noqa: TID251 - a page of ours


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tree with the page's example in it."""
    copy = tmp_path_factory.mktemp("tree")
    for name in ("app", "tests/support", "tests/unit/automod"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", copy)
    for language, block in _BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        first, _, rest = dedent(block).partition("\n")
        path = copy / first.strip().removeprefix("# ")
        if language == "python":
            assert not path.exists(), f"{first} is there already"
            path.write_text(rest, encoding="utf-8")
        else:
            for piece in rest.split("@@\n"):
                change(path, piece)
    return copy


def test_the_example_works_as_its_own_tests_and_those_of_every_trigger_say(tree: Path) -> None:
    tested = run(
        tree,
        *("pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-W", "error", TEST),
        "tests/unit/automod/test_rule.py",
    )
    assert tested.returncode == 0, tested.stdout + tested.stderr
    assert " passed" in tested.stdout


def test_the_example_is_written_as_everything_here(tree: Path) -> None:
    for arguments in (("check",), ("format", "--diff")):
        linted = run(tree, "ruff", *arguments, "--no-cache", TRIGGER, TEST, "app/automod/table.py")
        assert linted.returncode == 0, linted.stdout + linted.stderr


def test_the_page_names_only_what_there_is() -> None:
    page = PAGE.read_text(encoding="utf-8")
    named = set(re.findall(r"(?:app|docs|tests)/[\w/]+\.(?:py|md)", page)) - {TRIGGER, TEST}
    assert len(named) >= 5
    assert [name for name in sorted(named) if not (ROOT / name).is_file()] == []
