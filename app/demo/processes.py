"""A small supervisor: several processes in one terminal, all of them or none."""

import errno
import os
import selectors
import signal
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from types import FrameType
from typing import IO, Self, TextIO
from urllib.parse import urlsplit

from app.clock import monotonic
from app.embedded.child import spawn
from app.errors import SettingsError, UnavailableError

_READY_SECONDS = 30.0
_PROBE_SECONDS = 1.0
_GRACE_SECONDS = 5.0
_TICK_SECONDS = 0.1
_CHUNK_BYTES = 65536
_TAIL_LINES = 15
_NAME_WIDTH = 9  # the longest name of the demo's processes, `simulator`
_COLOURS = (36, 33, 35, 32, 34)  # of ANSI terminals: cyan, yellow, magenta, green, blue
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Ended:
    """A process that ended though nobody asked it to."""

    name: str
    status: int | None
    """The exit status, or minus the number of the signal that ended it; None if nobody knows."""

    def __str__(self) -> str:
        if self.status is None:
            return f"{self.name} ended by itself"
        if self.status < 0:
            return f"{self.name} was ended by {signal.Signals(-self.status).name}"
        return f"{self.name} ended by itself with exit status {self.status}"


@dataclass
class _Child:
    """One supervised process and what it has written."""

    name: str
    process: subprocess.Popen[bytes]
    stream: IO[bytes]
    prefix: str
    unfinished: bytes = b""
    tail: deque[str] = field(default_factory=lambda: deque(maxlen=_TAIL_LINES))


