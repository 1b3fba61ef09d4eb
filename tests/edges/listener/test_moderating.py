"""From what happens in Discord to what is made of it: over a real gateway, with real rules and rows."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from app.automod.rule import Mode, Rule
from app.automod.saving import save_rule, set_mode
from app.bytes.domain import Member
from app.container import Container
from app.database.tx import Database
from app.guilds import service as guilds_service
from app.moderation import repository
from app.moderation.cases import Case, Order
from app.moderation.domain import CaseAction, CaseStatus, Source
from tests.edges.listener.conftest import Discord, Figures, listening
from tests.support.deciding import carried_out, decide, moderator, now_of
from tests.support.guilds import manager
from tests.support.ruling import RAID, cases, hits, rule
from tests.support.waiting import until

pytestmark = pytest.mark.anyio

ALERT: dict[str, Any] = {"type": "alert", "channel_id": None}


class Place:
    """A guild of this test's own."""

    def __init__(self, discord: Discord, database: Database, shown: dict[str, Any]) -> None:
        self.discord = discord
        self.database = database
        self.guild_id = int(shown["id"])
        self.owner_id: str = shown["owner_id"]
        self.channel_id: str = shown["channels"][0]["id"]
        self._joined = 0

    async def rules(self, *rules: Rule) -> None:
        async with self.database.transaction() as tx:
            await guilds_service.enter_guild(tx, self.guild_id)
            for each in rules:
                await save_rule(tx, manager(self.guild_id), each)

    async def join(self, **more: Any) -> str:
        self._joined += 1
        name = f"n{self.guild_id % 10**12}.{self._joined}"
        joined = await self.discord.ask(
            "/_sim/members", guild_id=str(self.guild_id), action="join", **{"username": name} | more
        )
        return str(joined["id"])

    async def rename(self, user_id: str, nick: str) -> None:
        await self.discord.ask(
            "/_sim/members", guild_id=str(self.guild_id), action="rename", user_id=user_id, nick=nick
        )

    async def say(self, user_id: str, content: str) -> str:
        sent = await self.discord.ask(
            "/_sim/messages", channel_id=self.channel_id, user_id=user_id, content=content
        )
        return str(sent["id"])

    async def by_hand(self, action: str, user_id: str, **more: Any) -> None:
        await self.discord.ask(
            "/_sim/moderation",
            guild_id=str(self.guild_id),
            moderator_id=self.owner_id,
            user_id=user_id,
            action=action,
            **more,
        )

    async def hits(self) -> list[Any]:
        async with self.database.transaction() as tx:
            return await hits(tx, self.guild_id)

    async def until_hits(self, count: int) -> list[Any]:
        await until(lambda: self._has(count))
        return await self.hits()

    async def _has(self, count: int) -> bool:
        return len(await self.hits()) >= count

    async def cases(self) -> list[Case]:
        async with self.database.transaction() as tx:
            numbers = [row.number for row in await cases(tx, self.guild_id)]
            found = [await repository.find_case(tx, self.guild_id, each) for each in numbers]
        return [each for each in found if each is not None]

    async def until_cases(self, count: int) -> list[Case]:
        async def is_met() -> bool:
            return len(await self.cases()) >= count

        await until(is_met)
        return await self.cases()


@pytest.fixture
async def place(discord: Discord, database: Database) -> Place:
    guild_id = await discord.new_guild()
    guilds = (await discord.state())["guilds"]
    return Place(discord, database, next(each for each in guilds if each["id"] == str(guild_id)))


@pytest.fixture
async def listener(discord: Discord, place: Place) -> AsyncIterator[Figures]:
    """One that knows the place from its start."""
    async with listening(discord) as figures:
        yield figures


WORDS = {"type": "message_regex", "patterns": ["buy followers"]}


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

    async def test_are_followed_as_soon_as_somebody_changes_them(self, place: Place, redis_url: str) -> None:
        place.discord.redis_url = redis_url
        await place.rules(rule("words", mode="off", trigger=WORDS))
        async with listening(place.discord) as listener:
            bob = await place.join()
            await place.say(bob, "buy followers")

            async def is_read() -> bool:
                return await listener.heard("MESSAGE_CREATE") >= 1

            await until(is_read)
            container = Container(place.discord.settings)
            try:
                async with container.database().transaction() as tx:
                    await set_mode(tx, manager(place.guild_id), "words", Mode.SHADOW)
            finally:
                await container.close()

            async def is_hit() -> bool:
                await place.say(bob, "buy followers")
                return bool(await place.hits())

            await until(is_hit, 45)
        assert (await place.hits())[0].mode == "shadow"


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
