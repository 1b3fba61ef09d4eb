"""What is done to members and messages of a guild, looked at from Discord's side."""

from datetime import timedelta

import pytest

from app import clock
from app.discord.limits import MAX_REASON
from app.discord.port import DiscordForbiddenError, DiscordNotFoundError
from app.discord.rest import HikariDiscord
from simulator.state import seed
from tests.edges.discord.simulated import Simulated

pytestmark = pytest.mark.anyio

WHY = "Zu viel Spaß: 日本語 🦀\nand /slashes & %percents"


class TestFindGuild:
    async def test_tells_who_owns_it_and_its_roles_with_everyone(self, discord: HikariDiscord) -> None:
        guild = await discord.find_guild(seed.GUILD_ID)
        assert guild is not None
        assert (guild.guild_id, guild.name, guild.owner_id) == (seed.GUILD_ID, "Beginner.Codes", seed.PRIYA)
        assert guild.roles[seed.GUILD_ID].position == 0
        assert guild.roles[seed.ADMIN].permissions == 8
        assert [guild.roles[each].is_managed for each in (seed.HELPER, seed.BOT)] == [False, True]

    async def test_of_a_guild_without_the_bot_is_none(self, discord: HikariDiscord) -> None:
        assert await discord.find_guild(seed.TERRARIUM_ID) is None


class TestListMembers:
    async def test_goes_through_all_in_the_order_of_their_ids(
        self, discord: HikariDiscord, simulated: Simulated
    ) -> None:
        found: list[int] = []
        while page := await discord.list_members(seed.GUILD_ID, after=found[-1] if found else 0, limit=5):
            assert len(page) <= 5
            found += [each.user_id for each in page]
        there = [
            int(each["id"])
            for each in (await simulated.state())["people"]
            if each["guild_id"] == str(seed.GUILD_ID)
        ]
        assert found == sorted(there)


class TestRoles:
    async def test_are_given_and_taken_with_the_reason(
        self, discord: HikariDiscord, simulated: Simulated
    ) -> None:
        for _ in range(2):  # the second time nothing is left to do, and nothing wrong
            await discord.add_role(seed.GUILD_ID, seed.ADA, seed.HELPER, reason=WHY)
        person = await simulated.person(seed.ADA)
        assert person is not None
        assert str(seed.HELPER) in person["roles"]
        assert await simulated.audited() == ("MEMBER_ROLE_UPDATE", WHY)
        for _ in range(2):
            await discord.remove_role(seed.GUILD_ID, seed.ADA, seed.HELPER, reason="Over")
        person = await simulated.person(seed.ADA)
        assert person is not None
        assert str(seed.HELPER) not in person["roles"]

    async def test_above_the_bot_are_forbidden(self, discord: HikariDiscord) -> None:
        with pytest.raises(DiscordForbiddenError, match="Missing Permissions") as refused:
            await discord.add_role(seed.GUILD_ID, seed.ADA, seed.ADMIN, reason="No")
        assert (refused.value.status, refused.value.number) == (403, 50013)

    async def test_that_are_gone_are_not_found(self, discord: HikariDiscord) -> None:
        with pytest.raises(DiscordNotFoundError) as refused:
            await discord.add_role(seed.GUILD_ID, seed.ADA, 4242, reason="No")
        assert refused.value.number == 10011

    async def test_of_who_is_gone_are_not_found(self, discord: HikariDiscord) -> None:
        with pytest.raises(DiscordNotFoundError) as refused:
            await discord.add_role(seed.GUILD_ID, 4242, seed.HELPER, reason="No")
        assert refused.value.number == 10007


class TestReasons:
    async def test_are_cut_to_what_discord_keeps(self, discord: HikariDiscord, simulated: Simulated) -> None:
        await discord.add_role(seed.GUILD_ID, seed.ADA, seed.HELPER, reason="ß" * 2_000)
        assert await simulated.audited() == ("MEMBER_ROLE_UPDATE", "ß" * MAX_REASON)

    async def test_with_half_a_character_are_sent_all_the_same(
        self, discord: HikariDiscord, simulated: Simulated
    ) -> None:
        await discord.add_role(seed.GUILD_ID, seed.ADA, seed.HELPER, reason="half \ud83d")
        assert await simulated.audited() == ("MEMBER_ROLE_UPDATE", "half ?")


