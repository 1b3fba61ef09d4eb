"""Deleting what is kept for a time only, once that time is over.

One explicit table, which rooms with such rows extend. The web role sees to it every hour; where there is none
(AWS Lambda), `smarterdev forget` does.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final, Never

from app import clock
from app.analytics import service as analytics_service
from app.automod import service as automod_service
from app.automod.backtests import service as backtests
from app.automod.raids import answers as raid_answers
from app.components import service as components_service
from app.database.tx import Database, Tx
from app.errors import SmarterDevError
from app.moderation import massban as moderation_massban
from app.replies import service as replies_service

log = logging.getLogger(__name__)

EVERY: Final = 3600.0
"""Seconds between two looks."""

ROOMS: Final[dict[str, Callable[[Tx, datetime], Awaitable[bool]]]] = {
    "analytics": analytics_service.forget_old,
    "automod": automod_service.forget_old,
    "backtests": backtests.forget_old,
    "components": components_service.forget_old,
    "moderation": moderation_massban.forget_old,
    "raids": raid_answers.forget_old,
    "replies": replies_service.forget_old,
}
"""Room -> what deletes its old rows; True if there may be more of them, for another `tx`."""


async def forget_old(database: Database) -> None:
    """Delete everything whose time is over, in as many transactions as that takes.

    Raises:
        SmarterDevError: the database did not go along; what is left is deleted another time.
    """
    for forget in ROOMS.values():
        more = True
        while more:
            async with database.transaction() as tx:
                more = await forget(tx, clock.now())


async def forget_old_forever(database: Database) -> Never:
    """Do so every hour until cancelled; raises nothing else."""
    while True:
        await asyncio.sleep(EVERY)
        try:
            await forget_old(database)
        except SmarterDevError as error:
            log.warning("what is old was not deleted: %s", error)
        except Exception:
            log.exception("what is old was not deleted")
