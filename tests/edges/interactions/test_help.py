"""`/help` and `/about`: to each member what this member can use here."""

from dataclasses import dataclass
from typing import Any

import pytest

from app.access.config import AccessConfig
from app.access.domain import Level
from app.access.policy import REQUIREMENTS, Requirement
from app.access.service import save_config
from app.bytes.domain import Member
from app.database.tx import Database
from app.discord.permissions import Permission
from interactions.table import ROUTES
from tests.edges.interactions.outcome import (
    UPDATE,
    assert_refused,
    kept,
    sealed,
    switch_off,
    unreachable,
    with_routes,
)
from tests.support.guilds import manager, member, snowflake
from tests.support.signed import FakeDiscord, buttons_of, command, is_ephemeral, press, text_of

pytestmark = pytest.mark.anyio

PATHS = {path: each for root in ROUTES.commands for path, each in root.runnable().items()}
FOR_EVERYBODY = {path for path, each in PATHS.items() if REQUIREMENTS[each.action] == Requirement()}
OF_BYTES = {
    path
    for root in ROUTES.commands
    if root.feature is not None and root.feature.name in ("bytes", "squads")  # squads depend on bytes
    for path in root.runnable()
}
NOT_OF_MANAGERS = {"massban"}
"""Who manages the server needs another permission for it, too."""

MANAGER, MODERATOR = int(Permission.MANAGE_GUILD), int(Permission.MODERATE_MEMBERS)


@dataclass
class Stage:
    discord: FakeDiscord
    database: Database
    guild_id: int
    ada: Member

    async def help(
        self, about: str | None = None, *, permissions: int = 0, roles: tuple[str, ...] = ()
    ) -> dict[str, Any]:
        options = {} if about is None else {"command": about}
        payload = command(self.guild_id, self.ada, "help", options, permissions=permissions)
        payload["member"]["roles"] = list(roles)
        callback = await self.discord.deliver(payload)
        assert is_ephemeral(callback)
        return callback

    async def level(self, level: Level) -> str:
        """Give a new role a level; gives the role."""
        role = str(snowflake())
        async with self.database.transaction() as tx:
            config = AccessConfig(roles={role: level})
            await save_config(tx, manager(self.guild_id), config, expected_version=0)
        return role


@pytest.fixture
def stage(discord: FakeDiscord, database: Database, guild_id: int) -> Stage:
    return Stage(discord, database, guild_id, member())


def listed(callback: dict[str, Any]) -> set[str]:
    """The paths of the commands that are shown."""
    return {line.split("`")[1][1:] for line in text_of(callback).split("\n") if line.startswith("`/")}


def selectable(callback: dict[str, Any]) -> set[str]:
    [select] = buttons_of(callback)
    return {option["value"] for option in select["options"]}


class TestOverview:
    async def test_shows_a_member_what_is_for_everybody(self, stage: Stage) -> None:
        callback = await stage.help()
        assert listed(callback) == FOR_EVERYBODY
        assert "In the menu of a member: Send bytes, View bytes" in text_of(callback)
        assert selectable(callback) == {path.split()[0] for path in FOR_EVERYBODY}

    async def test_shows_a_moderator_no_command_of_managers(self, stage: Stage) -> None:
        assert not any(
            path.startswith("treasury") for path in listed(await stage.help(permissions=MODERATOR))
        )
        role = await stage.level(Level.MODERATOR)
        assert not any(path.startswith("treasury") for path in listed(await stage.help(roles=(role,))))

    async def test_shows_a_manager_everything(self, stage: Stage) -> None:
        assert listed(await stage.help(permissions=MANAGER)) == set(PATHS) - NOT_OF_MANAGERS
        assert listed(await stage.help(permissions=int(Permission.ADMINISTRATOR))) == set(PATHS)

    async def test_shows_a_manager_by_access_level_everything(self, stage: Stage) -> None:
        role = await stage.level(Level.MANAGER)
        callback = await stage.help(roles=(role,))
        assert listed(callback) == set(PATHS) - NOT_OF_MANAGERS
        assert "treasury" in selectable(callback)
        assert listed(await stage.help(roles=(str(snowflake()),))) == FOR_EVERYBODY

    async def test_leaves_out_what_is_switched_off(self, stage: Stage) -> None:
        await switch_off(stage.database, stage.guild_id)
        callback = await stage.help(permissions=MANAGER)
        assert listed(callback) == set(PATHS) - OF_BYTES - NOT_OF_MANAGERS
        assert "Send bytes" not in text_of(callback)
        assert "bytes" not in selectable(callback)

    async def test_changes_nothing(self, stage: Stage) -> None:
        await stage.help()  # makes the guild known
        before = await kept(stage.database, stage.guild_id)
        await stage.help()
        assert await kept(stage.database, stage.guild_id) == before


