"""What a bot hears: every happening as its event, to those who may and want to hear it."""

from collections.abc import Callable
from typing import Any, get_args

import pytest

from simulator import happenings as hap
from simulator.config import SimulatorConfig
from simulator.deeds import channels, guilds, members, messages, roles
from simulator.deeds.actor import Actor
from simulator.gateway import news
from simulator.gateway.events import NOT_FOR_BOTS, RULES
from simulator.gateway.intents import Intent
from simulator.gateway.news import News
from simulator.gateway.stripping import without_content
from simulator.local_discord import LocalDiscord
from simulator.permissions import Overwrite, OverwriteTarget, Permission
from simulator.state import seed
from simulator.state.entities import Channel, Guild, Message, MessageFlag, MessageStatus, User
from simulator.wire import JsonObject
from tests.edges.simulator.gateway_client import EVERYTHING, Place, running
from tests.edges.simulator.simulators import discord_of

pytestmark = pytest.mark.anyio

PRIYA, ADA = Actor(seed.PRIYA), Actor(seed.ADA)
GUILD, GENERAL = str(seed.GUILD_ID), str(seed.GENERAL)
CONTENT = Intent.MESSAGE_CONTENT


def guild(place: Place) -> Guild:
    return place.discord.world.guilds[seed.GUILD_ID]


def channel(place: Place) -> Channel:
    return place.discord.world.channels[seed.GENERAL]


def direct(place: Place, person: int = seed.ADA) -> Channel:
    return channels.open_direct(place.discord, person, place.discord.bot.id)


def delete_two(place: Place) -> None:
    ids = [place.write(content).id for content in ("one", "two")]
    messages.bulk_delete(place.discord, guild(place), channel(place), PRIYA, ids)


def role_of(place: Place) -> Any:
    return roles.create_role(place.discord, guild(place), PRIYA, {"name": "New"})


def ban_and_forgive(place: Place) -> None:
    members.ban(place.discord, guild(place), PRIYA, seed.ADA)
    members.unban(place.discord, guild(place), PRIYA, seed.ADA)


def add_guild(place: Place) -> Guild:
    owner = place.discord.world.users[seed.PRIYA]
    return guilds.create_guild(place.discord, "Second", owner, bot=True)


def tell(happening: Callable[[Place], hap.Happening]) -> Callable[[Place], None]:
    return lambda place: place.discord.tell(happening(place))


RULE = {"id": "1", "guild_id": GUILD, "name": "No"}
EXECUTION = {
    "guild_id": GUILD,
    "action": {"type": 1},
    "rule_id": "1",
    "rule_trigger_type": 1,
    "user_id": "2",
    "content": "bad words",
    "matched_keyword": "bad",
    "matched_content": "bad",
}
BAN = {"guild_id": GUILD, "user": {"id": str(seed.ADA)}}

Deed = Callable[[Place], object]

