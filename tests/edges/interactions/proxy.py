"""A man in the middle of the way to PostgreSQL, who can be told to stop, to cut or to swallow."""

import asyncio
import contextlib
import struct
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import Enum, auto
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

SOCKET = ".s.PGSQL.5432"


class Mood(Enum):
    """What the proxy does to what it is handed."""

    FORWARD = auto()
    STALL = auto()
    """Nothing goes on in either direction; connections are taken and left without an answer."""
    SWALLOW_COMMIT = auto()
    """COMMIT goes through and is done; its answer never arrives."""
    CUT_AFTER_COMMIT = auto()
    """COMMIT goes through and is done; then the connection breaks."""
    CUT_BEFORE_COMMIT = auto()
    """The connection breaks when COMMIT is sent; the server never sees it."""
    STARTING = auto()
    """Every new connection is told that the server is starting up."""


class Proxy:
    """Between one client and one server, on a Unix socket of its own."""

    def __init__(self, server_url: str, folder: Path) -> None:
        parts = urlsplit(server_url)
        self._server = Path(parse_qs(parts.query)["host"][0]) / SOCKET
        self._folder = folder
        self.url = parts._replace(query=f"host={quote(str(folder))}").geturl()
        self.mood = Mood.FORWARD
        self._tasks: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["Proxy"]:
        server = await asyncio.start_unix_server(self._accept, self._folder / SOCKET)
        try:
            yield self
        finally:
            server.close()
            tasks = list(self._tasks)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _accept(self, client_in: asyncio.StreamReader, client_out: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        writers = [client_out]
        try:
            if self.mood is Mood.STARTING:
                await client_in.read(1024)
                client_out.write(_starting_up())
                await client_out.drain()
            else:
                server_in, server_out = await asyncio.open_unix_connection(self._server)
                writers.append(server_out)
                line = _Line()
                await asyncio.gather(
                    self._pump(client_in, server_out, line, from_client=True),
                    self._pump(server_in, client_out, line, from_client=False),
                )
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            for writer in writers:
                writer.close()
            for writer in writers:
                with contextlib.suppress(OSError):
                    await writer.wait_closed()
            self._tasks.discard(task)

    async def _pump(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, line: "_Line", *, from_client: bool
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(65536):
                while self.mood is Mood.STALL:  # noqa: ASYNC110 - the mood is a plain attribute
                    await asyncio.sleep(0.01)
                if from_client and b"COMMIT" in data:
                    line.committing = True
                if line.committing and self.mood is Mood.CUT_BEFORE_COMMIT:
                    break
                if line.committing and not from_client:
                    if self.mood is Mood.SWALLOW_COMMIT:
                        continue
                    if self.mood is Mood.CUT_AFTER_COMMIT:
                        break
                    line.committing = False
                sink.write(data)
                await sink.drain()
        sink.close()


class _Line:
    """One connection through the proxy."""

    def __init__(self) -> None:
        self.committing = False


def _starting_up() -> bytes:
    """What PostgreSQL says while it recovers."""
    fields = {b"S": b"FATAL", b"V": b"FATAL", b"C": b"57P03", b"M": b"the database system is starting up"}
    body = b"".join(key + value + b"\0" for key, value in fields.items()) + b"\0"
    return b"E" + struct.pack("!i", len(body) + 4) + body


@asynccontextmanager
async def proxied(server_url: str) -> AsyncIterator[Proxy]:
    """Have a proxy in front of a server for the length of the block."""
    with tempfile.TemporaryDirectory(prefix="smarterdev-proxy-") as folder:
        async with Proxy(server_url, Path(folder)).listening() as proxy:
            yield proxy
