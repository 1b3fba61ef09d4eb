"""A Lambda sandbox: a process with our function loaded, called, frozen, thawed and killed at will."""

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[3]


class Answered(NamedTuple):
    """What one invocation returned, and which packages were loaded after it."""

    answer: dict[str, Any]
    packages: set[str]


class Sandbox:
    """One warm Lambda sandbox: a fresh interpreter in which every warning is an error."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        self._log = folder / "stderr.log"
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-W", "error", str(Path(__file__).parent / "runtime.py")],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                cwd=folder,  # not the checkout: no `.env` of a developer
                env={"PATH": os.defpath, "PYTHONPATH": str(ROOT), **environment},
            )

    def invoke(self, event: dict[str, Any]) -> Answered:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with suppress(BrokenPipeError):  # it ended; why is in its log
            self._process.stdin.write(json.dumps(event) + "\n")
            self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, self.logged()
        answered = json.loads(line)
        return Answered(answered["answer"], set(answered["packages"]))

    def freeze(self) -> None:
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def end(self) -> int:
        """End it as a pipe that closes does; the exit status."""
        self._process.communicate(timeout=10)
        return self._process.returncode

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()

    def logged(self) -> str:
        return self._log.read_text()
