"""Many at once, with real commits: nothing is lost, doubled or refused without cause."""

import asyncio
import random
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import text

from app.bytes.domain import Member
from app.database.tx import Database
from tests.support.guilds import balance_of, give, member, new_guild
from tests.support.locks import until_waiting_for_locks
from tests.support.signed import FakeDiscord, command, is_ephemeral, text_of

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("verified")]


@pytest.fixture
def discord(database: Database) -> FakeDiscord:
    return FakeDiscord(database)


async def count(database: Database, guild_id: int, kind: str) -> int:
    async with database.transaction() as tx:
        rows = await tx.execute(
            text("SELECT count(*) FROM bytes_transactions WHERE guild_id = :id AND kind = :kind"),
            {"id": guild_id, "kind": kind},
        )
        return int(rows.scalar_one())


async def balance(database: Database, guild_id: int, who: Member) -> int:
    async with database.transaction() as tx:
        return await balance_of(tx, guild_id, who)


def titles(replies: list[dict[str, Any]]) -> list[str]:
    return sorted(text_of(reply).splitlines()[0].split(" ", 2)[2] for reply in replies)


class TestTheSameInteraction:
    @pytest.mark.parametrize("attempt", range(5))
    async def test_eight_times_in_parallel_books_once_and_answers_alike(
        self, discord: FakeDiscord, database: Database, guild_id: int, attempt: int
    ) -> None:
        ada, bob = member(), member()
        sent = command(guild_id, ada, "bytes send", {"user": bob, "amount": 50, "reason": "hi"})
        answers = await asyncio.gather(*(discord.send(sent) for _ in range(8)))
        assert [answer.status for answer in answers] == [200] * 8
        assert len({answer.body for answer in answers}) == 1
        assert await count(database, guild_id, "transfer") == 1
        assert await balance(database, guild_id, ada) == 50
        assert (await discord.send(sent)).body == answers[0].body

    @pytest.mark.parametrize("attempt", range(4))
    @pytest.mark.parametrize("has_appeared", [False, True])
    @pytest.mark.parametrize("name", ["bytes daily", "bytes balance"])
    async def test_of_a_claim_answers_alike(
        self,
        discord: FakeDiscord,
        database: Database,
        guild_id: int,
        name: str,
        attempt: int,
        *,
        has_appeared: bool,
    ) -> None:
        ada = member()
        await discord.command(guild_id, member(), "bytes balance")  # the guild is known
        if has_appeared:
            await discord.command(guild_id, ada, "bytes send", {"user": member(), "amount": 1})
        claim = command(guild_id, ada, name)
        answers = await asyncio.gather(*(discord.send(claim) for _ in range(8)))
        assert len({answer.body for answer in answers}) == 1
        assert "+10 bytes for today" in answers[0].body.decode()
        assert await count(database, guild_id, "daily") == 2

    async def test_of_a_grant_mints_and_audits_once(
        self, discord: FakeDiscord, database: Database, guild_id: int
    ) -> None:
        grant = command(
            guild_id,
            member(),
            "treasury grant",
            {"user": member(), "amount": 5, "reason": "x"},
            permissions=0x20,
        )
        answers = await asyncio.gather(*(discord.send(grant) for _ in range(8)))
        assert len({answer.body for answer in answers}) == 1
        assert await count(database, guild_id, "grant") == 1


