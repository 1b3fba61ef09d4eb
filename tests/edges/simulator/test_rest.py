"""The REST API, read by another library, and Discord's errors."""

import logging

import hikari
import httpx2
import pytest

from simulator.config import SimulatorConfig
from simulator.main import create_app
from simulator.state import seed
from tests.support.processes import serving

pytestmark = pytest.mark.anyio

API = "/api/v10"
GUILD = f"{API}/guilds/{seed.GUILD_ID}"


def commands_path(config: SimulatorConfig) -> str:
    return f"{API}/applications/{config.application_id}/guilds/{seed.GUILD_ID}/commands"


class TestAnotherLibrary:
    async def test_reads_people_roles_guilds_and_commands(self, config: SimulatorConfig) -> None:
        async with serving(create_app(config)) as address:
            app = hikari.RESTApp(url=f"{address}{API}", max_retries=0)
            await app.start()
            async with app.acquire(config.bot_token, hikari.TokenType.BOT) as client:
                me = await client.fetch_my_user()
                assert (me.id, me.is_bot) == (config.application_id, True)
                assert (await client.fetch_user(seed.JUN)).global_name == "Jun Watanabe"
                application = await client.fetch_application()
                assert application.public_key.hex() == config.public_key
                member = await client.fetch_member(seed.GUILD_ID, seed.SIOBHAN)
                assert member.display_name == "Siobhán O'Neill"
                assert set(member.role_ids) == {seed.GUILD_ID, seed.VERIFIED, seed.HELPER}
                roles = {each.name: each for each in await client.fetch_roles(seed.GUILD_ID)}
                assert roles["Demo Bot"].bot_id == config.application_id
                assert roles["@everyone"].id == seed.GUILD_ID
                guild = await client.fetch_guild(seed.GUILD_ID)
                assert guild.owner_id == seed.PRIYA
                channels = await client.fetch_guild_channels(seed.GUILD_ID)
                assert [each.name for each in channels][:2] == ["general", "help"]
                builder = client.slash_command_builder("bytes", "Currency").add_option(
                    hikari.CommandOption(
                        type=hikari.OptionType.INTEGER, name="amount", description="How many", min_value=1
                    )
                )
                for scope in (hikari.UNDEFINED, seed.GUILD_ID):
                    set_ = await client.set_application_commands(
                        config.application_id, [builder], guild=scope
                    )
                    fetched = await client.fetch_application_commands(config.application_id, guild=scope)
                    assert [each.id for each in fetched] == [each.id for each in set_]
                    assert isinstance(fetched[0], hikari.SlashCommand)
                    assert fetched[0].options is not None
                    assert fetched[0].options[0].min_value == 1
                with pytest.raises(hikari.NotFoundError) as refused:
                    await client.fetch_member(seed.GUILD_ID, 1)
                assert refused.value.code == 10007
            async with app.acquire("wrong", hikari.TokenType.BOT) as stranger:
                with pytest.raises(hikari.UnauthorizedError):
                    await stranger.fetch_my_user()
            await app.close()


class TestErrors:
    @pytest.mark.parametrize(
        ("path", "status", "code", "message"),
        [
            (f"{API}/guilds/1", 404, 10004, "Unknown Guild"),
            (f"{API}/guilds/1/roles", 404, 10004, "Unknown Guild"),
            (f"{GUILD}/members/1", 404, 10007, "Unknown Member"),
            (f"{API}/users/1", 404, 10013, "Unknown User"),
            (f"{API}/guilds/nonsense", 400, 50035, "Invalid Form Body"),
            (
                f"{API}/applications/1/commands",
                403,
                20012,
                "You are not authorized to perform this action on this application",
            ),
        ],
    )
    async def test_have_discords_codes(
        self, rest: httpx2.AsyncClient, path: str, status: int, code: int | str, message: str
    ) -> None:
        response = await rest.get(path)
        body = response.json()
        assert (response.status_code, body["code"], body["message"]) == (status, code, message)

    @pytest.mark.parametrize("header", ["", "Bot wrong", "Bearer the-token", "the-token", "Bot tökn"])
    async def test_a_wrong_token_is_401(self, simulator: httpx2.AsyncClient, header: str) -> None:
        headers = {b"Authorization": header.encode()}
        response = await simulator.get(GUILD, headers=headers)
        assert response.status_code == 401
        assert response.json() == {"message": "401: Unauthorized", "code": 0}

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("GET", f"{GUILD}/emojis"),
            ("POST", f"{GUILD}/stickers"),
            ("GET", "/api/v9/users/@me"),
        ],
    )
    async def test_what_is_not_there_is_501_and_loud(
        self, rest: httpx2.AsyncClient, caplog: pytest.LogCaptureFixture, method: str, path: str
    ) -> None:
        with caplog.at_level(logging.WARNING):
            response = await rest.request(method, path)
        assert response.status_code == 501
        assert f"{method} {path}" in response.json()["message"]
        assert f"{method} {path}" in caplog.text

    async def test_a_method_that_a_path_does_not_have_is_405(self, rest: httpx2.AsyncClient) -> None:
        response = await rest.put(GUILD)
        assert (response.status_code, response.json()) == (
            405,
            {"message": "405: Method Not Allowed", "code": 0},
        )


