"""The gateway's payloads as text, compressed one by one, and as one compressed stream."""

import builtins
import json
import random
import zlib
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from simulator.gateway.intents import Intent
from tests.edges.simulator.gateway_client import IDENTIFY, identity, running

pytestmark = pytest.mark.anyio

MESSAGES = int(Intent.GUILDS | Intent.GUILD_MESSAGES | Intent.MESSAGE_CONTENT)


class TestStreams:
    @pytest.mark.parametrize("compress", ["zlib-stream", "zstd-stream"])
    async def test_run_through_the_whole_connection_and_begin_anew_with_the_next(self, compress: str) -> None:
        query = f"v=10&encoding=json&compress={compress}"
        async with running() as place:
            async with place.client(query) as client:
                await client.identify(MESSAGES)
                for number in range(50):
                    place.write(f"message {number}")
                heard = [(await client.event("MESSAGE_CREATE"))["content"] for _ in range(50)]
                assert heard == [f"message {number}" for number in range(50)]
                await client.socket.close(4000)
            async with place.client(query) as again:
                await again.resume(client.ready["session_id"], 51)
                assert (await again.event("MESSAGE_CREATE"))["content"] == "message 49"
                await again.event("RESUMED")

    async def test_each_zlib_message_ends_with_a_flush(self) -> None:
        async with running() as place:
            address = f"{place.gateway}?v=10&encoding=json&compress=zlib-stream"
            async with connect(address, compression=None) as socket:
                await socket.send(json.dumps({"op": IDENTIFY, "d": identity(MESSAGES)}))
                sizes = []
                inflate = zlib.decompressobj()
                for _ in range(3):
                    data = await socket.recv()
                    assert isinstance(data, bytes)
                    assert data.endswith(b"\x00\x00\xff\xff")
                    sizes.append((len(data), len(inflate.decompress(data))))
                    if len(sizes) == 2:
                        place.write("x" * 1000)
                assert all(small < large for small, large in sizes[1:])

    @pytest.mark.parametrize("compress", ["zlib-stream", "zstd-stream"])
    async def test_know_what_was_said_before(self, compress: str) -> None:
        async with running() as place:
            address = f"{place.gateway}?v=10&encoding=json&compress={compress}"
            async with connect(address, compression=None) as socket:
                await socket.send(json.dumps({"op": IDENTIFY, "d": identity(MESSAGES)}))
                for _ in range(3):  # HELLO, READY, GUILD_CREATE
                    await socket.recv()
                content = random.Random(7).randbytes(500).hex()
                sizes = []
                for _ in range(2):
                    place.write(content)
                    sizes.append(len(await socket.recv()))
                assert sizes[1] * 2 < sizes[0]

    async def test_zstd_is_refused_plainly_where_its_package_is_not(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        original = builtins.__import__

        def without(name: str, *args: Any, **kwargs: Any) -> Any:
            if name == "zstandard":
                raise ImportError(name)
            return original(name, *args, **kwargs)

        async with running() as place:
            monkeypatch.setattr(builtins, "__import__", without)
            address = f"{place.gateway}?v=10&encoding=json&compress=zstd-stream"
            async with connect(address, compression=None) as socket:
                with pytest.raises(ConnectionClosed) as closed:
                    await socket.recv()
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 4000
            assert "zlib-stream" in closed.value.rcvd.reason


class TestSinglePayloads:
    async def test_are_compressed_for_who_asks_in_identify(self) -> None:
        async with running() as place, place.client() as client:
            await client.say(IDENTIFY, identity(MESSAGES, compress=True))
            data = await client.socket.recv()
            assert isinstance(data, bytes)
            assert json.loads(zlib.decompress(data))["t"] == "READY"
            await client.event("GUILD_CREATE")
            assert await client.heard() == []

    async def test_are_left_alone_inside_a_stream(self) -> None:
        async with running() as place, place.client("v=10&compress=zlib-stream") as client:
            await client.identify(MESSAGES, compress=True)
            place.write("Hi")
            assert (await client.event("MESSAGE_CREATE"))["content"] == "Hi"

    async def test_are_text_for_everybody_else(self) -> None:
        async with running() as place, place.client() as client:
            await client.say(IDENTIFY, identity(MESSAGES))
            assert isinstance(await client.socket.recv(), str)
