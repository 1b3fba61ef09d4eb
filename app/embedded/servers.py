"""The servers of a home for as long as somebody needs them: started here, or attached to."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import sleep
from typing import IO

from app.clock import monotonic
from app.embedded import child, folders
from app.embedded.postgres import Postgres
from app.embedded.valkey import Valkey
from app.errors import UnavailableError

DATABASE = "smarterdev"

_ATTACH_SECONDS = 10.0
_POLL_SECONDS = 0.05


@dataclass(frozen=True)
class Servers:
    """Where the servers of a home are."""

    database_url: str | None
    """None if PostgreSQL was not asked for. The database exists; it may be empty."""
    redis_url: str | None
    """None if Valkey was not asked for."""
    owned: bool
    """Whether all that was asked for was started here, and ends here."""
    started: tuple[Postgres | Valkey, ...] = ()
    """Those that were started here."""

    def ended(self) -> str | None:
        """Name a server that was started here and has ended by itself, None while all of them run."""
        return next((type(server).__name__ for server in self.started if not server.running), None)


@contextmanager
def servers(home: Path, *, postgres: bool = True, valkey: bool = True) -> Iterator[Servers]:
    """Have the servers asked for running: started here unless another process has them running.

    Those started here end here, however the block is left; the others are left alone. Each server
    has a lock of its own in the home, so one process may own PostgreSQL and another Valkey.
    Enter it in the main thread: a server ends with the thread that started it.

    Raises:
        SettingsError: when a wheel is missing or a folder is not ours to use.
        UnavailableError: when a server does not start, or its owner's does not answer for 10 s.
    """
    home = home.resolve()
    folders.make_home(home)
    database_url = redis_url = None
    asked: list[Postgres | Valkey] = []
    started: list[Postgres | Valkey] = []
    with ExitStack() as stack:
        if valkey:
            cache = Valkey(home)
            asked.append(cache)
            if _start_or_attach(cache, home / "valkey.lock", stack):
                started.append(cache)
            redis_url = cache.url
        if postgres:
            database = Postgres(home)
            asked.append(database)
            if _start_or_attach(database, home / "postgres.lock", stack):
                started.append(database)
            database.ensure_database(DATABASE)
            database_url = database.url(DATABASE)
        yield Servers(database_url, redis_url, owned=asked == started, started=tuple(started))


def _start_or_attach(server: Postgres | Valkey, lock: Path, stack: ExitStack) -> bool:
    """Start a server if nobody owns it, else wait until its owner's answers; True if started.

    While waiting the lock is tried again and again: the owner may be on its way out.
    """
    deadline = monotonic() + _ATTACH_SECONDS
    while (held := _try_lock(lock)) is None:
        if server.accepts():
            return False
        if monotonic() > deadline:
            raise UnavailableError(
                f"Process {child.read_pid(lock)} started the {type(server).__name__} of "
                f"{lock.parent}, but it does not answer. Nothing was started; end that process."
            )
        sleep(_POLL_SECONDS)
    stack.callback(held.close)
    stack.callback(server.stop)
    server.start()
    return True


def _try_lock(file: Path) -> IO[str] | None:
    """Take the lock until the file is closed or this process ends, None if somebody has it.

    The file stays: removing it would let two processes lock two files of one name.
    """
    lock = file.open("a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        return None
    lock.truncate(0)
    lock.write(f"{os.getpid()}\n")
    lock.flush()
    return lock
