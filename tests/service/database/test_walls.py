"""What the database itself refuses, whoever asks."""

from datetime import UTC, datetime
from typing import ClassVar

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.bytes import service, treasury
from app.bytes.config import BytesConfig
from app.bytes.domain import Member
from app.database.tx import Tx
from app.database.verify import load_invariants
from app.squads import moving, saving
from app.squads.config import SquadDraft
from app.squads.domain import Cause
from tests.support.guilds import actor, give, manager, member

pytestmark = pytest.mark.anyio

NOW = datetime.now(UTC)  # noqa: TID251 - a fixed present for the whole module


RANGES = {
    name: (schema["minimum"], schema["maximum"])
    for name, schema in BytesConfig.model_json_schema()["properties"].items()
    if "minimum" in schema
}
"""Field -> smallest and largest value, as the schema publishes them."""


async def refuses(tx: Tx, statement: str, match: str) -> None:
    with pytest.raises(DBAPIError, match=match):
        async with tx.connection.begin_nested():
            await tx.execute(text(statement))


async def test_only_a_claim_has_a_day(tx: Tx, guild_id: int) -> None:
    await refuses(
        tx,
        "SELECT * FROM post_transaction(gen_random_uuid(), 'k', 1, 'grant', 0, NULL, 7, 'ada', 5,"
        " p_claim_date => '2026-01-01', p_streak_count => 1, p_streak_multiplier => 1)",
        "daily_facts",
    )


class TestTransactions:
    @pytest.fixture(autouse=True)
    async def _booked(self, tx: Tx, guild_id: int) -> None:
        await service.send_bytes(tx, actor(guild_id), member(), 5, reason="why", idempotency_key="k", now=NOW)

    @pytest.mark.parametrize(
        "change",
        [
            "amount = 6",
            "giver_id = 7",
            "giver_id = -7, giver_username = NULL",
            "receiver_id = -7, receiver_username = NULL, reason = NULL",
            "guild_id = 7",
            "seq = DEFAULT",
            "created_at = now()",
            "receiver_balance_after = 0",
            "reason = 'another'",
            "giver_username = 'mallory'",
            "idempotency_key = 'other'",
            "kind = 'grant'",
        ],
    )
    async def test_cannot_be_changed(self, tx: Tx, change: str) -> None:
        await refuses(tx, f"UPDATE bytes_transactions SET {change}", "append-only")

    async def test_can_have_names_and_reasons_blanked(self, tx: Tx) -> None:
        await tx.execute(
            text(
                "UPDATE bytes_transactions SET giver_username = NULL, receiver_username = NULL, reason = NULL"
            )
        )

    @pytest.mark.parametrize("table", ["bytes_transactions", "audit_entries"])
    async def test_cannot_be_deleted(self, tx: Tx, table: str) -> None:
        await refuses(tx, f"DELETE FROM {table}", "append-only")
        await refuses(tx, f"TRUNCATE {table} CASCADE", "append-only")

    async def test_audit_entries_cannot_be_changed(self, tx: Tx, guild_id: int) -> None:
        await give(tx, guild_id, member(), 1)
        await refuses(tx, "UPDATE audit_entries SET actor_id = 1", "append-only")
        await refuses(tx, "UPDATE audit_entries SET note = 'x'", "append-only")
        await tx.execute(text("UPDATE audit_entries SET note = NULL, actor_name = NULL"))

    async def test_balances_cannot_be_negative_or_wrong(self, tx: Tx) -> None:
        await refuses(
            tx, "UPDATE bytes_balances SET balance = -1, total_sent = total_received + 1", "not_negative"
        )
        await refuses(tx, "UPDATE bytes_balances SET balance = balance + 1", "adds_up")
        await refuses(tx, "INSERT INTO bytes_balances (guild_id, user_id) VALUES (1, 0)", "no_system_row")


@pytest.mark.parametrize("name", RANGES)
async def test_ranges_of_the_schema_are_the_ranges_of_the_table(tx: Tx, guild_id: int, name: str) -> None:
    await service.save_config(tx, manager(guild_id), BytesConfig(), expected_version=0)
    lowest, highest = RANGES[name]
    for inside in (lowest, highest):
        await tx.execute(text(f"UPDATE bytes_configs SET {name} = {inside}"))
    for outside in (lowest - 1, highest + 1):
        await refuses(tx, f"UPDATE bytes_configs SET {name} = {outside}", name)


