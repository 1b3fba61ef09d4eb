"""The peers, started: each in its own environment, on the servers' core."""

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import sleep
from typing import Final

from app import clock
from app.demo.processes import free_port
from benchmarks import cpu
from benchmarks.platform import NotStartedError

_HOST: Final = "127.0.0.1"
_ROOT: Final = Path(__file__).parent.parent
PEERS_PYTHON: Final = _ROOT / ".venv-bench" / "bin" / "python"
_PROGRAMS: Final = Path(__file__).parent / "peers"
_START_SECONDS: Final = 30.0


@dataclass(frozen=True)
class Server:
    """Something that answers interactions.

    Attributes:
        name: What the report calls it.
        pid: Its process.
        port: Where it listens.
        path: Where it expects interactions.
        rejects_with: The status with which it refuses a wrong signature.
        settles: Seconds after its last answer until all that it does for a command is done.
    """

    name: str
    pid: int
    port: int
    path: str
    rejects_with: int
    settles: float = 0.0


@dataclass(frozen=True)
class Peer:
    """A server we are compared with.

    Attributes:
        name: What the report calls it.
        program: In `benchmarks/peers`.
        arguments: What the program is told besides port, key and text.
        rejects_with: See `Server`.
    """

    name: str
    program: str
    rejects_with: int
    arguments: tuple[str, ...] = ()


@contextmanager
def running(peer: Peer, folder: Path, public_key: str, text: str) -> Iterator[Server]:
    """Run a peer; what it logs goes to a file in `folder`, as a service's log does.

    Raises:
        NotStartedError: with the last it said.
    """
    if not PEERS_PYTHON.exists():
        raise NotStartedError("The peers are not installed. `make bench` installs them into .venv-bench.")
    port = free_port(_HOST)
    log = folder / f"{peer.name.replace(' ', '-')}.log"
    command = [str(PEERS_PYTHON), str(_PROGRAMS / peer.program), str(port), public_key, text]
    with log.open("wb") as output, cpu.pinned(cpu.SERVER_CORE):
        process = subprocess.Popen(  # noqa: S603 - our own program
            [*command, *peer.arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=folder,
        )
    try:
        await_port(process, port, log)
        yield Server(peer.name, process.pid, port, "/", peer.rejects_with)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def await_port(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    """Wait until a process listens.

    Raises:
        NotStartedError: it ended, or takes too long; with the last it said.
    """
    deadline = clock.monotonic() + _START_SECONDS
    while True:
        try:
            socket.create_connection((_HOST, port)).close()
        except OSError:
            if process.poll() is not None or clock.monotonic() > deadline:
                said = log.read_text(errors="replace")[-2000:]
                raise NotStartedError(
                    f"{os.fspath(log.name)}: it does not listen. It said:\n{said}"
                ) from None
            sleep(0.05)
        else:
            return