TABLE: list[tuple[str, Deed, Intent, dict[str, Any]]] = [
    (
        "MESSAGE_CREATE",
        lambda p: p.write("Hi"),
        Intent.GUILD_MESSAGES,
        {"guild_id": GUILD, "channel_type": 0},
    ),
    (
        "MESSAGE_UPDATE",
        lambda p: messages.edit(p.discord, p.write("Hi"), ADA, {"content": "Hello"}),
        Intent.GUILD_MESSAGES,
        {"guild_id": GUILD, "channel_id": GENERAL},
    ),
    (
        "MESSAGE_DELETE",
        lambda p: messages.delete(p.discord, channel(p), ADA, p.write("Hi")),
        Intent.GUILD_MESSAGES,
        {"guild_id": GUILD, "channel_id": GENERAL},
    ),
    ("MESSAGE_DELETE_BULK", delete_two, Intent.GUILD_MESSAGES, {"guild_id": GUILD, "channel_id": GENERAL}),
    (
        "TYPING_START",
        lambda p: messages.start_typing(p.discord, channel(p), ADA),
        Intent.GUILD_MESSAGE_TYPING,
        {"guild_id": GUILD, "channel_id": GENERAL, "user_id": str(seed.ADA)},
    ),
    (
        "GUILD_MEMBER_ADD",
        lambda p: members.join(p.discord, guild(p), _newcomer(p)),
        Intent.GUILD_MEMBERS,
        {"guild_id": GUILD, "roles": []},
    ),
    (
        "GUILD_MEMBER_REMOVE",
        lambda p: members.leave(p.discord, guild(p), seed.ADA),
        Intent.GUILD_MEMBERS,
        {"guild_id": GUILD},
    ),
    (
        "GUILD_MEMBER_UPDATE",
        lambda p: members.add_role(p.discord, guild(p), PRIYA, seed.ADA, seed.HELPER),
        Intent.GUILD_MEMBERS,
        {"guild_id": GUILD, "roles": [str(seed.VERIFIED), str(seed.HELPER)]},
    ),
    (
        "GUILD_BAN_ADD",
        lambda p: members.ban(p.discord, guild(p), PRIYA, seed.ADA),
        Intent.GUILD_MODERATION,
        BAN,
    ),
    (
        "GUILD_BAN_REMOVE",
        ban_and_forgive,
        Intent.GUILD_MODERATION,
        BAN,
    ),
    ("GUILD_ROLE_CREATE", role_of, Intent.GUILDS, {"guild_id": GUILD}),
    (
        "GUILD_ROLE_UPDATE",
        lambda p: roles.change_role(p.discord, guild(p), PRIYA, role_of(p), {"name": "Newer"}),
        Intent.GUILDS,
        {"guild_id": GUILD},
    ),
    (
        "GUILD_ROLE_DELETE",
        lambda p: roles.delete_role(p.discord, guild(p), PRIYA, role_of(p)),
        Intent.GUILDS,
        {"guild_id": GUILD},
    ),
    (
        "CHANNEL_CREATE",
        lambda p: channels.create_channel(p.discord, guild(p), PRIYA, {"name": "new"}),
        Intent.GUILDS,
        {"guild_id": GUILD, "name": "new"},
    ),
    (
        "CHANNEL_UPDATE",
        lambda p: channels.change_channel(p.discord, guild(p), channel(p), PRIYA, {"topic": "New"}),
        Intent.GUILDS,
        {"guild_id": GUILD, "id": GENERAL, "topic": "New"},
    ),
    (
        "CHANNEL_DELETE",
        lambda p: channels.delete_channel(p.discord, guild(p), channel(p), PRIYA),
        Intent.GUILDS,
        {"guild_id": GUILD, "id": GENERAL},
    ),
    (
        "GUILD_UPDATE",
        lambda p: guilds.change_guild(p.discord, guild(p), PRIYA, {"name": "Renamed"}),
        Intent.GUILDS,
        {"id": GUILD, "name": "Renamed"},
    ),
    ("GUILD_CREATE", add_guild, Intent.GUILDS, {"name": "Second", "unavailable": False, "member_count": 2}),
    (
        "GUILD_DELETE",
        lambda p: members.leave(p.discord, guild(p), p.discord.bot.id),
        Intent.GUILDS,
        {"id": GUILD},
    ),
    (
        "GUILD_AUDIT_LOG_ENTRY_CREATE",
        lambda p: members.kick(p.discord, guild(p), Actor(seed.PRIYA, "Spam"), seed.ADA),
        Intent.GUILD_MODERATION,
        {"guild_id": GUILD, "action_type": 20, "user_id": str(seed.PRIYA), "reason": "Spam"},
    ),
    (
        "AUTO_MODERATION_RULE_CREATE",
        tell(lambda _: hap.AutomodRuleChanged(seed.GUILD_ID, "CREATE", RULE)),
        Intent.AUTO_MODERATION_CONFIGURATION,
        RULE,
    ),
    (
        "AUTO_MODERATION_RULE_DELETE",
        tell(lambda _: hap.AutomodRuleChanged(seed.GUILD_ID, "DELETE", RULE)),
        Intent.AUTO_MODERATION_CONFIGURATION,
        RULE,
    ),
    (
        "AUTO_MODERATION_ACTION_EXECUTION",
        tell(lambda _: hap.AutomodExecuted(seed.GUILD_ID, EXECUTION)),
        Intent.AUTO_MODERATION_EXECUTION,
        {"matched_keyword": "bad"},
    ),
    (
        "MESSAGE_CREATE",
        lambda p: p.write("Hi", direct(p).id),
        Intent.DIRECT_MESSAGES,
        {"channel_type": 1, "content": "Hi"},
    ),
    (
        "MESSAGE_DELETE",
        lambda p: messages.delete(p.discord, direct(p), ADA, p.write("Hi", direct(p).id)),
        Intent.DIRECT_MESSAGES,
        {},
    ),
    (
        "TYPING_START",
        lambda p: messages.start_typing(p.discord, direct(p), ADA),
        Intent.DIRECT_MESSAGE_TYPING,
        {"user_id": str(seed.ADA)},
    ),
]


