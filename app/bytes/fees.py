"""Paying for something that costs bytes: they are burned, and what they were for is written down.

A part of use cases of other rooms, which have asked whether the actor may.
"""

from typing import Final

from app.bytes import domain, repository
from app.bytes.booking import booked_row
from app.bytes.domain import CannotPayError, Transaction
from app.bytes.economy import enter_economy
from app.bytes.repository import Posting
from app.database.tx import Tx
from app.guilds.domain import Actor
from app.ids import SYSTEM_ID, new_id

FEE: Final = "fee"
"""How the ledger calls it."""


async def pay_fee(tx: Tx, actor: Actor, amount: int, *, what: str, idempotency_key: str) -> Transaction:
    """Burn what something costs, of the actor's own bytes; once per key. Locks the actor's balance.

    What the member has earned and received stays: paying strips nobody of a reward.

    Args:
        tx: The transaction in which it is also done.
        actor: Who pays.
        amount: How much; at least 1.
        what: What for, as the history shows it.
        idempotency_key: Names this payment.

    Raises:
        CannotPayError: the actor has less.
        FeatureOffError, DuplicateKeyError: nothing was booked.
    """
    await enter_economy(tx, actor.guild_id)
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
