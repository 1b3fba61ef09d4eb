"""How the queue stands, for figures and for whoever is on call; and what can be done about a held job."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import text

from app.database.tx import Tx
from app.jobs.starts import forget_starts

_WAITING: Final = text(
    "SELECT entrypoint, priority, count(*) AS jobs,"
    " coalesce(extract(epoch FROM now() - min(execute_after)), 0)::float AS age"
    " FROM pgqueuer WHERE status = 'queued' AND execute_after <= now() GROUP BY entrypoint, priority"
)
_HELD: Final = text(
    "SELECT job.id, job.entrypoint, job.created, job.payload, starts.held_because AS why"
    " FROM pgqueuer job LEFT JOIN job_starts starts ON starts.job_id = job.id"
    " WHERE job.status = 'failed' ORDER BY job.id LIMIT :limit"
)
_HELD_COUNT: Final = text("SELECT count(*) FROM pgqueuer WHERE status = 'failed'")
_RETRY: Final = text(
    "UPDATE pgqueuer SET status = 'queued', attempts = 0, execute_after = now(), updated = now(),"
    " queue_manager_id = NULL, slot = NULL WHERE id = :id AND status = 'failed'"
)
_DROP: Final = text("DELETE FROM pgqueuer WHERE id = :id AND status = 'failed'")
_FORGET_LOG: Final = text("DELETE FROM pgqueuer_log WHERE created < now() - interval '7 days'")
_FORGET_STATISTICS: Final = text("DELETE FROM pgqueuer_statistics WHERE created < now() - interval '30 days'")


@dataclass(frozen=True, slots=True)
class Waiting:
    """Jobs of one kind and lane that could run now.

    Attributes:
        entrypoint: Which kind.
        lane: Its priority.
        jobs: How many.
        age: Seconds the oldest of them has been due.
    """

    entrypoint: str
    lane: int
    jobs: int
    age: float


@dataclass(frozen=True, slots=True)
class HeldJob:
    """A job that is not tried again by itself. `why` is None if nobody noted it."""

    job_id: int
    entrypoint: str
    created: datetime
    payload: str
    why: str | None


async def waiting(tx: Tx) -> list[Waiting]:
    """Tell what could run now, by kind and lane."""
    return [Waiting(row.entrypoint, row.priority, row.jobs, row.age) for row in await tx.execute(_WAITING)]


async def count_held(tx: Tx) -> int:
    """Tell how many jobs are held."""
    found: int = (await tx.execute(_HELD_COUNT)).scalar_one()
    return found


async def list_held(tx: Tx, limit: int = 100) -> list[HeldJob]:
    """Load the held jobs, the oldest first."""
    rows: Any = await tx.execute(_HELD, {"limit": limit})
    return [
        HeldJob(row.id, row.entrypoint, row.created, bytes(row.payload or b"").decode(), row.why)
        for row in rows
    ]


async def retry_held(tx: Tx, job_id: int) -> bool:
    """Have a held job tried again, from the beginning; False: there is no such job."""
    done = (await tx.execute(_RETRY, {"id": job_id})).rowcount == 1
    if done:
        await forget_starts(tx, job_id)
    return done


async def drop_held(tx: Tx, job_id: int) -> bool:
    """Delete a held job for good; False: there is no such job."""
    return (await tx.execute(_DROP, {"id": job_id})).rowcount == 1


async def forget_old(tx: Tx) -> None:
    """Delete what PgQueuer noted of jobs that ended long ago."""
    await tx.execute(_FORGET_LOG)
    await tx.execute(_FORGET_STATISTICS)
