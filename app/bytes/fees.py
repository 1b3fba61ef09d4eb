"""Paying for something that costs bytes: they are burned, and what they were for is written down.

A part of use cases of other rooms, which have asked whether the actor may.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from app.bytes import domain, repository
from app.bytes.booking import booked_row
from app.bytes.claims import appear
from app.bytes.domain import CannotPayError, Transaction
from app.bytes.economy import enter_economy
from app.bytes.repository import Posting
from app.bytes.rewards import reward_if_crossed
from app.database.tx import Tx
from app.guilds.domain import Actor
from app.ids import SYSTEM_ID, new_id

FEE: Final = "fee"
"""How the ledger calls it."""


async def pay_fee(
    tx: Tx, actor: Actor, amount: int, *, what: str, idempotency_key: str, now: datetime
) -> Transaction:
    """Burn what something costs, of the actor's own bytes; once per key. Locks the actor's balance.

    What the member has earned and received stays: paying strips nobody of a reward.

    Args:
        tx: The transaction in which it is also done.
        actor: Who pays.
        amount: How much; at least 1.
        what: What for, as the history shows it.
        idempotency_key: Names this payment.
        now: When.

    Raises:
        CannotPayError: the actor has less.
        FeatureOffError, DuplicateKeyError: nothing was booked.
    """
    await check_can_pay(tx, actor, amount, now=now)
    posted = await repository.post(
        tx,
        Posting(
            id=new_id(),
            idempotency_key=idempotency_key,
            guild_id=actor.guild_id,
            kind=FEE,
            giver_id=actor.user_id,
            giver_username=actor.username,
            receiver_id=SYSTEM_ID,
            receiver_username=None,
            amount=amount,
            reason=domain.clean_reason(what),
        ),
    )
    if posted.outcome == "insufficient" and posted.balance is not None:
        raise CannotPayError(posted.balance, amount)
    return booked_row(tx, posted)


async def check_can_pay(tx: Tx, actor: Actor, amount: int, *, now: datetime) -> int:
    """Tell what the actor has, if that is enough to pay something. Locks the actor's balance.

    It is an appearance: the starting balance is minted if it is due.

    Raises:
        CannotPayError: the actor has less.
        FeatureOffError: nothing can be paid.
    """
    guild, config = await enter_economy(tx, actor.guild_id)
    balance, minted = await appear(tx, actor, guild, config, now)
    await reward_if_crossed(tx, guild.id, config, actor.user_id, earned=minted, received=minted)
    if balance.balance < amount:
        raise CannotPayError(balance.balance, amount)
    return balance.balance


async def find_payment(tx: Tx, guild_id: int, transaction_id: UUID) -> Transaction | None:
    """Load a payment, None if the guild has none such."""
    return await repository.find_transaction(tx, guild_id, transaction_id)
