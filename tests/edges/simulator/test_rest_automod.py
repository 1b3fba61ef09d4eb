"""Discord's own auto-moderation: its limits, and what its rules do."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from simulator.deeds import messages
from simulator.deeds.actor import Actor
from simulator.errors import DiscordError
from simulator.happenings import AutomodExecuted
from simulator.state import seed
from simulator.state.entities import Message, MessageType
from tests.edges.simulator.rest_caller import GUILD, Caller, calling

pytestmark = pytest.mark.anyio

RULES = GUILD + "/auto-moderation/rules"
BLOCK: dict[str, Any] = {"type": 1}
ALERT = {"type": 2, "metadata": {"channel_id": str(seed.MOD_LOG)}}
TIMEOUT = {"type": 3, "metadata": {"duration_seconds": 60}}


@pytest.fixture
async def bot() -> AsyncIterator[Caller]:
    async with calling() as caller:
        caller.guild.automod.clear()
        yield caller


def rule(**changes: Any) -> dict[str, Any]:
    whole: dict[str, Any] = {
        "name": "Words",
        "event_type": 1,
        "trigger_type": 1,
        "trigger_metadata": {"keyword_filter": ["bad"]},
        "actions": [BLOCK],
        "enabled": True,
    }
    return whole | changes


def keywords(**metadata: Any) -> dict[str, Any]:
    return rule(trigger_metadata=metadata)


def mentions(**changes: Any) -> dict[str, Any]:
    return rule(trigger_type=5, trigger_metadata={"mention_total_limit": 1}) | changes


def says(bot: Caller, content: str, user_id: int = seed.ADA, channel_id: int = seed.GENERAL) -> Message:
    channel = bot.discord.world.channels[channel_id]
    return messages.write(bot.discord, channel, Actor(user_id), messages.Draft({"content": content}))


class TestForms:
    @pytest.mark.parametrize(
        ("body", "where"),
        [
            (rule(name=""), ["name"]),
            (rule(name="x" * 101), ["name"]),
            (rule(trigger_type=2), ["trigger_type"]),
            (rule(event_type=2), ["event_type"]),
            (rule(actions=[]), ["actions"]),
            (rule(actions=[{"type": 9}]), ["actions", "0", "type"]),
            (rule(actions=[{"type": 4}]), ["actions", "0", "type"]),
            (rule(actions=[{"type": 2}]), ["actions", "0", "metadata"]),
            (rule(actions=[{"type": 3, "metadata": {}}]), ["actions", "0", "metadata", "duration_seconds"]),
            (
                rule(actions=[{"type": 3, "metadata": {"duration_seconds": 2_419_201}}]),
                ["actions", "0", "metadata", "duration_seconds"],
            ),
            (
                rule(actions=[{"type": 1, "metadata": {"custom_message": "x" * 151}}]),
                ["actions", "0", "metadata", "custom_message"],
            ),
            (
                rule(actions=[{"type": 2, "metadata": {"channel_id": "1"}}]),
                ["actions", "0", "metadata", "channel_id"],
            ),
            (keywords(keyword_filter=["x"] * 1001), ["trigger_metadata", "keyword_filter"]),
            (keywords(keyword_filter=["x" * 61]), ["trigger_metadata", "keyword_filter", "0"]),
            (keywords(regex_patterns=["x"] * 11), ["trigger_metadata", "regex_patterns"]),
            (keywords(regex_patterns=["x" * 261]), ["trigger_metadata", "regex_patterns", "0"]),
            (keywords(regex_patterns=["(?=x)"]), ["trigger_metadata", "regex_patterns", "0"]),
            (keywords(regex_patterns=["("]), ["trigger_metadata", "regex_patterns", "0"]),
            (keywords(allow_list=["x"] * 101), ["trigger_metadata", "allow_list"]),
            (rule(trigger_type=3, actions=[TIMEOUT]), ["actions", "0", "type"]),
            (rule(trigger_type=4, trigger_metadata=None), ["trigger_metadata"]),
            (rule(trigger_type=4, trigger_metadata={"presets": [4]}), ["trigger_metadata", "presets", "0"]),
            (
                mentions(trigger_metadata={"mention_total_limit": 51}),
                ["trigger_metadata", "mention_total_limit"],
            ),
            (rule(exempt_roles=[str(each) for each in range(21)]), ["exempt_roles"]),
            (rule(exempt_channels=[str(each) for each in range(51)]), ["exempt_channels"]),
        ],
    )
    async def test_are_refused_where_discord_refuses(
        self, bot: Caller, body: dict[str, Any], where: list[str]
    ) -> None:
        place = await bot.errors("POST", RULES, body)
        for step in where:
            place = place[step]
        assert "_errors" in place

    async def test_change_only_what_they_name(self, bot: Caller) -> None:
        made = (await bot.call("POST", RULES, rule())).json()
        path = f"{RULES}/{made['id']}"
        changed = (await bot.call("PATCH", path, {"enabled": False}, reason="Pause")).json()
        assert changed == made | {"enabled": False}
        assert bot.guild.audit_log[-1].reason == "Pause"
        assert list(await bot.errors("PATCH", path, {"name": None})) == ["name"]
        assert (await bot.call("DELETE", path)).status_code == 204
        assert (await bot.call("GET", path)).status_code == 404


class TestMaximum:
    @pytest.mark.parametrize(
        ("body", "most"),
        [
            (rule(), 6),
            (rule(trigger_type=3), 1),
            (rule(trigger_type=4, trigger_metadata={"presets": [1]}), 1),
            (mentions(), 1),
        ],
    )
    async def test_of_a_trigger_is_kept(self, bot: Caller, body: dict[str, Any], most: int) -> None:
        for _ in range(most):
            assert (await bot.call("POST", RULES, body)).status_code == 200
        assert await bot.refused("POST", RULES, body) == (400, 50035)


class TestKeywords:
    @pytest.mark.parametrize(
        ("metadata", "content", "is_blocked"),
        [
            ({"keyword_filter": ["cat"]}, "a CAT!", True),
            ({"keyword_filter": ["cat"]}, "category", False),
            ({"keyword_filter": ["cat*"]}, "category", True),
            ({"keyword_filter": ["*cat"]}, "bobcat", True),
            ({"keyword_filter": ["*cat*"]}, "locations cats", True),
            ({"keyword_filter": ["$$$"]}, "free $$$ now", True),
            ({"keyword_filter": ["two words"]}, "these two words", True),
            ({"regex_patterns": ["c[a4]t"]}, "c4ts", True),
            ({"keyword_filter": ["*cat*"], "allow_list": ["location"]}, "a location", False),
            ({"keyword_filter": ["*cat*"], "allow_list": ["location"]}, "a location, a cat", True),
        ],
    )
    async def test_match_as_discord_matches(
        self, bot: Caller, metadata: dict[str, Any], content: str, *, is_blocked: bool
    ) -> None:
        assert (await bot.call("POST", RULES, keywords(**metadata))).status_code == 200
        if is_blocked:
            with pytest.raises(DiscordError) as refused:
                says(bot, content)
            assert refused.value.kind.value.code == 200000
        else:
            assert says(bot, content).content == content

    async def test_leave_bots_managers_and_the_exempt_alone(self, bot: Caller) -> None:
        exempt = {"exempt_roles": [str(seed.HELPER)], "exempt_channels": [str(seed.HELP)]}
        await bot.call("POST", RULES, rule(**exempt))
        for user_id in (bot.discord.bot.id, seed.TOMASZ, seed.PRIYA, seed.SIOBHAN):
            says(bot, "bad", user_id)
        says(bot, "bad", channel_id=seed.HELP)

    async def test_look_at_edits_too(self, bot: Caller) -> None:
        await bot.call("POST", RULES, rule())
        message = says(bot, "good")
        with pytest.raises(DiscordError):
            messages.edit(bot.discord, message, Actor(seed.ADA), {"content": "bad"})
        assert message.content == "good"

    async def test_rest_while_disabled(self, bot: Caller) -> None:
        await bot.call("POST", RULES, rule(enabled=False))
        assert says(bot, "bad").content == "bad"


class TestActions:
    async def test_time_out_alert_and_tell(self, bot: Caller) -> None:
        happenings: list[Any] = []
        bot.discord.bus.listen(happenings.append)
        await bot.call("POST", RULES, rule(actions=[ALERT, TIMEOUT]))
        written = says(bot, "so bad")
        assert bot.discord.world.find_message(seed.GENERAL, written.id) is written
        assert bot.guild.members[seed.ADA].timed_out_until is not None
        alert = next(bot.discord.world.newest_first(seed.MOD_LOG))
        assert (alert.type, alert.author_id) == (MessageType.AUTO_MODERATION_ACTION, seed.ADA)
        assert alert.embeds[0]["description"] == "so bad"
        told = [each.data for each in happenings if isinstance(each, AutomodExecuted)]
        assert [each["action"]["type"] for each in told] == [2, 3]
        assert told[0]["alert_system_message_id"] == str(alert.id)
        assert (told[0]["matched_keyword"], told[0]["matched_content"]) == ("bad", "bad")
        assert told[0]["message_id"] == str(written.id)
        assert [int(each.action) for each in list(bot.guild.audit_log)[-2:]] == [144, 145]

    async def test_of_mention_spam_count_each_once(self, bot: Caller) -> None:
        await bot.call("POST", RULES, mentions())
        says(bot, f"<@{seed.JUN}> <@{seed.JUN}>")
        with pytest.raises(DiscordError):
            says(bot, f"<@{seed.JUN}> <@{seed.MATEO}>")

    async def test_need_the_permission_that_a_timeout_needs(self, bot: Caller) -> None:
        bot.guild.roles[seed.BOT].permissions &= ~(1 << 40)
        assert await bot.refused("POST", RULES, rule(actions=[TIMEOUT])) == (403, 50013)
