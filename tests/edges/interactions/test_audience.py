"""Who sees a command is who may use it, for every command and menu of the table.

Discord's own override lets managers of a server show any command to anybody; so each of them arrives here
from somebody who has no right to it.
"""

from typing import Any

import pytest

from app.access.config import AccessConfig
from app.access.domain import Level
from app.access.policy import REQUIREMENTS, Requirement
from app.access.service import save_config
from app.database.tx import Database
from app.discord.permissions import TITLES, Permission
from app.moderation import service as moderation_service
from app.moderation.config import ModerationConfig
from app.moderation.domain import CaseAction
from interactions.registration import payloads
from interactions.table import ROUTES
from tests.edges.interactions.everything import COMMANDS_AND_MENUS, SUGGESTIONS, Taken
from tests.edges.interactions.outcome import CHOICES, MODAL, answered, assert_refused, kept
from tests.support.deciding import decide, moderator
from tests.support.guilds import give, manager, member, snowflake
from tests.support.ruling import Beat, rule
from tests.support.signed import FakeDiscord, text_of

pytestmark = pytest.mark.anyio

RESTRICTED = [each for each in COMMANDS_AND_MENUS if each.requirement != Requirement()]
FOR_EVERYBODY = [each for each in COMMANDS_AND_MENUS if each.requirement == Requirement()]
FOR_SEVERAL = {"case"}
"""Roots that everybody sees, although some of what is below is for staff."""

EVERY_BIT = (1 << 53) - 1


def everything_but(*permissions: Permission) -> int:
    """Every permission there is and will be, but these; an administrator has them all."""
    missing = Permission.ADMINISTRATOR
    for permission in permissions:
        missing |= permission
    return EVERY_BIT & ~int(missing)


@pytest.fixture
async def roles(database: Database, guild_id: int) -> dict[Level, str]:
    """Level -> a role of the guild that has it."""
    found = {level: str(snowflake()) for level in Level}
    async with database.transaction() as tx:
        await give(tx, guild_id, member(), 5)
        config = AccessConfig(roles={role: level for level, role in found.items()})
        await save_config(tx, manager(guild_id), config, expected_version=0)
    return found


def title_of(callback: dict[str, Any]) -> str:
    return text_of(callback).split("\n")[0].split(" ", 2)[2]


async def said_to(
    discord: FakeDiscord, taken: Taken, guild_id: int, permissions: int = 0, *roles: str
) -> dict[str, Any]:
    payload = taken.build(discord, guild_id, member())
    payload["member"] |= {"permissions": str(permissions), "roles": list(roles)}
    return await answered(discord, payload)


def test_what_discord_is_told_is_what_the_action_needs() -> None:
    registered = {
        (each["type"], each["name"]): each["default_member_permissions"] for each in payloads(ROUTES)
    }
    needed = {
        (1, root.name): each.action
        for root in ROUTES.commands
        if root.name not in FOR_SEVERAL
        for each in root.runnable().values()
    }
    needed |= {(int(menu.opened_on), menu.name): menu.action for menu in ROUTES.menus}
    expected: dict[tuple[int, str], str | None] = {(1, name): None for name in FOR_SEVERAL}
    for key, action in needed.items():
        permission = REQUIREMENTS[action].permission
        expected[key] = None if permission is None else str(int(permission))
    assert registered == expected


def test_subcommands_below_one_root_are_for_the_same_people() -> None:
    for root in ROUTES.commands:
        if root.name in FOR_SEVERAL:
            continue
        assert len({REQUIREMENTS[each.action] for each in root.runnable().values()}) == 1


def test_what_only_a_level_opens_would_be_shown_to_everybody() -> None:
    """So there is none: who has the level but not the permission is let in by an override of Discord's."""
    assert all(each.permission is not None for each in REQUIREMENTS.values() if each.level is not None)


