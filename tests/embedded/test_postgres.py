"""One PostgreSQL: stopped, killed, left over, half made, of another make."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from app.embedded import child, folders, wheels
from app.embedded.postgres import Postgres
from app.errors import SettingsError, UnavailableError
from tests.embedded.homes import all_gone, base_of, needs_root, query, run, stranger

MakeHome = Callable[..., Path]
DEBIAN = Path("/usr/lib/postgresql/15/bin")


class TestStartAndStop:
    @pytest.mark.parametrize("mode", ["fast", "immediate"])
    def test_committed_data_survives_each_way_to_stop(self, home: Path, mode: str) -> None:
        database = Postgres(home)
        database.start()
        family = psutil.Process(database.pid).children(recursive=True)
        query(database.url("postgres"), "CREATE TABLE IF NOT EXISTS kept AS SELECT 7 AS n")
        database.stop("fast" if mode == "fast" else "immediate")
        assert not database.running
        assert database.pid is None
        assert all_gone(family)
        database.start()
        try:
            assert query(database.url("postgres"), "SELECT n FROM kept") == 7
        finally:
            database.stop()

    def test_it_starts_at_once_after_a_kill(self, home: Path) -> None:
        database = Postgres(home)
        for _ in range(3):
            database.start()
            query(database.url("postgres"), "CREATE TABLE IF NOT EXISTS empty ()")
            family = psutil.Process(database.pid).children(recursive=True)
            database.kill()
            assert not database.running
        database.start()
        try:
            assert all_gone(family)
            assert query(database.url("postgres"), "SELECT count(*) FROM empty") == 0
        finally:
            database.stop()

    def test_starting_twice_and_stopping_twice_does_no_harm(self, home: Path) -> None:
        database = Postgres(home)
        database.start()
        first = database.pid
        database.start()
        assert database.pid == first
        database.stop()
        database.stop()
        database.kill()

    def test_a_database_is_made_once(self, home: Path) -> None:
        database = Postgres(home)
        database.start()
        try:
            for name in ("plain", "plain", 'o\'dd "name"'):
                database.ensure_database(name)
            assert query(database.url("plain"), "SELECT current_database()") == "plain"
            odd = query(database.url('o\'dd "name"'), "SELECT current_database()")
            assert odd == 'o\'dd "name"'
        finally:
            database.stop()

    def test_it_is_durable_unless_told_otherwise(self, home: Path) -> None:
        for durable, expected in ((True, "on"), (False, "off")):
            database = Postgres(home, durable=durable)
            database.start()
            try:
                for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                    assert query(database.url("postgres"), f"SHOW {setting}") == expected
                assert query(database.url("postgres"), "SHOW timezone") == "UTC"
                assert query(database.url("postgres"), "SHOW server_encoding") == "UTF8"
            finally:
                database.stop()


class TestRecovery:
    def test_a_live_server_left_over_is_stopped_first(self, home: Path) -> None:
        leftover, database = Postgres(home), Postgres(home)
        leftover.start()
        assert leftover.pid is not None
        family = [psutil.Process(leftover.pid)]
        database.start()
        try:
            assert all_gone(family)
            assert query(database.url("postgres"), "SELECT 1") == 1
        finally:
            database.stop()
            leftover.stop()

    def test_a_number_that_somebody_else_has_now_is_left_alone(self, home: Path) -> None:
        database = Postgres(home)
        pid_file = base_of(home) / "data" / "postmaster.pid"
        with stranger() as other:
            pid_file.write_text(f"{other.pid}\n{pid_file.parent}\n0\n5432\n\n\n0 0\nready\n")
            assert not database.accepts()
            try:
                database.start()
                assert query(database.url("postgres"), "SELECT 1") == 1
            finally:
                database.stop()
            assert other.is_running()

    def test_an_initdb_cut_short_is_begun_anew(self, make_home: MakeHome) -> None:
        home = make_home()
        database = Postgres(home)
        data = base_of(home) / "data"
        (data / "PG_VERSION").unlink()
        data.rename(data.with_name("initdb-cut-short"))
        database.start()
        try:
            assert query(database.url("postgres"), "SELECT 1") == 1
        finally:
            database.stop()
        assert not list(base_of(home).glob("initdb-*"))

    def test_data_that_is_not_whole_is_not_overwritten(self, make_home: MakeHome) -> None:
        home = make_home()
        (base_of(home) / "data" / "PG_VERSION").unlink()
        with pytest.raises(SettingsError, match="not a whole database"):
            Postgres(home).start()

    def test_a_start_that_fails_quotes_the_log(self, make_home: MakeHome) -> None:
        home = make_home()
        (base_of(home) / "data" / "PG_VERSION").write_text("9.6\n")
        database = Postgres(home)
        with pytest.raises(UnavailableError, match=r"not compatible with this version"):
            database.start()
        assert not database.running


class TestPrograms:
    @needs_root
    def test_the_copy_finds_its_libraries_beside_it(self, home: Path) -> None:
        programs = folders.outside(home) / f"programs-{wheels.find_postgres().version}"
        for program in ("postgres", "initdb", "psql"):
            found = list(programs.rglob(f"bin/{program}"))
            assert len(found) == 1
            libraries = run("ldd", str(found[0]))
            assert "not found" not in libraries
            assert "site-packages" not in libraries

    @needs_root
    def test_another_version_of_the_wheel_replaces_the_copy(self, make_home: MakeHome) -> None:
        home = make_home()
        base = folders.outside(home)
        version = wheels.find_postgres().version
        (base / f"programs-{version}").rename(base / "programs-0.0.1")
        database = Postgres(home)
        database.start()
        database.stop()
        assert [one.name for one in base.glob("programs-*")] == [f"programs-{version}"]

    @pytest.mark.skipif(not DEBIAN.is_dir(), reason="needs Debian's PostgreSQL 15")
    def test_an_installed_postgresql_works_too(self, make_home: MakeHome) -> None:
        database = Postgres(make_home(fresh=True), bin_dir=DEBIAN, durable=False)
        database.start()
        try:
            database.ensure_database("here")
            assert query(database.url("here"), "SHOW server_version").startswith("15.")
        finally:
            database.stop()


class TestChildren:
    def test_a_program_that_is_not_there_is_named(self) -> None:
        with pytest.raises(UnavailableError, match="/nowhere/postgres could not be started"):
            child.spawn(["/nowhere/postgres"], {}, output=subprocess.DEVNULL)

    def test_only_a_whole_word_identifies_a_process(self) -> None:
        with stranger() as other:
            assert child.runs(other.pid, "60")
            assert not child.runs(other.pid, "6")
        assert not child.runs(other.pid, "60")
