"""What backtests of a day know of one member: all of it as a file, and forgetting it."""

from typing import Any

from sqlalchemy import delete, select, update

from app.automod.backtests.models import AutomodBacktest, AutomodBacktestHit
from app.database.tx import Tx


async def export_member(tx: Tx, guild_id: int, user_id: int) -> dict[str, Any]:
    """Gather which messages of a member rules would have hit, and which backtests the member started."""
    started = await tx.execute(
        select(AutomodBacktest.asked_at, AutomodBacktest.state, AutomodBacktest.channel_ids)
        .where(AutomodBacktest.guild_id == guild_id, AutomodBacktest.started_by == user_id)
        .order_by(AutomodBacktest.asked_at.desc())
    )
    hits = await tx.execute(
        select(
            AutomodBacktestHit.message_id,
            AutomodBacktestHit.channel_id,
            AutomodBacktestHit.rule_name,
            AutomodBacktestHit.sanction,
            AutomodBacktestHit.is_false_positive,
        )
        .where(AutomodBacktestHit.guild_id == guild_id, AutomodBacktestHit.user_id == user_id)
        .order_by(AutomodBacktestHit.message_id.desc(), AutomodBacktestHit.rule_id)
    )
    return {
        "started": [
            {
                "at": row.asked_at.isoformat(),
                "state": row.state,
                "channel_ids": [str(each) for each in row.channel_ids],
            }
            for row in started
        ],
        "hits": [
            {
                "message_id": str(row.message_id),
                "channel_id": str(row.channel_id),
                "rule": row.rule_name,
                "would_have_been": row.sanction,
                "is_false_positive": row.is_false_positive,
            }
            for row in hits
        ],
    }


async def erase_member(tx: Tx, guild_id: int, user_id: int, alias: int) -> int | None:
    """Delete hits on a member, and put an alias where one started a backtest; None if nothing is known."""
    started = await tx.execute(
        update(AutomodBacktest)
        .where(AutomodBacktest.guild_id == guild_id, AutomodBacktest.started_by == user_id)
        .values(started_by=alias)
    )
    hits = await tx.execute(
        delete(AutomodBacktestHit).where(
            AutomodBacktestHit.guild_id == guild_id, AutomodBacktestHit.user_id == user_id
        )
    )
    return (started.rowcount + hits.rowcount) or None
