"""`run_backtest`: messages of the past are read from Discord, and what rules say about them is noted.

How far it is stands beside the hits, written with them, so that whoever goes on after a crash reads on from
there. Of the messages nothing is kept. So for rules that count the last minutes before that are read again;
what is found again was found once.
"""

import asyncio
from uuid import UUID

from app import clock
from app.automod.backtests import running as backtest_running
from app.automod.backtests.trial import Trial
from app.automod.backtests.values import Backtest, Failure
from app.discord.port import DiscordUnauthorizedError, DiscordUnavailableError
from app.errors import OutcomeUnknownError, UnavailableError
from app.jobs.kinds import RunBacktest
from app.jobs.locks import named_lock
from app.worker.backtest_reading import OverError, Reading, ends_at
from app.worker.backtest_replies import Shown
from app.worker.outcomes import ALREADY_DONE, Done, Outcome
from app.worker.work import Work


async def run_backtest(work: Work, job: RunBacktest) -> Outcome:
    """Try rules over messages of the past, and show what comes of it."""
    async with named_lock(work.database.engine, f"backtest:{job.backtest_id}"):
        async with work.database.transaction() as tx:
            backtest = await backtest_running.find(tx, job.guild_id, UUID(job.backtest_id))
        if backtest is None:
            return ALREADY_DONE
        shown = Shown(work, backtest)
        if backtest.is_open:
            await _run(work, backtest, shown)
        return Done(await shown.show_end())


async def _run(work: Work, backtest: Backtest, shown: Shown) -> None:
    """Do it until it is over, whichever way."""
    failure: Failure | None = None
    try:
        trial = await asyncio.to_thread(Trial, backtest.rules)  # large rules take half a second
        async with work.database.transaction() as tx:
            begun = await backtest_running.begin(tx, backtest.guild_id, backtest.id, clock.now())
        if begun is None:
            return
        if clock.now() >= ends_at(begun):
            raise OverError(Failure.TOO_LONG)  # noqa: TRY301 - over is over, wherever that is seen
        await Reading(work, begun, trial, shown).read()
    except OverError as over:
        if over.failure is None:
            return
        failure = over.failure
    except (UnavailableError, OutcomeUnknownError, DiscordUnavailableError, DiscordUnauthorizedError):
        raise  # it goes on later
    except Exception:
        await _end(work, backtest, Failure.BROKEN)
        raise
    await _end(work, backtest, failure)


async def _end(work: Work, backtest: Backtest, failure: Failure | None) -> None:
    async with work.database.transaction() as tx:
        await backtest_running.end(tx, backtest, clock.now(), failure)
