"""Child processes that end with their parent, and finding those that did not."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import sleep
from typing import IO

from app.clock import monotonic
from app.errors import UnavailableError

SERVER_ENV: Mapping[str, str] = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
"""All that an embedded server is told: nothing of the person's own environment leads it astray."""

_PR_SET_PDEATHSIG = 1
_POLL_SECONDS = 0.01

# Looked up here, because between fork and exec nothing may be imported or loaded.
_prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None
if _prctl is not None:
    _prctl.argtypes = (ctypes.c_int, *[ctypes.c_ulong] * 4)


@dataclass(frozen=True)
class Account:
    """The user a child runs as, when not as ourselves."""

    name: str
    uid: int
    gid: int


def spawn(
    argv: Sequence[str | Path],
    env: Mapping[str, str],
    *,
    output: IO[bytes] | int,
    cwd: Path | None = None,
    account: Account | None = None,
    death_signal: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own; its stdout and stderr both go to `output`.

    Its own session, so that Ctrl-C in a terminal reaches only us and we end our children in order.
    On Linux the kernel sends it `death_signal` when the *thread* that called this ends, however it
    ends: call it from the main thread.

    Raises:
        UnavailableError: when the program cannot be run, or not as `account`.
    """
    try:
        return subprocess.Popen(  # noqa: S603 - an argv of our own
            argv,
            env=env,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            preexec_fn=_tied_to_parent(death_signal),  # noqa: PLW1509 - it takes no lock
        )
    except (OSError, subprocess.SubprocessError) as error:
        who = f" as user {account.name}" if account else ""
        raise UnavailableError(f"{argv[0]} could not be started{who}: {error}") from error


def _tied_to_parent(death_signal: signal.Signals) -> Callable[[], None] | None:
    """Make the function that runs in the child just before exec, None where kernels lack it.

    CPython calls it after setuid, which is needed: the kernel forgets the wish on a change of
    user. It is safe beside other threads as far as it goes: it takes no lock and allocates little.
    """
    if _prctl is None:
        return None
    parent, prctl, number = os.getpid(), _prctl, int(death_signal)

    def tie() -> None:
        prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0)
        if os.getppid() != parent:  # it ended between fork and prctl: no signal will come
            os._exit(1)

    return tie


def end(process: subprocess.Popen[bytes], steps: Sequence[tuple[signal.Signals, float]]) -> None:
    """See a child of ours ended: each step is a signal and the seconds it is given.

    The last resort, when the steps are used up, is SIGKILL.
    """
    for number, seconds in steps:
        if process.poll() is None:
            process.send_signal(number)
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired:
                continue
    if process.poll() is None:
        process.kill()
        process.wait()


def runs(pid: int, argument: str) -> bool:
    """Tell whether `pid` is a live process that was started with `argument` as one of its words.

    A number alone proves nothing: the system hands numbers out again. Zombies do not run.
    """
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        if Path("/proc/self/cmdline").exists():
            return False
        listing = subprocess.run(  # noqa: S603 - a number and constants
            ["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)],
            capture_output=True,
            check=False,
        )
        return f" {argument} ".encode() in listing.stdout.replace(b"\n", b" ")
    return os.fsencode(argument) in words


def end_leftover(pid: int, argument: str, steps: Sequence[tuple[signal.Signals, float]]) -> None:
    """See a process ended that is not our child; does nothing unless `runs(pid, argument)`.

    Raises:
        UnavailableError: when it survives even SIGKILL, or belongs to somebody else.
    """
    for number, seconds in (*steps, (signal.SIGKILL, 5.0)):
        if not runs(pid, argument):
            return
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return
        except PermissionError as error:
            raise UnavailableError(
                f"Process {pid} still serves {argument}, but belongs to another user. "
                "Nothing was started; end it first."
            ) from error
        deadline = monotonic() + seconds
        while runs(pid, argument) and monotonic() < deadline:
            sleep(_POLL_SECONDS)
    if runs(pid, argument):
        raise UnavailableError(f"Process {pid} still serves {argument} and cannot be ended.")


def exists(pid: int) -> bool:
    """Tell whether any process has this number, a zombie included."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def read_pid(file: Path) -> int | None:
    """Read the number on the first line of a pid file, None if there is none to read."""
    try:
        return int(file.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def new_log(file: Path) -> IO[bytes]:
    """Open an empty log for one run of a server; the log of the run before stays as `*.old`."""
    if file.exists():
        file.replace(file.with_name(file.name + ".old"))
    file.touch(mode=0o600)
    return file.open("wb")


def last_lines(file: Path, count: int = 12) -> str:
    """Quote the end of a log for an error text, indented; says so if there is nothing."""
    try:
        lines = file.read_text(errors="replace").splitlines()
    except OSError:
        lines = []
    return "\n".join(f"  {line}" for line in lines[-count:]) or "  (it wrote nothing)"
