"""However much is said: what is remembered stays within its bounds."""

from datetime import UTC, datetime, timedelta

from simulator.config import SimulatorConfig
from simulator.deeds import messages
from simulator.deeds.actor import Actor
from simulator.deeds.messages import Draft, Upload
from simulator.local_discord import LocalDiscord
from simulator.state import seed
from simulator.state.entities import Message
from simulator.state.files import Files
from simulator.state.nonces import Nonces
from tests.edges.simulator.simulators import discord_of

NOW = datetime(2026, 11, 24, tzinfo=UTC)
HISTORY = 200
MANY = 15_000


def started() -> LocalDiscord:
    return discord_of(SimulatorConfig(talk=False, history=HISTORY))


class TestWorld:
    def test_remembers_no_more_after_very_many_messages(self) -> None:
        discord = started()
        world, bot = discord.world, Actor(discord.bot.id)
        channel = world.channels[seed.GENERAL]
        written = []
        for number in range(MANY):
            uploads = (Upload("x.txt", b"x" * 100),) if number % 10 == 0 else ()
            data = {"content": f"{number}", "nonce": str(number), "enforce_nonce": True}
            message = messages.write(discord, channel, Actor(seed.ADA), Draft(data, uploads))
            if number % 7 == 0:
                messages.delete(discord, channel, bot, message)
            else:
                written.append(str(number))
        kept = list(world.messages(channel.id))
        assert [each.content for each in kept] == written[-HISTORY:]
        assert len(world.files) == sum(len(each.attachments) for each in kept)
        assert world.files.size == 100 * len(world.files)
        assert len(world.nonces) <= 10_000
        assert len(world.guilds[seed.GUILD_ID].audit_log) == 1_000
        assert world.revision > MANY

    def test_keeps_the_order_when_a_message_comes_late(self) -> None:
        discord = started()
        early = discord.snowflakes.make()
        channel = discord.world.channels[seed.GENERAL]
        late = messages.write(discord, channel, Actor(seed.ADA), Draft({"content": "second"}))
        first = Message(early, channel.id, seed.ADA, late.created_at, "first")
        discord.world.post(first)
        assert [each.content for each in discord.world.messages(channel.id)] == ["first", "second"]


class TestNonces:
    def test_are_forgotten_after_three_minutes_and_beyond_a_number(self) -> None:
        nonces = Nonces()
        for number in range(20_000):
            nonces.remember(1, 1, str(number), number, NOW)
        assert len(nonces) == 10_000
        assert nonces.find(1, 1, "19999", NOW) == 19_999
        assert nonces.find(1, 1, "19999", NOW + timedelta(minutes=3)) is None
        nonces.remember(1, 1, "x", 1, NOW + timedelta(minutes=3))
        assert len(nonces) == 1


class TestFiles:
    def test_let_the_oldest_go_by_bytes_and_by_number(self) -> None:
        files = Files(most_bytes=1_000)
        for number in range(30):
            files.keep(number, bytes(100))
        assert (len(files), files.size) == (10, 1_000)
        assert files.find(19) is None
        files.keep(29, bytes(100))
        assert (len(files), files.size) == (10, 1_000), "kept again is kept once"
        files.keep(99, bytes(5_000))
        assert files.find(99) == bytes(5_000), "the only one stays, however large"
        for number in range(20_000):
            files.keep(number, b"")
        assert len(files) == 10_000
