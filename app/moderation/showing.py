"""Having everybody see what a case is now: pages that are open, the log channel, the moderator's reply."""

from app.database.tx import Tx
from app.jobs import service as jobs_service
from app.jobs.kinds import EditReply, LogCase, LogIncident
from app.live import service as live_service
from app.moderation import incident_repository
from app.moderation.cases import Case


def announce(tx: Tx, case: Case) -> None:
    """Tell everybody who is looking that a case is there or has changed, once it is committed."""
    live_service.emit(tx, case.guild_id, "case.changed", {"number": case.number})


async def log(tx: Tx, case: Case) -> None:
    """Have the log's message about a case, or about the incident it belongs to, say what is new."""
    if case.incident_id is None:
        # Also if such a job waits: it may begin, and read, before this is committed.
        await jobs_service.enqueue(tx, LogCase(case.guild_id, case.number))
        return
    # The jobs of an incident read it under its lock, which this holds until it is committed.
    number = await incident_repository.touch(tx, case.guild_id, case.incident_id)
    job = LogIncident(case.guild_id, number)
    if not await jobs_service.is_waiting(tx, job):
        await jobs_service.enqueue(tx, job)


async def show(tx: Tx, case: Case) -> None:
    """Have everybody see what has become of a case, also by the reply that opened it."""
    announce(tx, case)
    await log(tx, case)
    if case.interaction_id is None:
        return
    reply = EditReply(case.guild_id, case.interaction_id)
    # Of an incident one that waits is enough, for the same reason; of a case by itself it is not.
    if case.incident_id is None or not await jobs_service.is_waiting(tx, reply):
        await jobs_service.enqueue(tx, reply)
