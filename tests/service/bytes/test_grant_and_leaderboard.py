"""Minting by staff, and who has the most."""

import pytest
from sqlalchemy import text

from app.bytes import service, treasury
from app.database.tx import Tx
from app.errors import InvalidInputError, NotAllowedError
from tests.support.guilds import actor, balance_of, give, manager, member

pytestmark = pytest.mark.anyio


async def audit_entries(tx: Tx, guild_id: int) -> list[tuple[str, str, int, str | None]]:
    rows = await tx.execute(
        text(
            "SELECT subject_type, subject_id, actor_id, note FROM audit_entries"
            " WHERE guild_id = :id ORDER BY created_at"
        ),
        {"id": guild_id},
    )
    return [tuple(row) for row in rows]


class TestGrantBytes:
    async def test_mints_and_is_audited(self, tx: Tx, guild_id: int) -> None:
        boss, ada = manager(guild_id), member()
        receipt = await treasury.grant_bytes(tx, boss, ada, 250, reason="for the talk", idempotency_key="g")
        assert await balance_of(tx, guild_id, ada) == 250
        assert await audit_entries(tx, guild_id) == [
            ("bytes_transaction", str(receipt.transaction.id), boss.user_id, "for the talk")
        ]

    async def test_with_the_same_key_mints_and_audits_once(self, tx: Tx, guild_id: int) -> None:
        boss, ada = manager(guild_id), member()
        receipts = [
            await treasury.grant_bytes(tx, boss, ada, 250, reason=None, idempotency_key="g") for _ in range(2)
        ]
        assert receipts[0] == receipts[1]
        assert await balance_of(tx, guild_id, ada) == 250
        assert len(await audit_entries(tx, guild_id)) == 1

    async def test_is_refused_to_members(self, tx: Tx, guild_id: int) -> None:
        ada = member()
        with pytest.raises(NotAllowedError):
            await treasury.grant_bytes(tx, actor(guild_id), ada, 250, reason=None, idempotency_key="g")
        assert await balance_of(tx, guild_id, ada) == 0

    @pytest.mark.parametrize("amount", [0, -5, 1_000_000_001])
    async def test_keeps_to_its_range(self, tx: Tx, guild_id: int, amount: int) -> None:
        with pytest.raises(InvalidInputError, match="between 1 and 1,000,000,000"):
            await treasury.grant_bytes(
                tx, manager(guild_id), member(), amount, reason=None, idempotency_key="g"
            )

    async def test_can_go_to_oneself_but_to_no_bot(self, tx: Tx, guild_id: int) -> None:
        boss = manager(guild_id)
        with pytest.raises(InvalidInputError, match="Bots"):
            await treasury.grant_bytes(tx, boss, member(is_bot=True), 5, reason=None, idempotency_key="g")


class TestViewLeaderboard:
    async def test_of_an_empty_guild_is_one_empty_page(self, tx: Tx, guild_id: int) -> None:
        view = await service.view_leaderboard(tx, actor(guild_id), 1)
        assert (view.rows, view.pages, view.members, view.own_rank) == ([], 1, 0, None)

    async def test_has_ten_a_page_richest_first(self, tx: Tx, guild_id: int) -> None:
        people = [member() for _ in range(13)]
        for number, who in enumerate(people):
            await give(tx, guild_id, who, 100 + number)
        view = await service.view_leaderboard(tx, actor(guild_id, people[0]), 1)
        assert view.rows == [
            (place, who.user_id, 113 - place) for place, who in enumerate(reversed(people[3:]), start=1)
        ]
        assert (view.pages, view.members, view.own_rank, view.own_balance) == (2, 13, 13, 100)
        second = await service.view_leaderboard(tx, actor(guild_id), 2)
        assert [row[0] for row in second.rows] == [11, 12, 13]

    @pytest.mark.parametrize("page", [0, -1, 2])
    async def test_has_no_other_page(self, tx: Tx, guild_id: int, page: int) -> None:
        with pytest.raises(InvalidInputError):
            await service.view_leaderboard(tx, actor(guild_id), page)
