"""Homes of servers, and what to ask about them."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import sleep
from typing import Any

import asyncpg
import psutil
import pytest

from app.clock import monotonic
from app.embedded import folders
from app.embedded.postgres import Postgres
from app.embedded.valkey import Valkey

ROOT = Path(__file__).parents[2]
AS_ROOT = folders.is_root()
needs_root = pytest.mark.skipif(not AS_ROOT, reason="needs root")


Children = Callable[[], list[psutil.Process]]


@dataclass
class Owner:
    """A process that holds the servers of a home."""

    process: subprocess.Popen[str]
    database_url: str
    redis_url: str
    owned: bool
    servers: list[psutil.Process]
    family: list[psutil.Process]
    """All processes below it when it was ready. Some of PostgreSQL's come and go."""

    def leave(self) -> int:
        """Let it end in its own time."""
        self.process.communicate(timeout=20)
        return self.process.returncode


@dataclass(frozen=True)
class Person:
    """An ordinary user with a folder and an installation of their own."""

    folder: Path
    words: tuple[str, ...]
    """What `owner.py` needs to become that user."""


def query(url: str | None, sql: str) -> Any:
    """Ask a database one value."""

    async def ask() -> Any:
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetchval(sql)
        finally:
            await connection.close()

    return asyncio.run(ask())


def families(processes: Sequence[psutil.Process]) -> list[psutil.Process]:
    """Some processes and all below them."""
    return [one for head in processes for one in (head, *head.children(recursive=True))]


def all_gone(family: Sequence[psutil.Process], seconds: float = 5.0) -> bool:
    """Tell whether processes end within some seconds; a zombie has ended."""
    deadline = monotonic() + seconds
    while monotonic() < deadline:
        if not any(_lives(process) for process in family):
            return True
        sleep(0.01)
    return False


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def base_of(home: Path) -> Path:
    """Where the PostgreSQL of a home keeps its data."""
    return folders.outside(home) if AS_ROOT else home / "postgres"


def copy_base(template: Path, home: Path) -> None:
    """Give a home the data of another that was shut down well; programs are linked, not copied."""
    base = base_of(home)
    run("mkdir", "--mode=0711", str(base))
    run("cp", "-a", str(base_of(template) / "data"), str(base))
    for programs in base_of(template).glob("programs-*"):
        run("cp", "-al", str(programs), str(base))


def run(*words: str) -> str:
    """Run a program of the system to its end; what it wrote."""
    program = shutil.which(words[0], path=os.defpath + ":/usr/sbin")
    assert program, words[0]
    return subprocess.run([program, *words[1:]], check=True, capture_output=True, text=True).stdout


@contextmanager
def stranger() -> Iterator[psutil.Process]:
    """A process that has nothing to do with us: `sleep 60`."""
    with subprocess.Popen([shutil.which("sleep") or "", "60"]) as process:
        one = psutil.Process(process.pid)
        while not one.cmdline():  # for a moment after exec the kernel shows none
            sleep(0.001)
        yield one
        process.kill()


def modes_above(*paths: Path) -> dict[Path, tuple[int, int, int]]:
    """Mode and owner of every folder on the way to some paths, themselves included."""
    all_of_them = {folder for path in paths for folder in (path, *path.parents)}
    found = {folder: folder.stat() for folder in all_of_them}
    return {folder: (one.st_mode, one.st_uid, one.st_gid) for folder, one in found.items()}


def forget(home: Path) -> None:
    """Stop and delete all that a home has anywhere."""
    Postgres(home).destroy()
    Valkey(home).destroy()
