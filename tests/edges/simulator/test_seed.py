"""The demo guilds as they stand at the start: who is there, and what they have said."""

import re
import struct
import zlib
from datetime import UTC, datetime, timedelta

import pytest

from simulator.clock import Clock
from simulator.config import SimulatorConfig
from simulator.permissions import Permission
from simulator.snowflakes import SnowflakeFactory, instant_of
from simulator.state import names, past, seed
from simulator.state.entities import AuditAction, Guild, Message, MessageType
from simulator.state.talk import trouble
from simulator.state.world import World

NOW = datetime(2026, 11, 24, 13, 37, 21, 123456, tzinfo=UTC)


class StoppedClock(Clock):
    def __init__(self, now: datetime) -> None:
        super().__init__()
        self._stopped = now

    def machine_now(self) -> datetime:
        return self._stopped


def planted(now: datetime = NOW, **options: bool | int) -> World:
    config, clock = SimulatorConfig(**options), StoppedClock(now)  # type: ignore[arg-type]  # talk or history
    world = World(config, clock, SnowflakeFactory(clock))
    seed.plant(world, config, clock)
    return world


@pytest.fixture(scope="module")
def world() -> World:
    return planted()


@pytest.fixture(scope="module")
def guild(world: World) -> Guild:
    return world.guilds[seed.GUILD_ID]


def went(guild: Guild, user_id: int) -> datetime:
    """When somebody was kicked or banned, by the audit log."""
    gone = {AuditAction.MEMBER_KICK, AuditAction.MEMBER_BAN_ADD}
    [entry] = [each for each in guild.audit_log if each.target_id == user_id and each.action in gone]
    return instant_of(entry.id)


def everything(world: World) -> list[Message]:
    return [each for channel_id in world.channels for each in world.messages(channel_id)]


class TestHistory:
    def test_is_two_lively_days_up_to_now(self, world: World) -> None:
        messages = everything(world)
        assert 180 <= len(messages) <= 240
        ages = [NOW - each.created_at for each in messages]
        assert max(ages) < timedelta(days=2, hours=6)
        assert timedelta() < min(ages) < timedelta(minutes=10)

    def test_is_told_by_ids_in_the_order_of_time(self, world: World) -> None:
        messages = everything(world)
        ids = [each.id for each in messages]
        assert len(set(ids)) == len(ids)
        for each in messages:
            assert abs(instant_of(each.id) - each.created_at) < timedelta(milliseconds=1)
        for channel_id in world.channels:
            in_channel = [each.id for each in world.messages(channel_id)]
            assert in_channel == sorted(in_channel)

    def test_is_the_same_again_and_moves_with_the_time(self, world: World) -> None:
        again, later = everything(planted()), everything(planted(NOW + timedelta(days=400)))
        assert [(each.id, each.content) for each in again] == [
            (each.id, each.content) for each in everything(world)
        ]
        assert [each.created_at + timedelta(days=400) for each in again] == [
            each.created_at for each in later
        ]

    def test_has_a_bit_of_all_that_messages_can_be(self, world: World) -> None:
        messages = everything(world)
        assert sum("```" in each.content for each in messages) >= 5
        assert sum(each.type is MessageType.REPLY for each in messages) >= 10
        assert any(each.edited_at for each in messages)
        assert any("||" in each.content for each in messages)
        assert any("https://" in each.content for each in messages)
        assert any(each.mentions.users and each.type is MessageType.DEFAULT for each in messages)
        assert any(each.mentions.roles for each in messages)
        assert any(re.search(r"<t:\d+:R>", str(each.embeds)) for each in messages)
        assert {each.author_id for each in world.messages(seed.MOD_LOG)} == {world.bot.id}

    def test_leaves_no_name_of_anybody_unresolved(self, world: World) -> None:
        messages = everything(world)
        assert messages
        for each in messages:
            words = f"{each.content} {each.embeds}"
            assert not re.search(
                r"(?<![\w<&])[@#](?:&?[A-Za-z]{3,})\b", re.sub(r"```.*?```", "", words, flags=re.DOTALL)
            )
            assert not re.search(r"<t:[+-]?\d+m:", words)

    def test_is_only_said_by_who_may_say_it_there(self, world: World) -> None:
        messages = everything(world)
        assert messages
        for each in messages:
            channel = world.channels[each.channel_id]
            found = world.guild_of(channel)
            assert found is not None
            member = found.members.get(each.author_id)
            if member is None:
                assert each.created_at < went(found, each.author_id)
                continue
            assert member.joined_at < each.created_at
            if each.author_id != seed.DIEGO:  # who may not write at the moment
                assert world.may_in(channel, each.author_id) & Permission.SEND_MESSAGES

    @pytest.mark.parametrize("hour", [0, 1, 12, 23])
    def test_nobody_speaks_before_they_have_joined_whatever_the_hour(self, hour: int) -> None:
        self.test_is_only_said_by_who_may_say_it_there(planted(NOW.replace(hour=hour, minute=0)))

    def test_replies_answer_what_is_there(self, world: World) -> None:
        replies = [(each, each.reference) for each in everything(world) if each.reference is not None]
        assert replies
        for reply, reference in replies:
            answered = world.find_message(reference.channel_id, reference.message_id)
            assert answered is not None
            assert answered.id < reply.id
            assert answered.author_id in reply.mentions.users

    def test_pictures_are_png_files(self, world: World) -> None:
        files = [file for each in everything(world) for file in each.attachments]
        assert {each.filename for each in files} == {"thirsty-basil.png", "snake.png", "gary.png"}
        for file in files:
            content = world.files.find(file.id)
            assert content is not None
            assert len(content) == file.size
            assert file.description
            width, height = pixels(content)
            assert min(width, height) > 100


