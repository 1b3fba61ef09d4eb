"""What staff does with bytes. Every deed is booked once per key, with its audit entry."""

from app.access.policy import Action, Target
from app.access.service import require
from app.bytes import domain, repository
from app.bytes.booking import Asked, Receipt, booked_row, find_booked
from app.bytes.domain import Member
from app.bytes.economy import enter_economy
from app.bytes.repository import Posting
from app.bytes.rewards import reward_if_crossed
from app.database.tx import Tx
from app.errors import InvalidInputError
from app.guilds import service as guilds_service
from app.guilds.domain import Actor
from app.ids import SYSTEM_ID, new_id


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
    if said is not None and reason is None:
        raise InvalidInputError("The reason has nothing in it to read. Say what for; nothing was booked.")
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
        await guilds_service.record_change(
            tx,
            actor,
            subject=("bytes_transaction", str(transaction.id)),
            before=None,
            after={"kind": "grant", "receiver_id": str(receiver.user_id), "amount": amount},
            note=reason,
        )
        await reward_if_crossed(tx, guild.id, config, receiver.user_id, earned=amount, received=amount)
    return Receipt(transaction)
