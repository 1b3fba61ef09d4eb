"""What the platform asks of Discord, asked of the simulator over HTTP."""

from typing import Any

import httpx2
import pytest
from pydantic import SecretStr

from app.discord.port import DiscordUnauthorizedError, DiscordUnavailableError
from app.discord.rest import connect_discord
from app.registration import register_commands
from app.settings import Settings
from interactions.registration import differs, payloads
from interactions.routing import Routes
from interactions.table import ROUTES
from tests.oracles.discord_schema import assert_commands

pytestmark = pytest.mark.anyio


def changed(settings: Settings, **values: object) -> Settings:
    return settings.model_copy(update=values)


class TestRegisteredCommands:
    def test_are_what_discords_schema_allows(self) -> None:
        assert_commands(payloads(ROUTES))

    async def test_come_back_as_they_were_written(self, settings: Settings) -> None:
        async with connect_discord(settings) as discord:
            await discord.register_commands(payloads(ROUTES))
            assert not differs(payloads(ROUTES), await discord.registered_commands())

    async def test_are_written_only_when_something_differs(self, settings: Settings) -> None:
        async with connect_discord(settings) as discord:
            assert await register_commands(discord)
            assert not await register_commands(discord)
            await discord.register_commands(payloads(Routes(ROUTES.commands[:1])))
            assert await register_commands(discord)

    @pytest.mark.parametrize("field", ["description", "default_member_permissions", "options"])
    def test_differ_when_any_field_does(self, field: str) -> None:
        other = payloads(ROUTES)
        other[0][field] = {"description": "x", "default_member_permissions": "8", "options": []}[field]
        assert differs(payloads(ROUTES), other)

    async def test_of_one_guild_are_apart_from_the_global_ones(self, settings: Settings) -> None:
        guild_id = await first_guild(settings)
        async with connect_discord(settings) as discord:
            assert await register_commands(discord, guild_id)
            assert await discord.registered_commands() == []
            assert len(await discord.registered_commands(guild_id)) == len(payloads(ROUTES))


class TestFindMember:
    async def test_tells_name_and_roles(self, settings: Settings) -> None:
        guild_id = await first_guild(settings)
        person = (await state(settings))["people"][0]
        async with connect_discord(settings) as discord:
            member = await discord.find_member(guild_id, int(person["id"]))
        assert member is not None
        assert (member.user_id, member.username, member.is_bot) == (
            int(person["id"]),
            person["username"],
            False,
        )
        assert {str(role_id) for role_id in member.role_ids} == set(person["roles"])

    async def test_of_a_stranger_or_a_strange_guild_is_none(self, settings: Settings) -> None:
        async with connect_discord(settings) as discord:
            assert await discord.find_member(await first_guild(settings), 4242) is None
            assert await discord.find_member(4242, 4242) is None


class TestTrouble:
    async def test_a_wrong_token_is_told_apart(self, settings: Settings) -> None:
        wrong = changed(settings, discord_bot_token=SecretStr("wrong"))
        async with connect_discord(wrong) as discord:
            with pytest.raises(DiscordUnauthorizedError, match="token"):
                await discord.registered_commands()

    async def test_without_a_token_nothing_is_asked(self, settings: Settings) -> None:
        with pytest.raises(DiscordUnauthorizedError, match="SMARTERDEV_DISCORD_BOT_TOKEN"):
            async with connect_discord(changed(settings, discord_bot_token=None)):
                pass

    async def test_no_answer_is_told_apart(self, settings: Settings) -> None:
        gone = changed(settings, discord_api_url="http://127.0.0.1:9/api/v10")
        async with connect_discord(gone) as discord:
            with pytest.raises(DiscordUnavailableError):
                await discord.registered_commands()

    @pytest.mark.parametrize(
        "fault",
        [
            {"kind": "server_error", "status": 503},
            {"kind": "reset"},
            {"kind": "lost_answer"},
            {"kind": "malformed"},
        ],
        ids=lambda fault: fault["kind"],
    )
    async def test_every_way_in_which_discord_fails_is_that_it_is_unavailable(
        self, settings: Settings, fault: dict[str, Any]
    ) -> None:
        guild_id = await first_guild(settings)
        async with control(settings) as simulator:
            planned = await simulator.post(
                "/_sim/faults", json={"route": "/guilds/{guild_id}/members/{user_id}"} | fault
            )
            assert planned.status_code < 300, planned.text
        async with connect_discord(settings) as discord:
            with pytest.raises(DiscordUnavailableError):
                await discord.find_member(guild_id, 4242)


def control(settings: Settings) -> httpx2.AsyncClient:
    """The simulator's control API."""
    return httpx2.AsyncClient(base_url=str(settings.discord_api_url).removesuffix("/api/v10"))


async def state(settings: Settings) -> dict[str, Any]:
    async with control(settings) as client:
        return dict((await client.get("/_sim/state")).json())


async def first_guild(settings: Settings) -> int:
    return int(str((await state(settings))["guilds"][0]["id"]))