class TestRegistration:
    async def test_keeps_ids_of_names_that_stay_and_versions_of_what_does_not_change(
        self, rest: httpx2.AsyncClient, config: SimulatorConfig
    ) -> None:
        path = commands_path(config)
        one, two = {"name": "one", "description": "d"}, {"name": "two", "description": "d"}
        first = (await rest.put(path, json=[one, two])).json()
        second = (await rest.put(path, json=[{**one, "description": "new"}, two])).json()
        assert [each["id"] for each in second] == [each["id"] for each in first]
        assert second[0]["version"] != first[0]["version"]
        assert second[1]["version"] == first[1]["version"]
        assert {"id", "application_id", "guild_id", "version", "type"} <= set(second[0])
        third = (await rest.put(path, json=[one])).json()
        assert (await rest.get(path, params={"with_localizations": "true"})).json() == third
        assert (await rest.get("/_sim/state")).json()["commands"] == third

    @pytest.mark.parametrize(
        ("command", "where", "code"),
        [
            ({"description": "d"}, ["0", "name"], "BASE_TYPE_REQUIRED"),
            ({"name": "x"}, ["0", "description"], "BASE_TYPE_REQUIRED"),
            ({"name": "x", "description": "d" * 101}, ["0", "description"], "BASE_TYPE_BAD_LENGTH"),
            ({"name": "Big", "description": "d"}, ["0", "name"], "APPLICATION_COMMAND_INVALID_NAME"),
            ({"name": "a b", "description": "d"}, ["0", "name"], "APPLICATION_COMMAND_INVALID_NAME"),
            ({"name": "x" * 33, "description": "d"}, ["0", "name"], "BASE_TYPE_BAD_LENGTH"),
            ({"name": "x", "description": "d", "type": 7}, ["0", "type"], "BASE_TYPE_CHOICES"),
            ({"name": "x", "description": "d", "type": [1]}, ["0", "type"], "BASE_TYPE_CHOICES"),
            (
                {
                    "name": "x",
                    "description": "d",
                    "options": [{"type": 3, "name": "o", "description": "d"}] * 26,
                },
                ["0", "options"],
                "BASE_TYPE_MAX_LENGTH",
            ),
            (
                {"name": "x", "description": "d", "options": [{"type": 3, "name": "O!", "description": "d"}]},
                ["0", "options", "0", "name"],
                "APPLICATION_COMMAND_INVALID_NAME",
            ),
            (
                {
                    "name": "x",
                    "description": "d",
                    "options": [
                        {"type": 3, "name": "a", "description": "d"},
                        {"type": 3, "name": "b", "description": "d", "required": True},
                    ],
                },
                ["0", "options"],
                "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
            ),
            (
                {
                    "name": "x",
                    "description": "d",
                    "options": [
                        {"type": 1, "name": "a", "description": "d", "options": [{"type": 1, "name": "b"}]}
                    ],
                },
                ["0", "options", "0", "options", "0", "type"],
                "BASE_TYPE_CHOICES",
            ),
            (
                {
                    "name": "x",
                    "description": "d",
                    "options": [
                        {
                            "type": 3,
                            "name": "a",
                            "description": "d",
                            "choices": [{"name": "n", "value": "v"}] * 26,
                        }
                    ],
                },
                ["0", "options", "0", "choices"],
                "BASE_TYPE_MAX_LENGTH",
            ),
        ],
    )
    async def test_refuses_what_discord_refuses_and_says_where(
        self,
        rest: httpx2.AsyncClient,
        config: SimulatorConfig,
        command: dict[str, object],
        where: list[str],
        code: int | str,
    ) -> None:
        response = await rest.put(commands_path(config), json=[command])
        assert response.status_code == 400
        body = response.json()
        assert (body["code"], body["message"]) == (50035, "Invalid Form Body")
        place = body["errors"]
        for step in where:
            place = place[step]
        assert place["_errors"][0]["code"] == code

    async def test_refuses_doubles_too_many_and_too_much(
        self, rest: httpx2.AsyncClient, config: SimulatorConfig
    ) -> None:
        path = commands_path(config)
        one = {"name": "one", "description": "d"}
        assert (await rest.put(path, json=[one, one])).json()["code"] == 50035
        many = [{"name": f"c{number}", "description": "d"} for number in range(101)]
        assert (await rest.put(path, json=many)).json()["code"] == 30032
        choices = [{"name": "n" * 100, "value": "v" * 100} for _ in range(25)]
        options = [{"type": 3, "name": f"o{n}", "description": "d", "choices": choices} for n in range(2)]
        assert (await rest.put(path, json=[{**one, "options": options}])).json()["code"] == 50035
        assert (await rest.put(path, content=b"{", headers={"Content-Type": "application/json"})).json()[
            "code"
        ] == 50109
        assert (await rest.put(path, json={})).json()["code"] == 50035
        assert (await rest.get(path)).json() == []

    @pytest.mark.parametrize("name", ["über", "команда", "ไทยคำสั่ง", "नमस्ते", "it's", "a-b_c", "数字1"])
    async def test_takes_names_in_every_script(
        self, rest: httpx2.AsyncClient, config: SimulatorConfig, name: str
    ) -> None:
        response = await rest.put(commands_path(config), json=[{"name": name, "description": "d"}])
        assert response.status_code == 200, response.text
