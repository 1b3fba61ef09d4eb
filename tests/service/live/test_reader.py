"""Hearing live events over a real Valkey, which may come and go."""

import asyncio
import logging
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest
from redis.asyncio import Redis

from app import clock
from app.embedded.valkey import Valkey
from app.live import reader
from app.live.sender import STREAM, LiveEvents
from tests.support.guilds import new_guild
from tests.support.processes import free_port
from tests.support.waiting import until

pytestmark = pytest.mark.anyio


class Ear:
    """What one process heard."""

    def __init__(self) -> None:
        self.heard: list[tuple[int, str, Mapping[str, object]]] = []
        self.missed = 0

    def hear(self, guild_id: int, name: str, facts: Mapping[str, object]) -> None:
        self.heard.append((guild_id, name, facts))

    def miss(self) -> None:
        self.missed += 1

    def of(self, guild_id: int) -> list[tuple[str, Mapping[str, object]]]:
        return [(name, facts) for about, name, facts in self.heard if about == guild_id]

    async def listening(self) -> None:
        await until(lambda: self.missed > 0)


@asynccontextmanager
async def following(redis_url: str) -> AsyncIterator[Ear]:
    ear = Ear()
    async with asyncio.TaskGroup() as group:
        task = group.create_task(reader.follow(redis_url, ear.hear, ear.miss))
        yield ear
        assert not task.done()
        task.cancel()


@asynccontextmanager
async def sending(redis_url: str) -> AsyncIterator[LiveEvents]:
    live = LiveEvents(redis_url)
    try:
        yield live
    finally:
        await live.close()


@pytest.fixture
def own_valkey() -> Iterator[Valkey]:
    """A Valkey that may be stopped; a short path, because a socket lies in it."""
    with tempfile.TemporaryDirectory(prefix="smarterdev-live-") as folder:
        server = Valkey(Path(folder))
        server.start()
        try:
            yield server
        finally:
            server.destroy()


async def write(redis_url: str, fields: dict[Any, Any], times: int = 1) -> None:
    """Write to the stream as anybody can who reaches it."""
    async with Redis.from_url(redis_url) as redis, redis.pipeline(transaction=False) as pipe:
        for _ in range(times):
            pipe.xadd(STREAM, fields)
        await pipe.execute()


