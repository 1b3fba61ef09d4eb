"""Running jobs: PgQueuer hands them out, one by one or many at once, and the table says what does them.

The process lives through PostgreSQL's restarts; only a bot token that Discord refuses ends it.
"""

import asyncio
import logging
import random
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Final

import asyncpg
import msgspec
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.core.qm import QueueManager
from pgqueuer.domain.errors import RetryRequested
from pgqueuer.domain.models import Job as QueuedJob
from pgqueuer.queries import Queries

from app.clock import monotonic
from app.discord.port import DiscordUnauthorizedError
from app.errors import SmarterDevError
from app.ids import new_id
from app.jobs import starts
from app.jobs.kinds import Job, decode
from app.worker.metrics import ENDED
from app.worker.outcomes import MOST_STARTS, Done, Hold, Outcome, Retry, outcome_of
from app.worker.work import Handler, Work

log = logging.getLogger(__name__)

LEASE: Final = timedelta(seconds=15)
"""How long a job may show no sign of life before another worker takes it. A call to Discord ends in 5 s."""

AT_ONCE: Final = 20
"""Jobs one worker runs at the same time."""

_BATCH: Final = 10
_IDLE: Final = timedelta(seconds=1)
"""How long to sleep at most if nothing wakes us. What is to be tried again does not."""

GRACE: Final = 10.0
"""Seconds that jobs which run may still take when we stop. Those that take longer wait for another worker."""

ANSWER: Final = 10.0
"""Seconds after which PostgreSQL counts as gone, frozen, or beyond a dead network."""

_LONGEST_PAUSE: Final = 5.0
"""Seconds between two tries to reach PostgreSQL at most."""

# It would log every job, and each failure a second time, with more of a traceback than is anybody's business.
logging.getLogger("pgqueuer").setLevel(logging.CRITICAL)


class HeldError(Exception):
    """Tells PgQueuer to keep a job for a person."""


