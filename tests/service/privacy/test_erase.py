"""Being forgotten: in every room, under one alias, without a sum that changes."""

import json
import re

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app import clock
from app.analytics import service as analytics_service
from app.analytics.domain import Invocation
from app.bytes.domain import Member
from app.database.tx import Tx
from app.database.verify import load_invariants
from app.moderation.domain import CaseAction
from app.privacy.service import erase_member, export_member
from tests.service.privacy.conftest import Everywhere, live_a_life
from tests.support.deciding import ALL_OF_IT, carried_out, decide
from tests.support.guilds import actor, give, new_guild

pytestmark = pytest.mark.anyio

SUMS = text(
    "SELECT count(*), sum(balance), sum(total_received), sum(total_sent), sum(total_earned)"
    " FROM bytes_balances WHERE guild_id = :id"
)


async def aliases(tx: Tx, guild_id: int) -> set[str]:
    """Every negative id in the rows of one guild."""
    everything = await Everywhere().of(tx, guild_id)
    return set(re.findall(r"-\d{13,}", "\n".join(line for lines in everything.values() for line in lines)))


class TestErase:
    async def test_leaves_neither_id_nor_name_in_any_table(
        self, tx: Tx, guild_id: int, ada: Member, bob: Member, everywhere: Everywhere
    ) -> None:
        await live_a_life(tx, guild_id, ada, bob)
        assert len(await everywhere.naming(tx, str(ada.user_id), ada.username)) == 10
        erasure = await erase_member(tx, actor(guild_id, ada), idempotency_key="e")
        assert await everywhere.naming(tx, str(ada.user_id), ada.username) == {}
        assert erasure.rows == {
            "squads": 4,
            "bytes": 8,
            "roles": 1,
            "moderation": 2,
            "automod": 1,
            "guilds": 7,
            "analytics": 2,
        }

    async def test_blanks_exactly_what_the_export_has(
        self, tx: Tx, guild_id: int, ada: Member, bob: Member
    ) -> None:
        await live_a_life(tx, guild_id, ada, bob)
        export = json.loads(await export_member(tx, actor(guild_id, ada), now=clock.now()))
        erasure = await erase_member(tx, actor(guild_id, ada), idempotency_key="e")
        assert erasure.rows == {
            "squads": 1 + len(export["squads"]["moves"]),
            "bytes": len(export["bytes"]["transactions"]),
            "roles": len(export["roles"]),
            "moderation": len(export["moderation"]["cases"]),
            "automod": len(export["automod"]),
            "guilds": len(export["guilds"]),
            "analytics": len(export["analytics"]),
        }

    async def test_puts_one_alias_everywhere(self, tx: Tx, guild_id: int, ada: Member, bob: Member) -> None:
        await live_a_life(tx, guild_id, ada, bob)
        await erase_member(tx, actor(guild_id, ada), idempotency_key="e")
        (alias,) = await aliases(tx, guild_id)
        assert -(2**63) <= int(alias) < 0
        for table, column in (
            ("bytes_balances", "user_id"),
            ("audit_entries", "actor_id"),
            ("command_invocations", "user_id"),
        ):
            rows = await tx.execute(
                text(f"SELECT DISTINCT {column} FROM {table} WHERE guild_id = :id AND {column} < 0"),
                {"id": guild_id},
            )
            assert rows.scalars().all() == [int(alias)], table
        entry = await tx.execute(
            text(
                "SELECT subject_id, after FROM audit_entries"
                " WHERE guild_id = :id AND subject_type = 'squad_membership'"
            ),
            {"id": guild_id},
        )
        assert entry.one() == (
            f"{guild_id}:{alias}",
            {"squad": "7", "members": {alias: {"by": [alias, "x"]}}},
        )

    async def test_changes_no_sum_and_breaks_no_invariant(
        self, tx: Tx, guild_id: int, ada: Member, bob: Member
    ) -> None:
        await live_a_life(tx, guild_id, ada, bob)
        before = (await tx.execute(SUMS, {"id": guild_id})).one()
        await erase_member(tx, actor(guild_id, ada), idempotency_key="e")
        assert (await tx.execute(SUMS, {"id": guild_id})).one() == before
        for invariant in load_invariants():
            assert (await tx.execute(text(invariant.query))).all() == [], invariant.sentence

    async def test_touches_nothing_that_is_not_about_the_member(
        self, tx: Tx, guild_id: int, ada: Member, bob: Member, everywhere: Everywhere
    ) -> None:
        elsewhere = new_guild()
        for guild in (guild_id, elsewhere):
            await live_a_life(tx, guild, ada, bob)
        of_others = "SELECT count(*) FROM audit_entries WHERE guild_id = :id AND note IN ('stays', 'noise')"
        before = await everywhere.of(tx, elsewhere)
        await erase_member(tx, actor(guild_id, ada), idempotency_key="e")
        assert await everywhere.of(tx, elsewhere) == before
        assert (await tx.execute(text(of_others), {"id": guild_id})).scalar_one() == 1
        assert bob.username in str(await everywhere.of(tx, guild_id))

    async def test_takes_every_note_about_the_member(
        self, tx: Tx, guild_id: int, ada: Member, bob: Member
    ) -> None:
        await live_a_life(tx, guild_id, ada, bob)
        await erase_member(tx, actor(guild_id, ada), idempotency_key="e")
        notes = text("SELECT note FROM audit_entries WHERE guild_id = :id AND note IS NOT NULL")
        assert (await tx.execute(notes, {"id": guild_id})).scalars().all() == ["stays"]

    async def test_leaves_an_entry_that_names_nobody(
        self, tx: Tx, guild_id: int, ada: Member, bob: Member
    ) -> None:
        await live_a_life(tx, guild_id, ada, bob)
        await erase_member(tx, actor(guild_id, ada), idempotency_key="e")
        (alias,) = await aliases(tx, guild_id)
        entry = text(
            "SELECT actor_id, actor_name, via, subject_id, note, after FROM audit_entries"
            " WHERE guild_id = :id AND subject_type = 'member'"
        )
        assert (await tx.execute(entry, {"id": guild_id})).one() == (
            int(alias), None, "command", alias, None,
            {"erased": {
                "squads": 4, "bytes": 8, "roles": 1, "moderation": 2, "automod": 1, "guilds": 7,
                "analytics": 2,
            }},
        )  # fmt: skip

    async def test_of_whom_nobody_has_met_changes_nothing(
        self, tx: Tx, guild_id: int, ada: Member, bob: Member, everywhere: Everywhere
    ) -> None:
        await live_a_life(tx, guild_id, bob, Member(7, "seven"))
        before = await everywhere.of(tx, guild_id)
        erasure = await erase_member(tx, actor(guild_id, ada), idempotency_key="e")
        assert not erasure.found_something
        after = await everywhere.of(tx, guild_id)
        assert len(after.pop("invocation_erasures")) == len(before.pop("invocation_erasures")) + 1
        assert after == before

    async def test_of_a_server_nobody_has_heard_of_does_not_make_it_known(self, tx: Tx, ada: Member) -> None:
        nowhere = new_guild()
        await erase_member(tx, actor(nowhere, ada), idempotency_key="e")
        known = text("SELECT count(*) FROM guilds WHERE id = :id")
        assert (await tx.execute(known, {"id": nowhere})).scalar_one() == 0

    async def test_answers_a_repeat_alike(self, tx: Tx, guild_id: int, ada: Member, bob: Member) -> None:
        await live_a_life(tx, guild_id, ada, bob)
        first = await erase_member(tx, actor(guild_id, ada), idempotency_key="e")
        await give(tx, guild_id, ada, 5)
        assert await erase_member(tx, actor(guild_id, ada), idempotency_key="e") == first
        other = await erase_member(tx, actor(guild_id, ada), idempotency_key="another")
        assert other.rows == {"bytes": 1, "guilds": 1}
        assert len(await aliases(tx, guild_id)) == 2


