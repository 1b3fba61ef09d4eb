"""Invocations of a process that does nothing after its answer, as on AWS Lambda: written before it."""

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from app.analytics import metrics
from app.analytics.domain import Invocation
from app.errors import SmarterDevError

if TYPE_CHECKING:
    from app.database.tx import Database

log = logging.getLogger(__name__)

TIME_LIMIT: Final = 0.2
"""Seconds an answer waits for its own note; with a command's 2.3 that leaves half a second of Discord's 3."""


class AtOnce:
    """Writes each invocation when it is told of it."""

    def __init__(self, database: Callable[[], "Database"]) -> None:
        self._database = database

    async def record(self, invocation: Invocation) -> None:
        """Write an invocation within 200 ms, or never. Does not fail."""
        from app.analytics import service  # noqa: PLC0415 - brings SQLAlchemy, which a PING does not need

        try:
            async with asyncio.timeout(TIME_LIMIT), self._database().transaction() as tx:
                await service.record_invocations(tx, [invocation])
        except (SmarterDevError, TimeoutError) as error:
            metrics.LOST.inc()
            log.warning("an invocation was not written: %s", type(error).__name__)
        except Exception:
            metrics.LOST.inc()
            log.exception("an invocation was not written")
