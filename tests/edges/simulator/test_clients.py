"""The simulator as two libraries of bots see it: they connect, talk, moderate, and stay through trouble."""

import asyncio
import warnings
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from types import ModuleType
from typing import Any

import hikari
import pytest
from hikari.impl import shard as hikari_shard

from simulator.deeds import members
from simulator.deeds.actor import Actor
from simulator.state import seed
from tests.edges.simulator.gateway_client import TOKEN, Place, running

pytestmark = pytest.mark.anyio

SECONDS = 10
PRIYA = Actor(seed.PRIYA)

Trouble = Callable[[Place], int]
RESUMED: dict[str, Trouble] = {
    "a dropped connection": lambda place: place.discord.gateway.drop(),
    "op 7": lambda place: place.discord.gateway.reconnect(),
    "op 9 true": lambda place: place.discord.gateway.invalidate(resumable=True),
    "close code 4000": lambda place: place.discord.gateway.close(4000),
}
BEGUN_ANEW: dict[str, Trouble] = {
    "op 9 false": lambda place: place.discord.gateway.invalidate(resumable=False),
}


@asynccontextmanager
async def coming(waiting: Coroutine[Any, Any, Any]) -> AsyncIterator["asyncio.Future[Any]"]:
    """Wait for something from now on; what is done inside must make it come."""
    task = asyncio.ensure_future(waiting)
    await asyncio.sleep(0)
    try:
        yield task
        await task
    finally:
        task.cancel()


# --- hikari ----------------------------------------------------------------------------------------


@asynccontextmanager
async def hikari_bot(place: Place) -> AsyncIterator[hikari.GatewayBot]:
    """Run a bot; it is ready and knows its guild."""
    bot = hikari.GatewayBot(
        TOKEN,
        intents=hikari.Intents.ALL,
        rest_url=f"{place.address}/api/v10",
        banner=None,
        logs=None,
        suppress_optimization_warning=True,
    )
    knows = asyncio.Event()

    @bot.listen()
    async def _know(_event: hikari.GuildAvailableEvent) -> None:
        knows.set()

    await bot.start(check_for_updates=False)
    try:
        await asyncio.wait_for(knows.wait(), SECONDS)
        yield bot
    finally:
        await bot.close()


@pytest.fixture
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """hikari waits a second or two before it comes back."""
    monkeypatch.setattr(hikari_shard, "_BACKOFF_WINDOW", 0.0)


@contextmanager
def goodbyes_unheard() -> Iterator[None]:
    """Let hikari tell the event loop once more, when it is closed, why a shard had ended."""
    loop = asyncio.get_running_loop()
    before = loop.get_exception_handler()
    loop.set_exception_handler(lambda _loop, _context: None)
    try:
        yield
    finally:
        loop.set_exception_handler(before)


