"""What this room knows of one member: all of it as a file, and making it forget who that was."""

from dataclasses import asdict
from typing import Any

from app.bytes import repository
from app.bytes.history import entry
from app.database.tx import Tx


async def export_member(tx: Tx, guild_id: int, user_id: int) -> dict[str, Any]:
    """Gather everything a member has and did here, ready for JSON: ids as strings, times in ISO 8601.

    Other parties appear by id and without their names. The balance is None if nobody has met the
    member, `erased_before` if the member was never erased.
    """
    balance = await repository.find_balance(tx, guild_id, user_id)
    transactions = []
    for row in await repository.transactions_of(tx, guild_id, user_id):
        own = entry(row, user_id)
        gave = own.amount < 0
        transactions.append(
            {
                "id": str(own.id),
                "created_at": own.created_at.isoformat(),
                "kind": own.kind,
                "amount": own.amount,
                "balance_after": own.balance_after,
                "other_party_id": str(own.other_id),
                "own_username": row.giver_username if gave else row.receiver_username,
                "reason": own.reason,
                "is_undone": own.is_undone,
                "claim_date": row.claim_date and row.claim_date.isoformat(),
                "streak_count": row.streak_count,
                "streak_multiplier": row.streak_multiplier,
            }
        )
    erased = await repository.erased_before(tx, guild_id, user_id)
    before = erased and {
        "erased_at": erased[0].isoformat(),
        "last_daily": erased[1] and erased[1].isoformat(),
    }
    rest = {"erased_before": before, "transactions": transactions}
    if balance is None:
        return {"balance": None, **rest}
    facts = asdict(balance) | {
        "last_daily": balance.last_daily and balance.last_daily.isoformat(),
        "started_at": balance.started_at and balance.started_at.isoformat(),
    }
    return {"balance": facts, **rest}


async def erase_member(tx: Tx, guild_id: int, user_id: int, alias: int) -> int | None:
    """Put `alias` in the member's place in every row of this guild; tells in how many transactions.

    Names, and what was said about the member, are blanked; no sum changes. What stays is a fingerprint, so
    that coming back mints nothing a second time (docs/bytes.md). Locks the member's balance, then the
    transactions in their order. None if nobody has met the member; then nothing was there to change.

    Args:
        tx: The transaction.
        guild_id: Where.
        user_id: Who.
        alias: A random negative number that stands for nobody else in this guild.
    """
    return await repository.erase_member(tx, guild_id, user_id, alias)
