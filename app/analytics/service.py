"""Use cases of the analytics room."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from app.analytics import repository
from app.analytics.domain import Invocation
from app.database.tx import Tx

KEPT: Final = timedelta(days=90)
"""How long an invocation is kept; said on the privacy page."""

LATE: Final = timedelta(days=1)
"""How long an invocation can wait in some process until it is written; it is seconds if all is well."""

_AT_ONCE: Final = 10_000
"""Rows one `tx` deletes; more would hold its locks, and PostgreSQL's log, for too long."""


async def record_invocations(tx: Tx, invocations: Collection[Invocation]) -> None:
    """Write invocations down.

    They have no key that would make a repeat harmless: whoever does not know whether it was done lets it be.
    """
    if invocations:
        await repository.add_invocations(tx, invocations)


async def forget_old(tx: Tx, now: datetime) -> bool:
    """Delete invocations older than 90 days; True if there may be more of them, for another `tx`.

    And the fingerprints of erased members, which were needed while invocations could still be waiting.
    """
    await repository.delete_erasures(tx, now - LATE)
    return await repository.delete_invocations(tx, now - KEPT, _AT_ONCE) == _AT_ONCE
