"""The supervisor of the demo: all of its processes or none."""

import io
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from app.clock import monotonic
from app.demo.processes import Ended, Supervisor, require_free_port
from app.errors import SettingsError, UnavailableError
from tests.embedded.homes import ROOT, Children, all_gone

FOR_EVER = "import time; print('here'); time.sleep(60)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + FOR_EVER
ENV = {"PATH": os.defpath, "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT)}
WEB = (
    "import http.server, sys; print('serving'); "
    "http.server.HTTPServer(('127.0.0.1', int(sys.argv[1])), "
    "http.server.SimpleHTTPRequestHandler).serve_forever()"
)

# What `smarterdev demo` does, as a program that can be interrupted and killed.
SUPERVISED = f"""
import json, sys
from app.demo.processes import Supervisor
with Supervisor(sys.stderr) as supervisor:
    for name in ("one", "two"):
        supervisor.start(name, [sys.executable, "-c", {FOR_EVER!r}], {ENV!r})
    print(supervisor.wait(), flush=True)
"""


def python(code: str, *words: str) -> list[str]:
    return [sys.executable, "-c", code, *words]


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def supervised() -> Iterator[tuple[subprocess.Popen[str], list[psutil.Process]]]:
    """A supervisor in a process of its own, with two children."""
    with subprocess.Popen(
        python(SUPERVISED), env=ENV, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        # Lines of the children are shown by wait(): now it is there.
        assert {process.stderr.readline() for _ in "12"} == {"one       | here\n", "two       | here\n"}
        yield process, psutil.Process(process.pid).children()
        process.kill()


class TestSupervisor:
    def test_a_child_that_ends_ends_all_and_is_named(self, children: Children) -> None:
        output = io.StringIO()
        with Supervisor(output) as supervisor:
            supervisor.start("steady", python(FOR_EVER), ENV)
            supervisor.start("frail", python("print('my last words', end=''); exit(3)"), ENV)
            family = children()
            assert supervisor.wait() == Ended("frail", 3)
        assert all_gone(family)
        lines = output.getvalue().splitlines()
        assert "steady    | here" in lines
        assert "frail     | my last words" in lines

    def test_how_it_ended_is_a_sentence(self) -> None:
        assert str(Ended("web", 3)) == "web ended by itself with exit status 3"
        assert str(Ended("web", -9)) == "web was ended by SIGKILL"

    def test_start_returns_when_the_address_answers(self, free_port: int, tmp_path: Path) -> None:
        output = io.StringIO()
        with Supervisor(output) as supervisor:
            supervisor.start("web", python(WEB, str(free_port)), ENV, f"http://127.0.0.1:{free_port}/")
            with socket.create_connection(("127.0.0.1", free_port)):
                pass
        assert "web       | serving" in output.getvalue()

    def test_a_child_that_never_answers_is_quoted(self, free_port: int, children: Children) -> None:
        with (
            pytest.raises(UnavailableError, match=r"web did not start: http.* 1 s(.|\n)*  here"),
            Supervisor(io.StringIO()) as supervisor,
        ):
            supervisor.start("web", python(FOR_EVER), ENV, f"http://127.0.0.1:{free_port}/", ready_seconds=1)
        assert children() == []

    def test_a_child_that_ends_before_it_answers_is_quoted(self, free_port: int) -> None:
        began = monotonic()
        with (
            pytest.raises(UnavailableError, match=r"exit status 1(.|\n)*  no such luck"),
            Supervisor(io.StringIO()) as supervisor,
        ):
            supervisor.start("web", python("exit('no such luck')"), ENV, f"http://127.0.0.1:{free_port}/")
        assert monotonic() - began < 5

    def test_a_child_that_does_not_want_to_end_is_killed(self, children: Children) -> None:
        output = io.StringIO()
        with Supervisor(output, grace_seconds=0.3) as supervisor:
            supervisor.start("stubborn", python(STUBBORN), ENV)
            while "here" not in output.getvalue():
                supervisor._pump(0.1)
            family = children()
            assert family
        assert all_gone(family)

    def test_much_output_at_the_end_blocks_nobody(self) -> None:
        chatter = (
            "import signal, sys, time\n"
            "def bye(*_):\n"
            "    [print('x' * 99) for _ in range(9999)]; sys.exit()\n"
            "signal.signal(signal.SIGTERM, bye); print('here'); time.sleep(60)"
        )
        output = io.StringIO()
        began = monotonic()
        with Supervisor(output) as supervisor:
            supervisor.start("chatter", python(chatter), ENV)
            while "here" not in output.getvalue():
                supervisor._pump(0.1)
        assert output.getvalue().count("\n") == 10_000
        assert monotonic() - began < 4

    def test_the_handlers_of_signals_are_as_before(self) -> None:
        numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = [signal.getsignal(number) for number in numbers]
        with Supervisor(io.StringIO()):
            pass
        assert [signal.getsignal(number) for number in numbers] == before

    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_a_signal_ends_all(
        self,
        supervised: tuple[subprocess.Popen[str], list[psutil.Process]],
        number: signal.Signals,
    ) -> None:
        process, family = supervised
        assert len(family) == 2
        process.send_signal(number)
        output, _ = process.communicate(timeout=20)
        assert output == "None\n"
        assert process.returncode == 0
        assert all_gone(family)

    def test_nothing_is_left_when_the_supervisor_is_killed(
        self, supervised: tuple[subprocess.Popen[str], list[psutil.Process]]
    ) -> None:
        process, family = supervised
        assert len(family) == 2
        process.kill()
        process.wait()
        assert all_gone(family)


class TestRequireFreePort:
    def test_a_free_port_passes(self, free_port: int) -> None:
        require_free_port("127.0.0.1", free_port, "--port")

    @pytest.mark.parametrize("where", ["127.0.0.1", "0.0.0.0"])  # noqa: S104 - only asked about
    def test_a_used_port_is_named_with_the_option(self, where: str) -> None:
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1]
            with pytest.raises(SettingsError, match=rf"Port {port} .* in use.*--simulator-port"):
                require_free_port(where, port, "--simulator-port")

    def test_an_address_that_is_not_ours_is_refused(self) -> None:
        with pytest.raises(SettingsError, match="cannot be listened on"):
            require_free_port("192.0.2.1", 8000, "--port")
