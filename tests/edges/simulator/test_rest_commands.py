"""Commands over REST, one by one, and what Discord refuses about them."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from simulator.state import seed
from tests.edges.simulator.rest_caller import Caller, calling

pytestmark = pytest.mark.anyio

PLAY = {"name": "play", "description": "d"}
DAY = 86_400


@pytest.fixture
async def bot() -> AsyncIterator[Caller]:
    async with calling() as caller:
        yield caller


@pytest.fixture(params=["global", "guild"])
def path(bot: Caller, request: pytest.FixtureRequest) -> str:
    return place(bot) if request.param == "guild" else f"/applications/{bot.discord.bot.id}/commands"


def place(bot: Caller) -> str:
    return f"/applications/{bot.discord.bot.id}/guilds/{seed.GUILD_ID}/commands"


def option(kind: int = 3, **more: Any) -> dict[str, Any]:
    return {**PLAY, "options": [{"type": kind, "name": "o", "description": "d", **more}]}


class TestOneByOne:
    async def test_a_name_that_is_there_is_registered_anew(self, bot: Caller, path: str) -> None:
        first = await bot.call("POST", path, PLAY)
        again = await bot.call("POST", path, {**PLAY, "description": "new"})
        assert (first.status_code, again.status_code) == (201, 200)
        assert (again.json()["id"], again.json()["description"]) == (first.json()["id"], "new")
        assert again.json()["version"] != first.json()["version"]
        menu = await bot.call("POST", path, {"name": "play", "type": 2})
        assert (menu.status_code, menu.json()["id"] != first.json()["id"]) == (201, True)
        assert len((await bot.call("GET", path)).json()) == 2

    async def test_a_change_names_only_what_changes(self, bot: Caller, path: str) -> None:
        made = (await bot.call("POST", path, option(min_length=1))).json()
        one = f"{path}/{made['id']}"
        changed = (await bot.call("PATCH", one, {"name": "other"})).json()
        assert (changed["name"], changed["id"], changed["options"]) == ("other", made["id"], made["options"])
        assert (await bot.call("GET", one)).json() == changed
        await bot.call("POST", path, PLAY)
        assert list(await bot.errors("PATCH", one, {"name": "play"})) == ["name"]
        assert (await bot.call("DELETE", one)).status_code == 204
        for method in ("GET", "PATCH", "DELETE"):
            assert await bot.refused(method, one, {} if method == "PATCH" else None) == (404, 10063)

    async def test_are_not_registered_where_the_bot_is_not(self, bot: Caller) -> None:
        elsewhere = f"/applications/{bot.discord.bot.id}/guilds/{seed.TERRARIUM_ID}/commands"
        assert await bot.refused("POST", elsewhere, PLAY) == (403, 50001)
        assert await bot.refused("POST", "/applications/1/commands", PLAY) == (403, 20012)


class TestLimits:
    async def test_200_new_ones_a_day(self, bot: Caller, path: str) -> None:
        for number in range(200):
            made = await bot.call("POST", path, {"name": f"c{number}", "description": "d"})
            assert made.status_code == 201
            await bot.call("DELETE", f"{path}/{made.json()['id']}")
        assert await bot.refused("POST", path, PLAY) == (400, 30034)
        assert await bot.refused("PUT", path, [PLAY]) == (400, 30034)
        bot.discord.clock.advance(DAY)
        assert (await bot.call("PUT", path, [PLAY])).status_code == 200

    async def test_100_of_a_kind_at_once(self, bot: Caller, path: str) -> None:
        many = [{"name": f"c{number}", "description": "d"} for number in range(100)]
        assert (await bot.call("PUT", path, many)).status_code == 200
        assert await bot.refused("POST", path, PLAY) == (400, 30032)
        assert (await bot.call("POST", path, {"name": "Menu", "type": 3})).status_code == 201


class TestForms:
    @pytest.mark.parametrize(
        ("body", "where"),
        [
            ({**PLAY, "name_localizations": {"de": "Groß"}}, ["name_localizations", "de"]),
            ({**PLAY, "name_localizations": {"xx": "name"}}, ["name_localizations", "xx"]),
            ({**PLAY, "description_localizations": {"de": "x" * 101}}, ["description_localizations", "de"]),
            ({**PLAY, "contexts": []}, ["contexts"]),
            ({**PLAY, "contexts": [3]}, ["contexts", "0"]),
            ({**PLAY, "integration_types": [2]}, ["integration_types", "0"]),
            ({**PLAY, "default_member_permissions": "many"}, ["default_member_permissions"]),
            ({"name": "Menu", "type": 2, "description": "d"}, ["description"]),
            ({"name": "Menu", "type": 3, "options": [{"type": 3}]}, ["options"]),
            (option(min_value=1), ["options", "0", "min_value"]),
            (option(4, min_length=1), ["options", "0", "min_length"]),
            (option(4, min_value=2, max_value=1), ["options", "0", "min_value"]),
            (option(4, min_value=1.5), ["options", "0", "min_value"]),
            (option(10, max_value=2**53), ["options", "0", "max_value"]),
            (option(min_length=2, max_length=1), ["options", "0", "min_length"]),
            (option(max_length=6001), ["options", "0", "max_length"]),
            (option(max_length=0), ["options", "0", "max_length"]),
            (option(6, autocomplete=True), ["options", "0", "autocomplete"]),
            (option(autocomplete=True, choices=[{"name": "n", "value": "v"}]), ["options", "0", "choices"]),
            (option(choices=[{"name": "n", "value": "v"}] * 2), ["options", "0", "choices"]),
            (option(4, choices=[{"name": "n", "value": "v"}]), ["options", "0", "choices", "0", "value"]),
            (option(6, choices=[{"name": "n", "value": 1}]), ["options", "0", "choices"]),
            (option(channel_types=[0]), ["options", "0", "channel_types"]),
            (option(7, channel_types=[99]), ["options", "0", "channel_types", "0"]),
            (option(11, file_types=["x"] * 11), ["options", "0", "file_types"]),
            (option(3, options=[{"type": 3, "name": "i", "description": "d"}]), ["options", "0", "options"]),
            (option(name_localizations={"de": "A B"}), ["options", "0", "name_localizations", "de"]),
        ],
    )
    async def test_are_refused_where_discord_refuses(
        self, bot: Caller, body: dict[str, Any], where: list[str]
    ) -> None:
        level = await bot.errors("POST", place(bot), body)
        for step in where:
            level = level[step]
        assert "_errors" in level

    @pytest.mark.parametrize(
        "body",
        [
            {**PLAY, "name_localizations": {"de": "groß", "ja": "遊ぶ"}},
            option(4, min_value=-(2**53) + 1, max_value=2**53 - 1),
            option(10, min_value=0.5, autocomplete=True),
            option(choices=[{"name": "n", "value": "v", "name_localizations": {"de": "N"}}]),
            option(11, file_types=[".png"]),
            {"name": "Show this", "type": 3, "description": ""},
        ],
    )
    async def test_are_taken_where_discord_takes_them(self, bot: Caller, body: dict[str, Any]) -> None:
        answer = await bot.call("POST", place(bot), body)
        assert answer.status_code == 201, answer.text