def test_there_is_something_to_test() -> None:
    assert {"/treasury grant", "/treasury take", "/treasury undo"} <= {each.name for each in RESTRICTED}
    assert {"/bytes send", "Send bytes", "/help", "/about"} <= {each.name for each in FOR_EVERYBODY}


@pytest.mark.parametrize("taken", RESTRICTED, ids=str)
class TestRestricted:
    async def test_refuses_who_has_neither_permission_nor_level(
        self, discord: FakeDiscord, database: Database, guild_id: int, roles: dict[Level, str], taken: Taken
    ) -> None:
        permission, level = taken.requirement.permission, taken.requirement.level
        assert permission is not None
        lower = [role for each, role in roles.items() if level is None or each < level]
        # Manage Server counts as the highest level, so it opens whatever a level opens.
        bits = everything_but(permission, Permission.MANAGE_GUILD)
        before = await kept(database, guild_id)
        for held in (0, bits):
            callback = await said_to(discord, taken, guild_id, held, *lower, str(snowflake()))
            titles = [f"“{TITLES[each]}”" for each in permission]
            wanted = f"You need the permission{'s' * (len(titles) > 1)} {' and '.join(titles)}"
            if level is not None:
                wanted += f" or a role with the access level “{level.value}”"
            sentence = f"{wanted} for this. Nothing was done; ask somebody who runs this server."
            assert_refused(callback, "Not allowed", sentence)
        assert await kept(database, guild_id) == before

    async def test_lets_in_who_has_exactly_the_permission(
        self, discord: FakeDiscord, guild_id: int, taken: Taken
    ) -> None:
        assert taken.requirement.permission is not None
        for bits in (taken.requirement.permission, Permission.ADMINISTRATOR):
            callback = await said_to(discord, taken, guild_id, int(bits))
            assert callback["type"] == MODAL or title_of(callback) != "Not allowed"

    async def test_lets_in_who_has_exactly_the_level(
        self, discord: FakeDiscord, guild_id: int, roles: dict[Level, str], taken: Taken
    ) -> None:
        level = taken.requirement.level
        if level is not None:
            callback = await said_to(discord, taken, guild_id, 0, roles[level])
            assert callback["type"] == MODAL or title_of(callback) != "Not allowed"

    async def test_a_time_out_takes_the_level_away(
        self, discord: FakeDiscord, guild_id: int, roles: dict[Level, str], taken: Taken
    ) -> None:
        payload = taken.build(discord, guild_id, member())
        payload["member"] |= {
            "roles": list(roles.values()),
            "communication_disabled_until": "2100-01-01T00:00:00+00:00",
        }
        assert "Not allowed" in text_of(await discord.deliver(payload))


@pytest.mark.parametrize("taken", FOR_EVERYBODY, ids=str)
async def test_what_is_for_everybody_refuses_nobody_for_rights(
    discord: FakeDiscord, guild_id: int, taken: Taken
) -> None:
    callback = await said_to(discord, taken, guild_id)
    assert callback["type"] == MODAL or title_of(callback) not in ("Not allowed", "That went wrong")


@pytest.mark.parametrize(
    "taken", [each for each in SUGGESTIONS if each.requirement != Requirement()], ids=str
)
async def test_suggestions_are_for_those_the_command_is_for(
    discord: FakeDiscord, database: Database, guild_id: int, taken: Taken
) -> None:
    async with database.transaction() as tx:
        await give(tx, guild_id, member(), 5)
        saved = ModerationConfig(saved_reasons=("spam",))
        await moderation_service.save_config(tx, manager(guild_id), saved, expected_version=0)
        await decide(tx, moderator(guild_id), member(), CaseAction.NOTE)
        await Beat(guild_id).rule(tx, rule())
    needed = taken.requirement.permission
    assert needed is not None
    callback = await said_to(discord, taken, guild_id, everything_but(needed, Permission.MANAGE_GUILD))
    assert callback == {"type": CHOICES, "data": {"choices": []}}
    assert (await said_to(discord, taken, guild_id, int(needed)))["data"] != {"choices": []}
