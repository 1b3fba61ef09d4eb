"""Live events of a process that lives on leave together, and nobody waits for them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from app.live import outbox
from app.live.outbox import LiveOutbox
from app.live.sender import STREAM, LiveEvents
from tests.support.waiting import until

pytestmark = pytest.mark.anyio


@pytest.fixture
async def events(redis_url: str) -> AsyncIterator[LiveEvents]:
    made = LiveEvents(redis_url)
    await made._redis.delete(STREAM)
    yield made
    await made.close()


@asynccontextmanager
async def running(events: LiveEvents) -> AsyncIterator[LiveOutbox]:
    made = LiveOutbox(events)
    async with asyncio.TaskGroup() as group:
        group.create_task(made.run())
        try:
            yield made
        finally:
            made.close()


async def names(events: LiveEvents) -> list[bytes]:
    entries: Any = await events._redis.xrange(STREAM)
    # Others use the same Valkey at the same time: only what is about our guild counts.
    return [fields[b"name"] for _id, fields in entries if fields[b"guild_id"] == b"7"]


async def test_leave_in_their_order_within_moments(events: LiveEvents) -> None:
    async with running(events) as box:
        for number in range(5):
            await box.send(7, f"event {number}", {"n": number})
        assert await names(events) == []
        five = [f"event {number}".encode() for number in range(5)]

        async def have_left() -> bool:
            return await names(events) == five

        await until(have_left)


async def test_that_wait_when_the_process_ends_leave_before(events: LiveEvents) -> None:
    async with running(events) as box:
        await asyncio.sleep(0)
        await box.send(7, "last", {})
    assert await names(events) == [b"last"]


async def test_that_are_too_many_are_lost(events: LiveEvents, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "MOST", 3)
    async with running(events) as box:
        for number in range(5):
            await box.send(7, f"event {number}", {})
    assert len(await names(events)) == 3


async def test_go_on_after_redis_was_away(events: LiveEvents) -> None:
    async with running(events) as box:
        events._resting_until = float("inf")  # as after a failure
        await box.send(7, "lost", {})
        await asyncio.sleep(outbox.MOMENT * 5)
        events._resting_until = 0.0
        await box.send(7, "heard", {})
        await asyncio.sleep(outbox.MOMENT * 5)
    assert await names(events) == [b"heard"]


async def test_that_cannot_be_written_take_nobody_with_them(events: LiveEvents) -> None:
    async with running(events) as box:
        await box.send(7, "odd", {"fact": object()})
        await asyncio.sleep(outbox.MOMENT * 5)
        await box.send(7, "heard", {})
        await asyncio.sleep(outbox.MOMENT * 5)
    assert await names(events) == [b"heard"]
