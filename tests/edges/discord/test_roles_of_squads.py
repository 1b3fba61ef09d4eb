"""Which roles squads may be given, asked of the simulator by whoever imports a file."""

import pytest

from app.discord.rest import HikariDiscord
from app.guild_file import GuildFile, look_at_roles, parse
from app.settings import Settings
from app.squads.domain import Pause
from app.squads.saving import UNSEEN
from tests.edges.discord.simulated import Simulated
from tests.support.guilds import new_guild

pytestmark = pytest.mark.anyio


def file_with(role_id: int) -> GuildFile:
    return parse(f'{{"squads": {{"squads": [{{"name": "Red", "role_id": "{role_id}"}}]}}}}')


async def test_are_those_discord_has_below_the_bot(
    settings: Settings, discord: HikariDiscord, simulated: Simulated
) -> None:
    guild_id = int((await simulated.guild())["id"])
    guild = await discord.find_guild(guild_id)
    assert guild is not None
    roles, not_checked = await look_at_roles(settings, guild_id, file_with(7))
    assert not_checked is None
    faults = {role_id: roles.fault(role_id, frozenset()) for role_id in guild.roles}
    assert faults[guild_id] is Pause.GONE, "everyone has it"
    assert None in faults.values()
    assert roles.fault(7, frozenset()) is Pause.GONE
    managed = {role_id for role_id, role in guild.roles.items() if role.is_managed}
    assert {faults[role_id] for role_id in managed} == {Pause.MANAGED}


async def test_are_not_asked_for_by_a_file_without_squads(settings: Settings) -> None:
    nowhere = settings.model_copy(update={"discord_api_url": "http://127.0.0.1:9/api/v10"})
    for content in ("{}", '{"squads": {}}'):
        assert await look_at_roles(nowhere, new_guild(), parse(content)) == (UNSEEN, None)


async def test_cannot_be_known_of_a_server_without_the_bot(settings: Settings) -> None:
    roles, not_checked = await look_at_roles(settings, new_guild(), file_with(7))
    assert roles is UNSEEN
    assert not_checked is not None
    assert "the bot is not on this server" in not_checked