class TestHearing:
    async def test_is_told_of_each_event_in_its_order(self, redis_url: str, guild_id: int) -> None:
        async with following(redis_url) as ear, sending(redis_url) as live:
            await ear.listening()
            for number in range(5):
                await live.send(guild_id, "bytes.sent", {"amount": number, "reason": "für 🐍"})
            await until(lambda: len(ear.of(guild_id)) == 5)
        assert ear.of(guild_id) == [
            ("bytes.sent", {"amount": number, "reason": "für 🐍"}) for number in range(5)
        ]
        assert ear.missed == 1

    async def test_takes_milliseconds(self, redis_url: str, guild_id: int) -> None:
        waits = []
        async with following(redis_url) as ear, sending(redis_url) as live:
            await ear.listening()
            for number in range(5):
                started = clock.monotonic()
                await live.send(guild_id, "bytes.sent", {})
                while len(ear.of(guild_id)) <= number:  # noqa: ASYNC110 - `until` looks 50 times a second
                    await asyncio.sleep(0)
                waits.append(clock.monotonic() - started)
        assert min(waits) < 0.05

    async def test_several_processes_hear_the_same(self, redis_url: str, guild_id: int) -> None:
        async with following(redis_url) as one, following(redis_url) as two, sending(redis_url) as live:
            await one.listening()
            await two.listening()
            await live.send(guild_id, "bytes.sent", {})
            await until(lambda: bool(one.of(guild_id) and two.of(guild_id)))

    async def test_what_was_before_is_not_told_again(self, redis_url: str, guild_id: int) -> None:
        async with sending(redis_url) as live:
            await live.send(guild_id, "old", {})
            async with following(redis_url) as ear:
                await ear.listening()
                await live.send(guild_id, "new", {})
                await until(lambda: bool(ear.of(guild_id)))
        assert [name for name, _ in ear.of(guild_id)] == ["new"]

    async def test_nothing_is_lost_between_two_reads(self, own_valkey: Valkey, guild_id: int) -> None:
        async with following(own_valkey.url) as ear, sending(own_valkey.url) as live:
            await ear.listening()
            for number in range(300):
                await live.send(guild_id, "counted", {"number": number})
                if number % 7 == 0:
                    await asyncio.sleep(0.001)
            await until(lambda: len(ear.of(guild_id)) == 300)
        assert [facts["number"] for _, facts in ear.of(guild_id)] == list(range(300))

    async def test_waits_through_a_quiet_time(
        self, own_valkey: Valkey, guild_id: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(reader, "BLOCK", 0.05)
        async with following(own_valkey.url) as ear, sending(own_valkey.url) as live:
            await ear.listening()
            await asyncio.sleep(0.3)
            await live.send(guild_id, "late", {})
            await until(lambda: bool(ear.of(guild_id)))
        assert ear.missed == 1

    async def test_whoever_is_far_behind_has_missed_some(
        self, own_valkey: Valkey, guild_id: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with following(own_valkey.url) as ear:
            await ear.listening()
            fields = {"guild_id": str(guild_id), "name": "many", "facts": "{}"}
            await write(own_valkey.url, fields)
            await until(lambda: len(ear.of(guild_id)) == 1)
            assert ear.missed == 1
            monkeypatch.setattr(reader, "AT_ONCE", 10)
            await write(own_valkey.url, fields)  # the read that waits has the old number
            await write(own_valkey.url, fields, times=25)
            await until(lambda: len(ear.of(guild_id)) == 27)
        assert ear.missed >= 3

    @pytest.mark.parametrize(
        "fields",
        [
            {"nothing": "of ours"},
            {"guild_id": "seven", "name": "n", "facts": "{}"},
            {"guild_id": "7", "name": "n", "facts": "{"},
            {"guild_id": "7", "name": "n", "facts": "[1]"},
            {"guild_id": "9" * 5000, "name": "n", "facts": "{}"},
            {"guild_id": "7", "name": b"\xff\xfe", "facts": "{}"},
        ],
    )
    async def test_what_cannot_be_read_stops_nobody(
        self, own_valkey: Valkey, guild_id: int, fields: dict[str, object], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(reader, "REST", 0.05)
        async with following(own_valkey.url) as ear, sending(own_valkey.url) as live:
            await ear.listening()
            await write(own_valkey.url, fields)

            async def heard() -> bool:
                await live.send(guild_id, "next", {})
                return bool(ear.of(guild_id))

            await until(heard)
        assert {about for about, _, _ in ear.heard} == {guild_id}


class TestRedisComesAndGoes:
    async def test_after_a_restart_it_hears_again_and_says_that_it_missed_some(
        self, own_valkey: Valkey, guild_id: int, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.INFO)
        async with following(own_valkey.url) as ear:
            await ear.listening()
            for restart in range(1, 3):
                own_valkey.stop()
                await asyncio.sleep(0.1)
                own_valkey.start()
                started = clock.monotonic()
                await until(lambda restart=restart: ear.missed == restart + 1)  # type: ignore[misc] # bound at once
                assert clock.monotonic() - started < 2 * reader.REST
                async with sending(own_valkey.url) as live:
                    await live.send(guild_id, "again", {})
                await until(lambda restart=restart: len(ear.of(guild_id)) == restart)  # type: ignore[misc] # the same
        said = [record.message for record in caplog.records if record.name == reader.__name__]
        assert [line.partition(":")[0] for line in said] == [
            "live events are not heard",
            "live events are heard again",
        ] * 2

    async def test_one_that_never_was_is_asked_now_and_then(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(reader, "REST", 0.1)
        tries = []
        real = Redis.from_url

        def counted(url: str, **more: Any) -> Redis:
            tries.append(url)
            return real(url, **more)

        monkeypatch.setattr(Redis, "from_url", counted)
        for url in (f"unix://{tmp_path}/nothing.sock", f"redis://127.0.0.1:{free_port()}/0"):
            tries.clear()
            caplog.clear()
            async with following(url) as ear:
                await asyncio.sleep(1)
            assert ear.missed == 0
            assert 2 <= len(tries) <= 11
            assert len(caplog.records) == 1

    async def test_a_flushed_one_is_heard_further(self, own_valkey: Valkey, guild_id: int) -> None:
        async with following(own_valkey.url) as ear, sending(own_valkey.url) as live:
            await ear.listening()
            await live.send(guild_id, "before", {})
            await until(lambda: len(ear.of(guild_id)) == 1)
            async with Redis.from_url(own_valkey.url) as redis:
                await redis.flushall()
            await live.send(guild_id, "after", {})
            await until(lambda: len(ear.of(guild_id)) == 2)

    async def test_one_that_falls_silent_is_left(
        self, own_valkey: Valkey, guild_id: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(reader, "BLOCK", 0.1)
        monkeypatch.setattr(reader, "PATIENCE", 0.3)
        monkeypatch.setattr(reader, "REST", 0.1)
        server = psutil.Process(own_valkey.pid)
        async with following(own_valkey.url) as ear:
            await ear.listening()
            server.suspend()
            try:
                await asyncio.sleep(1.5)  # a few tries
                assert ear.missed == 1
            finally:
                server.resume()
            await until(lambda: ear.missed >= 2)
            async with sending(own_valkey.url) as live:
                await live.send(guild_id, "again", {})
            await until(lambda: bool(ear.of(guild_id)))

    async def test_a_process_that_ends_waits_for_nobody(self, own_valkey: Valkey) -> None:
        """At whatever moment: in the middle of an event, too."""
        async with sending(own_valkey.url) as live:
            for turn in range(200):
                ear = Ear()
                async with asyncio.timeout(5), asyncio.TaskGroup() as group:
                    task = group.create_task(reader.follow(own_valkey.url, ear.hear, ear.miss))
                    while not ear.missed:  # noqa: ASYNC110 - the next moment is what this is about
                        await asyncio.sleep(0)
                    await live.send(new_guild(), "last", {})
                    for _ in range(turn % 10):
                        await asyncio.sleep(0)
                    task.cancel()

    async def test_one_that_holds_something_else_under_the_name_is_waited_for(
        self, own_valkey: Valkey, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(reader, "REST", 0.1)
        async with Redis.from_url(own_valkey.url) as redis:
            await redis.set(STREAM, "no stream")
            async with following(own_valkey.url) as ear:
                await asyncio.sleep(0.4)
                assert ear.missed == 0
                await redis.delete(STREAM)
                await ear.listening()

    async def test_a_defect_of_the_hearer_ends_nothing(
        self, own_valkey: Valkey, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(reader, "REST", 0.1)
        heard = []

        def hear(guild_id: int, name: str, facts: Mapping[str, object]) -> None:
            heard.append(guild_id)
            raise LookupError

        ear = Ear()
        async with asyncio.TaskGroup() as group, sending(own_valkey.url) as live:
            task = group.create_task(reader.follow(own_valkey.url, hear, ear.miss))
            await ear.listening()
            await live.send(new_guild(), "first", {})
            await until(lambda: ear.missed == 2)
            await live.send(new_guild(), "second", {})
            await until(lambda: len(heard) == 2)
            task.cancel()
