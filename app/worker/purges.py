"""`purge_messages`: the messages that a purge is about are picked once, noted, and deleted.

Which ones is noted before the first is gone, so that a worker that goes on after another deletes those and
no others: a purge of ten is not twenty.
"""

from typing import Final

from app import clock
from app.discord.port import (
    DiscordForbiddenError,
    DiscordMessage,
    DiscordNotFoundError,
    DiscordRefusedError,
)
from app.jobs.kinds import PurgeMessages
from app.jobs.locks import named_lock
from app.moderation import carrying_out, purging
from app.moderation.cases import Case
from app.moderation.domain import CaseStatus
from app.moderation.failures import Failure, failure_of
from app.moderation.purging import PurgeOrder
from app.worker.outcomes import ALREADY_DONE, Done, Outcome
from app.worker.sanctions import audit_reason
from app.worker.work import Work

_PAGE: Final = 100
"""Messages Discord lists, and deletes, at once."""

_PAGES: Final = 10
"""So many pages are looked through at most."""


async def purge_messages(work: Work, job: PurgeMessages) -> Outcome:
    """Delete the messages that a case is about."""
    async with named_lock(work.database.engine, f"purge:{job.guild_id}:{job.case}"):
        async with work.database.transaction() as tx:
            case = await carrying_out.find_case(tx, job.guild_id, job.case)
        if case is None or case.status is not CaseStatus.PENDING:
            return ALREADY_DONE
        try:
            deleted = await _carry_out(work, case)
        except (DiscordForbiddenError, DiscordNotFoundError) as error:
            await _finish(work, case, failure=failure_of(error))
        except DiscordRefusedError:  # the job is held for whoever mends it; the moderator is told now
            await _finish(work, case, failure=Failure.BROKEN)
            raise
        else:
            if deleted is None:
                return ALREADY_DONE
            await _finish(work, case, deleted=deleted)
        return Done()


async def _carry_out(work: Work, case: Case) -> int | None:
    """Delete what was picked; gives how many, or None if the case was taken back before."""
    order, picked = purging.order_of(case), purging.picked_of(case)
    if picked is None:
        picked = await _pick(work, order)
        async with work.database.transaction() as tx:
            if not await purging.note_picked(tx, case, picked, clock.now()):
                return None
    for start in range(0, len(picked), _PAGE):
        some = picked[start : start + _PAGE]
        await work.discord.delete_messages(order.channel_id, some, reason=audit_reason(case))
    return len(picked)


async def _pick(work: Work, order: PurgeOrder) -> list[int]:
    """Look through the channel from the newest message on, until there are enough or they are too old."""
    seen: list[DiscordMessage] = []
    before = order.before
    for _ in range(_PAGES):
        page = await work.discord.recent_messages(order.channel_id, limit=_PAGE, before=before)
        seen += page
        found = purging.pick(order, seen, clock.now())
        if len(page) < _PAGE or len(found) == order.count or _is_end(page):
            return found
        before = page[-1].message_id
    return purging.pick(order, seen, clock.now())


def _is_end(page: list[DiscordMessage]) -> bool:
    return purging.is_too_old(page[-1].message_id, clock.now())


async def _finish(work: Work, case: Case, *, deleted: int = 0, failure: Failure | None = None) -> None:
    async with work.database.transaction() as tx:
        await purging.finish(tx, case, deleted=deleted, failure=failure)
