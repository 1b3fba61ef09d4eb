"""What was measured where: the facts without which a figure says nothing."""

import os
import subprocess
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from platform import platform, python_version
from typing import Final

from app import clock
from benchmarks.servers import PEERS_PYTHON

_OURS: Final = ("uvicorn", "uvloop", "httptools", "starlette", "pynacl", "msgspec", "sqlalchemy", "asyncpg")
_PEERS: Final = ("hikari", "discord.http", "aiohttp", "pynacl", "cryptography", "orjson", "uvloop")

_PEER_VERSIONS: Final = (
    "import sys; from importlib.metadata import version; from platform import python_version;"
    "print('Python', python_version(), *(f', {name} {version(name)}' for name in sys.argv[1:]), sep=' ')"
)


def load() -> float:
    """Tell how many processes wanted a core during the last minute."""
    return os.getloadavg()[0]


def facts(
    *, seed: int, rounds: Sequence[tuple[str, int]], seconds: float, load_before: float
) -> list[tuple[str, str]]:
    """List when, where, with what and how often; `load_before` is the `load` that others made."""
    return [
        ("date", clock.now().strftime("%Y-%m-%d %H:%M UTC")),
        ("commit", _commit()),
        ("machine", f"{_processor()}, {os.cpu_count()} cores; {platform()}"),
        (
            "busy",
            f"load average {load_before:.1f} before, {load():.1f} at the end (about 1.5 is this run alone)",
        ),
        ("ours", f"Python {python_version()}, " + ", ".join(f"{name} {version(name)}" for name in _OURS)),
        ("peers", _peers()),
        ("rounds", ", ".join(f"{name} {count}" for name, count in rounds)),
        ("seed", str(seed)),
        ("took", f"{seconds / 60:.1f} minutes"),
    ]


def _commit() -> str:
    git = ["git", "-C", str(Path(__file__).parent)]
    head = subprocess.run(  # noqa: S603 - read-only
        [*git, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    changed = subprocess.run(  # noqa: S603 - read-only
        [*git, "status", "--porcelain", "--untracked-files=no", "--", "../app", "../interactions"],
        capture_output=True,
        text=True,
        check=False,
    )
    return (head.stdout.strip() or "unknown") + (
        " and what was not committed" if changed.stdout.strip() else ""
    )


def _peers() -> str:
    command = [str(PEERS_PYTHON), "-c", _PEER_VERSIONS, *_PEERS]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own program
    return answer.stdout.strip().replace(" ,", ",") or "not installed"


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return "unknown processor"
