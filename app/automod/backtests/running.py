"""What the worker needs of a backtest, and how far it is; nobody is asked who may, the use cases have."""

from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from app.automod.backtests import repository as backtest_repository
from app.automod.backtests.values import Backtest, BacktestView, Failure, Punished, State, Tally
from app.automod.hits import heaviest
from app.database.tx import Tx
from app.live import service as live_service

MOST_HITS: Final = 20_000
"""Hits that are kept of one backtest; a rule that hits more than that needs no more of them."""


async def begin(tx: Tx, guild_id: int, backtest_id: UUID, now: datetime) -> Backtest | None:
    """Note that a worker is at it; None if there is nothing to do."""
    if not await backtest_repository.begin(tx, guild_id, backtest_id, now):
        return None
    return await backtest_repository.find(tx, guild_id, backtest_id)


async def find(tx: Tx, guild_id: int, backtest_id: UUID) -> Backtest | None:
    """Load a backtest, None if it is gone."""
    return await backtest_repository.find(tx, guild_id, backtest_id)


async def is_open(tx: Tx, guild_id: int, backtest_id: UUID) -> bool:
    """Tell whether it goes on."""
    return await backtest_repository.is_open(tx, guild_id, backtest_id)


async def note(tx: Tx, backtest: Backtest, tally: Tally, now: datetime) -> Backtest | None:
    """Write hits and how far it is, together; None and nothing written if somebody has ended it."""
    current = await backtest_repository.find(tx, backtest.guild_id, backtest.id, lock=True)
    if current is None or not current.is_open:
        return None
    await backtest_repository.add_found(tx, backtest.guild_id, backtest.id, tally.found)
    await backtest_repository.note(tx, current, tally, now)
    noted = await backtest_repository.find(tx, backtest.guild_id, backtest.id)
    if noted is not None:
        emit(tx, noted)
    return noted


async def end(tx: Tx, backtest: Backtest, now: datetime, failure: Failure | None = None) -> None:
    """Note that everything was looked at, or why not; nothing if it was ended before."""
    state = State.DONE if failure is None else State.FAILED
    if await backtest_repository.end(tx, backtest, state, now, failure):
        emit(tx, replace(backtest, state=state))


async def look(tx: Tx, backtest: Backtest, hits: int, now: datetime) -> BacktestView:
    """Gather what is shown of a backtest."""
    rules = {each.id: each.rule for each in backtest.rules}
    punished = [
        Punished(user_id, messages, heaviest([rules[each] for each in by if each in rules], now))
        for user_id, messages, by in await backtest_repository.who_was_hit(tx, backtest.id)
    ]
    punished.sort(
        key=lambda each: (-1 if each.measure is None else each.measure.weight, each.messages, each.user_id),
        reverse=True,
    )
    found = await backtest_repository.newest_found(tx, backtest.id, hits)
    false = await backtest_repository.count_false_positives(tx, backtest.id)
    return BacktestView(backtest, found, punished, false)


def emit(tx: Tx, backtest: Backtest) -> None:
    """Have pages that show it know."""
    facts = {
        "id": str(backtest.id),
        "state": backtest.state.value,
        "fetched": backtest.fetched,
        "hits": backtest.hits,
    }
    live_service.emit(tx, backtest.guild_id, "automod.backtest", facts)
