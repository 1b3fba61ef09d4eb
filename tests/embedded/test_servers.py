"""The pair of servers of a home: who owns them, and that nothing of them is left over."""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import psutil
import pytest
import redis

from app.clock import monotonic
from app.embedded.servers import servers
from app.errors import SettingsError
from tests.embedded.homes import (
    AS_ROOT,
    ROOT,
    Children,
    Owner,
    Person,
    all_gone,
    base_of,
    families,
    modes_above,
    needs_root,
    query,
)

Own = Callable[..., Owner]
MakeHome = Callable[..., Path]


def ping(url: str | None) -> bool:
    assert url is not None
    with redis.Redis.from_url(url) as client:
        return bool(client.ping())


class TestOwning:
    def test_both_answer_and_end_with_the_block(self, home: Path, children: Children) -> None:
        with servers(home) as running:
            assert running.owned
            assert query(running.database_url, "SELECT current_database()") == "smarterdev"
            assert ping(running.redis_url)
            family = families(children())
            assert len(family) > 2
        assert all_gone(family)

    def test_stopping_needs_no_patience(self, home: Path) -> None:
        with servers(home) as running:
            query(running.database_url, "SELECT 1")
            began = monotonic()
        assert monotonic() - began < 4  # a server that is deaf to the first signal takes 5 or 10

    def test_data_outlives_the_servers(self, home: Path) -> None:
        with servers(home, valkey=False) as running:
            query(running.database_url, "CREATE TABLE kept AS SELECT 7 AS n")
        with servers(home, valkey=False) as running:
            assert query(running.database_url, "SELECT n FROM kept") == 7

    def test_only_what_is_missing_is_started(self, home: Path, children: Children) -> None:
        with servers(home, postgres=False) as running:
            assert running.database_url is None
            assert ping(running.redis_url)
            assert [one.name() for one in children()] == ["valkey-server"]

    def test_servers_end_when_the_block_is_left_by_an_error(self, home: Path, children: Children) -> None:
        family = []

        def interrupted() -> None:
            with servers(home):
                family.extend(families(children()))
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            interrupted()
        assert family
        assert all_gone(family)

    def test_two_homes_do_not_meet(self, home: Path, make_home: MakeHome) -> None:
        with servers(make_home()) as one, servers(home) as two:
            assert one.owned
            assert two.owned
            query(one.database_url, "CREATE TABLE here ()")
            assert query(two.database_url, "SELECT to_regclass('here')") is None
            with redis.Redis.from_url(str(one.redis_url)) as client:
                client.set("here", 1)
            with redis.Redis.from_url(str(two.redis_url)) as client:
                assert client.get("here") is None

    def test_nothing_listens_on_the_network(self, home: Path, children: Children) -> None:
        with servers(home):
            for process in children():
                assert process.net_connections("inet") == []


class TestAttaching:
    def test_a_second_process_uses_the_servers_of_the_first_and_leaves_them(
        self, home: Path, own: Own, children: Children
    ) -> None:
        owner = own(home)
        assert owner.owned
        with servers(home) as running:
            assert not running.owned
            assert running.database_url == owner.database_url
            assert query(running.database_url, "SELECT 1") == 1
            assert ping(running.redis_url)
            assert children() == [psutil.Process(owner.process.pid)]
        assert query(owner.database_url, "SELECT 1") == 1
        assert owner.leave() == 0
        assert all_gone(owner.family)

    def test_one_process_may_own_one_server_and_another_the_other(self, home: Path, own: Own) -> None:
        with servers(home, valkey=False) as first:
            second = own(home)
            assert not second.owned
            assert second.database_url == first.database_url
            assert ping(second.redis_url)
            assert second.leave() == 0


class TestTheEndOfTheOwner:
    def test_ctrl_c_ends_everything_in_order(self, home: Path, own: Own) -> None:
        owner = own(home)
        owner.process.send_signal(signal.SIGINT)
        owner.leave()
        assert all_gone(owner.family)
        assert "database system is shut down" in (home / "postgres.log").read_text()

    def test_children_do_not_hear_the_ctrl_c_of_the_terminal(self, home: Path, own: Own) -> None:
        owner = own(home)
        groups = {os.getpgid(one.pid) for one in owner.servers}
        assert os.getpgid(owner.process.pid) not in groups
        assert len(groups) == 2

    @pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
    def test_after_a_sudden_end_nothing_stays_and_the_next_start_works(
        self, home: Path, own: Own, number: signal.Signals
    ) -> None:
        owner = own(home)
        query(owner.database_url, "CREATE TABLE IF NOT EXISTS kept_still AS SELECT 7 AS n")
        owner.process.send_signal(number)
        owner.process.wait()
        with servers(home) as running:  # at once, while they may still be shutting down
            assert running.owned
            assert query(running.database_url, "SELECT n FROM kept_still") == 7
            assert ping(running.redis_url)
            assert all_gone(owner.family)


