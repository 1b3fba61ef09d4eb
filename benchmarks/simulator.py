"""What the simulator costs: its own CPU for each REST call and each gateway event, and its memory.

The simulator runs as people start it, in a process of its own. Its CPU time is read from /proc, so the
clients' work does not count, and a busy machine changes little. What a gateway event costs is the
difference between writing messages with one client listening and with none, round by round in turn.
"""

import asyncio
import subprocess
import sys
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import click
import httpx2
import msgspec
from websockets.asyncio.client import ClientConnection, connect

from benchmarks import cpu
from benchmarks.figures import Series
from simulator.state import seed

TOKEN = "a-token-for-measuring"  # noqa: S105 - it opens a simulator that lives for one run
CHANNEL = f"/api/v10/channels/{seed.GENERAL}/messages"
MEMBER = f"/api/v10/guilds/{seed.GUILD_ID}/members/{seed.ADA}"
INTENTS = 1 << 0 | 1 << 9 | 1 << 15  # GUILDS, GUILD_MESSAGES, MESSAGE_CONTENT
AT_ONCE = 8
BEAT_SECONDS = 20

Costs = dict[str, Series]
"""CPU microseconds of every round, by what was done."""


@dataclass(frozen=True)
class Process:
    """A running simulator."""

    pid: int
    url: str


@asynccontextmanager
async def simulator(port: int) -> AsyncIterator[Process]:
    """Start a simulator without rate limits, and end it."""
    command = [
        sys.executable,
        "-m",
        "simulator",
        "--port",
        str(port),
        "--bot-token",
        TOKEN,
        "--no-rate-limits",
    ]
    with cpu.pinned(cpu.SERVER_CORE):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: ASYNC220, S603 - at the start
    url = f"http://127.0.0.1:{port}"
    try:
        async with httpx2.AsyncClient(base_url=url) as client:
            for _ in range(100):
                try:
                    await client.get("/_sim/clock")
                    break
                except httpx2.ConnectError:
                    await asyncio.sleep(0.1)
        yield Process(process.pid, url)
    finally:
        process.terminate()
        process.wait(10)


@asynccontextmanager
async def listener(url: str) -> AsyncIterator["Listener"]:
    """Connect a gateway client with zlib-stream, identified and in its guild."""
    address = f"{url.replace('http', 'ws', 1)}/gateway?v=10&encoding=json&compress=zlib-stream"
    async with connect(address, max_size=None, compression=None, ping_interval=None) as socket:
        client = Listener(socket)
        await client.hear("HELLO")
        properties = {"os": "linux", "browser": "bench", "device": "bench"}
        identify = {"token": TOKEN, "intents": INTENTS, "properties": properties}
        await socket.send(msgspec.json.encode({"op": 2, "d": identify}).decode())
        await client.hear("GUILD_CREATE")
        beating = asyncio.ensure_future(client.beat())
        yield client
        beating.cancel()


class Listener:
    """A gateway client that counts."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._inflate = zlib.decompressobj()

    async def beat(self) -> None:
        """Send heartbeats until cancelled, or the gateway would take the client for dead."""
        while True:
            await self._socket.send('{"op":1,"d":null}')
            await asyncio.sleep(BEAT_SECONDS)

    async def hear(self, name: str, times: int = 1) -> None:
        """Wait until an event (or HELLO) has come so many times."""
        while times:
            event = msgspec.json.decode(self._inflate.decompress(await self._socket.recv(decode=False)))
            times -= event["t"] == name or (name == "HELLO" and event["op"] == 10)  # noqa: PLR2004 - op HELLO


async def microseconds(process: Process, calls: int, call: Callable[[int], Awaitable[object]]) -> float:
    """Tell the simulator's CPU microseconds for each of so many calls, a few at once."""
    before = cpu.cpu_seconds(process.pid)

    async def lane(first: int) -> None:
        for number in range(first, calls, AT_ONCE):
            await call(number)

    await asyncio.gather(*(lane(first) for first in range(AT_ONCE)))
    return (cpu.cpu_seconds(process.pid) - before) / calls * 1e6


async def measure(port: int, *, rounds: int, calls: int, flood: int = 0) -> Costs:
    """Measure; with a `flood` of so many messages also print how the memory grows."""
    headers = {"Authorization": f"Bot {TOKEN}"}
    async with (
        simulator(port) as process,
        httpx2.AsyncClient(base_url=process.url, headers=headers) as client,
    ):

        async def write(number: int) -> None:
            (
                await client.post(CHANNEL, json={"content": f"Message {number} of a benchmark."})
            ).raise_for_status()

        async def read(_number: int) -> None:
            (await client.get(MEMBER)).raise_for_status()

        figures: dict[str, list[float]] = {"GET member": [], "POST message": [], "gateway event": []}
        await microseconds(process, calls // 4, write)  # warm
        for _ in range(rounds):
            figures["GET member"].append(await microseconds(process, calls, read))
            alone = await microseconds(process, calls, write)
            async with listener(process.url) as heard:
                waiting = asyncio.ensure_future(heard.hear("MESSAGE_CREATE", calls))
                both = await microseconds(process, calls, write)
                await waiting
            figures["POST message"].append(alone)
            figures["gateway event"].append(both - alone)
        if flood:
            await _flood(process, flood, write)
    return {name: Series(tuple(values)) for name, values in figures.items()}


async def _flood(process: Process, flood: int, write: Callable[[int], Awaitable[object]]) -> None:
    before = cpu.memory_mib(process.pid)
    async with listener(process.url) as heard:
        waiting = asyncio.ensure_future(heard.hear("MESSAGE_CREATE", flood))
        for tenth in range(10):
            await microseconds(process, flood // 10, write)
            written, memory = (tenth + 1) * flood // 10, cpu.memory_mib(process.pid)
            click.echo(f"  memory after {written:7,} messages {memory:6.1f} MiB")
        await waiting
    click.echo(f"  grown by {cpu.memory_mib(process.pid) - before:.1f} MiB")


@click.command(context_settings={"show_default": True})
@click.option("--port", default=8199, help="Port of the simulator that is measured.")
@click.option("--rounds", default=5, help="How often each figure is taken.")
@click.option("--calls", default=1000, help="Calls in one round.")
@click.option("--flood", default=0, help="Messages to write for the figure of memory; 0: none.")
def main(port: int, rounds: int, calls: int, flood: int) -> None:
    """Measure what the simulator costs, and nothing else."""
    costs = asyncio.run(measure(port, rounds=rounds, calls=calls, flood=flood))
    click.echo(f"CPU of the simulator in us, median [least-most] of {rounds} rounds of {calls}:")
    for name, series in costs.items():
        click.echo(f"  {name:14} {series.written()}")


if __name__ == "__main__":
    main()
