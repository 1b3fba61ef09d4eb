"""What is written about settings, configs and commands is what the code says."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from app.bytes.config import BytesConfig
from app.errors import SettingsError
from app.guilds.config import GuildConfig
from app.settings import REQUIRED_IN_PRODUCTION, Settings, load_settings, variable_name
from docs import generate
from interactions.table import ROUTES

VARIABLES = {variable_name(name) for name in Settings.model_fields}
EXAMPLES = sorted(generate.ROOT.glob(".env.*.example"))
REQUIRED = {
    "DATABASE_URL",
    "SMARTERDEV_DISCORD_APPLICATION_ID",
    "SMARTERDEV_DISCORD_PUBLIC_KEY",
    "SMARTERDEV_DISCORD_BOT_TOKEN",
}
NEEDS = {"migrate": ("database_url",), "listener": ("database_url", "discord_bot_token")}
"""Of the roles that need less than everything."""

REAL = {
    "DATABASE_URL": "postgresql://smarterdev:7Fz1kQ9w@postgres/smarterdev",
    "SMARTERDEV_DISCORD_APPLICATION_ID": "973269719459037313",
    "SMARTERDEV_DISCORD_PUBLIC_KEY": "8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c",
    "SMARTERDEV_DISCORD_BOT_TOKEN": "OTczMjY5.GcX1aQ.bot-token-canary",
}


def variables(example: Path, *, commented: bool = True) -> dict[str, str]:
    """Read an example as a person does: what is commented out is there, too."""
    pattern = r"^#?([A-Z][A-Z0-9_]*)=(.*)$" if commented else r"^([A-Z][A-Z0-9_]*)=(.*)$"
    return dict(re.findall(pattern, example.read_text(), re.MULTILINE))


def needs(example: Path) -> tuple[str, ...]:
    """What the role of an example cannot do without, as `app.cli` states it."""
    return NEEDS.get(role_of(example), REQUIRED_IN_PRODUCTION)


def role_of(example: Path) -> str:
    return example.name.removeprefix(".env.").removesuffix(".example")


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The generated files in a folder of their own, to be spoiled."""
    for file in generate.render():
        target = tmp_path / file.relative_to(generate.ROOT)
        target.parent.mkdir(exist_ok=True)
        shutil.copy(file, target)
    return tmp_path


