"""The page's shell and files, and the two ways to start the program."""

import re
import signal
import socket
import sys
from pathlib import Path

import anyio
import httpx2
import pytest

import simulator as package
from simulator.config import SimulatorConfig

pytestmark = pytest.mark.anyio

STATIC = Path(package.__path__[0]) / "static"


async def when_it_listens(client: httpx2.AsyncClient, url: str) -> httpx2.Response:
    for _ in range(200):
        try:
            return await client.get(url)
        except httpx2.ConnectError:
            await anyio.sleep(0.05)
    pytest.fail("nothing listens after ten seconds")


class TestPage:
    async def test_keeps_to_itself(self, simulator: httpx2.AsyncClient) -> None:
        page = await simulator.get("/")
        assert page.status_code == 200
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
        assert not re.search(r"<script(?![^>]*src=)|\son\w+=|style=", page.text)
        for path in re.findall(r'(?:src|href)="(/[^"]+)"', page.text):
            assert (await simulator.get(path)).status_code == 200

    async def test_its_modules_are_all_there_and_never_read_html(self, simulator: httpx2.AsyncClient) -> None:
        for file in STATIC.glob("*.js"):
            text = file.read_text()
            assert not re.search(r"innerHTML|insertAdjacentHTML|document\.write|\beval\(", text)
            for imported in re.findall(r'from "\./([^"]+)"', text):
                response = await simulator.get(f"/static/{imported}")
                assert response.status_code == 200
                assert "javascript" in response.headers["content-type"]


class TestProgram:
    async def test_starts_says_what_a_bot_needs_and_stops_at_once(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        public_key = SimulatorConfig(signing_key="ab" * 32).public_key
        command = ["env", "SIMULATOR_SIGNING_KEY=" + "ab" * 32, sys.executable, "-m", "simulator"]
        process = await anyio.open_process([*command, "--bot-token", "t", "--port", str(port)], stderr=None)
        try:
            async with httpx2.AsyncClient() as client:
                state = await when_it_listens(client, f"http://127.0.0.1:{port}/_sim/state")
            assert state.json()["application"]["public_key"] == public_key
        finally:
            process.send_signal(signal.SIGTERM)
        with anyio.fail_after(3):
            assert process.stdout is not None
            output = b"".join([part async for part in process.stdout]).decode()
            await process.wait()
        await process.aclose()
        assert public_key in output
        assert "ab" * 32 not in output

    @pytest.mark.parametrize("key", ["", "zz", "ab" * 31])
    async def test_refuses_a_key_that_is_none(self, key: str) -> None:
        with pytest.raises(ValueError, match="64 hex digits"):
            SimulatorConfig(signing_key=key)
