"""What waits to be written is written in order, later if need be, and is bounded."""

import asyncio
from functools import partial

import pytest
from prometheus_client import REGISTRY

from app.errors import FeatureOffError, OutcomeUnknownError, UnavailableError
from moderation_listener.writing import Writer

pytestmark = pytest.mark.anyio


def dropped(what: str) -> float:
    return REGISTRY.get_sample_value("smarterdev_listener_dropped_total", {"what": what}) or 0


async def keep_until_written(writer: Writer) -> None:
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        keeper = group.create_task(writer.keep())
        await writer.written()
        keeper.cancel()


@pytest.mark.parametrize("error", [UnavailableError("away"), OutcomeUnknownError("lost")])
async def test_what_the_database_did_not_take_is_tried_again_in_its_place(error: Exception) -> None:
    writer, written, failures = Writer("tests"), list[int](), [error]

    async def write(number: int) -> None:
        if failures:
            raise failures.pop()
        written.append(number)

    for number in range(3):
        writer.put(1, partial(write, number))
    await keep_until_written(writer)
    assert written == [0, 1, 2]
    assert not writer.is_failing


@pytest.mark.parametrize("error", [FeatureOffError("off"), ValueError("a defect")])
async def test_what_cannot_be_written_ever_is_left_out(error: Exception) -> None:
    writer, written = Writer("tests"), list[int]()

    async def fails() -> None:
        raise error

    async def write() -> None:
        written.append(1)

    writer.put(1, fails)
    writer.put(1, write)
    await keep_until_written(writer)
    assert written == [1]


async def test_more_than_may_wait_is_dropped_and_counted_and_no_guild_takes_the_room_of_all() -> None:
    writer, written, before = Writer("tests", most=5, most_of_one=3), list[int](), dropped("tests")

    async def write(guild_id: int) -> None:
        written.append(guild_id)

    for guild_id in (1, 1, 1, 1, 2, 2, 3):
        writer.put(guild_id, partial(write, guild_id))
    assert len(writer) == 5
    assert dropped("tests") == before + 2
    await keep_until_written(writer)
    assert written == [1, 1, 1, 2, 2]
    writer.put(1, lambda: write(4))
    await keep_until_written(writer)
    assert written[-1] == 4
