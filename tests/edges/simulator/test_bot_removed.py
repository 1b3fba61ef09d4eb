"""However the bot comes out of a guild, it hears that it is out."""

import httpx2
import pytest

from simulator.config import SimulatorConfig
from simulator.deeds import guilds, members
from simulator.deeds.actor import Actor
from simulator.errors import DiscordError, ErrorKind
from simulator.happenings import BotRemoved, Happening
from simulator.local_discord import LocalDiscord
from simulator.state import seed
from tests.edges.simulator.simulators import discord_of

pytestmark = pytest.mark.anyio


@pytest.fixture
def discord() -> LocalDiscord:
    return discord_of(SimulatorConfig(talk=False))


@pytest.mark.parametrize("how", [members.kick, members.ban])
def test_a_kick_or_ban_takes_its_role_along_and_tells_it(discord: LocalDiscord, how: object) -> None:
    heard: list[Happening] = []
    discord.bus.listen(heard.append)
    guild = discord.world.guilds[seed.GUILD_ID]
    assert callable(how)
    how(discord, guild, Actor(seed.PRIYA), discord.bot.id)
    assert any(isinstance(each, BotRemoved) for each in heard)
    assert not any(role.bot_id for role in guild.roles.values())


def test_a_banned_bot_cannot_be_invited(discord: LocalDiscord) -> None:
    guild = discord.world.guilds[seed.GUILD_ID]
    members.ban(discord, guild, Actor(seed.PRIYA), discord.bot.id)
    with pytest.raises(DiscordError) as refused:
        guilds.add_bot(discord, guild, Actor(seed.PRIYA))
    assert refused.value.kind is ErrorKind.USER_BANNED
    members.unban(discord, guild, Actor(seed.PRIYA), discord.bot.id)
    guilds.add_bot(discord, guild, Actor(seed.PRIYA))
    assert sum(role.bot_id is not None for role in guild.roles.values()) == 1


async def test_inviting_a_banned_bot_by_the_control_api_is_a_sentence(simulator: httpx2.AsyncClient) -> None:
    state = (await simulator.get("/_sim/state")).json()
    where = {"guild_id": str(seed.GUILD_ID), "moderator_id": str(seed.PRIYA)}
    ban = where | {"user_id": state["application"]["id"], "action": "ban"}
    assert (await simulator.post("/_sim/moderation", json=ban)).status_code == 200
    answer = await simulator.post(f"/_sim/guilds/{seed.GUILD_ID}/bot", json={"action": "add"})
    assert 400 <= answer.status_code < 500
    assert answer.json()["error"]
