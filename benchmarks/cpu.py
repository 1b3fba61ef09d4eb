"""CPU time and memory of processes, read from /proc, and the cores they run on.

CPU time is what tells servers apart on a machine that is never quite quiet: requests per second swing with
whatever else runs, CPU microseconds per request hardly do.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

SERVER_CORE: Final = 0
LOAD_CORE: Final = 1

_PROC: Final = Path("/proc")
_TICKS: Final = os.sysconf("SC_CLK_TCK")
_UTIME, _CUTIME_END = 11, 15  # utime, stime, cutime, cstime: fields 14-17 of proc(5), counted behind the name


def cpu_seconds(pid: int) -> float:
    """Tell the CPU time of a process and of everything it started, user and system, ended children too."""
    total = 0
    for each in process_tree(pid):
        try:
            fields = (_PROC / str(each) / "stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended meanwhile; its parent has its time
        total += sum(int(field) for field in fields[_UTIME:_CUTIME_END])
    return total / _TICKS


def process_tree(pid: int) -> list[int]:
    """List a process and all its descendants, parents first."""
    found = [pid]
    for each in found:
        for task in (_PROC / str(each) / "task").glob("*"):
            try:
                found += map(int, (task / "children").read_text().split())
            except (FileNotFoundError, ProcessLookupError):
                continue
    return found


def memory_mib(pid: int) -> float:
    """Tell the memory that a process really has (RSS)."""
    return _memory(pid, "VmRSS:")


def peak_memory_mib(pid: int) -> float:
    """Tell the most memory that a process ever really had (peak RSS)."""
    return _memory(pid, "VmHWM:")


def _memory(pid: int, field: str) -> float:
    status = (_PROC / str(pid) / "status").read_text()
    line = next(line for line in status.splitlines() if line.startswith(field))
    return int(line.split()[1]) / 1024


def command_line(pid: int) -> list[str]:
    """Tell what a process was started with."""
    return (_PROC / str(pid) / "cmdline").read_text().rstrip("\0").split("\0")


def cores() -> list[int]:
    """List the cores this process may use."""
    return sorted(os.sched_getaffinity(0))


def pin(pid: int, *to: int) -> None:
    """Have a process, with all its threads and descendants, run on these cores only.

    What it starts later inherits this.
    """
    for each in process_tree(pid):
        for task in (_PROC / str(each) / "task").glob("*"):
            os.sched_setaffinity(int(task.name), to)


@contextmanager
def pinned(*to: int) -> Iterator[None]:
    """Have this thread, and what it starts, run on these cores only for as long as the block runs."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, to)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
