"""Which function does which kind of job. Nothing registers itself."""

from typing import Final

from app.jobs.kinds import Job, ReconcileMember, SweepGuild
from app.worker.reconcile import reconcile_member
from app.worker.sweep import sweep_guild
from app.worker.work import Handler

HANDLERS: Final[dict[type[Job], Handler]] = {
    ReconcileMember: reconcile_member,
    SweepGuild: sweep_guild,
}
"""Kind of job -> what does it. A kind without a line is left in the queue for a worker that knows it."""

CONCURRENCY: Final[dict[type[Job], int]] = {ReconcileMember: 8, SweepGuild: 1}
"""Kind of job -> how many run at once over all workers, so that none of them keeps moderation waiting."""