class Supervisor:
    """Start processes one after the other, show their output, end them all together.

    A context manager for the main thread: inside it SIGINT, SIGTERM and SIGHUP raise
    KeyboardInterrupt; when it is left, the children are ended in reverse order. If this process
    itself is killed, they end too (Linux).

    Args:
        output: where the children's lines go; None: stdout. Names are coloured on a terminal.
        grace_seconds: how long each child may take to end before SIGKILL.
    """

    # One selector and no thread per child: fork in a process with threads copies whatever locks
    # the others hold at that moment, and code runs after our fork (the tie to the parent).

    def __init__(self, output: TextIO | None = None, *, grace_seconds: float = _GRACE_SECONDS) -> None:
        self._output = output if output is not None else sys.stdout
        self._children: list[_Child] = []
        self._selector = selectors.DefaultSelector()
        self._handlers: dict[signal.Signals, object] = {}
        self._grace_seconds = grace_seconds
        self._ending = False

    def __enter__(self) -> Self:
        for number in _STOP_SIGNALS:
            before = signal.getsignal(number)
            if number is signal.SIGHUP and before is signal.SIG_IGN:
                continue  # nohup: we are meant to outlive the terminal
            self._handlers[number] = before
            signal.signal(number, _interrupt)
        return self

    def __exit__(self, *_: object) -> None:
        self._ending = True
        for number in self._handlers:
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave half behind
        for child in reversed(self._children):
            self._end(child)
        self._selector.close()
        for number, before in self._handlers.items():
            signal.signal(number, before)  # type: ignore[arg-type] # what getsignal gave us

    def start(
        self,
        name: str,
        argv: Sequence[str],
        env: Mapping[str, str],
        ready_url: str | None = None,
        *,
        ready_seconds: float = _READY_SECONDS,
    ) -> None:
        """Start a process; with a `ready_url` (http) return only when it answers 200.

        Give Python children PYTHONUNBUFFERED=1, or their lines come late.

        Raises:
            UnavailableError: when it cannot be run; as `until_ready`.
        """
        process = spawn(argv, env, output=subprocess.PIPE)
        assert process.stdout is not None  # noqa: S101 - for the type checker; PIPE was asked for
        os.set_blocking(process.stdout.fileno(), False)
        child = _Child(name, process, process.stdout, self._prefix(name))
        self._children.append(child)
        self._selector.register(process.stdout, selectors.EVENT_READ, child)
        if ready_url is not None:
            self.until_ready(name, ready_url, ready_seconds=ready_seconds)

    def until_ready(self, name: str, ready_url: str, *, ready_seconds: float = _READY_SECONDS) -> None:
        """Return when a process that was started answers 200 at `ready_url` (http).

        Raises:
            UnavailableError: when it ends, or does not answer within `ready_seconds`; or when another
                ended meanwhile. With the last lines.
        """
        deadline = monotonic() + ready_seconds
        while not _answers(ready_url):
            self._pump(_TICK_SECONDS)
            if ended := self._ended():
                why, whose = str(ended), ended.name
            elif monotonic() > deadline:
                why, whose = f"{ready_url} does not answer after {ready_seconds:.0f} s", name
            else:
                continue
            raise UnavailableError(
                f"{name} did not start: {why}. The last lines of {whose}:\n{self._tail(whose)}"
            )

    def wait(self, also: Callable[[], str | None] = lambda: None) -> Ended | None:
        """Show output until a process ends by itself, or (None) somebody asks us to stop.

        Args:
            also: names something else that has ended and without which nothing works, None while all is well.
        """
        try:
            while (ended := self._ended()) is None:
                if name := also():
                    return Ended(name, None)
                self._pump(_TICK_SECONDS)
        except KeyboardInterrupt:
            return None
        return ended

    def _ended(self) -> Ended | None:
        """Find a child that ended, after showing the last it wrote; None if all live."""
        for child in self._children:
            status = child.process.poll()
            if status is not None:
                self._read(child)
                return Ended(child.name, status)
        return None

    def _end(self, child: _Child) -> None:
        """See one child ended, showing what it says meanwhile: SIGTERM, some seconds, SIGKILL."""
        if child.process.poll() is None:
            child.process.terminate()
        deadline = monotonic() + self._grace_seconds
        while child.process.poll() is None and monotonic() < deadline:
            self._pump(_TICK_SECONDS)
        child.process.kill()  # does nothing to one that has ended
        child.process.wait()
        self._read(child)
        if child.unfinished:
            self._show(child, child.unfinished)
        self._unwatch(child)
        child.stream.close()

    def _unwatch(self, child: _Child) -> None:
        """Stop looking for output of a child; nothing if that was done before."""
        if child.stream in self._selector.get_map():
            self._selector.unregister(child.stream)

    def _pump(self, seconds: float) -> None:
        """Show what the children write; return after the first of it, or after `seconds`."""
        for key, _ in self._selector.select(seconds):
            self._read(key.data)

    def _read(self, child: _Child) -> None:
        """Show all whole lines that a child has written and we have not read."""
        while True:
            try:
                chunk = os.read(child.stream.fileno(), _CHUNK_BYTES)
            except BlockingIOError:
                return
            if not chunk:
                self._unwatch(child)
                return
            *lines, child.unfinished = (child.unfinished + chunk).split(b"\n")
            for line in lines:
                self._show(child, line)

    def _show(self, child: _Child, line: bytes) -> None:
        """Print one line with its process's name, and remember it."""
        text = line.decode(errors="replace").rstrip("\r")
        child.tail.append(text)
        try:
            self._output.write(f"{child.prefix}{text}\n")
            self._output.flush()
        except OSError:  # the terminal is gone; that must not keep us from ending the children
            if not self._ending:
                raise

    def _prefix(self, name: str) -> str:
        """Write a name as it stands before each line."""
        text = f"{name.ljust(_NAME_WIDTH)} | "
        if not self._output.isatty():
            return text
        return f"\x1b[{_COLOURS[len(self._children) % len(_COLOURS)]}m{text}\x1b[0m"

    def _tail(self, name: str) -> str:
        """Quote the last lines of a process, indented."""
        lines = [line for child in self._children if child.name == name for line in child.tail]
        return "\n".join(f"  {line}" for line in lines) or "  (it wrote nothing)"


def free_port(host: str) -> int:
    """Find a port nobody listens on, for a process whose address nobody has to know beforehand."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def require_free_port(host: str, port: int, option: str) -> None:
    """Refuse to go on if something listens on a port that one of our processes needs.

    The `option` is what changes the port (`--port`), for the sentence.

    Raises:
        SettingsError: when it cannot be listened on.
    """
    try:
        for family, kind, protocol, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
            with socket.socket(family, kind, protocol) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            why = "is already in use, perhaps by another demo"
        else:
            why = f"cannot be listened on ({error.strerror})"
        raise SettingsError(
            f"Port {port} on {host} {why}. Nothing was started; choose another port with {option}."
        ) from error


def _answers(url: str) -> bool:
    """Tell whether an http address answers 200. No proxy is asked, whatever the environment."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=_PROBE_SECONDS)
    try:
        connection.request("GET", parts.path or "/")
        return connection.getresponse().status == 200  # noqa: PLR2004 - HTTP's own number
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    """Turn a signal into the exception that Ctrl-C is."""
    raise KeyboardInterrupt
