"""`python -m simulator`, as somebody types it."""

import socket
import subprocess
import sys

import anyio
import pytest

from simulator.config import SimulatorConfig
from tests.edges.simulator.simulators import simulator_at


def started(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "simulator", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)


@pytest.mark.parametrize(
    "options",
    [
        ("--port", "99999"),
        ("--heartbeat-seconds", "nan"),
        ("--heartbeat-seconds", "0"),
        ("--required-shards", "0"),
        ("--public-url", "nonsense"),
        ("--endpoint", "ftp://bot/interactions"),
        ("--redirect-uri", "foo"),
        ("--signing-key", "short"),
    ],
    ids=" ".join,
)
def test_a_value_that_cannot_be_is_refused_by_name(options: tuple[str, str]) -> None:
    done = started(*options)
    assert done.returncode == 2
    assert options[0].removeprefix("--").replace("-", " ").split()[0] in done.stderr.lower()
    assert "Traceback" not in done.stderr


def test_a_taken_port_is_told_before_anything_else() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = started("--port", str(taken.getsockname()[1]))
    assert done.returncode == 1
    assert "--port" in done.stderr
    assert done.stdout == ""


@pytest.mark.anyio
async def test_who_leaves_in_the_middle_leaves_no_complaint(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with simulator_at(SimulatorConfig(talk=False)) as simulator:
        host, port = simulator.address.removeprefix("http://").split(":")
        for path in ("/_sim/clock", "/api/v10/channels/1/messages", "/api/oauth2/token"):
            with socket.create_connection((host, int(port))) as client:
                head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n"
                client.sendall(f"{head}Content-Type: application/json\r\n\r\n{{".encode())
        await anyio.sleep(0.3)
    assert [each for each in caplog.records if each.levelname == "ERROR"] == []