class TestALateInvocation:
    """Invocations are written seconds after what they tell of, the one that erased among them."""

    async def late(self, tx: Tx, guild_id: int, who: Member, seconds: int) -> list[int]:
        at = (await tx.execute(text(f"SELECT clock_timestamp() + interval '{seconds} s'"))).scalar_one()
        noted = [Invocation(guild_id, who.user_id, "late", "ok", 1, at)]
        await analytics_service.record_invocations(tx, noted)
        rows = await tx.execute(
            text(
                "DELETE FROM command_invocations WHERE guild_id = :id AND command = 'late' RETURNING user_id"
            ),
            {"id": guild_id},
        )
        return list(rows.scalars().all())

    async def test_is_nobodys(self, tx: Tx, guild_id: int, ada: Member, bob: Member) -> None:
        await erase_member(tx, actor(guild_id, ada), idempotency_key="e")
        assert await self.late(tx, guild_id, ada, -5) == [0]
        assert await self.late(tx, guild_id, ada, 1) == [0]
        assert await self.late(tx, guild_id, bob, -5) == [bob.user_id]
        assert await self.late(tx, new_guild(), ada, -5) == [ada.user_id]

    async def test_of_who_came_back_is_kept(self, tx: Tx, guild_id: int, ada: Member) -> None:
        await erase_member(tx, actor(guild_id, ada), idempotency_key="e")
        assert await self.late(tx, guild_id, ada, 90) == [ada.user_id]


