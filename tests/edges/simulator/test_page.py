"""The page's shell and files, and the two ways to start the program."""

import re
import signal
import socket
import sys
from pathlib import Path

import anyio
import httpx2
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

import simulator as package
from simulator.config import SimulatorConfig
from simulator.page import routes
from simulator.page.assets import find_page
from tests.edges.simulator.simulators import client_of

pytestmark = pytest.mark.anyio

SOURCES = Path(package.__path__[0]) / "frontend"


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

    async def test_keeps_what_is_named_after_its_content_for_ever(
        self, simulator: httpx2.AsyncClient
    ) -> None:
        page = await simulator.get("/")
        [script] = re.findall(r'<script[^>]* src="([^"]+)"', page.text)
        kept = await simulator.get(script)
        assert "javascript" in kept.headers["content-type"]
        assert "immutable" in kept.headers["cache-control"]
        assert page.headers["cache-control"] == "no-cache"
        assert (await simulator.get("/static/assets/none.js")).status_code == 404

    async def test_says_so_when_nobody_has_built_it(
        self, simulator: httpx2.AsyncClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(routes, "_STATIC", tmp_path / "nowhere")
        page = await simulator.get("/")
        assert page.status_code == 503
        assert "make demo" in page.text
        assert (await simulator.get("/_sim/state")).status_code == 200

    async def test_has_no_files_before_it_is_built(self, tmp_path: Path) -> None:
        app = Starlette(
            routes=[Mount("/static", routes._BuiltFiles(directory=tmp_path / "x", check_dir=False))]
        )
        async with client_of(app) as client:
            assert (await client.get("/static/mark.svg")).status_code == 404

    async def test_is_what_its_manifest_says(self, tmp_path: Path) -> None:
        manifest = '{"main.tsx": {"file": "assets/a.js", "css": ["assets/a.css"], "isEntry": true}}'
        (tmp_path / "manifest.json").write_text(manifest)
        page = find_page(tmp_path)
        assert page is not None
        assert (page.script, page.styles) == ("assets/a.js", ("assets/a.css",))

    async def test_never_reads_html(self) -> None:
        """The policy forbids it in the browser too (Trusted Types); here it is seen before."""
        sources = [file for file in SOURCES.rglob("*") if file.suffix in {".ts", ".tsx"}]
        assert len(sources) > 20
        for file in sources:
            words = r"innerHTML|insertAdjacentHTML|document\.write|\beval\(|dangerouslySet"
            assert not re.search(words, file.read_text(encoding="utf-8")), file


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
