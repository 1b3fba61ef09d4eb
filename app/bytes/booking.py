"""Whether a request was booked before, and what becomes of it when it is booked now."""

from dataclasses import dataclass

from app.bytes import repository
from app.bytes.domain import DuplicateKeyError, Transaction
from app.bytes.repository import Posted
from app.database.tx import Tx
from app.live import service as live_service


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks to book. No amount means whatever it comes to (a claim)."""

    guild_id: int
    kind: str
    giver_id: int
    receiver_id: int
    amount: int | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a transfer, a grant or a take booked."""

    transaction: Transaction


async def find_booked(tx: Tx, idempotency_key: str, asked: Asked) -> Transaction | None:
    """Load what a request has booked before, None if nothing.

    Looked up before anything is checked: a repeat gets its receipt whatever has changed since.

    Raises:
        DuplicateKeyError: the key has booked something else.
    """
    booked = await repository.find_by_key(tx, idempotency_key)
    if booked is None:
        return None
    amount = booked.amount if asked.amount is None else asked.amount
    same = (booked.guild_id, booked.kind, booked.giver_id, booked.receiver_id, booked.amount, booked.reason)
    if same != (asked.guild_id, asked.kind, asked.giver_id, asked.receiver_id, amount, asked.reason):
        raise DuplicateKeyError
    return booked


def booked_row(tx: Tx, posted: Posted) -> Transaction:
    """Take the row of a posting; tell everybody who is looking, once it is committed.

    Raises:
        DuplicateKeyError: the key was used for something else at this very moment.
        RuntimeError: the ledger refused for a reason the caller should have ruled out; nothing is booked.
    """
    booked = posted.transaction
    if posted.outcome == "conflict":
        raise DuplicateKeyError
    if booked is None:
        raise RuntimeError(f"the ledger refused a posting as {posted.outcome!r}")
    if posted.outcome == "created":
        announce(tx, booked)
    return booked


def announce(tx: Tx, booked: Transaction) -> None:
    """Tell everybody who is looking that a transaction was booked, once it is committed."""
    live_service.emit(
        tx,
        booked.guild_id,
        "bytes.posted",
        {"kind": booked.kind, "amount": booked.amount, "transaction_id": str(booked.id)},
    )
