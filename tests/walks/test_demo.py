"""`smarterdev demo` as a newcomer runs it: ready, usable, ended cleanly, and back after `kill -9`."""

import itertools
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import psutil
import pytest

from app.embedded.postgres import Postgres
from app.settings import inherited_environment
from tests.support.processes import free_port

ROOT = Path(__file__).parents[2]
READY_WITHIN = 60
GONE_WITHIN = 30.0

_starts = itertools.count()


class Demo:
    """One demo with a folder and ports of its own, in a session of its own, as in a terminal."""

    def __init__(self, home: Path, ports: tuple[int, int]) -> None:
        self.web, self.simulator = (f"http://127.0.0.1:{port}" for port in ports)
        environment = inherited_environment() | {"SMARTERDEV_DATA_DIR": str(home), "PYTHONPATH": str(ROOT)}
        for name in ("DATABASE_URL", "REDIS_URL"):
            environment.pop(name, None)
        self.log = home.with_name(f"demo-{next(_starts)}.log")
        arguments = ["--port", str(ports[0]), "--simulator-port", str(ports[1])]
        with self.log.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "app.cli", "demo", *arguments],
                cwd=home.parent,
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait_until_ready(self) -> None:
        line = f"READY web={self.web} simulator={self.simulator}"
        before = time.monotonic()
        while line not in self.log.read_text().splitlines():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() - before < READY_WITHIN, self.log.read_text()
            time.sleep(0.05)

    def figures(self) -> str:
        """What the listener tells, at the address that the greeting says."""
        address = next(word for word in self.log.read_text().split() if word.endswith("/metrics"))
        assert httpx2.get(address.replace("/metrics", "/readyz"), timeout=10).status_code == 200
        return httpx2.get(address, timeout=10).text

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def state(self) -> dict[str, Any]:
        return dict(httpx2.get(f"{self.simulator}/_sim/state", timeout=10).json())

    def use(self, who: dict[str, Any], name: str, **options: object) -> dict[str, Any]:
        guild = self.state()["guilds"][0]
        answer = httpx2.post(
            f"{self.simulator}/_sim/commands",
            json={
                "guild_id": guild["id"],
                "channel_id": guild["channels"][0]["id"],
                "user_id": who["id"],
                "name": name,
                "options": options,
            },
            timeout=10,
        )
        return dict(answer.json())

    def deletes(self, who: dict[str, Any], words: str) -> bool:
        """Have somebody write into the first channel; tells whether it is soon gone."""
        channel = self.state()["guilds"][0]["channels"][0]
        body = {"channel_id": channel["id"], "user_id": who["id"], "content": words}
        written = httpx2.post(f"{self.simulator}/_sim/messages", json=body, timeout=10).json()
        before = time.monotonic()
        while any(each["id"] == written["id"] for each in self.state()["messages"]):
            if time.monotonic() - before > GONE_WITHIN:
                return False
            time.sleep(0.1)
        return True


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "home"
    yield folder
    Postgres(folder).destroy()


@pytest.fixture
def ports() -> tuple[int, int]:
    return free_port(), free_port()


def gone(processes: list[psutil.Process]) -> bool:
    _, alive = psutil.wait_procs(processes, timeout=10)
    return not alive


def test_the_demo_is_ready_to_use_survives_a_kill_and_leaves_nothing(
    home: Path, ports: tuple[int, int]
) -> None:
    demo = Demo(home, ports)
    try:
        demo.wait_until_ready()
        ada, bob = [person for person in demo.state()["people"] if not person["bot"]][:2]
        assert demo.use(ada, "bytes send", user=bob["id"], amount=50)["status"] == 200
        assert demo.deletes(ada, "get your free discord nitro"), "its rules are not on"
        before = demo.use(bob, "bytes balance")["message"]["text"]
        assert "smarterdev_gateway_connected_shards 1.0" in demo.figures()
        children = demo.family()
        names = {child.name() for child in children}
        assert any("postgres" in name for name in names)
        assert any("valkey" in name for name in names)
    finally:
        demo.process.send_signal(signal.SIGKILL)  # as the machine's owner in a hurry would
        demo.process.wait()
    assert gone(children), "killing the demo left processes behind"

    again = Demo(home, ports)
    try:
        again.wait_until_ready()
        after = again.use(bob, "bytes balance")["message"]["text"]
        assert has(after) == has(before), "the data was not kept"
        children = again.family()
    finally:
        os.killpg(again.process.pid, signal.SIGINT)  # what Ctrl-C does in a terminal
        assert again.process.wait(timeout=20) == 0, again.log.read_text()
    assert gone(children)


def has(text: str) -> str:
    """The line of a balance that says what somebody has."""
    return next(line for line in text.splitlines() if " has " in line)


def test_when_the_database_dies_the_demo_says_so_and_ends(home: Path, ports: tuple[int, int]) -> None:
    demo = Demo(home, ports)
    demo.wait_until_ready()
    children = demo.family()
    postmaster = next(child for child in children if child.name().startswith("postgres"))
    postmaster.kill()
    assert demo.process.wait(timeout=20) == 1
    assert "Postgres ended by itself" in demo.log.read_text()
    assert gone(children)


def test_a_second_demo_of_the_same_folder_is_refused(home: Path, ports: tuple[int, int]) -> None:
    demo = Demo(home, ports)
    try:
        demo.wait_until_ready()
        second = Demo(home, (free_port(), free_port()))
        assert second.process.wait(timeout=20) == 1
        assert "is running already" in second.log.read_text()
        assert demo.use(demo.state()["people"][0], "bytes balance")["status"] == 200
    finally:
        demo.process.terminate()
        assert demo.process.wait(timeout=20) == 0


def test_a_taken_port_is_named_before_anything_starts(home: Path, ports: tuple[int, int]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", ports[0]))
        taken.listen()
        demo = Demo(home, ports)
        assert demo.process.wait(timeout=20) != 0
    said = demo.log.read_text()
    assert str(ports[0]) in said
    assert "PORT" in said
    assert "Traceback" not in said


def test_the_demo_does_not_run_in_production(tmp_path: Path) -> None:
    environment = inherited_environment() | {
        "SMARTERDEV_ENVIRONMENT": "production",
        "DATABASE_URL": "postgresql://app:9fK2vQ@db/smarterdev",
        "SMARTERDEV_DISCORD_APPLICATION_ID": "175928847299117063",
        "SMARTERDEV_DISCORD_PUBLIC_KEY": "8f" * 16 + "1c" * 16,
        "SMARTERDEV_DISCORD_BOT_TOKEN": "MTc1OTI4ODQ3Mjk5MTE3MDYz.G7kQ2x.uQ7zR1pL",
    }
    refused = subprocess.run(
        [sys.executable, "-m", "app.cli", "demo"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode != 0
    assert "does not run with SMARTERDEV_ENVIRONMENT=production" in refused.stderr
