"""What the room knows of a member, and how it forgets who that was."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.bytes import erasure, history, service, treasury
from app.bytes.domain import AlreadyClaimedError, InsufficientBytesError, Member
from app.database.tx import Tx
from app.database.verify import load_invariants
from tests.support.guilds import actor, balance_of, give, manager, member, snowflake

pytestmark = pytest.mark.anyio

NOW = datetime.now(UTC)  # noqa: TID251 - a fixed present for the whole module
ALIAS = -4711


async def send(tx: Tx, guild_id: int, giver: Member, receiver: Member, amount: int = 10) -> Any:
    return await service.send_bytes(
        tx, actor(guild_id, giver), receiver, amount,
        reason="thanks", idempotency_key=f"send:{snowflake()}", now=NOW,
    )  # fmt: skip


async def claim(tx: Tx, guild_id: int, who: Member, now: datetime = NOW) -> Any:
    return await service.claim_daily(
        tx, actor(guild_id, who), idempotency_key=f"claim:{snowflake()}", now=now
    )


async def everything(tx: Tx, guild_id: int) -> str:
    """All that the room keeps of a guild, as text."""
    tables = ("bytes_balances", "bytes_transactions", "bytes_erasures")
    rows = [
        await tx.execute(text(f"SELECT t::text FROM {table} t WHERE guild_id = :id"), {"id": guild_id})
        for table in tables
    ]
    return "\n".join(line for found in rows for line in found.scalars())


async def sums(tx: Tx, guild_id: int) -> tuple[Any, ...]:
    row = await tx.execute(
        text(
            "SELECT sum(balance), sum(total_received), sum(total_sent), sum(total_earned), count(*)"
            " FROM bytes_balances WHERE guild_id = :id"
        ),
        {"id": guild_id},
    )
    return tuple(row.one())


@pytest.fixture
async def ada(tx: Tx, guild_id: int) -> Member:
    """Somebody with a past: a claim, a grant, a send, bytes of somebody else."""
    ada, bob = member(), member()
    await claim(tx, guild_id, ada)
    await treasury.grant_bytes(
        tx, manager(guild_id), ada, 50, reason="a talk", idempotency_key=f"seed:{guild_id}:{ada.user_id}:1"
    )
    await send(tx, guild_id, ada, bob)
    await send(tx, guild_id, bob, ada)
    return ada


@pytest.fixture(autouse=True)
async def _holds(tx: Tx) -> Any:
    yield
    for invariant in load_invariants():
        assert (await tx.execute(text(invariant.query))).all() == [], invariant.sentence


class TestErase:
    async def test_leaves_neither_id_nor_name_nor_what_was_said(
        self, tx: Tx, guild_id: int, ada: Member
    ) -> None:
        assert await erasure.erase_member(tx, guild_id, ada.user_id, ALIAS) == 5
        left = await everything(tx, guild_id)
        assert str(ada.user_id) not in left
        assert ada.username not in left
        assert "a talk" not in left
        assert "thanks" not in left
        assert str(ALIAS) in left

    async def test_changes_no_sum(self, tx: Tx, guild_id: int, ada: Member) -> None:
        before = await sums(tx, guild_id)
        await erasure.erase_member(tx, guild_id, ada.user_id, ALIAS)
        assert await sums(tx, guild_id) == before

    async def test_leaves_the_history_of_the_others(self, tx: Tx, guild_id: int) -> None:
        ada, bob, eve = member(), member(), member()
        await send(tx, guild_id, ada, bob, 30)
        await send(tx, guild_id, eve, bob, 5)
        await erasure.erase_member(tx, guild_id, ada.user_id, ALIAS)
        view = await history.view_history(tx, actor(guild_id, bob), bob.user_id)
        assert [(each.amount, each.other_id, each.reason) for each in view.entries] == [
            (5, eve.user_id, "thanks"),
            (30, ALIAS, None),
        ]

    async def test_is_of_this_guild_only(self, tx: Tx, guild_id: int, ada: Member) -> None:
        elsewhere = snowflake()
        await claim(tx, elsewhere, ada)
        await erasure.erase_member(tx, guild_id, ada.user_id, ALIAS)
        assert await balance_of(tx, elsewhere, ada) == 110
        assert ada.username in await everything(tx, elsewhere)

    async def test_of_who_was_never_here_changes_nothing(self, tx: Tx, guild_id: int) -> None:
        await send(tx, guild_id, member(), member())
        before = await everything(tx, guild_id)
        assert await erasure.erase_member(tx, guild_id, member().user_id, ALIAS) is None
        assert await everything(tx, guild_id) == before

    async def test_removes_from_the_leaderboard(self, tx: Tx, guild_id: int, ada: Member) -> None:
        eve = member()
        await give(tx, guild_id, eve, 1)
        await erasure.erase_member(tx, guild_id, ada.user_id, ALIAS)
        view = await service.view_leaderboard(tx, actor(guild_id, eve), 1)
        assert [row[1] for row in view.rows] == [view.rows[0][1], eve.user_id]
        assert min(row[1] for row in view.rows) > 0
        assert (view.members, view.own_rank) == (2, 2)

    async def test_leaves_transactions_that_can_be_undone(self, tx: Tx, guild_id: int) -> None:
        ada, bob = member(), member()
        sent = await send(tx, guild_id, ada, bob, 30)
        await erasure.erase_member(tx, guild_id, ada.user_id, ALIAS)
        await treasury.undo_transaction(
            tx, manager(guild_id), sent.transaction.id, force=False, idempotency_key="u"
        )
        assert await balance_of(tx, guild_id, bob) == 0

    @pytest.mark.parametrize("alias", [0, 5])
    async def test_needs_an_alias_that_is_nobodys_id(self, tx: Tx, guild_id: int, alias: int) -> None:
        await refuses(tx, f"SELECT erase_bytes_member({guild_id}, 7, {alias})", "negative alias")


class TestComingBack:
    async def test_mints_no_second_starting_balance(self, tx: Tx, guild_id: int) -> None:
        ada = member()
        await send(tx, guild_id, ada, member(), 100)
        await erasure.erase_member(tx, guild_id, ada.user_id, ALIAS)
        with pytest.raises(InsufficientBytesError, match="You have 0 bytes"):
            await send(tx, guild_id, ada, member(), 1)

    async def test_claims_the_same_day_no_second_time(self, tx: Tx, guild_id: int, ada: Member) -> None:
        await erasure.erase_member(tx, guild_id, ada.user_id, ALIAS)
        with pytest.raises(AlreadyClaimedError):
            await claim(tx, guild_id, ada)
        tomorrow = await claim(tx, guild_id, ada, NOW + timedelta(days=1))
        assert (tomorrow.transaction.streak_count, tomorrow.transaction.receiver_balance_after) == (1, 10)

    async def test_is_remembered_through_a_second_erasure(self, tx: Tx, guild_id: int, ada: Member) -> None:
        await erasure.erase_member(tx, guild_id, ada.user_id, ALIAS)
        await give(tx, guild_id, ada, 5)
        await erasure.erase_member(tx, guild_id, ada.user_id, ALIAS - 1)
        with pytest.raises(AlreadyClaimedError):
            await claim(tx, guild_id, ada)

    async def test_starts_whoever_had_not_started(self, tx: Tx, guild_id: int) -> None:
        """Who has only received; and who was too young to start, but has claimed."""
        ada, young = member(), member(timedelta(days=1))
        await give(tx, guild_id, ada, 5)
        await claim(tx, guild_id, young)
        for number, who in enumerate((ada, young)):
            await erasure.erase_member(tx, guild_id, who.user_id, ALIAS - number)
        for who in (ada, young):
            later = await claim(tx, guild_id, who, NOW + timedelta(days=10))
            assert later.transaction.receiver_balance_after == 110


async def refuses(tx: Tx, statement: str, match: str) -> None:
    with pytest.raises(DBAPIError, match=match):
        async with tx.connection.begin_nested():
            await tx.execute(text(statement))


class TestNothingElse:
    """What only the erasing function may do, whoever tries otherwise."""

    CHANGE = (
        "UPDATE bytes_transactions SET receiver_id = -7, receiver_username = NULL, reason = NULL"
        " WHERE receiver_id > 0"
    )

    async def test_may_a_plain_statement(self, tx: Tx, guild_id: int, ada: Member) -> None:
        await refuses(tx, self.CHANGE, "append-only")

    async def test_may_a_setting_pretend(self, tx: Tx, guild_id: int, ada: Member) -> None:
        for name in ("app.erasing", "smarterdev.erase_bytes_member", "application_name"):
            await tx.execute(
                text("SELECT set_config(:name, 'erase_bytes_member(bigint,bigint,bigint)', true)"),
                {"name": name},
            )
        await refuses(tx, self.CHANGE, "append-only")

    async def test_may_a_comment_or_another_function(self, tx: Tx, guild_id: int, ada: Member) -> None:
        name = "erase_bytes_member(bigint,bigint,bigint)"
        await refuses(tx, f"{self.CHANGE} /* PL/pgSQL function {name} */", "append-only")
        await refuses(tx, f"DO $$ BEGIN EXECUTE '{self.CHANGE} /* function {name} */'; END $$", "append-only")
        await tx.execute(
            text(
                "CREATE FUNCTION erase_bytes_members(bigint,bigint,bigint) RETURNS void LANGUAGE plpgsql"
                f" AS $$ BEGIN {self.CHANGE}; END $$"
            )
        )
        await refuses(tx, "SELECT erase_bytes_members(1, 2, 3)", "append-only")


class TestExport:
    async def test_holds_all_of_the_member_and_no_other_name(self, tx: Tx, guild_id: int) -> None:
        ada, bob = Member(snowflake(), "ada"), Member(snowflake(), "robert")
        claimed = await claim(tx, guild_id, ada)
        sent = await send(tx, guild_id, ada, bob)
        exported = await erasure.export_member(tx, guild_id, ada.user_id)
        assert bob.username not in json.dumps(exported)
        assert (exported["balance"]["balance"], exported["balance"]["streak_count"]) == (100, 1)
        assert exported["balance"]["last_daily"] == claimed.transaction.claim_date.isoformat()
        newest, _, oldest = exported["transactions"]
        assert newest == {
            "id": str(sent.transaction.id),
            "created_at": sent.transaction.created_at.isoformat(),
            "kind": "transfer",
            "amount": -10,
            "balance_after": 100,
            "other_party_id": str(bob.user_id),
            "own_username": "ada",
            "reason": "thanks",
            "is_undone": False,
            "claim_date": None,
            "streak_count": None,
            "streak_multiplier": None,
        }
        assert (oldest["kind"], oldest["own_username"], oldest["other_party_id"]) == ("starting", "ada", "0")

    async def test_of_who_was_never_here_is_empty(self, tx: Tx, guild_id: int) -> None:
        exported = await erasure.export_member(tx, guild_id, member().user_id)
        assert exported == {"balance": None, "erased_before": None, "transactions": []}