class TestExplaining:
    @pytest.mark.parametrize("typed", ["bytes", "/bytes", " Bytes "])
    async def test_lists_what_can_be_typed_and_in_which_range(self, stage: Stage, typed: str) -> None:
        lines = text_of(await stage.help(typed)).split("\n")
        assert lines[0] == "### ℹ️ /bytes"  # noqa: RUF001 - the emoji
        at = lines.index("**`/bytes send`** Send bytes to somebody")
        assert lines[at + 1 : at + 4] == [
            "- `user` Who receives the bytes",
            "- `amount` How many bytes · 1 - 1,000,000",
            "- `reason` What for · optional",
        ]
        assert sum(line.startswith("**`/") for line in lines) == 5

    @pytest.mark.parametrize("name", sorted({path.split()[0] for path in PATHS}))
    async def test_every_command_can_be_explained(self, stage: Stage, name: str) -> None:
        said = text_of(await stage.help(name, permissions=int(Permission.ADMINISTRATOR)))
        for path, each in PATHS.items():
            if path.split()[0] == name:
                assert f"**`/{path}`** {each.description}" in said
                assert all(f"- `{parameter.name}` " in said for parameter in each.parameters)

    @pytest.mark.parametrize("name", ["treasury", "teleport", "bytes send", "", "**x**"])
    async def test_of_nothing_this_member_can_use_says_so(self, stage: Stage, name: str) -> None:
        shown = name.replace("*", "\\*")
        sentence = f"There is no command “{shown}” that you can use here. `/help` lists them all."
        assert_refused(await stage.help(name), "Not found", sentence)

    async def test_of_what_is_switched_off_says_so_too(self, stage: Stage) -> None:
        await switch_off(stage.database, stage.guild_id)
        assert "There is no command “bytes”" in text_of(await stage.help("bytes", permissions=MANAGER))

    async def test_by_choosing_replaces_the_overview(self, stage: Stage) -> None:
        [select] = buttons_of(await stage.help())
        pressed = press(stage.guild_id, stage.ada, select["custom_id"], ["bytes"])
        callback = await stage.discord.deliver(pressed)
        assert callback["type"] == UPDATE
        assert text_of(callback) == text_of(await stage.help("bytes"))

    async def test_by_choosing_what_was_not_offered_is_refused(self, stage: Stage) -> None:
        [select] = buttons_of(await stage.help())
        for value in ("treasury", "teleport", "x" * 100):
            pressed = press(stage.guild_id, stage.ada, select["custom_id"], [value])
            assert "Not found" in text_of(await stage.discord.deliver(pressed))

    async def test_what_a_manager_was_offered_is_no_longer_for_a_member(self, stage: Stage) -> None:
        [select] = buttons_of(await stage.help(permissions=MANAGER))
        pressed = press(stage.guild_id, stage.ada, select["custom_id"], ["treasury"])
        assert "Not found" in text_of(await stage.discord.deliver(pressed))

    async def test_a_row_of_any_kind_is_no_obstacle(self, stage: Stage) -> None:
        custom_id = sealed(stage.discord, stage.guild_id, "help:anything", stage.ada)
        callback = await stage.discord.deliver(press(stage.guild_id, stage.ada, custom_id, ["about"]))
        assert "/about" in text_of(callback)


class TestWithoutADatabase:
    async def test_help_asks_to_try_again(self, guild_id: int) -> None:
        async with unreachable() as nowhere:
            said = text_of(await with_routes(nowhere, ROUTES).command(guild_id, member(), "help"))
        assert said.startswith("### 🛑 Please try again\n")
        assert "Nothing was changed" in said

    async def test_about_answers_and_says_so(self, guild_id: int) -> None:
        async with unreachable() as nowhere:
            said = text_of(await with_routes(nowhere, ROUTES).command(guild_id, member(), "about"))
        assert "The database does not answer at the moment" in said
        assert "`/help` shows what you can use here." in said


class TestAbout:
    async def test_says_what_is_on_here(self, stage: Stage) -> None:
        callback = await stage.discord.command(stage.guild_id, stage.ada, "about")
        assert is_ephemeral(callback)
        assert "Switched on in this server: Bytes" in text_of(callback)

    async def test_says_nothing_of_what_is_off(self, stage: Stage) -> None:
        await switch_off(stage.database, stage.guild_id)
        said = text_of(await stage.discord.command(stage.guild_id, stage.ada, "about"))
        assert "Switched on in this server: Moderation, Auto\\-mod\n" in said
        assert "`/privacy export`" in said
