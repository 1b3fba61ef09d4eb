"""The program tells bots where its gateway is."""

import signal
import sys

import anyio
import httpx2
import pytest
from websockets.asyncio.client import connect

from simulator.__main__ import address
from tests.edges.simulator.gateway_client import Client, inflating
from tests.support.processes import free_port

pytestmark = pytest.mark.anyio


class TestProgram:
    async def test_says_where_its_gateway_is_and_takes_its_options(self) -> None:
        port = free_port()
        options = ["--required-shards", "2", "--heartbeat-seconds", "7", "--bot-token", "the.bot.token"]
        command = [sys.executable, "-m", "simulator", "--port", str(port), *options]
        process = await anyio.open_process(command, stderr=None)
        try:
            url = f"ws://127.0.0.1:{port}/gateway"
            async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
                info = await _when_it_listens(http, "/api/v10/gateway/bot")
            assert (info["url"], info["shards"]) == (url, 2)
            async with connect(f"{url}?v=10", compression=None) as socket:
                client = Client(socket, inflating(None))
                assert (await client.hear())["d"]["heartbeat_interval"] == 7000
        finally:
            process.send_signal(signal.SIGTERM)
        with anyio.fail_after(5):
            assert process.stdout is not None
            output = b"".join([part async for part in process.stdout]).decode()
            await process.wait()
        await process.aclose()
        assert f"Gateway           {url}" in output
        assert "the.bot.token" not in output

    @pytest.mark.parametrize(
        ("host", "expected"),
        [
            ("127.0.0.1", "http://127.0.0.1:5"),
            ("0.0.0.0", "http://127.0.0.1:5"),  # noqa: S104 - only read, nothing is bound
            ("::", "http://127.0.0.1:5"),
            ("::1", "http://[::1]:5"),
            ("discord.test", "http://discord.test:5"),
        ],
    )
    def test_is_found_at_the_host_and_port_unless_it_is_told_otherwise(
        self, host: str, expected: str
    ) -> None:
        assert address(host, 5) == expected


async def _when_it_listens(http: httpx2.AsyncClient, path: str) -> dict[str, object]:
    headers = {"Authorization": "Bot the.bot.token"}
    with anyio.fail_after(20):
        while True:
            try:
                answer: dict[str, object] = (await http.get(path, headers=headers)).json()
            except httpx2.ConnectError:
                await anyio.sleep(0.1)
            else:
                return answer
