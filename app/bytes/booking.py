"""What becomes of a posting: the row it booked, told to whoever is looking, or the same row again."""

from app.bytes.domain import DuplicateKeyError, Transaction
from app.bytes.repository import Posted
from app.database.tx import Tx
from app.live import service as live_service


def booked_row(tx: Tx, posted: Posted) -> Transaction:
    """Take the row of a posting; tell everybody who is looking, once it is committed."""
    booked = posted.transaction
    if booked is None:
        raise DuplicateKeyError
    if posted.outcome == "created":
        live_service.emit(
            tx,
            booked.guild_id,
            "bytes.posted",
            {"kind": booked.kind, "amount": booked.amount, "transaction_id": str(booked.id)},
        )
    return booked


def same_as_booked(booked: Transaction, asked: tuple[int, str, int, int, int, str | None]) -> Transaction:
    """Take what a key has booked, if it is what is asked for now."""
    was = (
        booked.guild_id,
        booked.kind,
        booked.giver_id,
        booked.receiver_id,
        booked.amount,
        booked.reason,
    )
    if was != asked:
        raise DuplicateKeyError
    return booked
