"""Two libraries do a moderator's day over REST and read every answer."""

import io
import warnings
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import hikari
import pytest
from hikari.impl import RESTClientImpl
from starlette.applications import Starlette

from simulator.config import SimulatorConfig
from simulator.local_discord import LocalDiscord
from simulator.main import create_app
from simulator.state import seed
from tests.edges.simulator.rest_caller import API, TOKEN
from tests.support.processes import serving

pytestmark = pytest.mark.anyio

GUILD, CHANNEL, ADA = seed.GUILD_ID, seed.GENERAL, seed.ADA


@pytest.fixture
def app() -> Starlette:
    return create_app(SimulatorConfig(bot_token=TOKEN, rate_limits=False))


@pytest.fixture
def discord(app: Starlette) -> LocalDiscord:
    state: LocalDiscord = app.state.local_discord
    return state


@pytest.fixture
async def client(app: Starlette) -> AsyncIterator[RESTClientImpl]:
    async with serving(app) as address:
        rest = hikari.RESTApp(url=f"{address}{API}", max_retries=0)
        await rest.start()
        async with rest.acquire(TOKEN, hikari.TokenType.BOT) as client:
            yield client
        await rest.close()


class TestHikari:
    async def test_writes_edits_and_deletes(self, client: RESTClientImpl) -> None:
        file = hikari.Bytes(b"words", "words.txt")
        message = await client.create_message(
            CHANNEL,
            f"<@{ADA}> look",
            attachment=file,
            embed=hikari.Embed(title="T", description="D", color=0x123456),
            component=hikari.impl.MessageActionRowBuilder().add_interactive_button(
                hikari.ButtonStyle.PRIMARY, "press", label="Press"
            ),
            user_mentions=[ADA],
        )
        assert message.user_mentions_ids == [ADA]
        assert message.attachments[0].filename == "words.txt"
        assert message.embeds[0].title == "T"
        edited = await client.edit_message(CHANNEL, message, "other", attachments=None)
        assert (edited.content, list(edited.attachments)) == ("other", [])
        reply = await client.create_message(CHANNEL, "reply", reply=message)
        assert reply.referenced_message is not None
        container = hikari.impl.ContainerComponentBuilder().add_text_display("Words")
        shown = await client.create_message(CHANNEL, component=container)
        assert isinstance(shown.components[0], hikari.ContainerComponent)
        fetched = await client.fetch_messages(CHANNEL).limit(3)
        assert [each.id for each in fetched] == [shown.id, reply.id, message.id]
        assert (await client.fetch_message(CHANNEL, reply)).content == "reply"
        await client.trigger_typing(CHANNEL)
        await client.delete_message(CHANNEL, shown)
        await client.delete_messages(CHANNEL, [message, reply])
        with pytest.raises(hikari.NotFoundError) as gone:
            await client.fetch_message(CHANNEL, message)
        assert gone.value.code == 10008

    async def test_moderates(self, client: RESTClientImpl, discord: LocalDiscord) -> None:
        await client.add_role_to_member(GUILD, ADA, seed.HELPER, reason="Grüße")
        member = await client.fetch_member(GUILD, ADA)
        assert seed.HELPER in member.role_ids
        await client.remove_role_from_member(GUILD, ADA, seed.HELPER)
        until = discord.clock.now() + timedelta(hours=1)
        edited = await client.edit_member(GUILD, ADA, nickname="Nick", communication_disabled_until=until)
        assert (edited.nickname, edited.communication_disabled_until()) == ("Nick", until)
        me = await client.edit_my_member(GUILD, nickname="Me")
        assert me.nickname == "Me"
        assert len(await client.fetch_members(GUILD)) == len(discord.world.guilds[GUILD].members)
        assert [each.id for each in await client.search_members(GUILD, "ada")] == [ADA]
        await client.kick_user(GUILD, seed.JUN, reason="Why")
        await client.ban_user(GUILD, ADA, delete_message_seconds=60, reason="Spam")
        assert (await client.fetch_ban(GUILD, ADA)).reason == "Spam"
        assert ADA in [each.user.id for each in await client.fetch_bans(GUILD)]
        await client.unban_user(GUILD, ADA)
        with pytest.raises(hikari.NotFoundError) as unknown:
            await client.unban_user(GUILD, ADA)
        assert unknown.value.code == 10026
        with pytest.raises(hikari.ForbiddenError) as refused:
            await client.kick_user(GUILD, seed.PRIYA)
        assert refused.value.code == 50013
        events = [entry.action_type async for log in client.fetch_audit_log(GUILD) for entry in log]
        assert {hikari.AuditLogEventType.MEMBER_KICK, hikari.AuditLogEventType.MEMBER_BAN_ADD} <= set(events)

    async def test_arranges_the_guild(self, client: RESTClientImpl) -> None:
        guild = await client.edit_guild(GUILD, name="Renamed", preferred_locale=hikari.Locale.DE)
        assert (guild.name, guild.preferred_locale) == ("Renamed", "de")
        assert (await client.fetch_guild_preview(GUILD)).name == "Renamed"
        role = await client.create_role(GUILD, name="Role", color=0xFF, mentionable=True)
        role = await client.edit_role(GUILD, role, name="Other")
        await client.reposition_roles(GUILD, {2: role})
        assert (await client.fetch_role(GUILD, role)).position == 2
        await client.delete_role(GUILD, role)
        category = await client.create_guild_category(GUILD, "Games")
        channel = await client.create_guild_text_channel(GUILD, "chess", category=category, topic="T")
        assert channel.parent_id == category.id
        await client.edit_permission_overwrite(
            channel,
            seed.HELPER,
            target_type=hikari.PermissionOverwriteType.ROLE,
            deny=hikari.Permissions.SEND_MESSAGES,
        )
        changed = await client.edit_channel(channel, rate_limit_per_user=5)
        assert isinstance(changed, hikari.GuildTextChannel)
        assert changed.permission_overwrites[hikari.Snowflake(seed.HELPER)].deny
        await client.delete_permission_overwrite(channel, seed.HELPER)
        await client.delete_channel(channel)

    async def test_keeps_rules_and_commands(self, client: RESTClientImpl, discord: LocalDiscord) -> None:
        rule = await client.create_auto_mod_rule(
            GUILD,
            name="Words",
            event_type=hikari.AutoModEventType.MESSAGE_SEND,
            trigger=hikari.impl.AutoModKeywordTriggerBuilder(
                keyword_filter=["bad"], regex_patterns=["w[o0]rse"]
            ),
            actions=[
                hikari.impl.AutoModBlockMessageActionBuilder(),
                hikari.impl.AutoModTimeoutActionBuilder(duration_seconds=60),
            ],
            enabled=True,
        )
        assert rule.is_enabled
        edited_rule = await client.edit_auto_mod_rule(GUILD, rule, name="Other")
        assert edited_rule.name == "Other"
        assert rule.id in [each.id for each in await client.fetch_auto_mod_rules(GUILD)]
        await client.delete_auto_mod_rule(GUILD, rule)
        command = await client.create_slash_command(discord.bot.id, "play", "Play a game", guild=GUILD)
        edited = await client.edit_application_command(discord.bot.id, command, GUILD, description="New")
        assert isinstance(edited, hikari.SlashCommand)
        assert edited.description == "New"
        fetched = await client.fetch_application_command(discord.bot.id, command, GUILD)
        assert fetched.id == command.id
        await client.delete_application_command(discord.bot.id, command, GUILD)
        menu = await client.create_context_menu_command(discord.bot.id, hikari.CommandType.USER, "Show")
        assert menu.type is hikari.CommandType.USER

    async def test_writes_to_somebody(self, client: RESTClientImpl) -> None:
        channel = await client.create_dm_channel(ADA)
        assert channel.recipient.id == ADA
        message = await client.create_message(channel, "Psst.")
        assert (await client.fetch_message(channel, message)).content == "Psst."

    async def test_knows_itself(self, client: RESTClientImpl, discord: LocalDiscord) -> None:
        assert [each.id for each in await client.fetch_my_guilds()] == [GUILD]
        assert (await client.edit_my_user(username="other_name")).username == "other_name"
        await client.leave_guild(GUILD)
        assert await client.fetch_my_guilds() == []
        assert (await client.fetch_application()).id == discord.bot.id


