"""The platform as `make demo` starts it, with data of its own that end with it."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import sleep
from typing import Final

from app import clock
from app.demo.identity import Identity, load_identity
from app.demo.processes import free_port
from app.embedded.postgres import Postgres
from app.embedded.servers import DATABASE
from app.embedded.valkey import Valkey
from app.settings import inherited_environment
from benchmarks import cpu

START_SECONDS: Final = 120.0
STOP_SECONDS: Final = 30.0

_CONFIGURED: Final = ("DATABASE_URL", "REDIS_URL")
"""What would have the demo use servers of somebody's own."""


class NotStartedError(Exception):
    """Something that is to be measured did not start."""


@dataclass(frozen=True)
class Platform:
    """A demo that runs.

    Attributes:
        home: Its data directory.
        identity: What signs for its Discord.
        port: Where its web role listens.
        simulator: Where its Discord is.
        web: The process of its web role.
        listener: That of its listener.
        worker: And of its worker.
        postgres: The process of its PostgreSQL.
        database_url: Its database.
        redis_url: Its Valkey.
    """

    home: Path
    identity: Identity
    port: int
    simulator: str
    web: int
    listener: int
    worker: int
    postgres: int
    database_url: str
    redis_url: str


@contextmanager
def platform() -> Iterator[Platform]:
    """Run `smarterdev demo` in a folder of its own: the web role on the servers' core, all else on the other.

    Raises:
        NotStartedError: with the last it said.
    """
    home = Path(tempfile.mkdtemp(prefix="smarterdev-bench-"))
    identity = load_identity(home)
    port, simulator_port = free_port("127.0.0.1"), free_port("127.0.0.1")
    environment = {
        name: value
        for name, value in inherited_environment().items()
        if name not in _CONFIGURED and not name.startswith("SMARTERDEV_")
    }
    environment["SMARTERDEV_DATA_DIR"] = str(home)
    log = home / "demo.log"
    with log.open("wb") as output, cpu.pinned(cpu.LOAD_CORE):
        demo = subprocess.Popen(  # noqa: S603 - our own program
            [
                *(sys.executable, "-m", "app.cli", "demo"),
                *("--port", str(port), "--simulator-port", str(simulator_port)),
            ],
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    postgres = Postgres(home)
    try:
        _await_ready(demo, log)
        web = _find(demo.pid, "web")
        cpu.pin(web, cpu.SERVER_CORE)
        yield Platform(
            home=home,
            identity=identity,
            port=port,
            simulator=f"http://127.0.0.1:{simulator_port}",
            web=web,
            listener=_find(demo.pid, "listener"),
            worker=_find(demo.pid, "worker"),
            postgres=_find_postgres(demo.pid),
            database_url=postgres.url(DATABASE),
            redis_url=Valkey(home).url,
        )
    finally:
        demo.terminate()
        try:
            demo.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            demo.kill()
            demo.wait()
        postgres.destroy()
        shutil.rmtree(home, ignore_errors=True)


def _await_ready(demo: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = clock.monotonic() + START_SECONDS
    while b"\nREADY " not in log.read_bytes():
        if demo.poll() is not None or clock.monotonic() > deadline:
            raise NotStartedError(
                "The demo did not start. It said:\n" + log.read_text(errors="replace")[-2000:]
            )
        sleep(0.1)


def _find(demo: int, verb: str) -> int:
    """Find the demo's process of one role."""
    for pid in cpu.process_tree(demo):
        if cpu.command_line(pid)[1:] == ["-m", "app.cli", verb]:
            return pid
    raise NotStartedError(f"The demo has no process of the role {verb!r}.")


def _find_postgres(demo: int) -> int:
    for pid in cpu.process_tree(demo):
        if cpu.command_line(pid)[0].endswith("/postgres"):
            return pid
    raise NotStartedError("The demo has no PostgreSQL of its own.")