def pixels(png: bytes) -> tuple[int, int]:
    """Read a PNG as the specification has it; gives its width and height."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    at, chunks = 8, {}
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        kind, data = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        (checksum,) = struct.unpack(">I", png[at + 8 + length : at + 12 + length])
        assert checksum == zlib.crc32(kind + data)
        chunks[kind] = data
        at += 12 + length
    width, height, depth, colour = struct.unpack(">IIBB", chunks[b"IHDR"][:10])
    assert (depth, colour) == (8, 2)
    assert len(zlib.decompress(chunks[b"IDAT"])) == height * (1 + 3 * width)
    return width, height


class TestGuild:
    def test_one_is_timed_out_at_the_moment_and_some_are_banned_for_a_reason(
        self, world: World, guild: Guild
    ) -> None:
        silent = [each for each in guild.members.values() if each.timed_out_until]
        assert [each.user.username for each in silent] == ["diego_builds"]
        assert silent[0].timed_out_until is not None
        assert NOW < silent[0].timed_out_until < NOW + timedelta(hours=12)
        assert not world.permissions_of(guild, seed.DIEGO) & Permission.SEND_MESSAGES
        assert guild.bans[past.BANNED].reason == "The same scam link in three channels within a minute"
        assert len({each.reason for each in guild.bans.values()}) == len(guild.bans) == 5
        assert set(guild.bans) <= set(world.users)
        assert not set(guild.bans) & set(guild.members)

    def test_the_audit_log_tells_what_people_did_in_order(self, guild: Guild) -> None:
        ids = [each.id for each in guild.audit_log]
        assert ids == sorted(ids)
        assert {each.action for each in guild.audit_log} >= {
            AuditAction.MEMBER_BAN_ADD,
            AuditAction.MEMBER_UPDATE,
            AuditAction.MEMBER_ROLE_UPDATE,
        }
        for each in guild.audit_log:
            assert each.actor_id in guild.members
            assert not guild.members[each.actor_id].user.bot

    def test_staff_channels_stand_in_a_category_that_others_do_not_see(
        self, world: World, guild: Guild
    ) -> None:
        category = guild.channels[seed.STAFF_CATEGORY]
        inside = [each.name for each in guild.channels.values() if each.parent_id == category.id]
        assert inside == ["staff", "mod-log"]
        assert not world.may_in(category, seed.ADA)

    def test_the_neighbours_have_no_bot_and_ada_owns_them(self, world: World) -> None:
        first, second = world.guilds.values()
        assert (first.name, second.name) == ("Beginner.Codes", "Terrarium Club")
        assert world.bot_guilds() == [first]
        assert second.owner_id == seed.ADA
        assert set(second.members) <= set(first.members)


class TestTrouble:
    """What strangers left behind, for rules to be tried on."""

    def written(self, world: World, username: str) -> list[Message]:
        [user] = [each for each in world.users.values() if each.username == username]
        return [each for each in everything(world) if each.author_id == user.id]

    def test_there_is_spam_of_several_kinds(self, world: World) -> None:
        invites = self.written(world, trouble.INVITES)
        assert len({each.channel_id for each in invites}) == len(invites) == 3
        assert max(each.created_at for each in invites) - min(
            each.created_at for each in invites
        ) < timedelta(minutes=1)
        [scam] = self.written(world, trouble.SCAM)
        assert "nitro" in scam.content
        assert "free" not in scam.content  # not with these letters
        [masked] = self.written(world, trouble.MASKED)
        assert "[https://discord.com/appeal](https://" in masked.content
        same = self.written(world, trouble.DUPLICATES)
        assert (len(same), len({each.content for each in same})) == (6, 1)
        assert same[-1].created_at - same[0].created_at < timedelta(seconds=30)

    def test_twenty_came_at_once_two_of_whom_only_said_hello(self, world: World, guild: Guild) -> None:
        kicks = [each for each in guild.audit_log if each.action is AuditAction.MEMBER_KICK]
        crowd = {each.target_id for each in kicks}
        assert len(crowd) == len(kicks) == 20
        said = [each for each in everything(world) if each.author_id in crowd]
        assert said[-1].created_at - said[0].created_at < timedelta(minutes=2)
        loud = [each for each in said if "discord.gg" in each.content]
        friendly = [each for each in said if each not in loud]
        assert (len(loud), len(friendly)) == (9, 2)
        age = NOW - instant_of(friendly[0].author_id)
        assert age > timedelta(days=800)
        assert NOW - instant_of(loud[0].author_id) < timedelta(days=3)

    def test_everybody_of_a_crowd_is_called_something_else(self) -> None:
        taken: set[str] = set()
        for number in range(3_000):
            username, shown = names.free_name(number, taken)
            assert re.fullmatch(r"[a-z0-9_.]{2,32}", username)
            assert shown is None or 1 <= len(shown) <= 32
            assert username not in taken
            taken.add(username)


class TestWithoutTalk:
    def test_nothing_has_happened_and_everybody_is_there(self, guild: Guild) -> None:
        empty = planted(talk=False)
        quiet = empty.guilds[seed.GUILD_ID]
        assert everything(empty) == []
        assert (len(quiet.bans), len(quiet.automod), len(quiet.audit_log)) == (0, 0, 0)
        assert set(quiet.members) == set(guild.members)
        assert all(each.timed_out_until is None for each in quiet.members.values())