class TestInvariants:
    """Each of them can fail: the data is broken behind every wall, and `verify` sees it."""

    BREAKING: ClassVar[dict[str, list[str]]] = {
        "balances_not_negative": ["UPDATE bytes_balances SET balance = -1"],
        "balances_add_up": ["UPDATE bytes_balances SET balance = balance + 1"],
        "balances_match_transactions": [
            "UPDATE bytes_balances SET balance = balance + 1, total_received = total_received + 1"
        ],
        "supply_is_minted_less_burned": ["UPDATE bytes_balances SET balance = balance + 1"],
        "chains_unbroken": ["UPDATE bytes_transactions SET receiver_balance_after = 7"],
        "chains_end_in_balances": ["UPDATE bytes_balances SET balance = balance + 1"],
        "minting_and_burning_have_their_kinds": [
            "UPDATE bytes_transactions SET kind = 'transfer' WHERE kind = 'grant'"
        ],
        "one_starting_balance": ["UPDATE bytes_balances SET started_at = NULL"],
        "one_claim_a_day": ["UPDATE bytes_balances SET last_daily = '2020-01-01'"],
        "last_send_is_remembered": ["UPDATE bytes_balances SET last_sent_at = '2020-01-01'"],
        "transactions_belong_to_known_guilds": ["DELETE FROM bytes_configs", "DELETE FROM guilds"],
        "reversals_fit_their_originals": [
            "UPDATE bytes_transactions SET amount = amount + 1 WHERE kind = 'reversal'"
        ],
        "starting_balances_have_their_keys": [
            "UPDATE bytes_transactions SET idempotency_key = idempotency_key || 'x' WHERE kind = 'starting'"
        ],
        "who_was_erased_has_no_name": ["UPDATE bytes_transactions SET receiver_id = -7 WHERE kind = 'grant'"],
        "what_staff_booked_is_audited": ["DELETE FROM audit_entries"],
        "moves_of_squads_are_paid": ["UPDATE squad_moves SET cost = cost + 1 WHERE cost > 0"],
        "first_choices_are_free": ["UPDATE squad_moves SET cost = 5"],
        "nobody_is_in_a_squad_that_is_gone": ["UPDATE squads SET is_active = false"],
        "squads_hold_what_they_take": [
            "INSERT INTO squad_memberships SELECT guild_id, -user_id, squad_id, now() FROM squad_memberships"
        ],
        "moves_lead_to_memberships": ["DELETE FROM squad_memberships"],
    }

    def test_every_one_is_broken_here(self) -> None:
        assert {invariant.name for invariant in load_invariants()} == set(self.BREAKING)

    @pytest.mark.parametrize(
        "change",
        [
            "last_daily = '2030-01-01' WHERE last_daily IS NULL",
            "streak_count = 999 WHERE last_daily IS NULL",
            "streak_count = streak_count + 1 WHERE last_daily IS NOT NULL",
        ],
    )
    async def test_of_claims_are_seen_when_the_memory_of_them_is_wrong(
        self, tx: Tx, guild_id: int, change: str
    ) -> None:
        ada = member()
        await give(tx, guild_id, member(), 50)
        await service.claim_daily(tx, actor(guild_id, ada), idempotency_key="c", now=NOW)
        invariant = next(found for found in load_invariants() if found.name == "one_claim_a_day")
        assert (await tx.execute(text(invariant.query))).all() == []
        await tx.execute(text(f"UPDATE bytes_balances SET {change}"))
        assert (await tx.execute(text(invariant.query))).all() != []

    async def come_back(self, tx: Tx, guild_id: int, who: Member) -> None:
        """Have somebody join a squad that takes nobody else, leave it, and pay to come back."""
        draft = SquadDraft(name="Red", role_id="5", switch_cost=30, max_members=1)
        red = await saving.save_squad(tx, manager(guild_id), draft, known=saving.UNSEEN, now=NOW)
        ada = actor(guild_id, who)
        await moving.go(tx, ada, red.id, Cause.JOIN, most=0, idempotency_key="1", now=NOW)
        await moving.leave(tx, ada, idempotency_key="2", now=NOW)
        await moving.go(tx, ada, red.id, Cause.JOIN, most=30, idempotency_key="3", now=NOW)

    @pytest.mark.parametrize("name", BREAKING)
    async def test_is_seen_when_broken(self, tx: Tx, guild_id: int, name: str) -> None:
        ada = member()
        await give(tx, guild_id, ada, 50)
        claimed = await service.claim_daily(tx, actor(guild_id, ada), idempotency_key="c", now=NOW)
        await treasury.undo_transaction(
            tx, manager(guild_id), claimed.transaction.id, force=False, idempotency_key="u"
        )
        await self.come_back(tx, guild_id, ada)
        invariant = next(found for found in load_invariants() if found.name == name)
        assert (await tx.execute(text(invariant.query))).all() == []
        await tx.execute(text("SET LOCAL session_replication_role = replica"))  # triggers rest
        for table in ("bytes_balances", "bytes_transactions", "squad_moves"):
            checks = await tx.execute(
                text(
                    "SELECT conname FROM pg_constraint"
                    " WHERE contype = 'c' AND conrelid = CAST(:t AS regclass)"
                ),
                {"t": table},
            )
            for check in checks.scalars().all():
                await tx.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {check}"))
        for statement in self.BREAKING[name]:
            await tx.execute(text(statement))
        assert (await tx.execute(text(invariant.query))).all() != []
