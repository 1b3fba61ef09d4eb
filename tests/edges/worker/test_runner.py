"""Jobs on a real queue: each is run after its commit, and none is ever lost."""

import asyncio
import os
import signal
from contextlib import suppress
from statistics import median

import pytest
from sqlalchemy import text

from app.clock import monotonic
from app.database.tx import Database
from app.discord.port import (
    DiscordRateLimitedError,
    DiscordUnauthorizedError,
    DiscordUnavailableError,
)
from app.jobs import service
from app.jobs.kinds import ReconcileMember, SweepGuild
from app.jobs.starts import count_start
from app.worker.outcomes import MOST_STARTS, Done, Outcome, Retry
from app.worker.work import Work
from tests.edges.worker.conftest import Queue, Workers
from tests.support.waiting import until

pytestmark = pytest.mark.anyio

JOB = ReconcileMember(1, 2)


class Times:
    """A handler that notes when it was called, and does what it was told."""

    def __init__(self, *first: Outcome | Exception) -> None:
        self.at: list[float] = []
        self.jobs: list[object] = []
        self._first = list(first)

    async def __call__(self, _work: Work, job: object) -> Outcome:
        self.at.append(monotonic())
        self.jobs.append(job)
        told = self._first.pop(0) if self._first else Done()
        if isinstance(told, Exception):
            raise told
        return told


class TestRunning:
    async def test_begins_within_milliseconds_of_the_commit(self, queue: Queue, workers: Workers) -> None:
        times, took = Times(), []
        async with workers.running({ReconcileMember: times}):
            for number in range(20):
                await queue.enqueue(ReconcileMember(1, number + 1))
                committed = monotonic()
                await until(lambda: len(times.at) == number + 1)  # noqa: B023 - awaited here
                took.append(times.at[-1] - committed)
                await until(queue.is_empty)
        print(f"commit to run: median {median(took) * 1000:.1f} ms, longest {max(took) * 1000:.1f} ms")
        assert median(took) < 0.3  # unless it is woken, it looks once a second

    async def test_leaves_nothing_behind(self, queue: Queue, workers: Workers) -> None:
        times = Times()
        async with workers.running({ReconcileMember: times}):
            await queue.enqueue(JOB)
            await until(queue.is_empty)
        assert times.jobs == [JOB]
        assert await queue.starts() == []

    async def test_never_begins_what_was_not_committed(
        self, database: Database, queue: Queue, workers: Workers
    ) -> None:
        times = Times()
        async with workers.running({ReconcileMember: times}):
            with suppress(ZeroDivisionError):
                async with database.transaction() as tx:
                    await service.enqueue(tx, ReconcileMember(1, 99))
                    raise ZeroDivisionError
            await queue.enqueue(JOB)
            await until(queue.is_empty)
        assert times.jobs == [JOB]

    async def test_takes_the_lane_that_goes_first(self, queue: Queue, workers: Workers) -> None:
        # Ten are taken at once, and which of them begins first is nobody's business.
        times = Times()
        await queue.enqueue(*(SweepGuild(number + 1) for number in range(25)), JOB)
        async with workers.running({SweepGuild: times, ReconcileMember: times}):
            await until(queue.is_empty)
        assert times.jobs.index(JOB) < 10

    async def test_leaves_what_it_does_not_know_to_a_newer_worker(
        self, queue: Queue, workers: Workers
    ) -> None:
        await queue.enqueue(SweepGuild(1), JOB)
        await queue.rows(
            "UPDATE pgqueuer SET entrypoint = 'sweep_guild.v9' WHERE entrypoint = 'sweep_guild.v1'"
        )
        async with workers.running({ReconcileMember: Times(), SweepGuild: Times()}):
            await until(lambda: queue.has(("sweep_guild.v9", "queued")))


