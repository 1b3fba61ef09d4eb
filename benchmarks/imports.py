"""What a cold start costs before the first answer: importing it, each time in a fresh process."""

import random
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.settings import inherited_environment
from benchmarks import cpu
from benchmarks.figures import Series
from benchmarks.servers import PEERS_PYTHON

_ROOT: Final = Path(__file__).parent.parent
_PROGRAM: Final = """
import sys, time
sys.path.insert(0, sys.argv[2])
before = time.perf_counter()
for name in sys.argv[1].split():
    __import__(name)
print(time.perf_counter() - before)
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM:")))
"""


@dataclass(frozen=True)
class Import:
    """Something that is imported.

    Attributes:
        name: What the report calls it.
        modules: What is imported, in this order.
        python: By which interpreter.
    """

    name: str
    modules: str
    python: Path


_HERE: Final = Path(sys.executable)

LAMBDA: Final = Import("the AWS handler (`app.aws.interactions`)", "app.aws.interactions", _HERE)
ENDPOINT: Final = Import(
    "the endpoint (`interactions.endpoint`, `.receive`)",
    "interactions.endpoint interactions.receive",
    _HERE,
)
HIKARI: Final = Import("`import hikari`, in our environment", "hikari", _HERE)
HIKARI_SPEEDUPS: Final = Import("`import hikari`, with its speedups", "hikari", PEERS_PYTHON)

ALL: Final = (LAMBDA, ENDPOINT, HIKARI, HIKARI_SPEEDUPS)


@dataclass(frozen=True)
class Measured:
    """Milliseconds of every round, and MiB of RSS afterwards, by what was imported."""

    milliseconds: dict[str, list[float]]
    memory: dict[str, list[float]]

    def series(self, what: Import) -> Series:
        """Give the milliseconds of one import."""
        return Series(tuple(self.milliseconds[what.name]))


def measure(*, rounds: int, chance: random.Random, say: Callable[[str], None]) -> Measured:
    """Import everything in every round, in an order of its own; a round before them writes the `.pyc`."""
    measured = Measured({what.name: [] for what in ALL}, {what.name: [] for what in ALL})
    for number in range(rounds + 1):
        say(f"imports, round {number} of {rounds}" if number else "warming up")
        for what in chance.sample(ALL, len(ALL)):
            milliseconds, memory = _import(what)
            if number:
                measured.milliseconds[what.name].append(milliseconds)
                measured.memory[what.name].append(memory)
    return measured


def _import(what: Import) -> tuple[float, float]:
    environment = {
        **inherited_environment(),
        "SMARTERDEV_DISCORD_PUBLIC_KEY": "0f" * 32,  # a form is all it needs: nobody signs
        "SMARTERDEV_DISCORD_APPLICATION_ID": "973269719459037313",
        "DATABASE_URL": "postgresql://nobody@127.0.0.1/nowhere",
    }
    with cpu.pinned(cpu.SERVER_CORE):
        answer = subprocess.run(  # noqa: S603 - our own program
            [what.python, "-c", _PROGRAM, what.modules, str(_ROOT)],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
    seconds, kibibytes = answer.stdout.split()
    return float(seconds) * 1e3, int(kibibytes) / 1024
