"""Opening cases."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from app import clock
from app.access.ranks import Outranked
from app.database.tx import Tx
from app.discord.permissions import Permission
from app.discord.ranks import Rank
from app.errors import ConflictError, FeatureOffError, InvalidInputError, NotAllowedError
from app.guilds import service as guilds_service
from app.guilds.config import GuildConfig
from app.guilds.domain import Actor
from app.moderation.cases import Evidence, Order
from app.moderation.domain import CaseAction, CaseStatus, DmStatus
from tests.support.deciding import FINE, carried_out, decide, jobs, moderator, now_of, undo
from tests.support.guilds import actor, member, new_guild, snowflake

pytestmark = pytest.mark.anyio

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

# action -> the permission that suffices, written from Discord's names and not from our table
NEEDS = {
    "warn": Permission.MODERATE_MEMBERS,
    "note": Permission.MODERATE_MEMBERS,
    "timeout": Permission.MODERATE_MEMBERS,
    "untimeout": Permission.MODERATE_MEMBERS,
    "kick": Permission.KICK_MEMBERS,
    "ban": Permission.BAN_MEMBERS,
    "unban": Permission.BAN_MEMBERS,
}
# who is it done to -> the rule that keeps it from happening
KEPT_FROM = {
    "nobody knows": (None, Outranked.UNKNOWN),
    "the owner": (replace(FINE, owner_id=77), Outranked.OWNER),
    "the bot": (replace(FINE, bot_id=77), Outranked.BOT),
    "an equal": (replace(FINE, target=FINE.actor), Outranked.ACTOR_TOO_LOW),
    "a superior": (replace(FINE, target=Rank(6, 6)), Outranked.ACTOR_TOO_LOW),
    "somebody above the bot": (
        replace(FINE, actor=Rank(20, 20), target=Rank(10, 10)),
        Outranked.BOT_TOO_LOW,
    ),
    "somebody as high as the bot": (
        replace(FINE, actor=Rank(20, 20), target=FINE.bot),
        Outranked.BOT_TOO_LOW,
    ),
}


def order(action: str, reason: str | None = "spam") -> Order:
    return Order(CaseAction(action), reason, duration=HOUR if action == "timeout" else None)


async def how_many(tx: Tx, guild_id: int) -> int:
    rows = await tx.execute(
        text("SELECT count(*) FROM moderation_cases WHERE guild_id = :id"), {"id": guild_id}
    )
    return int(rows.scalar_one())


class TestWhoMay:
    @pytest.mark.parametrize("action", NEEDS)
    async def test_the_permission_of_each_action_suffices_and_every_other_does_not(
        self, tx: Tx, guild_id: int, action: str
    ) -> None:
        bob = member()
        others = [
            each for each in set(NEEDS.values()) | {Permission.MANAGE_MESSAGES} if each != NEEDS[action]
        ]
        for wrong in others:
            with pytest.raises(NotAllowedError):
                await decide(tx, actor(guild_id, permissions=wrong), bob, order(action))
        assert await how_many(tx, guild_id) == 0
        await decide(tx, actor(guild_id, permissions=NEEDS[action]), bob, order(action))
        assert await how_many(tx, guild_id) == 1

    @pytest.mark.parametrize("whom", KEPT_FROM)
    @pytest.mark.parametrize("action", NEEDS)
    async def test_whoever_is_protected_is_left_alone_by_every_action(
        self, tx: Tx, guild_id: int, action: str, whom: str
    ) -> None:
        ranks, rule = KEPT_FROM[whom]
        bob = replace(member(), user_id=77)
        with pytest.raises(NotAllowedError) as refused:
            await decide(tx, moderator(guild_id), bob, order(action), ranks=ranks)
        assert refused.value.message == rule.value
        assert await how_many(tx, guild_id) == 0
        assert await jobs(tx, guild_id) == []

    @pytest.mark.parametrize("action", NEEDS)
    async def test_nobody_does_it_to_themselves_not_even_an_owner(
        self, tx: Tx, guild_id: int, action: str
    ) -> None:
        ada = member()
        with pytest.raises(NotAllowedError) as refused:
            await decide(
                tx,
                actor(guild_id, ada, permissions=(1 << 63) - 1),
                ada,
                order(action),
                ranks=replace(FINE, owner_id=ada.user_id),
            )
        assert refused.value.message == Outranked.SELF.value

    @pytest.mark.parametrize("action", NEEDS)
    async def test_somebody_who_is_not_there_can_be_decided_about(
        self, tx: Tx, guild_id: int, action: str
    ) -> None:
        opened = await decide(
            tx, moderator(guild_id), member(), order(action), ranks=replace(FINE, target=None)
        )
        assert opened.case.number == 1

    async def test_nothing_is_decided_while_the_feature_is_off(self, tx: Tx, guild_id: int) -> None:
        await guilds_service.enter_guild(tx, guild_id)
        await guilds_service.save_config(
            tx, Actor.operator(guild_id), GuildConfig(features={"moderation": False})
        )
        with pytest.raises(FeatureOffError):
            await decide(tx, moderator(guild_id), member(), CaseAction.BAN)
        assert await how_many(tx, guild_id) == 0


class TestWhatIsWritten:
    @pytest.mark.parametrize(
        ("action", "status", "dm", "queued"),
        [
            ("warn", "active", "pending", ["tell_member", "log_case"]),
            ("note", "done", "none", ["log_case"]),
            ("timeout", "pending", "pending", ["sanction_member"]),
            ("untimeout", "pending", "pending", ["sanction_member"]),
            ("kick", "pending", "pending", ["sanction_member"]),
            ("ban", "pending", "pending", ["sanction_member"]),
            ("unban", "pending", "none", ["sanction_member"]),
        ],
    )
    async def test_each_action_begins_as_it_has_to(  # noqa: PLR0917 - a row of a table
        self, tx: Tx, guild_id: int, action: str, status: str, dm: str, queued: list[str]
    ) -> None:
        now = clock.now()
        case = (await decide(tx, moderator(guild_id), member(), order(action), now=now)).case
        assert (case.status, case.dm_status) == (status, dm)
        assert case.expires_at == (now + HOUR if action == "timeout" else None)
        assert await jobs(tx, guild_id) == queued
        assert await now_of(tx, case) == case

    async def test_a_silent_one_and_one_about_a_bot_tell_nobody(self, tx: Tx, guild_id: int) -> None:
        mod = moderator(guild_id)
        silent = await decide(tx, mod, member(), Order(CaseAction.WARN, "x", silent=True))
        about_a_bot = await decide(tx, mod, member(is_bot=True), CaseAction.BAN)
        assert {silent.case.dm_status, about_a_bot.case.dm_status} == {DmStatus.NONE}
        assert "tell_member" not in await jobs(tx, guild_id)

    async def test_numbers_are_those_of_the_guild(self, tx: Tx) -> None:
        here, there = new_guild(), new_guild()
        got = [
            (await decide(tx, moderator(guild_id), member(), CaseAction.NOTE)).case.number
            for guild_id in (here, there, here, here, there)
        ]
        assert got == [1, 1, 2, 3, 2]

    async def test_evidence_and_details_are_kept(self, tx: Tx, guild_id: int) -> None:
        given = Evidence("a.png", "image/png", 7, "https://cdn.discordapp.com/a.png")
        wanted = Order(CaseAction.BAN, "x", delete_seconds=86_400, evidence=given, quote="he said")
        case = (await decide(tx, moderator(guild_id), member(), wanted)).case
        assert case.details == {"delete_seconds": 86_400, "quote": "he said"}
        rows = await tx.execute(
            text("SELECT filename, size FROM moderation_evidence WHERE case_id = :id"), {"id": case.id}
        )
        assert [tuple(row) for row in rows] == [("a.png", 7)]


class TestWhatIsRefused:
    @pytest.mark.parametrize("reason", [None, "", " \n\t "])
    @pytest.mark.parametrize("action", ["warn", "note"])
    async def test_what_consists_of_its_reason_needs_one(
        self, tx: Tx, guild_id: int, action: str, reason: str | None
    ) -> None:
        with pytest.raises(InvalidInputError):
            await decide(tx, moderator(guild_id), member(), order(action, reason))

    async def test_a_reason_is_at_most_512_characters_as_people_count_them(
        self, tx: Tx, guild_id: int
    ) -> None:
        mod, longest = moderator(guild_id), "👍" * 512
        case = (await decide(tx, mod, member(), order("warn", f"  {longest}\n"))).case
        assert case.reason == longest
        with pytest.raises(InvalidInputError):
            await decide(tx, mod, member(), order("warn", "x" * 513))

    async def test_a_bot_is_not_warned(self, tx: Tx, guild_id: int) -> None:
        with pytest.raises(InvalidInputError):
            await decide(tx, moderator(guild_id), member(is_bot=True), CaseAction.WARN)

    @pytest.mark.parametrize("action", ["note", "kick", "unban", "untimeout"])
    async def test_what_is_over_at_once_has_no_duration(self, tx: Tx, guild_id: int, action: str) -> None:
        with pytest.raises(InvalidInputError):
            await decide(tx, moderator(guild_id), member(), Order(CaseAction(action), "x", duration=HOUR))


class TestTheSameKey:
    @pytest.mark.parametrize("action", NEEDS)
    async def test_gives_the_same_case(self, tx: Tx, guild_id: int, action: str) -> None:
        mod, bob, key = moderator(guild_id), member(), f"key:{snowflake()}"
        first = await decide(tx, mod, bob, order(action), key=key)
        again = await decide(tx, mod, bob, order(action), key=key)
        assert again.case == first.case
        assert not again.was_in_force
        assert await how_many(tx, guild_id) == 1

    @pytest.mark.parametrize(
        "other",
        [
            Order(CaseAction.BAN, "spam", duration=DAY),
            Order(CaseAction.BAN, "other", duration=HOUR),
            Order(CaseAction.KICK, "spam"),
            Order(CaseAction.BAN, "spam"),
            Order(CaseAction.BAN, "spam", duration=HOUR, delete_seconds=60),
            Order(CaseAction.BAN, "spam", duration=HOUR, quote="x"),
        ],
    )
    async def test_with_other_content_is_a_conflict(self, tx: Tx, guild_id: int, other: Order) -> None:
        mod, bob, key = moderator(guild_id), member(), f"key:{snowflake()}"
        await decide(tx, mod, bob, Order(CaseAction.BAN, "spam", duration=HOUR), key=key)
        with pytest.raises(ConflictError):
            await decide(tx, mod, bob, other, key=key)
        assert await how_many(tx, guild_id) == 1

    async def test_about_somebody_else_or_in_another_guild_is_a_conflict(self, tx: Tx, guild_id: int) -> None:
        mod, bob, key = moderator(guild_id), member(), f"key:{snowflake()}"
        await decide(tx, mod, bob, CaseAction.BAN, key=key)
        with pytest.raises(ConflictError):
            await decide(tx, mod, member(), CaseAction.BAN, key=key)
        with pytest.raises(ConflictError):
            await decide(tx, moderator(new_guild()), bob, CaseAction.BAN, key=key)


class TestWhatIsInForce:
    async def test_is_not_decided_again_by_what_lasts_no_longer(self, tx: Tx, guild_id: int) -> None:
        mod, bob = moderator(guild_id), member()
        first = await carried_out(tx, (await decide(tx, mod, bob, CaseAction.BAN)).case)
        for again in (Order(CaseAction.BAN, "x"), Order(CaseAction.BAN, "x", duration=DAY)):
            found = await decide(tx, moderator(guild_id), bob, again)
            assert found.was_in_force
            assert found.case == first
        assert await how_many(tx, guild_id) == 1

    async def test_is_replaced_by_what_lasts_longer(self, tx: Tx, guild_id: int) -> None:
        mod, bob = moderator(guild_id), member()
        short = await decide(tx, mod, bob, Order(CaseAction.TIMEOUT, "x", duration=HOUR))
        await carried_out(tx, short.case)
        longer = await decide(tx, mod, bob, Order(CaseAction.TIMEOUT, "x", duration=DAY))
        assert not longer.was_in_force
        await carried_out(tx, longer.case)
        assert (await now_of(tx, short.case)).status is CaseStatus.LIFTED

    async def test_does_not_count_once_somebody_decided_to_lift_it(self, tx: Tx, guild_id: int) -> None:
        """The lift is not carried out yet; whoever sanctions again after it means it."""
        mod, bob = moderator(guild_id), member()
        for imposes, lifts in ((order("timeout"), "untimeout"), (order("ban"), "unban")):
            before = await carried_out(tx, (await decide(tx, mod, bob, imposes)).case)
            await decide(tx, mod, bob, order(lifts))
            again = await decide(tx, mod, bob, imposes)
            assert not again.was_in_force
            assert again.case.number > before.number

    async def test_a_lift_under_way_does_not_count_once_somebody_sanctioned_after_it(
        self, tx: Tx, guild_id: int
    ) -> None:
        mod, bob = moderator(guild_id), member()
        await carried_out(tx, (await decide(tx, mod, bob, order("timeout"))).case)
        await decide(tx, mod, bob, order("untimeout"))
        await decide(tx, mod, bob, Order(CaseAction.TIMEOUT, "x", duration=DAY))
        lifted = await decide(tx, mod, bob, order("untimeout"))
        assert not lifted.was_in_force

    async def test_does_not_count_once_it_was_undone(self, tx: Tx, guild_id: int) -> None:
        mod, bob = moderator(guild_id), member()
        first = await carried_out(tx, (await decide(tx, mod, bob, CaseAction.BAN)).case)
        await undo(tx, mod, first)
        assert not (await decide(tx, mod, bob, CaseAction.BAN)).was_in_force

    async def test_does_not_count_for_another_member_or_guild(self, tx: Tx, guild_id: int) -> None:
        bob = member()
        await decide(tx, moderator(guild_id), bob, CaseAction.BAN)
        assert not (await decide(tx, moderator(guild_id), member(), CaseAction.BAN)).was_in_force
        assert not (await decide(tx, moderator(new_guild()), bob, CaseAction.BAN)).was_in_force

    async def test_warnings_and_notes_are_never_needless(self, tx: Tx, guild_id: int) -> None:
        mod, bob = moderator(guild_id), member()
        for action in (CaseAction.WARN, CaseAction.NOTE):
            assert [(await decide(tx, mod, bob, action)).was_in_force for _ in range(3)] == [False] * 3
