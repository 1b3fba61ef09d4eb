"""A deadline ends what takes too long, and nothing else."""

import asyncio

import pytest

from interactions.deadline import Deadline

pytestmark = pytest.mark.anyio


async def test_ends_what_takes_too_long() -> None:
    with pytest.raises(TimeoutError), Deadline(0.01):
        await asyncio.sleep(5)
    task = asyncio.current_task()
    assert task is not None
    assert not task.cancelling()


async def test_leaves_alone_what_is_done_in_time() -> None:
    with Deadline(0.01):
        await asyncio.sleep(0)
    await asyncio.sleep(0.03)  # a deadline that was left behind would strike here


async def test_leaves_errors_as_they_are() -> None:
    with pytest.raises(KeyError), Deadline(5):
        raise KeyError


async def test_does_not_hide_that_somebody_else_ended_the_task() -> None:
    async def work() -> None:
        with Deadline(5):
            await asyncio.sleep(5)

    async with asyncio.TaskGroup() as group:
        task = group.create_task(work())
        await asyncio.sleep(0)
        task.cancel()
    assert task.cancelled()


async def test_one_inside_another_strikes_for_itself() -> None:
    with Deadline(5):
        with pytest.raises(TimeoutError), Deadline(0.01):
            await asyncio.sleep(5)
        await asyncio.sleep(0)
