"""Jobs that wait for a person: why, and what the person can do."""

import asyncio
import logging
import signal
import sys

import pytest

from app.database.tx import Database
from app.discord.port import DiscordForbiddenError, DiscordRefusedError
from app.jobs import figures
from app.jobs.kinds import ReconcileMember
from app.jobs.starts import count_start
from app.worker.outcomes import MOST_STARTS, Done, Hold, Outcome
from app.worker.work import Handler, Work
from tests.edges.worker.conftest import Queue, Workers
from tests.support.waiting import until

pytestmark = pytest.mark.anyio

JOB = ReconcileMember(1, 2)


def ending(outcome: Outcome | Exception) -> Handler:
    """Make a handler that always ends the same way."""

    async def handle(_work: Work, _job: ReconcileMember) -> Outcome:
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return handle


async def held(queue: Queue, workers: Workers, outcome: Outcome | Exception) -> str:
    """Run a job that is held; gives the reason that was noted."""
    async with workers.running({ReconcileMember: ending(outcome)}):
        await queue.enqueue(JOB)
        await until(queue.is_held)
    ((_, why),) = await queue.starts()
    assert why is not None
    return why


class TestWhy:
    async def test_the_job_says_so(self, queue: Queue, workers: Workers) -> None:
        assert await held(queue, workers, Hold("The bot may not.")) == "The bot may not."

    async def test_discord_forbids_it(self, queue: Queue, workers: Workers) -> None:
        assert await held(queue, workers, DiscordForbiddenError("The bot may not.", status=403)) == (
            "The bot may not."
        )

    @pytest.mark.parametrize(
        "defect", [ValueError("canary"), DiscordRefusedError("canary", status=400)], ids=["ours", "400"]
    )
    async def test_a_defect_of_ours_is_told_by_its_number_in_the_log(
        self, queue: Queue, workers: Workers, caplog: pytest.LogCaptureFixture, defect: Exception
    ) -> None:
        why = await held(queue, workers, defect)
        (error_id,) = [
            vars(record)["error_id"] for record in caplog.records if record.message == "job failed"
        ]
        assert error_id in why
        assert "canary" not in why
        noted = await queue.rows("SELECT traceback::text FROM pgqueuer_log WHERE status = 'failed'")
        assert noted
        assert "canary" not in str(noted)

    async def test_nobody_can_read_it(self, queue: Queue, workers: Workers) -> None:
        await queue.enqueue(JOB)
        await queue.rows("UPDATE pgqueuer SET payload = '{\"user\": 1}'")
        async with workers.running({ReconcileMember: ending(Done())}):
            await until(queue.is_held)
        ((_, why),) = await queue.starts()
        assert "another version" in str(why)

    async def test_it_kills_its_worker_each_time(
        self, database: Database, database_url: str, queue: Queue, workers: Workers
    ) -> None:
        await queue.enqueue(JOB)
        ((job_id,),) = await queue.rows("SELECT id FROM pgqueuer")
        for _ in range(MOST_STARTS - 2):  # each of the others takes seconds
            async with database.transaction() as tx:
                await count_start(tx, job_id)
        for _ in range(2):
            worker = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.edges.worker.deadly", database_url
            )
            assert await asyncio.wait_for(worker.wait(), 30) == -signal.SIGKILL
        assert await queue.has((JOB.entrypoint, "picked"))
        async with workers.running({ReconcileMember: ending(Done())}):
            await until(queue.is_held)
        ((starts, why),) = await queue.starts()
        assert starts == MOST_STARTS + 1
        assert "ends its worker" in str(why)


class TestWhatCanBeDone:
    async def test_it_is_listed_and_counted(self, database: Database, queue: Queue, workers: Workers) -> None:
        await held(queue, workers, Hold("The bot may not."))
        async with database.transaction() as tx:
            (found,) = await figures.list_held(tx)
            assert await figures.count_held(tx) == 1
        assert (found.entrypoint, found.why) == (JOB.entrypoint, "The bot may not.")
        assert found.payload == '{"guild_id":"1","user_id":"2"}'

    async def test_retried_it_runs_from_the_beginning(
        self, database: Database, queue: Queue, workers: Workers
    ) -> None:
        await held(queue, workers, Hold("The bot may not."))
        ((job_id,),) = await queue.rows("SELECT id FROM pgqueuer")
        async with workers.running({ReconcileMember: ending(Done())}):
            async with database.transaction() as tx:
                assert await figures.retry_held(tx, job_id)
            await until(queue.is_empty)
        assert await queue.starts() == []

    async def test_dropped_it_is_gone(self, database: Database, queue: Queue, workers: Workers) -> None:
        await held(queue, workers, Hold("The bot may not."))
        ((job_id,),) = await queue.rows("SELECT id FROM pgqueuer")
        async with database.transaction() as tx:
            assert await figures.drop_held(tx, job_id)
            assert not await figures.drop_held(tx, job_id)
        assert await queue.is_empty()

    async def test_one_that_waits_is_left_alone(self, database: Database, queue: Queue) -> None:
        await queue.enqueue(JOB)
        ((job_id,),) = await queue.rows("SELECT id FROM pgqueuer")
        async with database.transaction() as tx:
            assert not await figures.retry_held(tx, job_id)
            assert not await figures.drop_held(tx, job_id)
        assert await queue.has((JOB.entrypoint, "queued"))


async def test_the_log_has_no_payloads(
    queue: Queue, workers: Workers, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with workers.running({ReconcileMember: ending(Hold("The bot may not."))}):
        await queue.enqueue(ReconcileMember(1, 123456789))
        await until(queue.is_held)
    told = [record for record in caplog.records if record.name.startswith(("app.worker", "pgqueuer"))]
    assert [record.name for record in told] == ["app.worker.runner"]
    assert "123456789" not in str([vars(record) for record in told])