class TestHikari:
    async def test_knows_the_guild_and_its_members(self) -> None:
        async with running() as place, hikari_bot(place) as bot:
            async with coming(bot.wait_for(hikari.MemberChunkEvent, timeout=SECONDS)):
                await bot.request_guild_members(seed.GUILD_ID)
            guild = bot.cache.get_guild(seed.GUILD_ID)
            assert guild is not None
            assert (guild.name, guild.owner_id) == ("Beginner.Codes", seed.PRIYA)
            people = place.discord.world.guilds[seed.GUILD_ID].members
            assert set(guild.get_members()) == set(people)
            assert {role.name for role in guild.get_roles().values()} > {"@everyone", "Verified"}
            assert {channel.name for channel in guild.get_channels().values()} > {"general", "help"}
            me = bot.get_me()
            assert me is not None
            assert me.id == place.discord.bot.id

    async def test_hears_sends_edits_and_moderates(self) -> None:
        async with running() as place, hikari_bot(place) as bot:
            async with coming(bot.wait_for(hikari.GuildMessageCreateEvent, timeout=SECONDS)) as heard:
                place.write("Where do I start?")
            event = heard.result()
            assert (event.content, event.author_id) == ("Where do I start?", seed.ADA)
            assert event.member.role_ids == [seed.VERIFIED, seed.GUILD_ID]
            async with coming(bot.wait_for(hikari.GuildMessageUpdateEvent, timeout=SECONDS)) as edited:
                answer = await event.message.respond("Here.", reply=True)
                await answer.edit("Over here.")
            assert edited.result().content == "Over here."
            assert place.discord.world.find_message(seed.GENERAL, answer.id).content == "Over here."  # type: ignore[union-attr]  # else the test fails, too
            async with coming(bot.wait_for(hikari.MemberUpdateEvent, timeout=SECONDS)) as updated:
                await bot.rest.add_role_to_member(seed.GUILD_ID, seed.ADA, seed.HELPER, reason="Helps")
            assert seed.HELPER in updated.result().member.role_ids
            until = place.discord.clock.now() + timedelta(hours=1)
            async with coming(bot.wait_for(hikari.MemberUpdateEvent, timeout=SECONDS)) as updated:
                await bot.rest.edit_member(seed.GUILD_ID, seed.ADA, communication_disabled_until=until)
            quiet = updated.result().member.raw_communication_disabled_until
            assert abs(quiet - until) < timedelta(seconds=1)
            async with coming(bot.wait_for(hikari.BanCreateEvent, timeout=SECONDS)) as banned:
                await bot.rest.ban_user(seed.GUILD_ID, seed.MATEO, reason="Spam")
            assert banned.result().user_id == seed.MATEO
            assert seed.MATEO in place.discord.world.guilds[seed.GUILD_ID].bans

    @pytest.mark.usefixtures("no_waiting")
    @pytest.mark.parametrize("trouble", RESUMED.values(), ids=RESUMED.keys())
    async def test_resumes_and_misses_nothing(self, trouble: Trouble) -> None:
        async with running() as place, hikari_bot(place) as bot:
            async with (
                coming(bot.wait_for(hikari.ShardResumedEvent, timeout=SECONDS)),
                coming(bot.wait_for(hikari.GuildMessageCreateEvent, timeout=SECONDS)) as heard,
            ):
                assert trouble(place) == 1
                place.write("while you were away")
            assert heard.result().content == "while you were away"

    @pytest.mark.usefixtures("no_waiting")
    @pytest.mark.parametrize("trouble", BEGUN_ANEW.values(), ids=BEGUN_ANEW.keys())
    async def test_begins_anew_when_the_session_is_gone(self, trouble: Trouble) -> None:
        async with running() as place, hikari_bot(place) as bot:
            async with coming(bot.wait_for(hikari.GuildAvailableEvent, timeout=SECONDS)):
                trouble(place)
            async with coming(bot.wait_for(hikari.GuildMessageCreateEvent, timeout=SECONDS)):
                place.write("still there?")

    async def test_runs_two_shards(self) -> None:
        async with running(required_shards=2) as place, hikari_bot(place) as bot:
            assert (bot.shard_count, place.discord.gateway.connected) == (2, 2)
            async with coming(bot.wait_for(hikari.GuildMessageCreateEvent, timeout=SECONDS)) as heard:
                place.write("Hi")
            assert heard.result().shard.id == (seed.GUILD_ID >> 22) % 2

    @pytest.mark.parametrize("code", [4004, 4013, 4014])
    async def test_stays_away_when_it_is_told_to(self, code: int) -> None:
        async with running() as place:
            with goodbyes_unheard():
                async with hikari_bot(place) as bot:
                    place.discord.gateway.close(code)
                    with pytest.raises(hikari.GatewayServerClosedConnectionError) as closed:
                        await asyncio.wait_for(bot.join(), SECONDS)
                    assert closed.value.code == code


# --- discord.py ------------------------------------------------------------------------------------


@pytest.fixture
def discord_py() -> ModuleType:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # its voice needs a module that Python will drop
        import discord

        return discord


@asynccontextmanager
async def discord_client(discord_py: ModuleType, place: Place) -> AsyncIterator[Any]:
    """Run a client; it is ready and has all members."""
    route, websocket = discord_py.http.Route, discord_py.gateway.DiscordWebSocket
    before = route.BASE, websocket.DEFAULT_GATEWAY
    route.BASE = f"{place.address}/api/v10"
    websocket.DEFAULT_GATEWAY = type(websocket.DEFAULT_GATEWAY)(f"{place.gateway}/")
    client = discord_py.Client(intents=discord_py.Intents.all(), guild_ready_timeout=0.3)
    try:
        async with client:
            await client.login(TOKEN)
            async with coming(client.wait_for("ready", timeout=SECONDS)):
                talking = asyncio.ensure_future(client.connect())
            yield client
            await client.close()
            await talking
    finally:
        route.BASE, websocket.DEFAULT_GATEWAY = before


