"""The generator sends every request once and looks at every answer."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from benchmarks import cpu
from benchmarks.load import OK, Answers, WrongAnswerError, run_load

pytestmark = pytest.mark.anyio

REQUESTS = [b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n%02d" % number for number in range(40)]


class Server:
    """Answers with what it was sent, in two pieces, and counts."""

    def __init__(self, answer: bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n") -> None:
        self.heard: list[bytes] = []
        self.connections = 0
        self._answer = answer

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        while head := await reader.readuntil(b"\r\n\r\n") if not reader.at_eof() else b"":
            assert head.startswith(b"POST ")
            body = await reader.readexactly(2)
            self.heard.append(body)
            writer.write(self._answer)
            await writer.drain()
            await asyncio.sleep(0)
            writer.write(body)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[int]:
        async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                await self(reader, writer)
            except asyncio.IncompleteReadError:
                pass  # the client is done
            finally:
                writer.close()

        server = await asyncio.start_server(handle, "127.0.0.1", 0)
        async with server:
            yield server.sockets[0].getsockname()[1]


def right(status: int, body: bytes) -> bool:
    return status == OK and len(body) == 2


class TestALoad:
    async def test_sends_every_request_once_over_so_many_connections(self) -> None:
        server = Server()
        async with server.serving() as port:
            answers = await run_load(port, REQUESTS, connections=8, check=right)

        assert sorted(server.heard) == [request[-2:] for request in REQUESTS]
        assert server.connections == 8
        assert answers.count == 40
        assert answers.statuses == {200: 40}
        answers.require_right("it")

    async def test_keeps_what_the_check_refuses_and_will_not_pass_it_over(self) -> None:
        async with Server().serving() as port:
            answers = await run_load(port, REQUESTS, connections=4, check=lambda _, body: body != b"07")

        assert (answers.refused, answers.wrong) == (1, [b"07"])
        with pytest.raises(WrongAnswerError, match="it: 1 of 40 answers were not right"):
            answers.require_right("it")
        answers.require_right("it", tolerated=1 / 40)

    async def test_fails_when_an_answer_has_no_length(self) -> None:
        async with Server(b"HTTP/1.1 200 OK\r\n\r\n").serving() as port:
            with pytest.raises(WrongAnswerError, match="without a length"):
                await run_load(port, REQUESTS, connections=1, check=right)

    async def test_fails_when_the_server_hangs_up(self) -> None:
        async def hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.close()

        server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
        async with server:
            with pytest.raises(WrongAnswerError, match="hung up"):
                await run_load(server.sockets[0].getsockname()[1], REQUESTS, connections=2, check=right)


class TestLatencies:
    def test_are_told_by_how_many_came_within(self) -> None:
        answers = Answers(latencies=[number / 1000 for number in range(100, 0, -1)])

        assert answers.percentile(50) == 0.051
        assert answers.percentile(99) == 0.1


class TestTheCpuOfAProcess:
    async def test_counts_what_it_started_too(self) -> None:
        shell = await asyncio.create_subprocess_exec(
            "sh", "-c", "(while :; do :; done) & read _; kill $!", stdin=asyncio.subprocess.PIPE
        )
        try:
            for _ in range(100):
                await asyncio.sleep(0.05)
                if cpu.cpu_seconds(shell.pid) > 0.05:
                    break
            assert len(cpu.process_tree(shell.pid)) == 2
            assert cpu.cpu_seconds(shell.pid) > 0.05
        finally:
            await shell.communicate(b"\n")

    def test_is_its_own_memory_that_is_told(self) -> None:
        assert 10 < cpu.memory_mib(os.getpid()) <= cpu.peak_memory_mib(os.getpid())
