"""Access levels at the door: what the signed roles of a member allow."""

from typing import Any

import pytest

from app.access.config import AccessConfig
from app.access.domain import Level
from app.access.service import save_config
from app.database.tx import Database
from app.discord.permissions import Permission
from tests.support.guilds import manager, member, new_guild, snowflake
from tests.support.signed import FakeDiscord, command, text_of

pytestmark = pytest.mark.anyio


async def grant_with(discord: FakeDiscord, guild_id: int, *roles: str, permissions: int = 0) -> str:
    """Have a member with these roles grant bytes; give what the reply says."""
    payload: dict[str, Any] = command(
        guild_id,
        member(),
        "treasury grant",
        {"user": member(), "amount": 5, "reason": "why"},
        permissions=permissions,
    )
    payload["member"]["roles"] = list(roles)
    return text_of(await discord.deliver(payload))


class TestALevel:
    async def test_opens_what_the_permission_would_have_opened(
        self, discord: FakeDiscord, database: Database, guild_id: int
    ) -> None:
        managers, moderators = str(snowflake()), str(snowflake())
        config = AccessConfig(roles={managers: Level.MANAGER, moderators: Level.MODERATOR})
        async with database.transaction() as tx:
            await save_config(tx, manager(guild_id), config, expected_version=0)

        assert "Bytes granted" in await grant_with(discord, guild_id, moderators, managers)
        assert "Bytes granted" in await grant_with(discord, guild_id, permissions=Permission.MANAGE_GUILD)
        for roles in ((), (moderators,), (str(snowflake()),), ("everybody", "", "-1")):
            refusal = await grant_with(discord, guild_id, *roles)
            assert "“Manage Server” or a role with the access level “manager”" in refusal

    async def test_of_another_server_opens_nothing_here(
        self, discord: FakeDiscord, database: Database, guild_id: int
    ) -> None:
        other, role = new_guild(), str(snowflake())
        async with database.transaction() as tx:
            everything = AccessConfig(roles={role: Level.MANAGER, str(guild_id): Level.MANAGER})
            await save_config(tx, manager(other), everything, expected_version=0)
        assert "access level" in await grant_with(discord, guild_id, role, str(guild_id))