class TestGenerated:
    def test_files_are_fresh(self) -> None:
        checked = subprocess.run(
            [sys.executable, "-m", "docs.generate", "--check"],
            cwd=generate.ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert checked.returncode == 0, checked.stderr

    @pytest.mark.parametrize("page", generate.BLOCKS)
    def test_a_changed_table_is_noticed(self, copy: Path, page: str) -> None:
        assert generate.stale(copy) == []
        file = copy / page
        file.write_text(file.read_text().replace("| --- | --- |", "| --- | --- |\n| `more` | |", 1))
        assert generate.stale(copy) == [Path(page)]

    def test_a_missing_example_is_noticed(self, copy: Path) -> None:
        (copy / ".env.web.example").unlink()
        assert generate.stale(copy) == [Path(".env.web.example")]

    def test_a_lost_mark_is_an_error(self, copy: Path) -> None:
        page = copy / "docs/commands.md"
        page.write_text(page.read_text().replace("<!-- generated: commands -->", ""))
        with pytest.raises(ValueError, match=r"docs/commands\.md lacks '<!-- generated: commands -->'"):
            generate.render(copy)


class TestSettingsTable:
    def test_has_every_variable_and_no_other(self) -> None:
        page = (generate.ROOT / "docs/configuration.md").read_text()
        assert set(re.findall(r"^\| `([A-Z_]+)` \|", page, re.MULTILINE)) == VARIABLES

    def test_says_what_production_demands(self) -> None:
        page = (generate.ROOT / "docs/configuration.md").read_text()
        said = set(re.findall(r"^\| `([A-Z_]+)` \|[^|]*\| yes \|", page, re.MULTILINE))
        with pytest.raises(SettingsError) as refused:
            load_settings(environment="production")
        assert said == set(re.findall(r"([A-Z_]{8,}) is missing", str(refused.value))) == REQUIRED


class TestExamples:
    def test_there_is_one_for_each_role(self) -> None:
        assert {role_of(example) for example in EXAMPLES} == {"web", "listener", "worker", "migrate"}

    def test_together_name_every_variable(self) -> None:
        assert set().union(*(variables(example) for example in EXAMPLES)) == VARIABLES

    @pytest.mark.parametrize("example", EXAMPLES, ids=role_of)
    def test_names_only_variables_there_are_each_with_a_value(self, example: Path) -> None:
        named = variables(example)
        assert set(named) <= VARIABLES
        assert all(named.values())

    @pytest.mark.parametrize("example", EXAMPLES, ids=role_of)
    def test_is_refused_by_production_by_every_placeholder(self, example: Path) -> None:
        with pytest.raises(SettingsError) as refused:
            load_settings(needs(example), _env_file=example)
        named = set(re.findall(r"([A-Z_]{8,}) is a placeholder", str(refused.value)))
        assert named == REQUIRED & set(variables(example))
        assert "change-me" not in str(refused.value)

    @pytest.mark.parametrize("example", EXAMPLES, ids=role_of)
    def test_starts_in_production_once_filled_in(
        self, example: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name, value in REAL.items():
            monkeypatch.setenv(name, value)
        assert load_settings(_env_file=example).is_production

    @pytest.mark.parametrize("example", EXAMPLES, ids=role_of)
    def test_its_commented_lines_are_what_happens_without_them(
        self, example: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name, value in REAL.items():
            monkeypatch.setenv(name, value)
        without = load_settings(_env_file=example)
        optional = variables(example).items() - variables(example, commented=False).items()
        for name, value in optional:
            monkeypatch.setenv(name, value)
        with_them = load_settings(_env_file=example)
        unlike = {
            name for name in Settings.model_fields if getattr(without, name) != getattr(with_them, name)
        }
        assert unlike <= {"redis_url", "log_format"}  # without a default; the example shows the form


class TestDeployment:
    def test_the_template_sets_what_production_demands_and_nothing_unknown(self) -> None:
        template = (generate.ROOT / "template.yaml").read_text()
        block = re.search(r"Variables:\n((?: {10}.+\n)+)", template)
        assert block is not None
        named = set(re.findall(r"^ {10}(\w+):", block[1], re.MULTILINE))
        assert REQUIRED | {"SMARTERDEV_ENVIRONMENT", "REDIS_URL"} <= named <= VARIABLES

    def test_the_image_gets_every_package(self) -> None:
        project = tomllib.loads((generate.ROOT / "pyproject.toml").read_text())
        packages = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
        dockerfile = (generate.ROOT / "Dockerfile").read_text()
        allowed = (generate.ROOT / ".dockerignore").read_text().splitlines()
        for package in packages:
            assert f"COPY {package} {package}\n" in dockerfile
            assert f"!{package}" in allowed


class TestCommandsPage:
    def test_has_every_command_with_every_option(self) -> None:
        rows = (generate.ROOT / "docs/commands.md").read_text().splitlines()
        for command in ROUTES.commands:
            for path, subcommand in command.runnable().items():
                (row,) = (row for row in rows if row.startswith(f"| `/{path}` |"))
                for parameter in subcommand.parameters:
                    assert f"`{parameter.name}` (" in row

    @pytest.mark.parametrize("schema", [GuildConfig, BytesConfig])
    def test_has_every_choice_of_a_server(self, schema: type[GuildConfig | BytesConfig]) -> None:
        page = (generate.ROOT / "docs/commands.md").read_text()
        for name, field in schema.model_fields.items():
            assert re.search(
                rf"^\| `{name}` \| [^|]+ \| [^|]+ \| {re.escape(field.description or '!')} \|$",
                page,
                re.MULTILINE,
            )
