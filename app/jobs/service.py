"""Enqueueing a job from a use case."""

from app.database.tx import Tx
from app.jobs.kinds import Job, encode


async def enqueue(tx: Tx, job: Job) -> None:
    """Have the worker run `job` once `tx` is committed; never if it is not.

    There is no key against duplicates: PgQueuer's would also refuse a job while its like is *running*, which
    may have read before this transaction changed something.
    """
    from app.jobs.queue import queries_on  # noqa: PLC0415 - loads PgQueuer: 0.1 s that most processes never need

    await queries_on(tx).enqueue(job.entrypoint, encode(job), priority=job.lane)