def _newcomer(place: Place) -> Any:
    return User(place.discord.snowflakes.make(), "new", "New")


class TestEveryHappening:
    @pytest.mark.parametrize(
        ("name", "deed", "intent", "expected"), TABLE, ids=[f"{row[0]}-{row[2].name}" for row in TABLE]
    )
    async def test_is_heard_by_who_has_its_intent_and_nobody_else(
        self, name: str, deed: Deed, intent: Intent, expected: dict[str, Any]
    ) -> None:
        async with (
            running() as place,
            place.client() as one,
            place.client() as other,
            place.client() as third,
        ):
            await one.identify(intent)
            await other.identify(EVERYTHING & ~intent)
            await third.identify(EVERYTHING)
            deed(place)
            heard = [each for each in await one.heard() if each["t"] == name]
            assert len(heard) == 1
            data = heard[0]["d"]
            assert {key: data[key] for key in expected if key != "user"} == {
                key: value for key, value in expected.items() if key != "user"
            }
            assert name not in await other.names()
            assert name in await third.names()

    def test_has_its_row_or_is_not_for_bots(self) -> None:
        every = set(get_args(hap.Happening))
        assert every == set(RULES) | set(NOT_FOR_BOTS)
        assert not set(RULES) & set(NOT_FOR_BOTS)

    def test_is_not_written_when_nobody_listens(self, monkeypatch: pytest.MonkeyPatch) -> None:
        discord = _alone()
        monkeypatch.setattr(News, "of", _never)
        _write(discord)

    async def test_is_not_written_when_nobody_wants_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        async with running() as place, place.client() as client:
            await client.identify(int(Intent.GUILDS))
            monkeypatch.setattr("simulator.gateway.news.encoded", _never)
            place.write("unheard")

    async def test_is_written_once_for_all_who_hear_the_same(self, monkeypatch: pytest.MonkeyPatch) -> None:
        async with (
            running() as place,
            place.client() as one,
            place.client() as other,
            place.client() as third,
        ):
            intents = int(Intent.GUILD_MESSAGES | Intent.MESSAGE_CONTENT)
            await one.identify(intents)
            await other.identify(intents | Intent.GUILD_MODERATION)
            await third.identify(int(Intent.GUILD_MESSAGES))
            written: list[object] = []
            original = news.encoded

            def counted(data: JsonObject) -> bytes:
                written.append(data)
                return original(data)

            monkeypatch.setattr(news, "encoded", counted)
            place.write("once")
            assert len(written) == 2
            for client, content in ((one, "once"), (other, "once"), (third, "")):
                assert (await client.event("MESSAGE_CREATE"))["content"] == content