class TestTheTrail:
    """Stays append-only for everything but the one function."""

    CHANGES = (
        "actor_id = -7, actor_name = NULL, note = NULL",
        "subject_id = '-7', note = NULL",
        'before = \'{"user": "-7"}\', note = NULL',
        "after = NULL",
        "created_at = now() - interval '1 s'",
        "note = 'erase_guilds_member(bigint,bigint,bigint)'",
    )

    @pytest.fixture(autouse=True)
    async def _lived(self, tx: Tx, guild_id: int, ada: Member, bob: Member) -> None:
        await live_a_life(tx, guild_id, ada, bob)

    async def refused(self, tx: Tx, *statements: str) -> None:
        *before, last = statements
        for statement in before:
            await tx.execute(text(statement))
        with pytest.raises(DBAPIError, match="append-only"):
            async with tx.connection.begin_nested():
                await tx.execute(text(last))

    @pytest.mark.parametrize("change", CHANGES)
    async def test_refuses_a_plain_update(self, tx: Tx, change: str) -> None:
        await self.refused(tx, f"UPDATE audit_entries SET {change}")

    async def test_refuses_one_that_only_sounds_like_the_function(self, tx: Tx) -> None:
        update = "UPDATE audit_entries SET actor_id = -7, actor_name = NULL, note = NULL"
        body = f"LANGUAGE plpgsql AS $$ BEGIN {update}; END $$"
        await self.refused(
            tx, f"DO $$ BEGIN {update}; /* erase_guilds_member(bigint,bigint,bigint) */ END $$"
        )
        await self.refused(
            tx,
            f"CREATE FUNCTION erase_guilds_member(text) RETURNS void {body}",
            "SELECT erase_guilds_member('')",
        )
        await self.refused(
            tx,
            f"CREATE FUNCTION may_erase_guilds_member(bigint, bigint, bigint) RETURNS void {body}",
            "SELECT may_erase_guilds_member(1, 2, -3)",
        )
        await self.refused(tx, "SET LOCAL application_name = 'erase_guilds_member'", update)

    @pytest.mark.parametrize("arguments", ["1, 7, 7", "1, 7, 0", "1, 0, -7", "1, -7, -8"])
    async def test_is_erased_by_a_negative_alias_alone(self, tx: Tx, arguments: str) -> None:
        with pytest.raises(DBAPIError, match="negative alias"):
            await tx.execute(text(f"SELECT erase_guilds_member({arguments})"))

    async def test_takes_no_number_for_an_id(self, tx: Tx, guild_id: int) -> None:
        """`{"amount": 50}` is not about member 50, nor is a longer id that has these digits."""
        assert (await tx.execute(text(f"SELECT erase_guilds_member({guild_id}, 50, -7)"))).scalar_one() == 0


class TestACaseThatLasts:
    async def test_keeps_the_id_and_loses_the_name_until_it_is_over(
        self, tx: Tx, guild_id: int, ada: Member, everywhere: Everywhere
    ) -> None:
        moderator = actor(guild_id, permissions=ALL_OF_IT)
        case = (await decide(tx, moderator, ada, CaseAction.BAN)).case
        await carried_out(tx, case)
        await decide(tx, moderator, ada, CaseAction.NOTE)
        await erase_member(tx, actor(guild_id, ada), idempotency_key="e")
        [ban] = (await everywhere.naming(tx, str(ada.user_id))).pop("moderation_cases")
        assert "ban" in ban
        assert await everywhere.naming(tx, ada.username) == {}
        lifted = (await decide(tx, moderator, ada, CaseAction.UNBAN)).case
        await carried_out(tx, lifted)
        await erase_member(tx, actor(guild_id, ada), idempotency_key="e2")
        assert await everywhere.naming(tx, str(ada.user_id), ada.username) == {}

    async def test_says_nothing_of_a_note_in_the_file(self, tx: Tx, guild_id: int, ada: Member) -> None:
        await decide(tx, actor(guild_id, permissions=ALL_OF_IT), ada, CaseAction.NOTE)
        export = json.loads(await export_member(tx, actor(guild_id, ada), now=clock.now()))
        assert export["moderation"]["cases"] == []