class TestDifferentInteractions:
    @pytest.mark.parametrize("attempt", range(5))
    async def test_claims_at_the_same_instant_pay_once(
        self, discord: FakeDiscord, database: Database, guild_id: int, attempt: int
    ) -> None:
        ada = member()
        replies = await asyncio.gather(*(discord.command(guild_id, ada, "bytes daily") for _ in range(4)))
        assert titles(replies) == ["Already claimed"] * 3 + ["Daily bytes claimed"]
        assert await count(database, guild_id, "daily") == 1
        assert await balance(database, guild_id, ada) == 110

    async def test_claims_that_all_wait_for_the_balance_pay_once(
        self, discord: FakeDiscord, database: Database, guild_id: int
    ) -> None:
        """The balance is held until all four wait for it."""
        ada = member()
        await discord.command(guild_id, ada, "bytes send", {"user": member(), "amount": 1})
        async with database.engine.connect() as holder, asyncio.TaskGroup() as group:
            held = text("SELECT 1 FROM bytes_balances WHERE user_id = :id FOR UPDATE")
            await holder.execute(held, {"id": ada.user_id})
            claims = [group.create_task(discord.command(guild_id, ada, "bytes daily")) for _ in range(4)]
            await until_waiting_for_locks(database, len(claims))
            await holder.rollback()
        assert titles([claim.result() for claim in claims]) == ["Already claimed"] * 3 + [
            "Daily bytes claimed"
        ]
        assert await balance(database, guild_id, ada) == 109

    async def test_a_claim_and_a_look_at_the_same_instant_pay_once(
        self, discord: FakeDiscord, database: Database, guild_id: int
    ) -> None:
        ada = member()
        await asyncio.gather(
            discord.command(guild_id, ada, "bytes daily"), discord.command(guild_id, ada, "bytes balance")
        )
        assert await balance(database, guild_id, ada) == 110

    async def test_a_balance_is_spent_once(
        self, discord: FakeDiscord, database: Database, guild_id: int
    ) -> None:
        """Sixteen sends of 30 from a balance of 100: three are booked."""
        ada = member()
        replies = await asyncio.gather(
            *(
                discord.command(guild_id, ada, "bytes send", {"user": member(), "amount": 30})
                for _ in range(16)
            )
        )
        assert Counter("Bytes sent" in text_of(reply) for reply in replies) == {True: 3, False: 13}
        assert all("not 30" in text_of(reply) for reply in replies if is_ephemeral(reply))
        assert await balance(database, guild_id, ada) == 10

    async def test_two_new_members_sending_to_each_other_do_not_wait_in_a_circle(
        self, discord: FakeDiscord, database: Database
    ) -> None:
        for _ in range(10):
            guild_id, ada, bob = new_guild(), member(), member()
            replies = await asyncio.gather(
                discord.command(guild_id, ada, "bytes send", {"user": bob, "amount": 5}),
                discord.command(guild_id, bob, "bytes send", {"user": ada, "amount": 7}),
            )
            assert ["Bytes sent" in text_of(reply) for reply in replies] == [True, True]
            assert await balance(database, guild_id, ada) == 102

    async def test_one_key_for_two_pairs_of_members_books_one(
        self, discord: FakeDiscord, database: Database, guild_id: int
    ) -> None:
        requests = [
            command(
                guild_id,
                member(),
                "bytes send",
                {"user": member(), "amount": 5},
                interaction_id=4242 << 22 | guild_id & 0xFFFF,
            )
            for _ in range(6)
        ]
        replies = await asyncio.gather(*(discord.deliver(request) for request in requests))
        assert sum("Bytes sent" in text_of(reply) for reply in replies) == 1
        assert await count(database, guild_id, "transfer") == 1


@pytest.mark.parametrize("members", [2, 200])
async def test_32_parallel_sends_are_booked_or_honestly_refused(
    discord: FakeDiscord, database: Database, guild_id: int, members: int
) -> None:
    seed = random.randrange(2**32)
    print(f"SEED={seed}")
    draw = random.Random(seed)
    people = [member() for _ in range(members)]
    async with database.transaction() as tx:
        for who in people:
            await give(tx, guild_id, who, 200)

    async def one(number: int) -> dict[str, Any]:
        giver, receiver = draw.sample(people, 2)
        return await discord.command(
            guild_id, giver, "bytes send", {"user": receiver, "amount": draw.randint(1, 90)}
        )

    async def sender() -> list[dict[str, Any]]:
        return [await one(number) for number in range(12)]

    replies = [reply for batch in await asyncio.gather(*(sender() for _ in range(32))) for reply in batch]
    titles = Counter(text_of(reply).splitlines()[0] for reply in replies)
    assert set(titles) <= {"### 💠 Bytes sent", "### ⚠️ Not enough bytes"}, titles
    assert await count(database, guild_id, "transfer") == titles["### 💠 Bytes sent"]
    async with database.transaction() as tx:
        deadlocks = await tx.execute(
            text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        )
        assert deadlocks.scalar_one() == 0