class TestVisibility:
    async def test_a_channel_that_the_bot_cannot_see_is_silent(self) -> None:
        async with running() as place, place.client() as client:
            await client.identify()
            hidden = Overwrite(place.discord.bot.id, OverwriteTarget.MEMBER, deny=Permission.VIEW_CHANNEL)
            channel(place).overwrites = (hidden,)
            message = place.write("behind the curtain")
            messages.edit(place.discord, message, ADA, {"content": "still"})
            messages.start_typing(place.discord, channel(place), ADA)
            messages.delete(place.discord, channel(place), ADA, message)
            assert await client.names() == []

    async def test_a_guild_without_the_bot_is_silent(self) -> None:
        async with running() as place, place.client() as client:
            await client.identify()
            owner = place.discord.world.users[seed.PRIYA]
            other = guilds.create_guild(place.discord, "Elsewhere", owner, bot=False)
            first = next(iter(other.channels))
            place.write("alone here", first, seed.PRIYA)
            members.join(place.discord, other, place.discord.world.users[seed.ADA])
            assert await client.names() == []
            guilds.add_bot(place.discord, other, PRIYA)
            place.write("not alone", first, seed.PRIYA)
            assert await client.names() == ["GUILD_CREATE", "GUILD_AUDIT_LOG_ENTRY_CREATE", "MESSAGE_CREATE"]
            members.leave(place.discord, other, place.discord.bot.id)
            place.write("alone again", first, seed.PRIYA)
            assert await client.names() == ["GUILD_DELETE"]

    @pytest.mark.parametrize(
        ("permissions", "heard"),
        [
            (Permission.BAN_MEMBERS, ["GUILD_BAN_ADD"]),
            (Permission.VIEW_AUDIT_LOG, ["GUILD_BAN_ADD", "GUILD_AUDIT_LOG_ENTRY_CREATE"]),
            (Permission.VIEW_CHANNEL, []),
        ],
    )
    async def test_bans_and_the_audit_log_need_permissions(
        self, permissions: Permission, heard: list[str]
    ) -> None:
        async with running() as place, place.client() as client:
            await client.identify(int(Intent.GUILD_MODERATION))
            guild(place).roles[seed.BOT].permissions = permissions
            members.ban(place.discord, guild(place), PRIYA, seed.MATEO)
            assert await client.names() == heard

    async def test_auto_moderation_needs_manage_guild(self) -> None:
        async with running() as place, place.client() as client:
            await client.identify(int(Intent.AUTO_MODERATION_EXECUTION))
            guild(place).roles[seed.BOT].permissions = Permission.VIEW_AUDIT_LOG
            place.discord.tell(hap.AutomodExecuted(seed.GUILD_ID, EXECUTION))
            assert await client.names() == []

    async def test_the_bot_hears_about_itself_without_the_intent(self) -> None:
        async with running() as place, place.client() as client:
            await client.identify(0)
            members.add_role(place.discord, guild(place), PRIYA, place.discord.bot.id, seed.HELPER)
            assert (await client.event("GUILD_MEMBER_UPDATE"))["user"]["id"] == str(place.discord.bot.id)

    async def test_what_only_people_see_is_not_told(self) -> None:
        async with running() as place, place.client() as client:
            await client.identify()
            place.discord.tell(hap.TimeAdvanced())
            place.discord.tell(hap.ApplicationChanged())
            place.discord.tell(hap.GuildAppeared(guild(place)))
            assert await client.names() == []


class TestInteractions:
    async def test_reach_every_session_of_the_shard(self) -> None:
        async with running() as place, place.client() as one, place.client() as other:
            index = (seed.GUILD_ID >> 22) % 2
            await one.identify(0, shard=[index, 2])
            await other.identify(0, shard=[1 - index, 2])
            payload = {"id": "1", "guild_id": GUILD, "data": {"options": [{"value": 1 << 70}]}}
            place.discord.tell(hap.InteractionStarted(seed.GUILD_ID, payload))
            assert await one.event("INTERACTION_CREATE") == payload
            assert await other.names() == []


def reply(place: Place, *, status: MessageStatus = MessageStatus.SHOWN, author: int | None = None) -> Message:
    bot_id = place.discord.bot.id
    return Message(
        id=place.discord.snowflakes.make(),
        channel_id=seed.GENERAL,
        author_id=author or bot_id,
        created_at=place.discord.clock.now(),
        content="psst",
        flags=MessageFlag.EPHEMERAL,
        visible_to=seed.ADA,
        status=status,
        application_id=bot_id,
        interaction_token="token",
    )


class TestEphemeral:
    async def test_the_bots_own_is_direct_without_guild_and_member(self) -> None:
        async with running() as place, place.client() as one, place.client() as other:
            await one.identify(int(Intent.DIRECT_MESSAGES))
            await other.identify(EVERYTHING & ~Intent.DIRECT_MESSAGES)
            place.discord.tell(hap.MessageCreated(reply(place)))
            told = await one.event("MESSAGE_CREATE")
            assert (told["content"], told["flags"], told["channel_id"]) == ("psst", 64, GENERAL)
            assert told.keys().isdisjoint({"guild_id", "member"})
            assert told["webhook_id"] == str(place.discord.bot.id)
            assert await other.names() == []

    @pytest.mark.parametrize("status", [MessageStatus.FAILED, MessageStatus.NOTE])
    async def test_what_the_simulator_shows_is_no_message(self, status: MessageStatus) -> None:
        async with running() as place, place.client() as client:
            await client.identify()
            place.discord.tell(hap.MessageCreated(reply(place, status=status)))
            assert await client.names() == []


