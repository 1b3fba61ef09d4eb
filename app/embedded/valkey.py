"""A Valkey server of our own. It keeps nothing: what is in it may be lost at any moment."""

import signal
import socket
import subprocess
from pathlib import Path
from time import sleep
from urllib.parse import quote

from app.clock import monotonic
from app.embedded import child, folders, wheels
from app.errors import UnavailableError

_START_SECONDS = 15.0
_POLL_SECONDS = 0.01
_PING_SECONDS = 1.0
_STEPS = ((signal.SIGTERM, 5.0),)


class Valkey:
    """The Valkey of one home, on a Unix socket, without persistence.

    Args:
        home: the folder that owns it; made at the first start.
    """

    def __init__(self, home: Path) -> None:
        self._home = home.resolve()
        self._sockets = folders.socket_folder(self._home)
        self._socket = self._sockets / "valkey.sock"
        self._pid_file = self._home / "valkey.pid"
        self._log = self._home / "valkey.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The process number of the server this object started, None if it does not run."""
        return self._process.pid if self._process and self._process.poll() is None else None

    @property
    def running(self) -> bool:
        """Whether the server this object started is alive."""
        return self.pid is not None

    @property
    def url(self) -> str:
        """How to connect; true before the server runs, too."""
        return f"unix://{quote(str(self._socket))}?db=0"

    def start(self) -> None:
        """Start an empty server and wait until it answers; one left over of this home is stopped.

        Does nothing if already running.

        Raises:
            SettingsError: when the wheel is missing or a folder is not ours to use.
            UnavailableError: when the server does not start; with the end of its log.
        """
        if self.running:
            return
        program = wheels.find_valkey()
        folders.make_home(self._home)
        folders.make_private(self._sockets)
        self._end_leftover()
        options = {
            "port": "0",
            "unixsocket": str(self._socket),
            "unixsocketperm": "700",
            "save": "",
            "appendonly": "no",
            "dir": str(self._home),
            "pidfile": str(self._pid_file),
            "set-proc-title": "no",  # or `child.runs` could not see whose server it is
        }
        words = [word for name, value in options.items() for word in (f"--{name}", value)]
        with child.new_log(self._log) as log:
            self._process = child.spawn([program, *words], child.SERVER_ENV, output=log)
        deadline = monotonic() + _START_SECONDS
        try:
            while self._process.poll() is None and monotonic() < deadline:
                if self.accepts():
                    return
                sleep(_POLL_SECONDS)
        except BaseException:
            self.stop()
            raise
        self.stop()
        raise UnavailableError(
            f"Valkey did not start. The end of {self._log}:\n" + child.last_lines(self._log)
        )

    def stop(self) -> None:
        """Stop the server this object started; nothing if it does not run."""
        if self._process:
            child.end(self._process, _STEPS)
            self._process = None

    def kill(self) -> None:
        """End the server by SIGKILL."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def destroy(self) -> None:
        """Stop the server and delete what it left."""
        self.stop()
        self._end_leftover()
        folders.remove_if_empty(self._sockets)

    def accepts(self) -> bool:
        """Tell whether the server of this home, whoever started it, answers a PING."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(_PING_SECONDS)
            try:
                connection.connect(str(self._socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(64).startswith(b"+PONG")
            except OSError:
                return False

    def _end_leftover(self) -> None:
        """Stop a server on this socket that some earlier process left running."""
        pid = child.read_pid(self._pid_file)
        if pid is not None:
            child.end_leftover(pid, str(self._socket), _STEPS)
        self._pid_file.unlink(missing_ok=True)
        self._socket.unlink(missing_ok=True)
