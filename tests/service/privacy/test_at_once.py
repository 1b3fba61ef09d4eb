"""Erasing while others erase, send and write: real commits."""

import asyncio
import re
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from app import clock
from app.analytics import service as analytics_service
from app.analytics.domain import Invocation
from app.bytes import service as bytes_service
from app.bytes.domain import InsufficientBytesError, Member
from app.bytes.treasury import grant_bytes
from app.database.engine import TOOL_PATIENCE, connect_database
from app.database.tx import Database
from app.discord.permissions import Permission
from app.privacy.domain import Erasure
from app.privacy.service import erase_member
from tests.service.privacy.conftest import Everywhere, live_a_life
from tests.support.guilds import actor, snowflake
from tests.support.locks import until_waiting_for_locks

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("verified")]


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A database in which eight may wait for each other: here it is about what comes of it, not how soon."""
    made = connect_database(database_url, pool_size=16, patience=TOOL_PATIENCE)
    yield made
    await made.close()


async def live(database: Database, guild_id: int, ada: Member, bob: Member) -> None:
    async with database.transaction() as tx:
        await live_a_life(tx, guild_id, ada, bob)


async def erase(database: Database, guild_id: int, who: Member, key: str | None = None) -> Erasure:
    async with database.transaction() as tx:
        return await erase_member(tx, actor(guild_id, who), idempotency_key=key or f"erase:{snowflake()}")


async def aliases(database: Database, guild_id: int) -> set[str]:
    async with database.transaction() as tx:
        everything = await Everywhere().of(tx, guild_id)
    return set(re.findall(r"-\d{13,}", "\n".join(line for lines in everything.values() for line in lines)))


class TestEightErasures:
    @pytest.mark.parametrize("attempt", range(3))
    async def test_leave_one_alias_and_one_entry(
        self, database: Database, guild_id: int, ada: Member, bob: Member, attempt: int
    ) -> None:
        await live(database, guild_id, ada, bob)
        done = await asyncio.gather(*(erase(database, guild_id, ada) for _ in range(8)))
        assert [each.rows for each in done if each.found_something] == [
            {"squads": 4, "bytes": 8, "roles": 1, "moderation": 2, "automod": 1, "guilds": 7, "analytics": 2}
        ]
        assert len(await aliases(database, guild_id)) == 1
        entries = text("SELECT count(*) FROM audit_entries WHERE guild_id = :id AND subject_type = 'member'")
        async with database.transaction() as tx:
            assert (await tx.execute(entries, {"id": guild_id})).scalar_one() == 1

    async def test_of_one_request_answer_alike(
        self, database: Database, guild_id: int, ada: Member, bob: Member
    ) -> None:
        await live(database, guild_id, ada, bob)
        done = await asyncio.gather(*(erase(database, guild_id, ada, "same") for _ in range(8)))
        assert [each.rows for each in done] == [
            {"squads": 4, "bytes": 8, "roles": 1, "moderation": 2, "automod": 1, "guilds": 7, "analytics": 2}
        ] * 8
        assert len(await aliases(database, guild_id)) == 1

    async def test_of_one_who_has_only_used_commands_leave_one_alias(
        self, database: Database, guild_id: int, ada: Member
    ) -> None:
        async with database.transaction() as tx:
            noted = [Invocation(guild_id, ada.user_id, "help", "ok", 1, clock.now())] * 3
            await analytics_service.record_invocations(tx, noted)
        done = await asyncio.gather(*(erase(database, guild_id, ada) for _ in range(8)))
        assert [each.rows for each in done if each.found_something] == [{"analytics": 3}]
        assert len(await aliases(database, guild_id)) == 1

    @pytest.mark.parametrize("attempt", range(3))
    async def test_of_one_who_stands_only_in_the_trail_leave_one_entry(
        self, database: Database, guild_id: int, ada: Member, bob: Member, attempt: int
    ) -> None:
        staff = actor(guild_id, ada, permissions=Permission.MANAGE_GUILD)
        async with database.transaction() as tx:
            for number in range(20):
                key = f"staff:{guild_id}:{number}"
                await grant_bytes(tx, staff, bob, 1, reason="why", idempotency_key=key)
        done = await asyncio.gather(*(erase(database, guild_id, ada) for _ in range(8)))
        assert [each.rows for each in done if each.found_something] == [{"guilds": 20}]
        assert len(await aliases(database, guild_id)) == 1


class TestTwoMembers:
    @pytest.mark.parametrize("attempt", range(3))
    async def test_who_dealt_with_each_other_can_be_erased_at_once(
        self, database: Database, guild_id: int, ada: Member, bob: Member, attempt: int
    ) -> None:
        await live(database, guild_id, ada, bob)
        done = await asyncio.gather(erase(database, guild_id, ada), erase(database, guild_id, bob))
        assert all(each.found_something for each in done)
        assert len(await aliases(database, guild_id)) == 2
        async with database.transaction() as tx:
            names = [str(ada.user_id), str(bob.user_id), ada.username, bob.username]
            assert await Everywhere().naming(tx, *names) == {}


class TestASend:
    @pytest.mark.parametrize("attempt", range(3))
    @pytest.mark.parametrize("is_giver", [True, False])
    async def test_that_races_with_an_erasure_is_wholly_before_or_after_it(
        self, database: Database, guild_id: int, ada: Member, bob: Member, attempt: int, *, is_giver: bool
    ) -> None:
        await live(database, guild_id, ada, bob)
        giver, receiver = (ada, bob) if is_giver else (bob, ada)

        async def send(number: int) -> int | None:
            """Give the place of the row, or None if there was nothing to send any more."""
            try:
                async with database.transaction() as tx:
                    receipt = await bytes_service.send_bytes(
                        tx, actor(guild_id, giver), receiver, 1,
                        reason="race", idempotency_key=f"race:{guild_id}:{number}", now=clock.now(),
                    )  # fmt: skip
            except InsufficientBytesError:
                return None
            return receipt.transaction.amount

        erasing = asyncio.ensure_future(erase(database, guild_id, ada))
        sent = await asyncio.gather(*(send(number) for number in range(6)))
        assert (await erasing).found_something
        (alias,) = await aliases(database, guild_id)
        async with database.transaction() as tx:
            rows = await tx.execute(
                text(
                    "SELECT seq, giver_id, receiver_id FROM bytes_transactions WHERE guild_id = :id"
                    " AND idempotency_key LIKE 'race:%' ORDER BY seq"
                ),
                {"id": guild_id},
            )
            parties = [{row.giver_id, row.receiver_id} for row in rows]
        assert len(parties) == len([each for each in sent if each is not None])
        # First those that were before, under the alias; then those of somebody new.
        before = [int(alias) in each for each in parties]
        assert before == sorted(before, reverse=True)
        assert all((ada.user_id in each) is not was for each, was in zip(parties, before, strict=True))
        if is_giver:
            assert all(before), "whoever was erased has nothing to send"


class TestAnInvocation:
    async def test_that_is_being_written_is_not_missed(
        self, database: Database, guild_id: int, ada: Member, bob: Member
    ) -> None:
        """It is written but not committed when the erasure begins, which waits for it."""
        await live(database, guild_id, ada, bob)
        async with asyncio.TaskGroup() as group, database.transaction() as tx:
            noted = [Invocation(guild_id, ada.user_id, "help", "ok", 1, clock.now())]
            await analytics_service.record_invocations(tx, noted)
            erasing = group.create_task(erase(database, guild_id, ada))
            await until_waiting_for_locks(database, 1)
        assert erasing.result().rows["analytics"] == 3
        async with database.transaction() as tx:
            assert await Everywhere().naming(tx, str(ada.user_id)) == {}

    async def test_that_waits_for_the_erasure_is_nobodys(
        self, database: Database, guild_id: int, ada: Member, bob: Member
    ) -> None:
        await live(database, guild_id, ada, bob)

        async def record() -> None:
            async with database.transaction() as tx:
                noted = [Invocation(guild_id, ada.user_id, "help", "ok", 1, clock.now())]
                await analytics_service.record_invocations(tx, noted)

        async with asyncio.TaskGroup() as group, database.transaction() as tx:
            await erase_member(tx, actor(guild_id, ada), idempotency_key=f"waits:{guild_id}")
            group.create_task(record())
            await until_waiting_for_locks(database, 1)
        async with database.transaction() as tx:
            assert await Everywhere().naming(tx, str(ada.user_id)) == {}
            nobodys = text("SELECT count(*) FROM command_invocations WHERE guild_id = :id AND user_id = 0")
            assert (await tx.execute(nobodys, {"id": guild_id})).scalar_one() == 1


class TestAVacuum:
    async def test_of_the_invocations_keeps_nobody_from_being_erased(
        self, database: Database, guild_id: int, ada: Member, bob: Member
    ) -> None:
        await live(database, guild_id, ada, bob)
        async with database.transaction() as tx:
            await tx.execute(text("ANALYZE command_invocations"))  # has the lock of a vacuum, until the end
            assert (await erase(database, guild_id, ada)).rows["analytics"] == 2
