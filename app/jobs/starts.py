"""Counting the starts of jobs before they begin, and why one is held.

PgQueuer counts a try when it ends. One that takes its worker with it would be tried for ever.
"""

from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects.postgresql import insert

from app.database.tx import Tx
from app.jobs.models import JobStart


async def count_start(tx: Tx, job_id: int) -> int:
    """Note that a job is begun; tells how often it was, without an end."""
    first = insert(JobStart).values(job_id=job_id, starts=1)
    counted = first.on_conflict_do_update(
        index_elements=[JobStart.job_id],
        set_={"starts": JobStart.starts + 1, "last_started_at": func.now(), "held_because": None},
    )
    starts: int = (await tx.execute(counted.returning(JobStart.starts))).scalar_one()
    return starts


async def forget_starts(tx: Tx, job_id: int) -> None:
    """Note that a job came to an end, whichever."""
    await tx.execute(delete(JobStart).where(JobStart.job_id == job_id))


async def note_hold(tx: Tx, job_id: int, why: str) -> None:
    """Note why a job is held, for whoever looks."""
    held = insert(JobStart).values(job_id=job_id, starts=1, held_because=why)
    await tx.execute(held.on_conflict_do_update(index_elements=[JobStart.job_id], set_={"held_because": why}))


async def forget_gone(tx: Tx) -> None:
    """Delete what is kept of jobs that are no longer there."""
    still_there = (
        select(text("1")).select_from(text("pgqueuer")).where(text("pgqueuer.id = job_starts.job_id"))
    )
    await tx.execute(delete(JobStart).where(~still_there.exists()))
