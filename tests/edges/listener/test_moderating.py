"""From what happens in Discord to what is made of it: over a real gateway, with real rules and rows."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import text

from app import clock
from app.automod.rule import Mode
from app.automod.saving import set_mode
from app.bytes.domain import Member
from app.container import Container
from app.database.tx import Database
from app.moderation.cases import Order
from app.moderation.domain import CaseAction, CaseStatus, Source
from tests.edges.listener.conftest import Discord, Figures, listening
from tests.edges.listener.place import ALERT, WORDS, Place, found
from tests.support.deciding import carried_out, decide, moderator, now_of
from tests.support.guilds import manager
from tests.support.ruling import RAID, rule
from tests.support.waiting import until

pytestmark = pytest.mark.anyio


@pytest.fixture
async def place(discord: Discord, database: Database) -> Place:
    return await found(discord, database)


@pytest.fixture
async def listener(discord: Discord, place: Place) -> AsyncIterator[Figures]:
    """One that knows the place from its start."""
    async with listening(discord) as figures:
        yield figures


class TestRules:
    async def test_hit_what_members_write_and_edit_and_nobody_of_the_staff(
        self, place: Place, listener: Figures
    ) -> None:
        await place.rules(rule("words", trigger=WORDS))
        bob = await place.join()
        await place.say(place.owner_id, "never buy followers")
        await place.say(bob, "good morning")
        first = await place.say(bob, "BUY followers")
        (hit,) = await place.until_hits(1)
        assert (hit.message_id, hit.user_id, hit.rule_name) == (int(first), int(bob), "words")
        second = await place.say(bob, "good evening")
        await place.discord.ask(f"/_sim/messages/{second}/edit", user_id=bob, content="buy followers")
        assert (await place.until_hits(2))[1].message_id == int(second)
        assert await listener.of("smarterdev_automod_judged_total", kind="edit") >= 1
        assert await listener.of("smarterdev_automod_verdicts_total", mode="on") >= 2
        assert (await listener.ready())["automod"] == "ok"

    @pytest.mark.usefixtures("listener")
    async def test_hit_who_joins_and_who_is_called_otherwise(self, place: Place) -> None:
        name = {"type": "username_regex", "patterns": ["free.?nitro"]}
        raid = rule("raid", trigger=RAID, actions=[ALERT])
        await place.rules(rule("names", trigger=name, actions=[ALERT]), raid)
        bob = await place.join()
        await place.rename(bob, "Free Nitro")
        (hit,) = await place.until_hits(1)
        assert (hit.kind, hit.rule_name, hit.user_id) == ("name", "names", int(bob))
        for _ in range(2):
            await place.join()
        assert {each.rule_name for each in await place.until_hits(4)} == {"names", "raid"}

    async def test_are_followed_within_a_second_once_somebody_changes_them(
        self, place: Place, redis_url: str
    ) -> None:
        place.discord.redis_url = redis_url
        await place.rules(rule("words", mode="off", trigger=WORDS))
        async with listening(place.discord) as listener:
            bob = await place.join()
            before = await listener.heard("MESSAGE_CREATE")
            await place.say(bob, "buy followers")

            async def is_read() -> bool:
                return await listener.heard("MESSAGE_CREATE") > before

            await until(is_read)
            container = Container(place.discord.settings)
            try:
                async with container.database().transaction() as tx:
                    await set_mode(tx, manager(place.guild_id), "words", Mode.SHADOW)
                changed_at = clock.now()
            finally:
                await container.close()

            async def is_hit() -> bool:
                await place.say(bob, "buy followers")
                return bool(await place.hits())

            await until(is_hit, 45)
        first = (await place.hits())[0]
        assert first.mode == "shadow"
        assert first.at - changed_at < timedelta(seconds=1)


class TestDiscordsOwnPages:
    @pytest.mark.usefixtures("listener")
    async def test_what_is_done_there_becomes_cases(self, place: Place) -> None:
        bob, eve = await place.join(), await place.join()
        await place.by_hand("timeout", bob, reason="calm down", seconds=600)
        await place.by_hand("untimeout", bob)
        await place.by_hand("kick", eve)
        await place.by_hand("ban", bob, reason="enough")
        found = await place.until_cases(4)
        assert [(each.action, each.status) for each in found] == [
            (CaseAction.TIMEOUT, CaseStatus.LIFTED),
            (CaseAction.UNTIMEOUT, CaseStatus.DONE),
            (CaseAction.KICK, CaseStatus.DONE),
            (CaseAction.BAN, CaseStatus.ACTIVE),
        ]
        assert {each.source for each in found} == {Source.DISCORD}
        assert {each.moderator_id for each in found} == {int(place.owner_id)}
        assert [each.reason for each in found] == ["calm down", None, None, "enough"]
        timeout = found[0]
        assert timeout.expires_at is not None
        assert 595 < (timeout.expires_at - timeout.created_at).total_seconds() < 605

    @pytest.mark.usefixtures("listener")
    async def test_a_ban_of_ours_that_is_replaced_there_and_lifted_is_over_here(
        self, place: Place, database: Database
    ) -> None:
        bob = await place.join()
        async with database.transaction() as tx:
            decided = await decide(tx, moderator(place.guild_id), Member(int(bob), "bob"), CaseAction.BAN)
            ours = await carried_out(tx, decided.case)
        await place.by_hand("ban", bob)
        await place.by_hand("unban", bob)
        found = await place.until_cases(3)
        assert [each.status for each in found] == [CaseStatus.LIFTED, CaseStatus.LIFTED, CaseStatus.DONE]
        async with database.transaction() as tx:
            assert (await now_of(tx, ours)).status is CaseStatus.LIFTED


class TestComingBack:
    @pytest.mark.usefixtures("listener")
    async def test_who_left_during_a_time_out_is_timed_out_again(
        self, place: Place, database: Database
    ) -> None:
        bob = await place.join()
        where = {"guild_id": str(place.guild_id), "user_id": bob}
        async with database.transaction() as tx:
            order = Order(CaseAction.TIMEOUT, "spam", duration=timedelta(hours=1))
            decided = await decide(tx, moderator(place.guild_id), Member(int(bob), "bob"), order)
            await carried_out(tx, decided.case)
        await place.discord.ask("/_sim/members", action="leave", **where)
        await place.discord.ask("/_sim/members", action="join", **where)

        async def is_enqueued() -> bool:
            async with database.transaction() as tx:
                found = await tx.execute(
                    text(
                        "SELECT 1 FROM pgqueuer WHERE entrypoint = 'restore_timeout.v1'"
                        " AND convert_from(payload, 'UTF8')::jsonb->>'user_id' = :member"
                    ),
                    {"member": bob},
                )
                return found.first() is not None

        await until(is_enqueued)