class TestContent:
    async def test_is_empty_without_the_intent(self) -> None:
        async with running() as place, place.client() as client:
            await client.identify(int(Intent.GUILD_MESSAGES))
            upload = messages.Upload("a.txt", b"a")
            draft = messages.Draft({"content": "secret", "embeds": [{"title": "T"}]}, (upload,))
            messages.write(place.discord, channel(place), ADA, draft)
            told = await client.event("MESSAGE_CREATE")
            assert [told[key] for key in ("content", "embeds", "attachments", "components")] == [
                "",
                [],
                [],
                [],
            ]
            assert told["author"]["id"] == str(seed.ADA)

    async def test_is_there_with_the_intent(self) -> None:
        async with running() as place, place.client() as client:
            await client.identify(int(Intent.GUILD_MESSAGES | CONTENT))
            place.write("open", embeds=[{"title": "T"}])
            told = await client.event("MESSAGE_CREATE")
            assert (told["content"], told["embeds"][0]["title"]) == ("open", "T")
            assert told["member"]["roles"] == [str(seed.VERIFIED)]

    async def test_is_there_in_direct_own_and_mentioning_messages(self) -> None:
        async with running() as place, place.client() as client:
            await client.identify(int(Intent.GUILD_MESSAGES | Intent.DIRECT_MESSAGES))
            bot_id = place.discord.bot.id
            place.write("direct", direct(place).id)
            place.write("own", author=bot_id)
            place.write(f"for <@{bot_id}>")
            place.write(f"for <@{seed.MATEO}>")
            told = [each["d"]["content"] for each in await client.heard()]
            assert told == ["direct", "own", f"for <@{bot_id}>", ""]

    def test_of_the_message_replied_to_is_judged_by_itself(self) -> None:
        inner = {"author": {"id": "9"}, "mentions": [], "content": "own", "embeds": []}
        outer = {"author": {"id": "1"}, "mentions": [], "content": "theirs", "referenced_message": inner}
        stripped = without_content(outer, 9, direct=False)
        assert (stripped["content"], stripped["referenced_message"]["content"]) == ("", "own")
        swapped = without_content(inner | {"referenced_message": outer}, 9, direct=False)
        assert swapped["content"] == "own"
        assert swapped["referenced_message"]["content"] == ""
        assert without_content(outer | {"referenced_message": None}, 9, direct=False)["content"] == ""

    async def test_of_auto_moderation_needs_the_intent_too(self) -> None:
        async with running() as place, place.client() as one, place.client() as other:
            await one.identify(int(Intent.AUTO_MODERATION_EXECUTION))
            await other.identify(int(Intent.AUTO_MODERATION_EXECUTION | CONTENT))
            place.discord.tell(hap.AutomodExecuted(seed.GUILD_ID, EXECUTION))
            told = await one.event("AUTO_MODERATION_ACTION_EXECUTION")
            assert (told["content"], told["matched_content"], told["matched_keyword"]) == ("", "", "bad")
            assert (await other.event("AUTO_MODERATION_ACTION_EXECUTION"))["content"] == "bad words"


class TestShards:
    async def test_each_has_its_own_guilds_and_direct_messages_are_the_firsts(self) -> None:
        async with running() as place, place.client() as one, place.client() as other:
            second = add_guild(place)
            while (second.id >> 22) % 2 == (seed.GUILD_ID >> 22) % 2:
                second = add_guild(place)
            index = (seed.GUILD_ID >> 22) % 2
            clients = {0: one, 1: other}
            for number, client in clients.items():
                await client.identify(shard=[number, 2])
                assert client.ready["shard"] == [number, 2]
            ours = {int(each["id"]) for each in clients[index].ready["guilds"]}
            theirs = {int(each["id"]) for each in clients[1 - index].ready["guilds"]}
            assert seed.GUILD_ID in ours
            assert second.id in theirs
            assert ours | theirs == {each.id for each in place.discord.world.bot_guilds()}
            assert not ours & theirs
            place.write("here")
            assert await clients[index].names() == ["MESSAGE_CREATE"]
            assert await clients[1 - index].names() == []
            place.write("direct", direct(place).id)
            assert await one.names() == ["MESSAGE_CREATE"]
            assert await other.names() == []


def _alone() -> LocalDiscord:
    return discord_of(SimulatorConfig(talk=False))


def _write(discord: LocalDiscord) -> None:
    draft = messages.Draft({"content": "unheard"})
    messages.write(discord, discord.world.channels[seed.GENERAL], ADA, draft)


def _never(*_: object) -> None:
    raise AssertionError("nobody listens, and it was written all the same")