class TestDiscordPy:
    async def test_knows_the_guild_and_all_members(self, discord_py: ModuleType) -> None:
        async with running() as place, discord_client(discord_py, place) as client:
            guild = client.get_guild(seed.GUILD_ID)
            assert (guild.name, guild.owner_id, client.user.id) == (
                "Beginner.Codes",
                seed.PRIYA,
                place.discord.bot.id,
            )
            people = place.discord.world.guilds[seed.GUILD_ID].members
            assert {each.id for each in guild.members} == set(people)
            assert guild.chunked
            assert guild.get_member(seed.JUN).nick == "Jun 🌱"
            assert str(guild.get_member(seed.JUN).status) == "online"
            assert guild.get_channel(seed.GENERAL).name == "general"
            assert guild.me.guild_permissions.ban_members

    async def test_hears_sends_edits_and_moderates(self, discord_py: ModuleType) -> None:
        async with running() as place, discord_client(discord_py, place) as client:
            guild = client.get_guild(seed.GUILD_ID)
            async with coming(client.wait_for("message", timeout=SECONDS)) as heard:
                place.write("Where do I start?")
            message = heard.result()
            assert (message.content, message.author.id) == ("Where do I start?", seed.ADA)
            async with coming(client.wait_for("message_edit", timeout=SECONDS)) as edited:
                answer = await message.reply("Here.")
                await answer.edit(content="Over here.")
            assert [each.content for each in edited.result()] == ["Here.", "Over here."]
            member = guild.get_member(seed.ADA)
            async with coming(client.wait_for("member_update", timeout=SECONDS)):
                await member.add_roles(guild.get_role(seed.HELPER), reason="Helps")
            assert guild.get_role(seed.HELPER) in guild.get_member(seed.ADA).roles
            async with coming(client.wait_for("member_update", timeout=SECONDS)):
                await member.timeout(timedelta(hours=1))
            assert guild.get_member(seed.ADA).is_timed_out()
            async with coming(client.wait_for("member_ban", timeout=SECONDS)) as banned:
                await guild.ban(guild.get_member(seed.MATEO), reason="Spam")
            assert banned.result()[1].id == seed.MATEO
            assert guild.get_member(seed.MATEO) is None
            assert seed.MATEO in place.discord.world.guilds[seed.GUILD_ID].bans

    async def test_hears_who_comes_and_what_the_audit_log_says(self, discord_py: ModuleType) -> None:
        async with running() as place, discord_client(discord_py, place) as client:
            guild = place.discord.world.guilds[seed.GUILD_ID]
            async with coming(client.wait_for("member_remove", timeout=SECONDS)):
                members.leave(place.discord, guild, seed.JUN)
            async with coming(client.wait_for("member_join", timeout=SECONDS)) as joined:
                members.join(place.discord, guild, place.discord.world.users[seed.JUN])
            assert joined.result().display_name == "Jun Watanabe"
            async with coming(client.wait_for("audit_log_entry_create", timeout=SECONDS)) as entered:
                members.ban(place.discord, guild, Actor(seed.PRIYA, "Spam"), seed.MATEO)
            entry = entered.result()
            assert (entry.action, entry.user.id, entry.reason) == (
                discord_py.AuditLogAction.ban,
                seed.PRIYA,
                "Spam",
            )

    @pytest.mark.parametrize("trouble", RESUMED.values(), ids=RESUMED.keys())
    async def test_resumes_and_misses_nothing(self, discord_py: ModuleType, trouble: Trouble) -> None:
        async with running() as place, discord_client(discord_py, place) as client:
            async with (
                coming(client.wait_for("resumed", timeout=SECONDS)),
                coming(client.wait_for("message", timeout=SECONDS)) as heard,
            ):
                assert trouble(place) == 1
                place.write("while you were away")
            assert heard.result().content == "while you were away"

    @pytest.mark.parametrize("trouble", BEGUN_ANEW.values(), ids=BEGUN_ANEW.keys())
    async def test_begins_anew_when_the_session_is_gone(
        self, discord_py: ModuleType, trouble: Trouble
    ) -> None:
        async with running() as place, discord_client(discord_py, place) as client:
            async with coming(client.wait_for("ready", timeout=SECONDS)):
                trouble(place)
            async with coming(client.wait_for("message", timeout=SECONDS)):
                place.write("still there?")


# --- interactions over the gateway -----------------------------------------------------------------


async def command(place: Place) -> dict[str, Any]:
    """Let somebody use a command of a bot that has no endpoint."""
    asked = {
        "guild_id": str(seed.GUILD_ID),
        "channel_id": str(seed.GENERAL),
        "user_id": str(seed.ADA),
        "name": "ping",
    }
    answer: dict[str, Any] = (await place.http.post("/_sim/commands", json=asked)).json()
    return answer


class TestCommands:
    async def test_are_answered_by_hikari_over_the_gateway(self) -> None:
        async with running() as place, hikari_bot(place) as bot:

            @bot.listen()
            async def _answer(event: hikari.InteractionCreateEvent) -> None:
                assert isinstance(event.interaction, hikari.CommandInteraction)
                await event.interaction.create_initial_response(
                    hikari.ResponseType.MESSAGE_CREATE,
                    f"Pong, {event.interaction.user.mention}.",
                    flags=hikari.MessageFlag.EPHEMERAL,
                )

            async with coming(bot.wait_for(hikari.DMMessageCreateEvent, timeout=SECONDS)) as told:
                answer = await command(place)
            assert answer["message"]["text"] == f"Pong, <@{seed.ADA}>."
            assert answer["message"]["visible_to"] == str(seed.ADA)
            assert told.result().message.flags & hikari.MessageFlag.EPHEMERAL

    async def test_are_answered_by_discord_py_over_the_gateway(self, discord_py: ModuleType) -> None:
        async with running() as place, discord_client(discord_py, place) as client:

            async def answer_it(interaction: Any) -> None:
                await interaction.response.defer()
                await interaction.followup.send("Pong.")

            client.on_interaction = answer_it
            async with coming(client.wait_for("message_edit", timeout=SECONDS)) as edited:
                answer = await command(place)
            assert answer["message"]["interaction"]["name"] == "ping"
            assert edited.result()[1].content == "Pong."
