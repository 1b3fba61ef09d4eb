"""Looking through the ledger: what came in and went out of one member, and what staff can still undo."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from app.access.policy import Action, Target
from app.access.service import require
from app.bytes import repository
from app.bytes.domain import Recorded
from app.bytes.economy import enter_economy
from app.database.tx import Tx
from app.guilds.domain import Actor

PAGE_SIZE: Final = 10
"""Entries on one page of a history."""

UNDOABLE: Final = 500
"""How many of a guild's last transactions are looked through for a suggestion."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One transaction, from one member's side.

    Attributes:
        id: Of the transaction.
        seq: Its place in the ledger, which pages go by.
        created_at: When.
        kind: See docs/bytes.md.
        other_id: The other party: 0 for the system, negative for somebody who was erased.
        amount: What it changed, negative for what went out.
        balance_after: What the member had then.
        reason: What for, None if nothing was said.
        is_undone: Whether a reversal has moved it back, as far as it could.
    """

    id: UUID
    seq: int
    created_at: datetime
    kind: str
    other_id: int
    amount: int
    balance_after: int
    reason: str | None
    is_undone: bool


@dataclass(frozen=True, slots=True)
class HistoryView:
    """One page of a member's history.

    Attributes:
        entries: Newest first.
        newer: What to look `after` for the page of newer ones, None if these are the newest.
        older: What to look `before` for the page of older ones, None if there are none.
    """

    entries: list[Entry]
    newer: int | None
    older: int | None


async def view_history(
    tx: Tx, actor: Actor, user_id: int, *, before: int | None = None, after: int | None = None
) -> HistoryView:
    """Show one page of what came in and went out of a member, newest first.

    Without `before` and `after` these are the newest, and also if less than a page is newer than `after`.

    Raises:
        NotAllowedError: it is somebody else's, and the actor may not look at those.
        FeatureOffError: nothing was read.
    """
    own = user_id == actor.user_id
    await require(tx, actor, Action.USE_BYTES if own else Action.VIEW_OTHERS_HISTORY, Target(user_id))
    guild, _ = await enter_economy(tx, actor.guild_id)
    if after is not None:
        found = await repository.transactions_of(tx, guild.id, user_id, after=after, limit=PAGE_SIZE + 1)
        if len(found) > PAGE_SIZE:
            shown = found[1:]  # the one too many is the newest
            return HistoryView([entry(row, user_id) for row in shown], shown[0].seq, shown[-1].seq)
        before = None
    found = await repository.transactions_of(tx, guild.id, user_id, before=before, limit=PAGE_SIZE + 1)
    shown = found[:PAGE_SIZE]
    return HistoryView(
        entries=[entry(row, user_id) for row in shown],
        newer=shown[0].seq if shown and before is not None else None,
        older=shown[-1].seq if len(found) > PAGE_SIZE else None,
    )


async def find_recent(tx: Tx, actor: Actor, typed: str, *, limit: int = 25) -> list[Recorded]:
    """Suggest what of the guild's latest transactions to undo, newest first.

    Args:
        tx: The transaction.
        actor: Who looks for it.
        typed: A part of a party's username, or the beginning of an amount or an id.
        limit: How many at most. Discord: 25 suggestions.

    Raises:
        NotAllowedError, FeatureOffError: nothing was read.
    """
    await require(tx, actor, Action.UNDO_BYTES)
    guild, _ = await enter_economy(tx, actor.guild_id)
    looked_for = typed.strip().removeprefix("@").lower()
    return await repository.undoable(tx, guild.id, looked_for, among=UNDOABLE, limit=limit)


def entry(row: Recorded, user_id: int) -> Entry:
    """Take a member's side of a transaction."""
    gave = row.giver_id == user_id
    after = row.giver_balance_after if gave else row.receiver_balance_after
    return Entry(
        id=row.id,
        seq=row.seq,
        created_at=row.created_at,
        kind=row.kind,
        other_id=row.receiver_id if gave else row.giver_id,
        amount=-row.amount if gave else row.amount,
        balance_after=after or 0,
        reason=row.reason,
        is_undone=row.is_undone,
    )
