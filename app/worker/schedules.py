"""What the worker does by the clock: sweeps, signs of life, figures, forgetting."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib.metadata import version
from typing import Final, Never

from sqlalchemy import delete, func, text
from sqlalchemy.dialects.postgresql import insert

from app import clock, role_claims
from app.automod.backtests import service as backtests
from app.automod.raids import mode as raid_mode
from app.automod.raids import pauses as raid_pauses
from app.database.tx import Database, Tx
from app.errors import SmarterDevError
from app.ids import new_id
from app.jobs import figures, starts
from app.jobs import service as jobs_service
from app.jobs.kinds import CheckSanctions, Job, SweepGuild
from app.jobs.models import Heartbeat
from app.moderation import carrying_out
from app.replies import service as replies_service
from app.worker import metrics

log = logging.getLogger(__name__)

_ROLE: Final = "worker"
_HOUR: Final = 3600.0
_SETTLED: Final = 60.0
"""Seconds before the first sweep: a worker that is started again and again sweeps no more often for it."""
_ONE_AT_A_TIME: Final = text("SELECT pg_advisory_xact_lock(hashtextextended('sweeps', 0))")
_DEAD_AFTER: Final = text("now() - interval '1 day'")


@dataclass(frozen=True, slots=True)
class _Schedule:
    """Something that is done again and again: `first` seconds after the start, and then every so many."""

    name: str
    every: float
    do: Callable[[Tx], Awaitable[None]]
    first: float = 0.0


class Schedules:
    """The schedules of one process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._instance_id = new_id()
        self._table: Final = (
            _Schedule("heartbeat", 10.0, self._beat),
            _Schedule("figures", 5.0, _show),
            _Schedule("sweeps", _HOUR, sweep_all, first=_SETTLED),
            _Schedule("forgetting", _HOUR, _forget),
            _Schedule("endings", 10.0, _end_what_is_over),
            _Schedule("old warnings", _HOUR, _expire_warnings, first=_SETTLED),
            _Schedule("reply tokens", 20.0, _forget_tokens),
            _Schedule("old backtests", 300.0, _forget_backtests, first=_SETTLED),
        )

    async def run(self) -> None:
        """Keep to them until cancelled. One that fails is logged and done again when it is due."""
        async with asyncio.TaskGroup() as group:
            for each in self._table:
                group.create_task(self._repeat(each))

    async def _repeat(self, schedule: _Schedule) -> Never:
        await asyncio.sleep(schedule.first)
        while True:
            try:
                async with self._database.transaction() as tx:
                    await schedule.do(tx)
            except SmarterDevError as error:
                log.warning("%s had to be left out: %s", schedule.name, error)
            except Exception:
                log.exception("%s failed", schedule.name)
            await asyncio.sleep(schedule.every)

    async def _beat(self, tx: Tx) -> None:
        first = insert(Heartbeat).values(
            role=_ROLE, instance_id=self._instance_id, version=version("smarterdev")
        )
        await tx.execute(
            first.on_conflict_do_update(
                index_elements=[Heartbeat.role, Heartbeat.instance_id], set_={"beat_at": func.now()}
            )
        )


async def _show(tx: Tx) -> None:
    metrics.show(await figures.waiting(tx), await figures.count_held(tx))


async def sweep_all(tx: Tx) -> None:
    """Enqueue a sweep of every guild in which there is something to sweep, unless one waits already.

    Workers that begin together would not see each other's: the second waits until those are there.
    """
    await tx.execute(_ONE_AT_A_TIME)
    for guild_id in await role_claims.guilds_to_sweep(tx):
        await _enqueue_once(tx, SweepGuild(guild_id))
    for guild_id in await carrying_out.guilds_with_sanctions(tx):
        await _enqueue_once(tx, CheckSanctions(guild_id))


async def _enqueue_once(tx: Tx, job: Job) -> None:
    if not await jobs_service.is_waiting(tx, job):
        await jobs_service.enqueue(tx, job)


async def _end_what_is_over(tx: Tx) -> None:
    await carrying_out.enqueue_over(tx, clock.now())
    await raid_pauses.enqueue_over(tx, clock.now())
    await raid_mode.enqueue_over(tx, clock.now())


async def _expire_warnings(tx: Tx) -> None:
    await carrying_out.expire_warnings(tx, clock.now())


async def _forget_tokens(tx: Tx) -> None:
    await replies_service.forget_old(tx, clock.now())


async def _forget_backtests(tx: Tx) -> None:
    await backtests.forget_old(tx, clock.now())


async def _forget(tx: Tx) -> None:
    await starts.forget_gone(tx)
    await figures.forget_old(tx)
    await tx.execute(delete(Heartbeat).where(Heartbeat.beat_at < _DEAD_AFTER))
