"""`smarterdev VERB`, as an operator types it: what it says, and sentences for what goes wrong."""

import asyncio
import json
from pathlib import Path

import asyncpg
import pytest
from click.testing import CliRunner, Result

from app.bytes.domain import Member
from app.cli import main
from app.database.engine import connect_database
from app.embedded.postgres import Postgres
from tests.support.guilds import give, member, new_guild


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, database_url: str) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", database_url)


def use(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def fails_with(result: Result, sentence: str) -> bool:
    """It ends with a sentence, not with a traceback."""
    assert isinstance(result.exception, SystemExit), result.exception
    return result.exit_code == 1 and result.output.startswith("Error: ") and sentence in result.output


def test_help_lists_the_verbs() -> None:
    said = use("--help").output
    for verb in (
        "demo",
        "web",
        "listener",
        "worker",
        "jobs",
        "migrate",
        "register",
        "verify",
        "guild",
        "privacy",
        "reset",
    ):
        assert verb in said


class TestVerify:
    def test_says_of_every_invariant_that_it_holds(self) -> None:
        result = use("verify")
        assert result.exit_code == 0, result.output
        assert all(line.startswith("ok ") for line in result.output.splitlines())

    def test_shows_what_is_broken_and_says_so_by_its_status(self, servers_home: Path, worker_id: str) -> None:
        name = f"broken_{worker_id}"
        url = asyncio.run(self.break_a_copy(Postgres(servers_home, durable=False), name))
        result = CliRunner().invoke(main, ["verify"], env={"DATABASE_URL": url})
        assert result.exit_code == 1
        assert "BROKEN Every balance" in result.output
        assert "'user_id': 7" in result.output

    async def break_a_copy(self, postgres: Postgres, name: str) -> str:
        admin = await asyncpg.connect(postgres.url("postgres"))
        await admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "template_smarterdev"')
        await admin.close()
        connection = await asyncpg.connect(postgres.url(name))
        await connection.execute(
            "INSERT INTO bytes_balances (guild_id, user_id, balance, total_received) VALUES (1, 7, 5, 5)"
        )
        await connection.close()
        return postgres.url(name)

    def test_of_an_empty_database_says_what_to_do(self, servers_home: Path, worker_id: str) -> None:
        postgres = Postgres(servers_home, durable=False)
        postgres.ensure_database(f"empty_{worker_id}")
        empty = {"DATABASE_URL": postgres.url(f"empty_{worker_id}")}
        assert fails_with(CliRunner().invoke(main, ["verify"], env=empty), "smarterdev migrate")

    def test_of_no_database_at_all_says_so(self) -> None:
        nowhere = {"DATABASE_URL": "postgresql://u:p@127.0.0.1:1/x"}
        assert fails_with(CliRunner().invoke(main, ["verify"], env=nowhere), "does not answer")


class TestGuild:
    @pytest.fixture
    def guild(self) -> str:
        return str(new_guild())

    def test_can_be_configured_by_a_file_dry_run_first(self, guild: str, tmp_path: Path) -> None:
        (tmp_path / "wanted.json").write_text('{"bytes": {"daily_amount": 25}}')
        dry = use("guild", "import", "wanted.json", "--guild", guild)
        assert "bytes.daily_amount: 10 -> 25" in dry.output
        assert "Nothing was written" in dry.output
        assert fails_with(use("guild", "export", "x.json", "--guild", guild), "not known here yet")

        assert "Written." in use("guild", "import", "wanted.json", "--guild", guild, "--apply").output
        assert "Nothing differs." in use("guild", "import", "wanted.json", "--guild", guild).output
        assert use("guild", "export", "got.json", "--guild", guild).exit_code == 0
        assert json.loads((tmp_path / "got.json").read_text())["bytes"]["daily_amount"] == 25

    @pytest.mark.parametrize(
        ("environment", "why"),
        [
            ({}, "no bot token is configured here"),
            (
                {
                    "SMARTERDEV_DISCORD_BOT_TOKEN": "x",
                    "SMARTERDEV_DISCORD_APPLICATION_ID": "1" * 18,
                    "SMARTERDEV_DISCORD_API_URL": "http://127.0.0.1:9/api/v10",
                },
                "Discord",
            ),
        ],
    )
    def test_says_in_one_line_when_the_roles_of_squads_could_not_be_checked(
        self, guild: str, tmp_path: Path, environment: dict[str, str], why: str
    ) -> None:
        (tmp_path / "wanted.json").write_text('{"squads": {"squads": [{"name": "Red", "role_id": "7"}]}}')
        arguments = ["guild", "import", "wanted.json", "--guild", guild, "--apply"]
        done = CliRunner().invoke(main, arguments, env=environment)
        first, *_, last = done.output.splitlines()
        assert first.startswith("The roles of squads were not checked: ")
        assert why in first
        assert first.endswith(". The worker looks at each before it gives it.")
        assert last.startswith("Written.")

    def test_takes_a_file_with_a_byte_order_mark(self, guild: str, tmp_path: Path) -> None:
        (tmp_path / "wanted.json").write_text('{"bytes": {}}', encoding="utf-8-sig")
        assert use("guild", "import", "wanted.json", "--guild", guild).exit_code == 0

    @pytest.mark.parametrize(
        ("content", "named"),
        [
            (b"{", "cannot be used"),
            (b"\xff\xfe{\x00}\x00", "can't decode"),
            (b'{"bytes": {"daily": 1}}', "bytes.daily"),
        ],
    )
    def test_refuses_what_is_no_such_file(
        self, guild: str, tmp_path: Path, content: bytes, named: str
    ) -> None:
        (tmp_path / "wanted.json").write_bytes(content)
        assert fails_with(use("guild", "import", "wanted.json", "--guild", guild, "--apply"), named)

    def test_names_a_folder_that_is_not_there(self, guild: str, tmp_path: Path) -> None:
        (tmp_path / "wanted.json").write_text("{}")
        use("guild", "import", "wanted.json", "--guild", guild, "--apply")
        assert fails_with(use("guild", "export", "nowhere/x.json", "--guild", guild), "nowhere/x.json")

    @pytest.mark.parametrize("name", ["abc", "-1", "1.5", ""])
    def test_refuses_what_is_no_id(self, name: str) -> None:
        assert fails_with(use("guild", "export", "x.json", "--guild", name), "is not a server's id")


class TestPrivacy:
    @pytest.fixture
    def guild(self) -> int:
        return new_guild()

    @pytest.fixture
    def ada(self, guild: int, database_url: str) -> Member:
        """Somebody who was given bytes."""
        who = member()

        async def book() -> None:
            database = connect_database(database_url, pool_size=1)
            async with database.transaction() as tx:
                await give(tx, guild, who, 7)
            await database.close()

        asyncio.run(book())
        return who

    def privacy(self, verb: str, guild: int, who: Member, *more: str) -> Result:
        return use("privacy", verb, "--guild", str(guild), "--user", str(who.user_id), *more)

    def test_writes_what_is_kept_about_a_member_to_a_file_that_nobody_else_reads(
        self, guild: int, ada: Member, tmp_path: Path
    ) -> None:
        assert "Written to ada.json." in self.privacy("export", guild, ada, "ada.json").output
        written = json.loads((tmp_path / "ada.json").read_text())
        assert written["about"]["member_id"] == str(ada.user_id)
        assert written["bytes"]["balance"]["balance"] == 7
        assert (tmp_path / "ada.json").stat().st_mode & 0o077 == 0

    def test_prints_it_without_a_file(self, guild: int, ada: Member) -> None:
        printed = self.privacy("export", guild, ada).output
        assert len(json.loads(printed)["guilds"]) == 1

    def test_erases_only_with_yes(self, guild: int, ada: Member) -> None:
        asked = self.privacy("erase", guild, ada)
        assert (asked.exit_code, asked.output.count("your")) == (0, 0)
        assert "Nothing was erased; repeat with --yes" in asked.output
        assert json.loads(self.privacy("export", guild, ada).output)["bytes"]["transactions"]

        done = self.privacy("erase", guild, ada, "--yes").output
        assert done.splitlines()[1:] == ["  1 transaction", "  1 entry of the trail of changes"]
        assert "Nothing is known of this member" in self.privacy("erase", guild, ada, "--yes").output
        assert json.loads(self.privacy("export", guild, ada).output)["bytes"]["balance"] is None

    @pytest.mark.parametrize("verb", ["export", "erase"])
    @pytest.mark.parametrize("name", ["abc", "-7", "0", ""])
    def test_refuses_what_is_no_id(self, guild: int, verb: str, name: str) -> None:
        refused = use("privacy", verb, "--guild", str(guild), "--user", name)
        assert fails_with(refused, "is not a member's id")
        assert fails_with(use("privacy", verb, "--guild", "x", "--user", "7"), "is not a server's id")


def test_register_without_a_token_names_it() -> None:
    assert fails_with(use("register"), "SMARTERDEV_DISCORD_BOT_TOKEN")


def test_reset_begins_anew_but_not_in_production(tmp_path: Path) -> None:
    home = tmp_path / "home"
    nothing = {"DATABASE_URL": "", "SMARTERDEV_DATA_DIR": str(home)}
    assert "begins anew" in CliRunner().invoke(main, ["reset"], env=nothing).output
    production = {"SMARTERDEV_ENVIRONMENT": "production", "DATABASE_URL": "postgresql://a:9fK2vQ@c/d"}
    refused = CliRunner().invoke(main, ["reset"], env=production)
    assert fails_with(refused, "There is nothing to reset in production.")
