"""Enqueueing a job from a use case."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import text

from app.database.tx import Tx
from app.jobs.kinds import Job, encode

_IS_WAITING: Final = text(
    "SELECT EXISTS (SELECT FROM pgqueuer"
    " WHERE status = 'queued' AND entrypoint = :entrypoint AND payload = :payload)"
)

_WHICH_WAIT: Final = text(
    "SELECT DISTINCT pgqueuer.payload FROM unnest(CAST(:payloads AS bytea[])) AS asked(payload)"
    " JOIN pgqueuer ON pgqueuer.payload = asked.payload"
    " WHERE status = 'queued' AND entrypoint = :entrypoint"
)


async def enqueue(tx: Tx, job: Job) -> None:
    """Have the worker run `job` once `tx` is committed; never if it is not.

    There is no key against duplicates: PgQueuer's would also refuse a job while its like is *running*, which
    may have read before this transaction changed something.
    """
    from app.jobs.queue import queries_on  # noqa: PLC0415 - loads PgQueuer: 0.1 s that most processes never need

    await queries_on(tx).enqueue(job.entrypoint, encode(job), priority=job.lane)


async def is_waiting(tx: Tx, job: Job) -> bool:
    """Tell whether the very same job waits already and has not begun."""
    found: bool = (
        await tx.execute(_IS_WAITING, {"entrypoint": job.entrypoint, "payload": encode(job)})
    ).scalar_one()
    return found


async def enqueue_missing(tx: Tx, jobs: Sequence[Job]) -> None:
    """Enqueue those of these jobs, all of one kind, whose like does not wait already."""
    if not jobs:
        return
    kind = type(jobs[0])
    payloads = {encode(job): job for job in jobs}
    rows = await tx.execute(_WHICH_WAIT, {"entrypoint": kind.entrypoint, "payloads": list(payloads)})
    for waiting in rows.scalars():
        del payloads[bytes(waiting)]
    if payloads:
        from app.jobs.queue import queries_on  # noqa: PLC0415 - as above

        how_many = len(payloads)
        await queries_on(tx).enqueue([kind.entrypoint] * how_many, list(payloads), [kind.lane] * how_many)