class TestFolders:
    def test_no_folder_of_others_is_changed(self, tmp_path: Path, make_home: MakeHome) -> None:
        checkout = tmp_path / "checkout"
        checkout.mkdir(mode=0o700)
        site_packages = next((ROOT / ".venv").glob("lib/python*/site-packages"), ROOT)
        before = modes_above(checkout, site_packages, base_of(tmp_path).parent)
        home = make_home("checkout/.smarterdev", fresh=True)
        with servers(home) as running:
            assert query(running.database_url, "SELECT lower('\u00c4')") == "\u00e4"
        assert modes_above(checkout, site_packages, base_of(tmp_path).parent) == before
        assert home.stat().st_mode & 0o777 == 0o700

    def test_a_home_that_exists_keeps_its_mode(self, make_home: MakeHome) -> None:
        home = make_home()
        home.chmod(0o750)
        with servers(home):
            assert home.stat().st_mode & 0o777 == 0o750

    def test_nobody_else_reaches_data_or_sockets(self, home: Path) -> None:
        with servers(home) as running:
            sockets = Path(str(running.database_url).partition("host=")[2])
            caches = Path(str(running.redis_url).removeprefix("unix://").partition("?")[0]).parent
            for folder in (base_of(home) / "data", sockets, caches):
                assert folder.stat().st_mode & 0o077 == 0

    def test_a_long_path_with_odd_letters_works(self, make_home: MakeHome) -> None:
        with servers(make_home('o\'dd, "\u00e4" & 100%/' + "d" * 100)) as running:
            assert query(running.database_url, "SELECT 1") == 1
            assert ping(running.redis_url)

    @needs_root
    @pytest.mark.parametrize("trap", ["link", "file", "of nobody", "open"])
    def test_root_refuses_a_folder_that_somebody_else_made(
        self, make_home: MakeHome, tmp_path: Path, trap: str
    ) -> None:
        home = make_home(fresh=True)
        base = base_of(home)
        if trap == "link":
            base.symlink_to(tmp_path)
        elif trap == "file":
            base.touch()
        else:
            base.mkdir(mode=0o755)
            if trap == "open":
                base.chmod(0o777)
            else:
                os.chown(base, 65534, 65534)
        before = modes_above(tmp_path), base.lstat()
        try:
            with pytest.raises(SettingsError, match=str(base)), servers(home):
                pass
            assert (modes_above(tmp_path), base.lstat()) == before
        finally:
            if base.is_dir() and not base.is_symlink():
                base.rmdir()
            else:
                base.unlink()


class TestAnOrdinaryUser:
    def test_everything_lies_in_the_home(self, person: Person, own: Own) -> None:
        home = person.folder / 'o\'dd "\u00e4" & 100%'
        owner = own(home, *person.words)
        assert query(owner.database_url, "SELECT 1") == 1
        assert ping(owner.redis_url)
        assert str(home) in unquote(owner.database_url)
        assert str(home) in unquote(owner.redis_url)
        assert (home / "postgres" / "data" / "PG_VERSION").exists()
        uids = {one.uids().real for one in owner.servers}
        assert uids == {home.stat().st_uid}
        assert 0 not in uids or not AS_ROOT
        assert owner.leave() == 0
        assert all_gone(owner.family)

    @pytest.mark.parametrize("name", ["d" * 100, "a,b"])
    def test_a_path_that_no_socket_can_have_works(self, person: Person, own: Own, name: str) -> None:
        home = person.folder / name
        owner = own(home, *person.words)
        assert query(owner.database_url, "SELECT 1") == 1
        assert ping(owner.redis_url)
        sockets = Path(owner.database_url.partition("host=")[2])
        assert sockets.stat().st_mode & 0o777 == 0o700
        assert owner.leave() == 0
        sockets.rmdir()

    def test_after_kill_9_the_next_start_works(self, person: Person, own: Own) -> None:
        home = person.folder / "home"
        first = own(home, *person.words)
        first.process.kill()
        first.process.wait()
        second = own(home, *person.words)
        assert second.owned
        assert query(second.database_url, "SELECT 1") == 1
        assert second.leave() == 0
        assert all_gone([*first.family, *second.family])
