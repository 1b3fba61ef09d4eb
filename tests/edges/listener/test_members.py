"""Members whose roles somebody changed are looked at again, and only they."""

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest

from app.bytes import service as bytes_service
from app.bytes.domain import Member
from app.database.tx import Database
from app.guilds import service as guilds_service
from app.roles import service as roles_service
from app.roles.domain import Claim
from app.squads import service as squads_service
from app.squads.domain import Squad
from moderation_listener.members import Members
from tests.support.deciding import jobs
from tests.support.guilds import give, manager, member, new_guild, snowflake
from tests.support.squads import enter, make_squad

pytestmark = pytest.mark.anyio

NEEDED = 500


class Rewarding:
    """A guild with one role reward, and one without any."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.guild_id, self.plain = new_guild(), new_guild()
        self.role_id = snowflake()

    async def enter(self) -> "Rewarding":
        async with self.database.transaction() as tx:
            for guild_id in (self.guild_id, self.plain):
                await guilds_service.enter_guild(tx, guild_id)
            config, version = await bytes_service.load_config(tx, self.guild_id)
            changed = config.model_copy(
                update={"role_rewards": {str(self.role_id): NEEDED}, "role_rewards_basis": "received"}
            )
            await bytes_service.save_config(tx, manager(self.guild_id), changed, expected_version=version)
            await tx.connection.exec_driver_sql("DELETE FROM pgqueuer")
        return self

    async def with_bytes(self) -> Member:
        """Make somebody whose bytes unlock the role."""
        rich = member()
        async with self.database.transaction() as tx:
            await give(tx, self.guild_id, rich, NEEDED)
            await tx.connection.exec_driver_sql("DELETE FROM pgqueuer")
        return rich

    async def told(self, event: str, guild_id: int, who: Member, role_ids: Iterable[int] = ()) -> list[str]:
        """Hear of somebody, several times; gives what is enqueued about the guild."""
        payload: dict[str, Any] = {
            "guild_id": str(guild_id),
            "user": {"id": str(who.user_id), "username": who.username, "bot": who.is_bot},
            "roles": [str(each) for each in role_ids],
        }
        return await self.heard(event, guild_id, payload)

    async def heard(self, event: str, guild_id: int, payload: dict[str, Any]) -> list[str]:
        members = Members(self.database)
        async with asyncio.timeout(10), asyncio.TaskGroup() as group:
            keeper = group.create_task(members.keep())
            await asyncio.sleep(0.2)  # which guilds have rewards is read
            for _ in range(3):
                members.note(event, payload)
            await members.written()
            keeper.cancel()
        async with self.database.transaction() as tx:
            return await jobs(tx, guild_id)


@pytest.fixture
async def here(database: Database) -> Rewarding:
    return await Rewarding(database).enter()


async def test_whose_reward_somebody_took_gets_it_back(here: Rewarding) -> None:
    rich = await here.with_bytes()
    assert await here.told("GUILD_MEMBER_UPDATE", here.guild_id, rich) == ["reconcile_member"]


async def test_who_comes_back_gets_what_is_due(here: Rewarding) -> None:
    rich = await here.with_bytes()
    assert await here.told("GUILD_MEMBER_ADD", here.guild_id, rich) == ["reconcile_member"]


async def test_who_has_what_is_due_and_no_more_is_left_alone(here: Rewarding) -> None:
    """Our own changes are told as well: none of them may bring another."""
    rich = await here.with_bytes()
    assert await here.told("GUILD_MEMBER_UPDATE", here.guild_id, rich, [here.role_id, 7]) == []
    assert await here.told("GUILD_MEMBER_UPDATE", here.guild_id, member(), [7]) == []


async def test_who_has_what_is_not_due_loses_it_if_it_was_ours(here: Rewarding) -> None:
    poor = member()
    assert await here.told("GUILD_MEMBER_UPDATE", here.guild_id, poor, [here.role_id]) == []
    async with here.database.transaction() as tx:
        await roles_service.note_grants(
            tx, here.guild_id, poor.user_id, [Claim(here.role_id, is_due=True, why="bytes", reason="")]
        )
    found = await here.told("GUILD_MEMBER_UPDATE", here.guild_id, poor, [here.role_id])
    assert found == ["reconcile_member"]


async def test_where_no_role_is_a_reward_nobody_is_looked_at(here: Rewarding) -> None:
    assert await here.told("GUILD_MEMBER_UPDATE", here.plain, member()) == []


class TestSquads:
    """Those who come begin in the default squad, and whose squad's role is not there is looked at."""

    async def squad(self, here: Rewarding, *, is_default: bool = False) -> Squad:
        made = await make_squad(here.database, here.plain, "Red", snowflake(), is_default=is_default)
        async with here.database.transaction() as tx:
            await tx.connection.exec_driver_sql("DELETE FROM pgqueuer")
        return made

    async def test_who_comes_begins_in_the_default_squad_once_and_gets_its_role(
        self, here: Rewarding
    ) -> None:
        squad, who = await self.squad(here, is_default=True), member()
        assert await here.told("GUILD_MEMBER_ADD", here.plain, who) == ["reconcile_member"]
        async with here.database.transaction() as tx:
            assert await squads_service.current_squad(tx, here.plain, who.user_id) == squad

    async def test_a_bot_does_not(self, here: Rewarding) -> None:
        await self.squad(here, is_default=True)
        who = member(is_bot=True)
        assert await here.told("GUILD_MEMBER_ADD", here.plain, who) == []
        async with here.database.transaction() as tx:
            assert await squads_service.current_squad(tx, here.plain, who.user_id) is None

    async def test_whose_role_somebody_took_is_looked_at_and_who_has_it_is_not(self, here: Rewarding) -> None:
        squad, who = await self.squad(here), member()
        await enter(here.database, who.user_id, squad)
        async with here.database.transaction() as tx:
            await tx.connection.exec_driver_sql("DELETE FROM pgqueuer")
        assert await here.told("GUILD_MEMBER_UPDATE", here.plain, who, [squad.role_id]) == []
        assert await here.told("GUILD_MEMBER_UPDATE", here.plain, member(), [squad.role_id]) == []
        assert await here.told("GUILD_MEMBER_UPDATE", here.plain, who) == ["reconcile_member"]

    @pytest.mark.parametrize(
        ("event", "about"),
        [
            ("GUILD_ROLE_DELETE", {"role_id": "7"}),
            ("GUILD_ROLE_UPDATE", {"role": {"id": "7", "permissions": "8"}}),
        ],
    )
    async def test_a_role_that_changed_has_a_server_with_squads_swept_once(
        self, here: Rewarding, event: str, about: dict[str, Any]
    ) -> None:
        await self.squad(here)
        told = {"guild_id": str(here.plain)} | about
        assert await here.heard(event, here.plain, told) == ["sweep_guild"]
        assert await here.heard(event, here.guild_id, told | {"guild_id": str(here.guild_id)}) == []
