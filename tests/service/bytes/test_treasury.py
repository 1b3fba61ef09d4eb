"""Taking and undoing by staff."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from app.bytes import history, service, treasury
from app.bytes.domain import (
    AlreadyClaimedError,
    AlreadyUndoneError,
    DuplicateKeyError,
    InsufficientBytesError,
    Member,
    NotEnoughToTakeError,
    NotEnoughToUndoError,
    ReversalError,
)
from app.bytes.treasury import UndoReceipt
from app.database.tx import Tx
from app.errors import FeatureOffError, InvalidInputError, NotAllowedError, NotFoundError
from app.guilds import service as guilds_service
from app.guilds.config import GuildConfig
from app.guilds.domain import Actor
from app.ids import new_id
from tests.support.guilds import actor, balance_of, give, manager, member, new_guild, snowflake

pytestmark = pytest.mark.anyio

NOW = datetime.now(UTC)  # noqa: TID251 - a fixed present for the whole module


async def take(
    tx: Tx, boss: Actor, giver: Member, amount: int, *, key: str = "t", reason: str = "spam"
) -> Any:
    return await treasury.take_bytes(tx, boss, giver, amount, reason=reason, idempotency_key=key)


async def undo(tx: Tx, boss: Actor, what: UUID, *, force: bool = False, key: str = "u") -> UndoReceipt:
    return await treasury.undo_transaction(tx, boss, what, force=force, idempotency_key=key)


async def send(tx: Tx, guild_id: int, giver: Member, receiver: Member, amount: int) -> UUID:
    receipt = await service.send_bytes(
        tx, actor(guild_id, giver), receiver, amount,
        reason="thanks", idempotency_key=f"send:{snowflake()}", now=NOW,
    )  # fmt: skip
    return receipt.transaction.id


async def totals(tx: Tx, guild_id: int, who: Member) -> tuple[int, int, int, int, datetime | None]:
    """What counts of a member: balance, received, sent, earned, and since when a cooldown counts."""
    row = await tx.execute(
        text(
            "SELECT balance, total_received, total_sent, total_earned, last_sent_at FROM bytes_balances"
            " WHERE guild_id = :guild AND user_id = :member"
        ),
        {"guild": guild_id, "member": who.user_id},
    )
    return tuple(row.one())


async def audited(tx: Tx, guild_id: int) -> list[tuple[Any, ...]]:
    rows = await tx.execute(
        text(
            "SELECT subject_id, before, after, note FROM audit_entries"
            " WHERE guild_id = :id AND subject_type = 'bytes_transaction' ORDER BY created_at, id"
        ),
        {"id": guild_id},
    )
    return [tuple(row) for row in rows]


class TestTakeBytes:
    async def test_burns_and_is_audited(self, tx: Tx, guild_id: int) -> None:
        ada = member()
        await give(tx, guild_id, ada, 50)
        receipt = await take(tx, manager(guild_id), ada, 20)
        booked = receipt.transaction
        assert (booked.kind, booked.giver_balance_after, booked.receiver_balance_after) == ("take", 30, None)
        facts = {"kind": "take", "giver_id": str(ada.user_id), "amount": 20}
        assert (await audited(tx, guild_id))[1:] == [(str(booked.id), None, facts, "spam")]

    async def test_leaves_what_was_earned(self, tx: Tx, guild_id: int) -> None:
        ada = member()
        await give(tx, guild_id, ada, 50)
        await take(tx, manager(guild_id), ada, 50)
        assert await totals(tx, guild_id, ada) == (0, 50, 50, 50, None)

    async def test_with_the_same_key_burns_and_audits_once(self, tx: Tx, guild_id: int) -> None:
        ada = member()
        await give(tx, guild_id, ada, 50)
        first = await take(tx, manager(guild_id), ada, 20)
        assert await take(tx, manager(guild_id), ada, 20) == first
        assert await balance_of(tx, guild_id, ada) == 30
        assert len(await audited(tx, guild_id)) == 2
        with pytest.raises(DuplicateKeyError):
            await take(tx, manager(guild_id), ada, 21)

    async def test_works_on_who_has_left(self, tx: Tx, guild_id: int) -> None:
        ada = member()
        await give(tx, guild_id, ada, 50)
        await take(tx, manager(guild_id), replace(ada, is_present=False), 50)
        assert await balance_of(tx, guild_id, ada) == 0

    @pytest.mark.parametrize(
        ("has", "sentence"), [(50, "has only 50 bytes. Nothing was taken"), (0, "has 0 bytes. Nothing")]
    )
    async def test_of_more_than_there_is_names_the_balance(
        self, tx: Tx, guild_id: int, has: int, sentence: str
    ) -> None:
        ada = member()
        if has:
            await give(tx, guild_id, ada, has)
        with pytest.raises(NotEnoughToTakeError, match=sentence):
            await take(tx, manager(guild_id), ada, 51)

    async def test_is_refused_to_members(self, tx: Tx, guild_id: int) -> None:
        ada = member()
        await give(tx, guild_id, ada, 50)
        with pytest.raises(NotAllowedError):
            await take(tx, actor(guild_id), ada, 20)
        assert await balance_of(tx, guild_id, ada) == 50

    @pytest.mark.parametrize("amount", [0, -5, 1_000_000_001])
    async def test_keeps_to_its_range(self, tx: Tx, guild_id: int, amount: int) -> None:
        with pytest.raises(InvalidInputError, match="between 1 and 1,000,000,000"):
            await take(tx, manager(guild_id), member(), amount)

    async def test_needs_a_person_and_a_reason_one_can_read(self, tx: Tx, guild_id: int) -> None:
        with pytest.raises(InvalidInputError, match="Bots have no bytes"):
            await take(tx, manager(guild_id), member(is_bot=True), 1)
        with pytest.raises(InvalidInputError, match="nothing in it to read"):
            await take(tx, manager(guild_id), member(), 1, reason="\u3164")


class TestUndo:
    async def test_of_a_send_leaves_both_as_if_it_had_never_been(self, tx: Tx, guild_id: int) -> None:
        ada, bob = member(), member()
        await send(tx, guild_id, ada, bob, 10)
        before = [await totals(tx, guild_id, who) for who in (ada, bob)]
        sent = await send(tx, guild_id, ada, bob, 30)
        receipt = await undo(tx, manager(guild_id), sent)
        assert [await totals(tx, guild_id, who) for who in (ada, bob)] == before
        assert (receipt.original.id, receipt.reversal.amount, receipt.missing) == (sent, 30, 0)
        assert (receipt.reversal.giver_id, receipt.reversal.receiver_id) == (bob.user_id, ada.user_id)

    async def test_of_a_send_leaves_no_cooldown(self, tx: Tx, guild_id: int) -> None:
        ada, bob = member(), member()
        first, second, third = [await send(tx, guild_id, ada, bob, 10) for _ in range(3)]
        await undo(tx, manager(guild_id), second, key="2")
        latest = (await totals(tx, guild_id, ada))[-1]
        receipt = await undo(tx, manager(guild_id), third, key="3")
        assert receipt.original.created_at == latest
        remaining = (await totals(tx, guild_id, ada))[-1]
        receipt = await undo(tx, manager(guild_id), first, key="1")
        assert receipt.original.created_at == remaining
        assert (await totals(tx, guild_id, ada))[-1] is None

    async def test_of_minted_bytes_takes_back_what_counts_for_rewards(self, tx: Tx, guild_id: int) -> None:
        ada = member()
        await give(tx, guild_id, ada, 50)
        granted = await treasury.grant_bytes(tx, manager(guild_id), ada, 7, reason=None, idempotency_key="g")
        await undo(tx, manager(guild_id), granted.transaction.id)
        assert await totals(tx, guild_id, ada) == (50, 50, 0, 50, None)

    async def test_of_a_take_gives_it_back(self, tx: Tx, guild_id: int) -> None:
        ada = member()
        await give(tx, guild_id, ada, 50)
        taken = await take(tx, manager(guild_id), ada, 20)
        await undo(tx, manager(guild_id), taken.transaction.id)
        assert await totals(tx, guild_id, ada) == (50, 50, 0, 50, None)

    async def test_of_a_claim_does_not_open_the_day_again(self, tx: Tx, guild_id: int) -> None:
        ada = member()
        claim = await service.claim_daily(tx, actor(guild_id, ada), idempotency_key="c", now=NOW)
        await undo(tx, manager(guild_id), claim.transaction.id)
        assert await balance_of(tx, guild_id, ada) == 100
        with pytest.raises(AlreadyClaimedError):
            await service.claim_daily(tx, actor(guild_id, ada), idempotency_key="c2", now=NOW)

    async def test_of_a_starting_balance_does_not_mint_it_again(self, tx: Tx, guild_id: int) -> None:
        ada = member()
        claim = await service.claim_daily(tx, actor(guild_id, ada), idempotency_key="c", now=NOW)
        page = await history.view_history(tx, actor(guild_id, ada), ada.user_id)
        starting = page.entries[-1]
        assert starting.kind == "starting"
        await undo(tx, manager(guild_id), starting.id)
        with pytest.raises(InsufficientBytesError):
            await send(tx, guild_id, ada, member(), claim.transaction.amount + 1)

    async def test_is_audited_on_the_original(self, tx: Tx, guild_id: int) -> None:
        ada, bob = member(), member()
        await give(tx, guild_id, ada, 30)
        sent = await send(tx, guild_id, ada, bob, 130)
        await take(tx, manager(guild_id), bob, 100)
        receipt = await undo(tx, manager(guild_id), sent, force=True)
        before = {
            "kind": "transfer",
            "giver_id": str(ada.user_id),
            "receiver_id": str(bob.user_id),
            "amount": 130,
        }
        after = {"reversal_id": str(receipt.reversal.id), "moved": 30, "missing": 100}
        assert (await audited(tx, guild_id))[-1] == (str(sent), before, after, None)

    async def test_with_the_same_key_gives_the_same_receipt(self, tx: Tx, guild_id: int) -> None:
        ada, bob = member(), member()
        sent = await send(tx, guild_id, ada, bob, 30)
        await take(tx, manager(guild_id), bob, 10)
        first = await undo(tx, manager(guild_id), sent, force=True)
        await guilds_service.save_config(tx, manager(guild_id), GuildConfig(features={"bytes": False}))
        assert await undo(tx, manager(guild_id), sent, force=True) == first
        assert first.missing == 10
        assert len(await audited(tx, guild_id)) == 2
        with pytest.raises(DuplicateKeyError):
            await undo(tx, manager(guild_id), sent, force=False)  # would have been refused
        with pytest.raises(FeatureOffError):
            await undo(tx, manager(guild_id), sent, force=True, key="other")

    async def test_with_the_key_of_something_else_is_a_conflict(self, tx: Tx, guild_id: int) -> None:
        ada, bob = member(), member()
        sent, other = [await send(tx, guild_id, ada, bob, 10) for _ in range(2)]
        await take(tx, manager(guild_id), bob, 1, key="t")
        with pytest.raises(DuplicateKeyError):
            await undo(tx, manager(guild_id), sent, key="t")
        await undo(tx, manager(guild_id), sent, key="u")
        with pytest.raises(DuplicateKeyError):
            await undo(tx, manager(guild_id), other, key="u", force=True)
        assert await balance_of(tx, guild_id, bob) == 9

    async def test_a_second_time_is_refused(self, tx: Tx, guild_id: int) -> None:
        ada, bob = member(), member()
        sent = await send(tx, guild_id, ada, bob, 30)
        first = await undo(tx, manager(guild_id), sent, key="1")
        for force in (False, True):
            with pytest.raises(AlreadyUndoneError, match="was undone") as refusal:
                await undo(tx, manager(guild_id), sent, key=f"2{force}", force=force)
            assert refusal.value.undone_at == first.reversal.created_at
        assert await balance_of(tx, guild_id, ada) == 100

    async def test_of_a_reversal_is_refused(self, tx: Tx, guild_id: int) -> None:
        ada, bob = member(), member()
        receipt = await undo(tx, manager(guild_id), await send(tx, guild_id, ada, bob, 30), key="1")
        with pytest.raises(ReversalError, match="cannot be undone"):
            await undo(tx, manager(guild_id), receipt.reversal.id, key="2")

    async def test_of_a_foreign_or_unknown_transaction_is_the_same_sentence(
        self, tx: Tx, guild_id: int
    ) -> None:
        foreign = await send(tx, new_guild(), member(), member(), 30)
        sentences = set()
        for what in (foreign, new_id()):
            with pytest.raises(NotFoundError) as refusal:
                await undo(tx, manager(guild_id), what)
            sentences.add(str(refusal.value))
        assert len(sentences) == 1

    async def test_is_refused_to_members(self, tx: Tx, guild_id: int) -> None:
        ada, bob = member(), member()
        sent = await send(tx, guild_id, ada, bob, 30)
        with pytest.raises(NotAllowedError):
            await undo(tx, actor(guild_id, ada), sent)


class TestUndoOfWhatIsSpent:
    async def test_is_refused_naming_what_is_left_and_what_force_would_do(
        self, tx: Tx, guild_id: int
    ) -> None:
        ada, bob = member(), member()
        sent = await send(tx, guild_id, ada, bob, 30)
        await take(tx, manager(guild_id), bob, 18)
        with pytest.raises(NotEnoughToUndoError, match=r"only 12 bytes left of 30 bytes.*`force`, 12 bytes"):
            await undo(tx, manager(guild_id), sent)
        assert await balance_of(tx, guild_id, bob) == 12

    async def test_moves_what_is_left_by_force_and_says_what_is_missing(self, tx: Tx, guild_id: int) -> None:
        ada, bob = member(), member()
        sent = await send(tx, guild_id, ada, bob, 30)
        await take(tx, manager(guild_id), bob, 18)
        receipt = await undo(tx, manager(guild_id), sent, force=True)
        assert (receipt.reversal.amount, receipt.missing) == (12, 18)
        assert (await totals(tx, guild_id, ada))[:3] == (82, 100, 18)
        assert (await totals(tx, guild_id, bob))[:3] == (0, 18, 18)

    @pytest.mark.parametrize("force", [False, True])
    async def test_to_the_last_byte_is_refused(self, tx: Tx, guild_id: int, *, force: bool) -> None:
        ada, bob = member(), member()
        sent = await send(tx, guild_id, ada, bob, 30)
        await take(tx, manager(guild_id), bob, 30)
        with pytest.raises(NotEnoughToUndoError, match="has 0 bytes left of 30 bytes"):
            await undo(tx, manager(guild_id), sent, force=force)


async def test_a_thousand_sends_back_and_forth_earn_nothing(tx: Tx, guild_id: int) -> None:
    ada, bob = member(), member()
    for _ in range(500):
        await send(tx, guild_id, ada, bob, 100)
        await send(tx, guild_id, bob, ada, 100)
    assert [(await totals(tx, guild_id, who))[3] for who in (ada, bob)] == [100, 100]