@pytest.fixture
async def guild(app: Starlette, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Any]:
    """The guild, as discord.py has it: without the gateway, by what it fetches."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # it imports audioop, for voice
        import discord
    async with serving(app) as address:
        monkeypatch.setattr(discord.http.Route, "BASE", address + API)
        client = discord.Client(intents=discord.Intents.default())
        await client.login(TOKEN)
        yield await client.fetch_guild(GUILD)
        await client.close()


class TestDiscordPy:
    async def test_writes_with_a_file_and_replies(self, guild: Any) -> None:
        import discord

        channel = await guild.fetch_channel(CHANNEL)
        file = discord.File(io.BytesIO(b"words"), "a b.txt", description="Words")
        message = await channel.send("hi", embed=discord.Embed(title="T"), file=file, nonce="once")
        assert (message.attachments[0].filename, message.attachments[0].description) == ("a_b.txt", "Words")
        edited = await message.edit(content="ho")
        reply = await edited.reply("re")
        assert reply.reference.message_id == message.id
        assert [each.id async for each in channel.history(limit=2)] == [reply.id, message.id]
        await channel.delete_messages([message, reply])

    async def test_moderates(self, guild: Any) -> None:
        import discord

        member = await guild.fetch_member(ADA)
        await member.add_roles(discord.Object(seed.HELPER), reason="für dich")
        await member.timeout(timedelta(minutes=5))
        assert (await member.edit(nick="Nick")).nick == "Nick"
        await member.ban(delete_message_seconds=60, reason="Spam")
        assert (await guild.fetch_ban(member)).reason == "Spam"
        await guild.unban(member)
        assert [each.id for each in (await guild.bulk_ban([discord.Object(seed.JUN)])).banned] == [seed.JUN]
        reasons = [each.reason async for each in guild.audit_logs(limit=10)]
        assert {"Spam", "für dich"} <= set(reasons)
        with pytest.raises(discord.Forbidden) as refused:
            await guild.kick(discord.Object(seed.PRIYA))
        assert refused.value.code == 50013

    async def test_arranges_roles_channels_and_rules(self, guild: Any) -> None:
        import discord

        role = await guild.create_role(name="Role", colour=discord.Colour(5))
        role = await role.edit(name="Other", position=2)
        assert role.position == 2
        await role.delete()
        channel = await guild.create_text_channel("My Chess")
        await channel.set_permissions(guild.get_role(seed.HELPER), send_messages=False)
        assert (await channel.edit(topic="T")).topic == "T"
        await channel.delete()
        rule = await guild.create_automod_rule(
            name="Words",
            event_type=discord.AutoModRuleEventType.message_send,
            trigger=discord.AutoModTrigger(keyword_filter=["bad"]),
            actions=[discord.AutoModRuleAction(custom_message="Not here.")],
            enabled=True,
        )
        assert (await rule.edit(name="Other")).name == "Other"
        await rule.delete()