class TestAgain:
    async def test_not_before_discord_allows_it(self, queue: Queue, workers: Workers) -> None:
        times = Times(DiscordRateLimitedError("Slower.", status=429, retry_after=0.6))
        async with workers.running({ReconcileMember: times}):
            await queue.enqueue(JOB)
            await until(queue.is_empty)
        first, second = times.at
        assert second - first >= 0.6

    async def test_never_counts_against_it(self, database: Database, queue: Queue, workers: Workers) -> None:
        times = Times(Retry("unavailable", 0.0))
        await queue.enqueue(JOB)
        ((job_id,),) = await queue.rows("SELECT id FROM pgqueuer")
        for _ in range(MOST_STARTS - 1):
            async with database.transaction() as tx:
                await count_start(tx, job_id)
        async with workers.running({ReconcileMember: times}):
            await until(queue.is_empty)
        assert len(times.at) == 2

    async def test_keeps_the_job_while_it_waits(self, queue: Queue, workers: Workers) -> None:
        times = Times(DiscordUnavailableError("Away.", retry_after=60))
        async with workers.running({ReconcileMember: times}):
            await queue.enqueue(JOB)
            await until(lambda: queue.has(("reconcile_member.v1", "queued")) if times.at else False)
        assert await queue.starts() == []
        ((wait,),) = await queue.rows("SELECT extract(epoch FROM execute_after - now())::float FROM pgqueuer")
        assert wait > 50


class TestRefusedToken:
    async def test_ends_the_worker_and_keeps_the_job(self, queue: Queue, workers: Workers) -> None:
        refused = DiscordUnauthorizedError("Discord does not accept the bot token.", status=401)
        await queue.enqueue(JOB)
        with pytest.raises(DiscordUnauthorizedError, match="does not accept"):
            await workers.make({ReconcileMember: Times(refused)}).run(asyncio.Event())
        assert await queue.jobs() == [("reconcile_member.v1", "queued")]


class TestLostConnection:
    async def test_is_made_anew(self, database: Database, queue: Queue, workers: Workers) -> None:
        times = Times()
        async with workers.running({ReconcileMember: times}) as runner:
            await queue.enqueue(JOB)
            await until(queue.is_empty)
            await _terminate(database)
            await until(lambda: not runner.is_connected)
            await until(lambda: runner.is_connected)
            await queue.enqueue(ReconcileMember(1, 3))
            await until(queue.is_empty)
        assert times.jobs == [JOB, ReconcileMember(1, 3)]

    async def test_while_a_job_runs_it_is_run_again(
        self, database: Database, queue: Queue, workers: Workers
    ) -> None:
        begun, calls = asyncio.Event(), 0

        async def handle(_work: Work, _job: object) -> Outcome:
            nonlocal calls
            calls += 1
            if calls == 1:
                begun.set()
                await asyncio.sleep(0.5)
            return Done()

        async with workers.running({ReconcileMember: handle}):
            await queue.enqueue(JOB)
            await begun.wait()
            await _terminate(database)
            await until(queue.is_empty, 20)
        assert calls == 2

    async def test_to_a_frozen_server_is_given_up(self, queue: Queue, workers: Workers) -> None:
        times = Times()
        async with workers.running({ReconcileMember: times}):
            await queue.enqueue(JOB)
            await until(queue.is_empty)
            ((pid,),) = await queue.rows(
                "SELECT pid FROM pg_stat_activity"
                " WHERE application_name = 'smarterdev worker' AND datname = current_database()"
            )
            os.kill(pid, signal.SIGSTOP)
            try:
                await queue.enqueue(ReconcileMember(1, 3))
                await until(lambda: len(times.at) == 2, 20)
            finally:
                os.kill(pid, signal.SIGCONT)
            await until(queue.is_empty)


class TestStopping:
    async def test_lets_what_runs_end(self, queue: Queue, workers: Workers) -> None:
        begun = asyncio.Event()

        async def handle(_work: Work, _job: object) -> Outcome:
            begun.set()
            await asyncio.sleep(0.5)
            return Done()

        async with workers.running({ReconcileMember: handle}):
            await queue.enqueue(JOB)
            await begun.wait()
        assert await queue.is_empty()

    async def test_leaves_what_takes_too_long_to_another(self, queue: Queue, workers: Workers) -> None:
        begun = asyncio.Event()

        async def handle(_work: Work, _job: object) -> Outcome:
            begun.set()
            await asyncio.sleep(60)
            return Done()

        async with workers.running({ReconcileMember: handle}, grace=0.3):
            await queue.enqueue(JOB)
            await begun.wait()
            stopped = monotonic()
        assert monotonic() - stopped < 5
        assert await queue.jobs() == [("reconcile_member.v1", "queued")]
        async with workers.running({ReconcileMember: Times()}):
            await until(queue.is_empty)


async def _terminate(database: Database) -> None:
    """End the worker's connection on PostgreSQL's side, as its restart does."""
    async with database.transaction() as tx:
        await tx.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'smarterdev worker' AND datname = current_database()"
            )
        )