class TestSetTimeout:
    async def test_lasts_until_then_and_is_lifted(self, discord: HikariDiscord, simulated: Simulated) -> None:
        until = clock.now().replace(microsecond=0) + timedelta(hours=1)
        await discord.set_timeout(seed.GUILD_ID, seed.ADA, until, reason=WHY)
        member = await discord.find_member(seed.GUILD_ID, seed.ADA)
        assert member is not None
        assert member.timed_out_until == until
        assert await simulated.audited() == ("MEMBER_UPDATE", WHY)
        await discord.set_timeout(seed.GUILD_ID, seed.ADA, None, reason="Over")
        member = await discord.find_member(seed.GUILD_ID, seed.ADA)
        assert member is not None
        assert member.timed_out_until is None

    async def test_of_the_owner_is_forbidden(self, discord: HikariDiscord) -> None:
        with pytest.raises(DiscordForbiddenError):
            await discord.set_timeout(
                seed.GUILD_ID, seed.PRIYA, clock.now() + timedelta(hours=1), reason="No"
            )


class TestBans:
    async def test_are_laid_told_and_lifted(self, discord: HikariDiscord, simulated: Simulated) -> None:
        assert not await discord.is_banned(seed.GUILD_ID, seed.DIEGO)
        for _ in range(2):
            await discord.ban(seed.GUILD_ID, seed.DIEGO, delete_seconds=3600, reason=WHY)
        assert await discord.is_banned(seed.GUILD_ID, seed.DIEGO)
        assert seed.DIEGO in await simulated.banned()
        assert await simulated.person(seed.DIEGO) is None
        assert await simulated.audited() == ("MEMBER_BAN_ADD", WHY)
        await discord.unban(seed.GUILD_ID, seed.DIEGO, reason=WHY)
        assert await simulated.audited() == ("MEMBER_BAN_REMOVE", WHY)
        with pytest.raises(DiscordNotFoundError) as refused:
            await discord.unban(seed.GUILD_ID, seed.DIEGO, reason="Again")
        assert refused.value.number == 10026

    async def test_in_a_guild_that_is_gone_are_not_said_to_be_none(self, discord: HikariDiscord) -> None:
        with pytest.raises(DiscordNotFoundError):
            await discord.is_banned(seed.TERRARIUM_ID, seed.DIEGO)

    async def test_of_many_tell_who_could_not_be_banned(
        self, discord: HikariDiscord, simulated: Simulated
    ) -> None:
        done = await discord.bulk_ban(seed.GUILD_ID, [seed.DIEGO, seed.PRIYA], reason=WHY)
        assert (done.banned, done.failed) == (frozenset({seed.DIEGO}), frozenset({seed.PRIYA}))
        assert seed.DIEGO in await simulated.banned()

    async def test_of_many_of_whom_none_can_be_are_an_answer(self, discord: HikariDiscord) -> None:
        done = await discord.bulk_ban(seed.GUILD_ID, [seed.PRIYA], reason=WHY)
        assert (done.banned, done.failed) == (frozenset(), frozenset({seed.PRIYA}))


class TestKick:
    async def test_removes_a_member_once(self, discord: HikariDiscord, simulated: Simulated) -> None:
        await discord.kick(seed.GUILD_ID, seed.DIEGO, reason=WHY)
        assert await simulated.person(seed.DIEGO) is None
        assert await simulated.audited() == ("MEMBER_KICK", WHY)
        with pytest.raises(DiscordNotFoundError) as refused:
            await discord.kick(seed.GUILD_ID, seed.DIEGO, reason=WHY)
        assert refused.value.number == 10007


class TestDeleteMessages:
    @pytest.mark.parametrize("many", [0, 1, 3])
    async def test_deletes_these_and_no_others(
        self, discord: HikariDiscord, simulated: Simulated, many: int
    ) -> None:
        sent = [
            int(
                (
                    await simulated.do(
                        "messages", channel_id=str(seed.GENERAL), user_id=str(seed.ADA), content=f"{number}"
                    )
                )["id"]
            )
            for number in range(4)
        ]
        await discord.delete_messages(seed.GENERAL, sent[:many], reason=WHY)
        newest = await discord.recent_messages(seed.GENERAL, limit=4 - many)
        assert [each.message_id for each in newest] == sent[many:][::-1]
        assert [each.content for each in newest] == [str(number) for number in range(many, 4)][::-1]

    async def test_one_that_is_gone_does_not_matter(self, discord: HikariDiscord) -> None:
        await discord.delete_messages(seed.GENERAL, [seed.GENERAL + 1], reason=WHY)
