"""The walls of `post_transaction` itself, for callers that forgot to lock or to look."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from app.bytes import repository
from app.bytes.booking import booked_row
from app.bytes.domain import DuplicateKeyError
from app.bytes.repository import Posting
from app.database.tx import Tx
from app.ids import SYSTEM_ID, new_id
from tests.support.guilds import balance_of, member

pytestmark = pytest.mark.anyio

TODAY = date(2026, 3, 2)


@pytest.fixture
def claim(guild_id: int) -> Posting:
    ada = member()
    return Posting(
        id=new_id(),
        idempotency_key=f"first:{guild_id}",
        guild_id=guild_id,
        kind="daily",
        giver_id=SYSTEM_ID,
        giver_username=None,
        receiver_id=ada.user_id,
        receiver_username=ada.username,
        amount=10,
        claim_date=TODAY,
        streak_count=1,
        streak_multiplier=1,
    )


def again(posting: Posting, **changes: Any) -> Posting:
    """Another request of the same member."""
    return replace(posting, id=new_id(), idempotency_key=f"other:{new_id()}", **changes)


@pytest.mark.parametrize("days", [0, -1])
async def test_a_day_is_claimed_once_and_no_earlier_one_after_it(tx: Tx, claim: Posting, days: int) -> None:
    assert (await repository.post(tx, claim)).outcome == "created"
    posted = await repository.post(tx, again(claim, claim_date=TODAY + timedelta(days=days)))
    assert (posted.outcome, posted.transaction) == ("claimed", None)
    with pytest.raises(RuntimeError, match="claimed"):
        booked_row(tx, posted)


@pytest.mark.parametrize(("days", "streak"), [(1, 1), (1, 3), (2, 2)])
async def test_a_streak_that_is_no_longer_true_is_not_booked(
    tx: Tx, claim: Posting, days: int, streak: int
) -> None:
    await repository.post(tx, claim)
    later = again(claim, claim_date=TODAY + timedelta(days=days), streak_count=streak)
    assert (await repository.post(tx, later)).outcome == "stale"


async def test_the_same_key_books_once_and_nothing_else(tx: Tx, claim: Posting, guild_id: int) -> None:
    first = await repository.post(tx, claim)
    repeat = await repository.post(tx, replace(claim, id=new_id()))
    assert (repeat.outcome, repeat.transaction) == ("exists", first.transaction)
    other = await repository.post(tx, replace(claim, id=new_id(), amount=11))
    assert other.outcome == "conflict"
    with pytest.raises(DuplicateKeyError):
        booked_row(tx, other)
    ada = replace(member(), user_id=claim.receiver_id)
    assert await balance_of(tx, guild_id, ada) == 10
