"""Looking through the ledger."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from app.bytes import history, service, treasury
from app.bytes.domain import Member
from app.bytes.history import PAGE_SIZE, HistoryView
from app.database.tx import Tx
from app.discord.permissions import Permission
from app.errors import NotAllowedError
from tests.support.guilds import actor, give, manager, member, snowflake

pytestmark = pytest.mark.anyio

NOW = datetime.now(UTC)  # noqa: TID251 - a fixed present for the whole module


async def own(tx: Tx, guild_id: int, who: Member, **where: int | None) -> HistoryView:
    return await history.view_history(tx, actor(guild_id, who), who.user_id, **where)


def amounts(view: HistoryView) -> list[int]:
    return [entry.amount for entry in view.entries]


class TestHistory:
    async def test_of_who_has_done_nothing_is_empty(self, tx: Tx, guild_id: int) -> None:
        assert await own(tx, guild_id, member()) == HistoryView([], None, None)

    async def test_tells_both_directions_newest_first(self, tx: Tx, guild_id: int) -> None:
        ada, bob = member(), member()
        await service.send_bytes(
            tx, actor(guild_id, ada), bob, 30, reason="thanks", idempotency_key="s", now=NOW
        )
        await give(tx, guild_id, bob, 5)
        sent, starting = (await own(tx, guild_id, ada)).entries
        assert (sent.kind, sent.amount, sent.other_id, sent.balance_after, sent.reason) == (
            "transfer", -30, bob.user_id, 70, "thanks",
        )  # fmt: skip
        assert (starting.kind, starting.amount, starting.other_id, starting.balance_after) == (
            "starting", 100, 0, 100,
        )  # fmt: skip
        received = (await own(tx, guild_id, bob)).entries[1]
        assert (received.id, received.amount, received.other_id) == (sent.id, 30, ada.user_id)
        assert received.balance_after == 30

    async def test_tells_what_is_undone(self, tx: Tx, guild_id: int) -> None:
        ada, boss = member(), manager(guild_id)
        granted = await treasury.grant_bytes(tx, boss, ada, 5, reason=None, idempotency_key="g")
        await treasury.undo_transaction(tx, boss, granted.transaction.id, force=False, idempotency_key="u")
        entries = (await own(tx, guild_id, ada)).entries
        assert [(each.kind, each.amount, each.is_undone) for each in entries] == [
            ("reversal", -5, False),
            ("grant", 5, True),
        ]

    async def test_turns_its_pages_there_and_back(self, tx: Tx, guild_id: int) -> None:
        ada = member()
        for amount in range(1, 26):
            await give(tx, guild_id, ada, amount)
        first = await own(tx, guild_id, ada)
        assert (amounts(first), first.newer) == (list(range(25, 15, -1)), None)
        second = await own(tx, guild_id, ada, before=first.older)
        assert amounts(second) == list(range(15, 5, -1))
        third = await own(tx, guild_id, ada, before=second.older)
        assert (amounts(third), third.older) == ([5, 4, 3, 2, 1], None)
        assert await own(tx, guild_id, ada, after=third.newer) == second
        assert await own(tx, guild_id, ada, after=second.newer) == first

    @pytest.mark.parametrize("count", [PAGE_SIZE, 2 * PAGE_SIZE])
    async def test_has_no_empty_page_at_its_end(self, tx: Tx, guild_id: int, count: int) -> None:
        ada = member()
        for _ in range(count):
            await give(tx, guild_id, ada, 1)
        view = await own(tx, guild_id, ada)
        for _ in range(count // PAGE_SIZE - 1):
            view = await own(tx, guild_id, ada, before=view.older)
        assert (len(view.entries), view.older) == (PAGE_SIZE, None)

    async def test_going_to_newer_ones_shows_a_full_page_of_the_newest(self, tx: Tx, guild_id: int) -> None:
        """New ones came while an older page was read."""
        ada = member()
        for amount in range(1, 13):
            await give(tx, guild_id, ada, amount)
        older = await own(tx, guild_id, ada, before=(await own(tx, guild_id, ada)).older)
        assert amounts(older) == [2, 1]
        assert amounts(await own(tx, guild_id, ada, after=older.newer)) == list(range(12, 2, -1))
        await give(tx, guild_id, ada, 13)
        page = await own(tx, guild_id, ada, after=older.newer)
        assert amounts(page) == list(range(12, 2, -1))
        assert amounts(await own(tx, guild_id, ada, after=page.newer)) == list(range(13, 3, -1))

    async def test_of_others_is_for_moderators(self, tx: Tx, guild_id: int) -> None:
        ada = member()
        await give(tx, guild_id, ada, 5)
        with pytest.raises(NotAllowedError):
            await history.view_history(tx, actor(guild_id), ada.user_id)
        moderator = actor(guild_id, permissions=Permission.MODERATE_MEMBERS)
        assert amounts(await history.view_history(tx, moderator, ada.user_id)) == [5]


class TestFindRecent:
    async def test_suggests_the_latest_that_can_be_undone(self, tx: Tx, guild_id: int) -> None:
        ada, boss = member(), manager(guild_id)
        granted = [
            (await treasury.grant_bytes(tx, boss, ada, n, reason=None, idempotency_key=f"g{n}")).transaction
            for n in (1, 2, 3)
        ]
        await treasury.undo_transaction(tx, boss, granted[1].id, force=False, idempotency_key="u")
        assert [each.id for each in await history.find_recent(tx, boss, "")] == [
            granted[2].id,
            granted[0].id,
        ]
        assert len(await history.find_recent(tx, boss, "", limit=1)) == 1

    async def test_matches_names_amounts_and_ids(self, tx: Tx, guild_id: int) -> None:
        boss, ada, bob = manager(guild_id), Member(snowflake(), "Ada.Lovelace"), Member(snowflake(), "b%b")
        to_ada = await treasury.grant_bytes(tx, boss, ada, 1250, reason=None, idempotency_key="a")
        to_bob = await treasury.grant_bytes(tx, boss, bob, 77, reason=None, idempotency_key="b")
        for typed, expected in {
            "@ada": to_ada,
            "LACE": to_ada,
            "%": to_bob,
            "12": to_ada,
            "77": to_bob,
            str(to_bob.transaction.id): to_bob,
        }.items():
            found = await history.find_recent(tx, boss, typed)
            assert [each.id for each in found] == [expected.transaction.id], typed
        assert await history.find_recent(tx, boss, "nobody") == []

    async def test_is_for_those_who_may_undo(self, tx: Tx, guild_id: int) -> None:
        with pytest.raises(NotAllowedError):
            await history.find_recent(tx, actor(guild_id), "")


class TestIndexes:
    """A look at a few rows reads a few rows, however many there are."""

    @pytest.fixture(autouse=True)
    async def _much(self, tx: Tx, guild_id: int) -> None:
        """Two hundred guilds of twenty members and forty transactions, put there directly."""
        booked = (
            "INSERT INTO bytes_transactions (id, created_at, guild_id, kind, giver_id, receiver_id, amount,"
            " receiver_balance_after, idempotency_key) SELECT gen_random_uuid(), now(),"
            " :guild + n % 200, 'grant', 0, 1 + n / 200 % 20, 1, 1, 'much:' || :guild || ':' || n"
            " FROM generate_series(1, 8000) n"
        )
        await tx.execute(text(booked.replace(":guild", str(guild_id))))
        await tx.execute(text("ANALYZE bytes_transactions"))

    @pytest.mark.parametrize(
        ("where", "columns"),
        [
            ("", {"guild_id"}),
            ("AND receiver_id = 7", {"guild_id", "receiver_id"}),
            ("AND giver_id = 7", {"guild_id", "giver_id"}),
        ],
    )
    async def test_serve(self, tx: Tx, guild_id: int, where: str, columns: set[str]) -> None:
        query = (
            f"EXPLAIN SELECT seq FROM bytes_transactions WHERE guild_id = {guild_id} {where}"
            " ORDER BY seq DESC LIMIT 11"
        )
        plan = list((await tx.execute(text(query))).scalars())
        conditions = [line for line in plan if "Index Cond" in line]
        assert len(conditions) == 1
        assert all(column in conditions[0] for column in columns)
        assert not [line for line in plan if "Filter" in line]
