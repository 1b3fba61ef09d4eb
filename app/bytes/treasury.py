"""What staff does with bytes. Every deed is booked once per key, with its audit entry."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.access.policy import Action, Target
from app.access.service import require
from app.bytes import domain, repository
from app.bytes.booking import Asked, Receipt, announce, booked_row, find_booked
from app.bytes.domain import (
    AlreadyUndoneError,
    DuplicateKeyError,
    Member,
    NotEnoughToTakeError,
    NotEnoughToUndoError,
    ReversalError,
    Transaction,
)
from app.bytes.economy import enter_economy
from app.bytes.repository import Posting, Reversed
from app.bytes.rewards import reward_if_crossed
from app.database.tx import Tx
from app.errors import InvalidInputError, NotFoundError
from app.guilds import service as guilds_service
from app.guilds.domain import Actor
from app.ids import SYSTEM_ID, new_id


@dataclass(frozen=True, slots=True)
class UndoReceipt:
    """What undoing a transaction booked.

    Attributes:
        original: What is undone.
        reversal: The row that undoes it; its amount is what moved back.
        missing: What could not be moved back, 0 without force.
    """

    original: Transaction
    reversal: Transaction
    missing: int


async def grant_bytes(
    tx: Tx,
    actor: Actor,
    receiver: Member,
    amount: int,
    *,
    reason: str | None,
    idempotency_key: str,
) -> Receipt:
    """Mint `amount` bytes to `receiver`, once per key, with an audit entry.

    The same key gives the same receipt again, whatever has changed since.

    Raises:
        NotAllowedError: the actor may not mint.
        InvalidInputError: receiver, amount or reason cannot be used.
        FeatureOffError, DuplicateKeyError: nothing was booked.
    """
    await require(tx, actor, Action.GRANT_BYTES, Target(receiver.user_id))
    said, reason = reason, domain.clean_reason(reason)
    asked = Asked(actor.guild_id, "grant", SYSTEM_ID, receiver.user_id, amount, reason)
    booked = await find_booked(tx, idempotency_key, asked)
    if booked is not None:
        return Receipt(booked)
    guild, config = await enter_economy(tx, actor.guild_id)
    _check_said(said, reason)
    domain.check_receiver(receiver, None)
    domain.check_amount(amount, domain.MAX_GRANT)
    posted = await repository.post(
        tx,
        Posting(
            id=new_id(),
            idempotency_key=idempotency_key,
            guild_id=guild.id,
            kind="grant",
            giver_id=SYSTEM_ID,
            giver_username=None,
            receiver_id=receiver.user_id,
            receiver_username=receiver.username,
            amount=amount,
            reason=reason,
        ),
    )
    transaction = booked_row(tx, posted)
    if posted.outcome == "created":
        facts = {"kind": "grant", "receiver_id": str(receiver.user_id), "amount": amount}
        await _record(tx, actor, transaction, before=None, after=facts)
        await reward_if_crossed(tx, guild.id, config, receiver.user_id, earned=amount, received=amount)
    return Receipt(transaction)


async def take_bytes(
    tx: Tx,
    actor: Actor,
    giver: Member,
    amount: int,
    *,
    reason: str | None,
    idempotency_key: str,
) -> Receipt:
    """Burn `amount` bytes of `giver`, once per key, with an audit entry. It works on who has left, too.

    What the member has earned and received stays: a take strips nobody of a reward. The same key gives the
    same receipt again, whatever has changed since.

    Raises:
        NotAllowedError: the actor may not burn.
        InvalidInputError: giver, amount or reason cannot be used.
        NotEnoughToTakeError: the member has less.
        FeatureOffError, DuplicateKeyError: nothing was booked.
    """
    await require(tx, actor, Action.TAKE_BYTES, Target(giver.user_id))
    said, reason = reason, domain.clean_reason(reason)
    asked = Asked(actor.guild_id, "take", giver.user_id, SYSTEM_ID, amount, reason)
    booked = await find_booked(tx, idempotency_key, asked)
    if booked is not None:
        return Receipt(booked)
    guild, _ = await enter_economy(tx, actor.guild_id)
    _check_said(said, reason)
    if giver.is_bot:
        raise InvalidInputError("Bots have no bytes. Choose a person; nothing was booked.")
    domain.check_amount(amount, domain.MAX_GRANT)
    posted = await repository.post(
        tx,
        Posting(
            id=new_id(),
            idempotency_key=idempotency_key,
            guild_id=guild.id,
            kind="take",
            giver_id=giver.user_id,
            giver_username=giver.username,
            receiver_id=SYSTEM_ID,
            receiver_username=None,
            amount=amount,
            reason=reason,
        ),
    )
    if posted.outcome == "insufficient" and posted.balance is not None:
        raise NotEnoughToTakeError(giver.user_id, posted.balance)
    transaction = booked_row(tx, posted)
    if posted.outcome == "created":
        facts = {"kind": "take", "giver_id": str(giver.user_id), "amount": amount}
        await _record(tx, actor, transaction, before=None, after=facts)
    return Receipt(transaction)


async def undo_transaction(
    tx: Tx, actor: Actor, transaction_id: UUID, *, force: bool, idempotency_key: str
) -> UndoReceipt:
    """Move back what a transaction has moved, once, with an audit entry: as if it had never been.

    With `force`, a receiver who has spent some of it gives back what is left, and the receipt says what is
    missing; as if it had been of that much less. The day of an undone claim and its streak stay, and so does
    that a member has appeared: nothing can be claimed twice by having it undone. The same key gives the same
    receipt again, whatever has changed since.

    Raises:
        NotAllowedError: the actor may not undo.
        NotFoundError: there is no such transaction in this guild.
        ReversalError, AlreadyUndoneError: there is nothing to undo.
        NotEnoughToUndoError: the receiver has less, or with `force` nothing at all.
        FeatureOffError, DuplicateKeyError: nothing was booked.
    """
    await require(tx, actor, Action.UNDO_BYTES)
    config = None
    if await repository.find_by_key(tx, idempotency_key) is None:
        _, config = await enter_economy(tx, actor.guild_id)
    answer = await repository.reverse(
        tx, new_id(), idempotency_key, actor.guild_id, transaction_id, force=force
    )
    receipt = _undone(answer)
    if answer.outcome == "created" and config is not None:
        original, moved = receipt.original, receipt.reversal.amount
        announce(tx, receipt.reversal)
        await _record(
            tx,
            actor,
            original,
            before={
                "kind": original.kind,
                "giver_id": str(original.giver_id),
                "receiver_id": str(original.receiver_id),
                "amount": original.amount,
            },
            after={"reversal_id": str(receipt.reversal.id), "moved": moved, "missing": receipt.missing},
        )
        if original.receiver_id > 0:  # neither the system nor whoever was erased has roles
            earned = -moved if original.giver_id == SYSTEM_ID else 0
            await reward_if_crossed(
                tx, actor.guild_id, config, original.receiver_id, earned=earned, received=-moved
            )
    return receipt


def _undone(answer: Reversed) -> UndoReceipt:
    """Take the receipt of an undo, or raise what the ledger said instead."""
    original, reversal = answer.original, answer.reversal
    if original is None:
        raise NotFoundError(
            "There is no such transaction in this server. Nothing was undone; "
            "choose one of those that are suggested."
        )
    if answer.outcome == "is_reversal":
        raise ReversalError
    if answer.balance is not None:
        raise NotEnoughToUndoError(original.receiver_id, answer.balance, original.amount)
    if reversal is None:
        raise DuplicateKeyError
    if answer.outcome == "already_undone":
        raise AlreadyUndoneError(reversal.created_at)
    return UndoReceipt(original, reversal, original.amount - reversal.amount)


def _check_said(said: str | None, reason: str | None) -> None:
    if said is not None and reason is None:
        raise InvalidInputError("The reason has nothing in it to read. Say what for; nothing was booked.")


async def _record(
    tx: Tx,
    actor: Actor,
    transaction: Transaction,
    *,
    before: dict[str, Any] | None,
    after: dict[str, Any],
) -> None:
    await guilds_service.record_change(
        tx,
        actor,
        subject=("bytes_transaction", str(transaction.id)),
        before=before,
        after=after,
        note=transaction.reason if before is None else None,
    )