class Runner:
    """Runs the jobs of one database.

    Args:
        work: What jobs are given.
        url: The database, as asyncpg takes it (`postgresql://`).
        handlers: Which function does which kind of job.
        concurrency: Kind -> how many at once, over all workers; others have no limit of their own.
        lease: See `LEASE`.
        grace: See `GRACE`.
        answer: See `ANSWER`.
    """

    def __init__(
        self,
        work: Work,
        url: str,
        handlers: Mapping[type[Job], Handler],
        concurrency: Mapping[type[Job], int],
        *,
        lease: timedelta = LEASE,
        grace: float = GRACE,
        answer: float = ANSWER,
    ) -> None:
        self._work = work
        self._url = url
        self._handlers = {kind.entrypoint: handler for kind, handler in handlers.items()}
        self._concurrency = {kind.entrypoint: most for kind, most in concurrency.items()}
        self._lease = lease
        self._grace = grace
        self._answer = answer
        self._running: set[asyncio.Task[Outcome]] = set()
        self._is_over = False
        self._lots = random.Random()  # noqa: S311 - spreads retries
        self._refused: DiscordUnauthorizedError | None = None
        self._queue: QueueManager | None = None
        self.is_connected = False

    async def run(self, stop: asyncio.Event) -> None:
        """Run jobs until `stop`; what runs then may end, or is left to another worker.

        Raises:
            DiscordUnauthorizedError: Discord does not accept the bot token. No job was lost.
        """
        pause = 0.1
        while not stop.is_set() and self._refused is None:
            began = monotonic()
            try:
                await self._serve(stop)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
                log.warning("the queue cannot be reached: %s", type(error).__name__)
            except Exception:
                log.exception("the queue failed")
            finally:
                self.is_connected = False
            if monotonic() - began > _LONGEST_PAUSE:
                pause = 0.1
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
        if self._refused is not None:
            raise self._refused

    async def _serve(self, stop: asyncio.Event) -> None:
        """Run jobs over one connection, until `stop` or until it is lost."""
        connection = await asyncpg.connect(
            self._url,
            timeout=5,
            command_timeout=self._answer,
            server_settings={"application_name": "smarterdev worker"},
        )
        queue = QueueManager(Queries(AsyncpgDriver(connection)))
        self._queue = queue
        connection.add_termination_listener(lambda _connection: queue.shutdown.set())
        for entrypoint in self._handlers:
            queue.entrypoint(
                entrypoint,
                concurrency_limit=self._concurrency.get(entrypoint, 0),
                accepts_context=False,
                on_failure="hold",
            )(self._execute)
        # No group: that would wrap the errors which tell a lost connection.
        leaving = asyncio.create_task(self._leave(stop, queue))  # noqa: TID251 - this process lives on
        try:
            self.is_connected = True
            await queue.run(
                dequeue_timeout=_IDLE,
                batch_size=_BATCH,
                max_concurrent_tasks=AT_ONCE,
                shutdown_on_listener_failure=True,
                heartbeat_timeout=self._lease,
            )
        finally:
            self.is_connected = False
            leaving.cancel()
            if not connection.is_closed():
                with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
                    await connection.close(timeout=2)

    async def _leave(self, stop: asyncio.Event, queue: QueueManager) -> None:
        """Take no more jobs once `stop` is set, and have those that run end in time."""
        await stop.wait()
        queue.shutdown.set()
        await asyncio.sleep(self._grace)
        self._is_over = True
        for task in self._running:
            task.cancel()

    async def _execute(self, queued: QueuedJob) -> None:
        """Run one job, and tell PgQueuer what became of it.

        Raises:
            RetryRequested: it is to be tried again.
            HeldError: it waits for a person.
        """
        outcome = await self._outcome(queued)
        try:
            async with self._work.database.transaction() as tx:
                if isinstance(outcome, Hold):
                    await starts.note_hold(tx, int(queued.id), outcome.why)
                else:
                    await starts.forget_starts(tx, int(queued.id))
        except SmarterDevError as error:  # done or not, it is run again, which changes nothing that is done
            raise RetryRequested(timedelta(seconds=1), error.code) from error
        match outcome:
            case Done():
                ENDED.labels(queued.entrypoint, "done" if outcome.changed else "unchanged").inc()
                for note in outcome.notes:
                    log.warning("job has a note: %s", note, extra=_about(queued))
            case Retry():
                ENDED.labels(queued.entrypoint, outcome.why).inc()
                raise RetryRequested(timedelta(seconds=outcome.after), outcome.why)
            case Hold():
                ENDED.labels(queued.entrypoint, "held").inc()
                log.error("job is held: %s", outcome.why, extra=_about(queued))
                raise HeldError(outcome.why)

    async def _outcome(self, queued: QueuedJob) -> Outcome:
        try:
            job = decode(queued.entrypoint, queued.payload or b"")
        except (KeyError, msgspec.MsgspecError):
            return Hold("The job cannot be read: another version of the platform wrote it.")
        try:
            async with self._work.database.transaction() as tx:
                begun = await starts.count_start(tx, int(queued.id))
            if begun > MOST_STARTS:
                return Hold(f"It was begun {MOST_STARTS} times and never came to an end: it ends its worker.")
            return await self._handle(queued, job)
        except DiscordUnauthorizedError as error:
            self._refused = error
            if self._queue is not None:
                self._queue.shutdown.set()
            return Retry(error.code, 30)
        except Exception as error:
            outcome = outcome_of(error, queued.attempts, self._lots)
            if outcome is not None:
                return outcome
            error_id = new_id().hex[-8:]
            log.exception("job failed", extra=_about(queued) | {"error_id": error_id})
            return Hold(f"Something broke on our side (error {error_id} in the log).")

    async def _handle(self, queued: QueuedJob, job: Job) -> Outcome:
        """Run a job as a task of its own: PgQueuer deletes one that is cancelled in its own task."""

        async def handle() -> Outcome:
            return await self._handlers[queued.entrypoint](self._work, job)

        task = asyncio.create_task(handle())  # noqa: TID251 - awaited at once
        self._running.add(task)
        try:
            return await task
        except asyncio.CancelledError:
            if not self._is_over:
                raise
            return Retry("stopped", 0.0)
        finally:
            self._running.discard(task)


def _about(queued: QueuedJob) -> dict[str, object]:
    return {"job_id": int(queued.id), "entrypoint": queued.entrypoint, "attempts": queued.attempts}
