"""A PostgreSQL server of our own: made once, started, stopped, brought back after a crash."""

import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from time import sleep
from typing import Literal
from urllib.parse import quote

from app.clock import monotonic
from app.embedded import child, folders, wheels
from app.errors import SettingsError, UnavailableError

_START_SECONDS = 60.0
"""Long, because a start may have to recover what a crash left."""
_POLL_SECONDS = 0.01

_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
}
_NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

# PostgreSQL: SIGINT rolls back and disconnects everyone, SIGQUIT does not even write a checkpoint.
_FAST = ((signal.SIGINT, 10.0), (signal.SIGQUIT, 5.0))
_IMMEDIATE = ((signal.SIGQUIT, 5.0),)

# The line of postmaster.pid that pg_ctl waits for, counted from 0.
_STATUS_LINE = 7


class Postgres:
    """The PostgreSQL of one home, on a Unix socket, open to whoever may reach the socket's folder.

    As root its data, socket and a copy of its programs lie in `/var/tmp/smarterdev-<12 hex>/`
    (PostgreSQL refuses to run as root; it runs as `nobody`), otherwise in the home. What a
    cleaner of old temporary files removes there is gone.

    Args:
        home: the folder that owns it; made at the first start.
        bin_dir: the programs of an installed PostgreSQL; None: those of the wheel.
        durable: False gives up surviving a crash of the machine for speed; for tests only.
    """

    def __init__(self, home: Path, *, bin_dir: Path | None = None, durable: bool = True) -> None:
        self._home = home.resolve()
        self._bin_dir = bin_dir
        self._settings = _SETTINGS if durable else _SETTINGS | _NOT_DURABLE
        self._process: subprocess.Popen[bytes] | None = None
        self._account = folders.unprivileged_account() if folders.is_root() else None
        if self._account:
            self._base = folders.outside(self._home)
            self._sockets = self._base / "socket"
        else:
            self._base = self._home / "postgres"
            self._sockets = folders.socket_folder(self._home)
        self._data = self._base / "data"
        self._pid_file = self._data / "postmaster.pid"
        self._log = self._home / "postgres.log"

    @property
    def pid(self) -> int | None:
        """The process number of the server this object started, None if it does not run."""
        return self._process.pid if self._process and self._process.poll() is None else None

    @property
    def running(self) -> bool:
        """Whether the server this object started is alive."""
        return self.pid is not None

    def url(self, database: str) -> str:
        """Tell how to connect to a database; true before the server runs, too."""
        return f"postgresql://postgres@/{quote(database)}?host={quote(str(self._sockets))}"

    def start(self) -> None:
        """Start the server and wait until it answers; making the database cluster if it is new.

        A server left over of this home is stopped first. Does nothing if already running. Two
        processes must not do this to one home at once: `servers` sees to that.

        Raises:
            SettingsError: when the wheel is missing or a folder is not ours to use.
            UnavailableError: when the server does not start; with the end of its log.
        """
        if self.running:
            return
        programs = self._prepare()
        self._end_leftover()
        if not self._data.exists():
            self._initialise(programs)
        elif not (self._data / "PG_VERSION").exists():
            raise SettingsError(
                f"{self._data} is not a whole database any more (PG_VERSION is gone). "
                "Remove it to begin with an empty one."
            )
        deadline = monotonic() + _START_SECONDS
        while not self._launch(programs, deadline):
            # Backends of a killed server have not all noticed yet; PostgreSQL waits for them.
            if "shared memory block" not in child.last_lines(self._log) or monotonic() > deadline:
                raise UnavailableError(
                    f"PostgreSQL did not start. The end of {self._log}:\n" + child.last_lines(self._log)
                )
            sleep(0.1)

    def stop(self, mode: Literal["fast", "immediate"] = "fast") -> None:
        """Stop the server this object started, disconnecting everyone; nothing if it does not run.

        `immediate` is what a crash of the server looks like: the next start recovers.
        """
        if self._process:
            child.end(self._process, _FAST if mode == "fast" else _IMMEDIATE)
            self._process = None

    def kill(self) -> None:
        """End the server's main process by SIGKILL; its other processes notice and follow."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def destroy(self) -> None:
        """Stop the server and delete all its data."""
        self.stop("immediate")
        self._end_leftover()
        shutil.rmtree(self._base, ignore_errors=True)
        for socket in self._sockets.glob(".s.PGSQL.*"):  # a killed server leaves them
            socket.unlink()
        folders.remove_if_empty(self._sockets)

    def accepts(self) -> bool:
        """Tell whether the server of this home, whoever started it, takes connections."""
        try:
            lines = self._pid_file.read_text().splitlines()
            ready = lines[_STATUS_LINE].strip() == "ready"
        except (OSError, IndexError):
            return False
        return ready and child.runs(int(lines[0]), str(self._data))

    def ensure_database(self, name: str) -> None:
        """Make a database if there is none of this name, on a server that accepts connections.

        Raises:
            UnavailableError: when the server refuses.
        """
        psql = (self._bin_dir or wheels.find_postgres().bin_dir) / "psql"
        answer = subprocess.run(  # noqa: S603 - our own program; the name goes in as a variable
            [psql, "-X", "-q", "-v", "ON_ERROR_STOP=1", "-v", f"name={name}", self.url("postgres")],
            input="SELECT format('CREATE DATABASE %I', :'name') WHERE NOT EXISTS "
            "(SELECT FROM pg_database WHERE datname = :'name') \\gexec\n",
            env=child.SERVER_ENV,
            capture_output=True,
            text=True,
            check=False,
        )
        if answer.returncode != 0 and "already exists" not in answer.stderr:  # another was quicker
            raise UnavailableError(f"Database {name} could not be made: {answer.stderr.strip()}")

    def _prepare(self) -> Path:
        """Make the folders; return where the programs are that this user can run."""
        folders.make_home(self._home)
        if self._account:
            folders.make_passage(self._base)
        else:
            self._base.mkdir(mode=0o700, exist_ok=True)
        folders.make_private(self._sockets, self._account)
        if self._bin_dir:
            return self._bin_dir
        wheel = wheels.find_postgres()
        return wheels.copy_postgres(wheel, self._base) if self._account else wheel.bin_dir

    def _end_leftover(self) -> None:
        """Stop a server of this data folder that some earlier process left running."""
        pid = child.read_pid(self._pid_file)
        if pid is None:
            return
        child.end_leftover(pid, str(self._data), _FAST)
        # If nobody has the number, the file stays: PostgreSQL reads from it whether backends still
        # live. If somebody else has it, PostgreSQL would take that process for its own kind.
        if child.exists(pid):
            self._pid_file.unlink(missing_ok=True)

    def _initialise(self, programs: Path) -> None:
        """Make the database cluster beside its place: it is there whole or not at all."""
        for unfinished in self._base.glob("initdb-*"):
            shutil.rmtree(unfinished, ignore_errors=True)
        fresh = Path(tempfile.mkdtemp(prefix="initdb-", dir=self._base))
        folders.make_private(fresh, self._account)
        # Not every system knows C.UTF-8; C sorts the same and folds the case of ASCII only.
        for locale in ("C.UTF-8", "C"):
            with child.new_log(self._log) as log:
                initdb = child.spawn(
                    [
                        *(programs / "initdb", "--pgdata", fresh, "--username=postgres"),
                        *("--auth=trust", "--encoding=UTF8", f"--locale={locale}", "--no-sync"),
                    ],
                    child.SERVER_ENV,
                    output=log,
                    cwd=self._base,
                    account=self._account,
                )
            try:
                initdb.wait()
            finally:
                child.end(initdb, [(signal.SIGTERM, 5.0)])
            if initdb.returncode == 0:
                fresh.rename(self._data)
                return
        raise UnavailableError(
            f"PostgreSQL could not make its files in {fresh}:\n" + child.last_lines(self._log)
        )

    def _launch(self, programs: Path, deadline: float) -> bool:
        """Start the server; True when it answers, False when it ended instead."""
        socket_list = '"' + str(self._sockets).replace('"', '""') + '"'
        settings = self._settings | {"unix_socket_directories": socket_list}
        options = [word for name in settings for word in ("-c", f"{name}={settings[name]}")]
        with child.new_log(self._log) as log:
            self._process = child.spawn(
                [programs / "postgres", "-D", self._data, *options],
                child.SERVER_ENV,
                output=log,
                cwd=self._base,
                account=self._account,
                death_signal=signal.SIGINT,
            )
        try:
            while self._process.poll() is None and monotonic() < deadline:
                if self.accepts() and child.read_pid(self._pid_file) == self._process.pid:
                    return True
                sleep(_POLL_SECONDS)
        except BaseException:
            self.stop("immediate")
            raise
        self.stop("immediate")
        return False
