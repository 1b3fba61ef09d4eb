"""The house stands as it was planned."""

import subprocess
import sys
from pathlib import Path

import pytest

from app.features import FEATURES
from interactions.table import ROUTES

ROOT = Path(__file__).parents[2]


def tracked_files() -> list[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return listed.split("\n")


def test_the_top_level_is_the_agreed_one() -> None:
    agreed = {
        "app", "interactions", "dashboard", "moderation_listener", "migrations",
        "template.yaml", "pyproject.toml", "tests",
    }  # fmt: skip
    assert agreed <= {path.name for path in ROOT.iterdir()}


def test_import_contracts_hold() -> None:
    checked = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-logo"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("feature", FEATURES)
class TestOneName:
    """A feature is spelled the same wherever it stands."""

    def test_has_a_room_a_command_file_and_a_page_of_documentation(self, feature: str) -> None:
        assert (ROOT / "app" / feature / "__init__.py").is_file()
        assert (ROOT / "interactions" / f"{feature}.py").is_file()
        assert (ROOT / "docs" / f"{feature}.md").is_file()

    def test_has_its_tests_under_its_name(self, feature: str) -> None:
        assert (ROOT / "tests" / "unit" / feature).is_dir()
        assert (ROOT / "tests" / "service" / feature).is_dir()

    def test_has_a_sign_on_the_door(self, feature: str) -> None:
        sign = (ROOT / "app" / feature / "__init__.py").read_text(encoding="utf-8")
        assert "Words:" in sign
        assert "Invariants" in sign


def test_every_command_belongs_to_a_known_feature() -> None:
    assert {command.feature.name for command in ROUTES.commands if command.feature} <= set(FEATURES)


def test_every_command_and_option_is_documented() -> None:
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    for command in ROUTES.commands:
        for path, subcommand in command.runnable().items():
            assert f"`/{path}`" in page
            for parameter in subcommand.parameters:
                assert f"`{parameter.name}" in page


def test_no_committed_file_names_a_package_index() -> None:
    for name in tracked_files():
        path = ROOT / name
        if not path.is_file() or path.suffix in {".png", ".webp"}:
            continue
        content = path.read_text(encoding="utf-8", errors="replace")
        for index in ("pypi" + ".org", "registry." + "npmjs", "pythonhosted" + ".org"):
            assert index not in content, name


def test_the_lock_files_have_a_hash_for_every_package() -> None:
    for lock in (ROOT / "requirements").glob("*.txt"):
        blocks = [
            block
            for block in lock.read_text(encoding="utf-8").split("\n")
            if "==" in block and not block.startswith(" ")
        ]
        assert blocks
        assert all(block.rstrip().endswith("\\") for block in blocks), lock


def test_a_ping_needs_neither_database_nor_discord_client() -> None:
    """What a cold start on AWS Lambda imports before the first PING."""
    script = (
        "import sys, interactions.endpoint, interactions.receive\n"
        "heavy = {'sqlalchemy', 'asyncpg', 'hikari', 'redis', 'jinja2', 'authlib', 'pydantic'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    printed = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert printed.strip() == "[]"
