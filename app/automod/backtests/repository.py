"""SQL of backtests."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, delete, distinct, func, select, update
from sqlalchemy.dialects.postgresql import insert

from app.automod.backtests.models import AutomodBacktest, AutomodBacktestHit
from app.automod.backtests.values import (
    OPEN,
    Backtest,
    DraftRule,
    Failure,
    Found,
    State,
    Tally,
    as_json,
    cursors_of,
)
from app.automod.rule import Rule
from app.database.tx import Tx

_BACKTEST: Final = tuple(getattr(AutomodBacktest, name) for name in Backtest.__dataclass_fields__)
_FOUND: Final = tuple(getattr(AutomodBacktestHit, name) for name in Found.__dataclass_fields__)
_IS_OPEN: Final = AutomodBacktest.state.in_(sorted(OPEN))


async def add(tx: Tx, backtest: Backtest, idempotency_key: str) -> None:
    """Write a new backtest."""
    await tx.execute(
        insert(AutomodBacktest).values(
            id=backtest.id,
            guild_id=backtest.guild_id,
            state=backtest.state,
            rules=[
                {"id": str(each.id), "rule": each.rule.model_dump(mode="json")} for each in backtest.rules
            ],
            channel_ids=list(backtest.channel_ids),
            before_id=backtest.before_id,
            wanted=backtest.wanted,
            started_by=backtest.started_by,
            interaction_id=backtest.interaction_id,
            asked_at=backtest.asked_at,
            idempotency_key=idempotency_key,
        )
    )


async def find(tx: Tx, guild_id: int, backtest_id: UUID, *, lock: bool = False) -> Backtest | None:
    """Load a backtest, None if there is none; locked, nobody changes it until the `tx` ends."""
    wanted = select(*_BACKTEST).where(AutomodBacktest.guild_id == guild_id, AutomodBacktest.id == backtest_id)
    row = (await tx.execute(wanted.with_for_update() if lock else wanted)).one_or_none()
    return None if row is None else _backtest(row)


async def find_by_key(tx: Tx, idempotency_key: str) -> Backtest | None:
    """Load the backtest of a key, None if there is none."""
    row = (
        await tx.execute(select(*_BACKTEST).where(AutomodBacktest.idempotency_key == idempotency_key))
    ).one_or_none()
    return None if row is None else _backtest(row)


async def find_open(tx: Tx, guild_id: int) -> Backtest | None:
    """Load the backtest of a guild that goes on, None if none does."""
    row = (
        await tx.execute(select(*_BACKTEST).where(AutomodBacktest.guild_id == guild_id, _IS_OPEN))
    ).one_or_none()
    return None if row is None else _backtest(row)


async def begin(tx: Tx, guild_id: int, backtest_id: UUID, now: datetime) -> bool:
    """Note that a worker is at it; False if it is over."""
    begun = await tx.execute(
        update(AutomodBacktest)
        .where(AutomodBacktest.guild_id == guild_id, AutomodBacktest.id == backtest_id, _IS_OPEN)
        .values(
            state=State.RUNNING,
            started_at=func.coalesce(AutomodBacktest.started_at, now),
            changed_at=now,
        )
    )
    return bool(begun.rowcount)


async def is_open(tx: Tx, guild_id: int, backtest_id: UUID) -> bool:
    """Tell whether it goes on."""
    found = await tx.execute(
        select(AutomodBacktest.id).where(
            AutomodBacktest.guild_id == guild_id, AutomodBacktest.id == backtest_id, _IS_OPEN
        )
    )
    return found.scalar_one_or_none() is not None


async def add_found(tx: Tx, guild_id: int, backtest_id: UUID, found: Sequence[Found]) -> None:
    """Write hits; those that are known stay as they are."""
    for start in range(0, len(found), 1_000):
        await tx.execute(
            insert(AutomodBacktestHit)
            .values(
                [
                    {
                        "backtest_id": backtest_id,
                        "guild_id": guild_id,
                        "message_id": each.message_id,
                        "rule_id": each.rule_id,
                        "channel_id": each.channel_id,
                        "user_id": each.user_id,
                        "rule_name": each.rule_name,
                        "sanction": each.sanction,
                    }
                    for each in found[start : start + 1_000]
                ]
            )
            .on_conflict_do_nothing()
        )


async def note(tx: Tx, backtest: Backtest, tally: Tally, now: datetime) -> None:
    """Write how far it is; how many messages are hit is counted from the hits."""
    hits = (
        select(func.count(distinct(AutomodBacktestHit.message_id)))
        .where(AutomodBacktestHit.backtest_id == backtest.id)
        .scalar_subquery()
    )
    await tx.execute(
        update(AutomodBacktest)
        .where(AutomodBacktest.id == backtest.id)
        .values(
            cursors=as_json(tally.cursors),
            fetched=tally.fetched,
            judged=tally.judged,
            broken=list(tally.broken),
            hits=hits,
            changed_at=now,
        )
    )


async def end(tx: Tx, backtest: Backtest, state: State, now: datetime, reason: Failure | None = None) -> bool:
    """Note that it is over; False if it was."""
    ended = await tx.execute(
        update(AutomodBacktest)
        .where(AutomodBacktest.guild_id == backtest.guild_id, AutomodBacktest.id == backtest.id, _IS_OPEN)
        .values(state=state, reason=reason, ended_at=now, changed_at=now)
    )
    return bool(ended.rowcount)


async def newest_found(tx: Tx, backtest_id: UUID, limit: int) -> list[Found]:
    """Load hits, those on the newest messages first."""
    rows = await tx.execute(
        select(*_FOUND)
        .where(AutomodBacktestHit.backtest_id == backtest_id)
        .order_by(AutomodBacktestHit.message_id.desc(), AutomodBacktestHit.rule_id)
        .limit(limit)
    )
    return [Found(**dict(zip(Found.__dataclass_fields__, row, strict=True))) for row in rows]


async def who_was_hit(tx: Tx, backtest_id: UUID) -> list[tuple[int, int, Collection[UUID]]]:
    """Tell who was hit, by how many messages and by which rules; no false positives."""
    rows = await tx.execute(
        select(
            AutomodBacktestHit.user_id,
            func.count(distinct(AutomodBacktestHit.message_id)).label("messages"),
            func.array_agg(distinct(AutomodBacktestHit.rule_id)).label("rules"),
        )
        .where(AutomodBacktestHit.backtest_id == backtest_id, AutomodBacktestHit.is_false_positive.is_(False))
        .group_by(AutomodBacktestHit.user_id)
    )
    return [(row.user_id, row.messages, row.rules) for row in rows]


async def count_false_positives(tx: Tx, backtest_id: UUID) -> int:
    """Count the messages that were marked."""
    found: int = (
        await tx.execute(
            select(func.count(distinct(AutomodBacktestHit.message_id))).where(
                AutomodBacktestHit.backtest_id == backtest_id, AutomodBacktestHit.is_false_positive
            )
        )
    ).scalar_one()
    return found


async def mark(
    tx: Tx, guild_id: int, backtest_id: UUID, message_id: int, rule_id: UUID | None, *, is_false: bool
) -> int:
    """Note whether hits on a message are false positives, of one rule or of all; tells how many there are."""
    marked = update(AutomodBacktestHit).where(
        AutomodBacktestHit.guild_id == guild_id,
        AutomodBacktestHit.backtest_id == backtest_id,
        AutomodBacktestHit.message_id == message_id,
    )
    if rule_id is not None:
        marked = marked.where(AutomodBacktestHit.rule_id == rule_id)
    return (await tx.execute(marked.values(is_false_positive=is_false))).rowcount


async def forget(tx: Tx, before: datetime, limit: int) -> int:
    """Delete the oldest backtests that were asked for before a time, with their hits; tells how many."""
    old = (
        select(AutomodBacktest.id)
        .where(AutomodBacktest.asked_at < before)
        .order_by(AutomodBacktest.asked_at)
        .limit(limit)
    )
    return (await tx.execute(delete(AutomodBacktest).where(AutomodBacktest.id.in_(old)))).rowcount


def _backtest(row: Row[Any]) -> Backtest:
    facts: dict[str, Any] = dict(zip(Backtest.__dataclass_fields__, row, strict=True))
    rules = tuple(DraftRule(UUID(each["id"]), Rule.model_validate(each["rule"])) for each in facts["rules"])
    return Backtest(
        **facts
        | {
            "state": State(facts["state"]),
            "reason": None if facts["reason"] is None else Failure(facts["reason"]),
            "rules": rules,
            "broken": tuple(facts["broken"]),
            "channel_ids": tuple(facts["channel_ids"]),
            "cursors": cursors_of(facts["cursors"]),
        }
    )
