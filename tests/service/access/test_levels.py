"""What a member may do, by permission or by the levels the guild gave."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from app.access.config import AccessConfig
from app.access.domain import Level
from app.access.policy import Action, ModerationAction
from app.access.service import allowed_actions, require, save_config, save_guild_config
from app.database.cache import Cache
from app.database.tx import Database, Tx
from app.discord.permissions import Permission
from app.errors import NotAllowedError
from app.guilds import service as guilds_service
from app.guilds.config import GuildConfig
from app.guilds.domain import Actor
from tests.support.guilds import actor, manager, new_guild

pytestmark = pytest.mark.anyio

ROLES = range(1, 6)
"""So few that every guild of these tests gives its levels to the same ones."""

SUFFICES: dict[str, tuple[int, set[str]]] = {
    "bytes.grant": (1 << 5, {"manager"}),
    "bytes.take": (1 << 5, {"manager"}),
    "bytes.undo": (1 << 5, {"manager"}),
    "bytes.view_others_history": (1 << 40 | 1 << 5, {"moderator", "manager"}),
    "configure": (1 << 5, {"manager"}),
    "automod.view": (1 << 5, {"manager"}),
    "raid.handle": (1 << 5, {"manager"}),
}
"""Action -> any one of these bits, or any one of these levels."""

SEEN = set(Action)
"""What is looked at here; of the moderators' actions, `tests/unit/access/test_ranks.py` has the table."""

grants = st.dictionaries(st.sampled_from(ROLES), st.sampled_from(Level))
role_ids = st.frozensets(st.sampled_from(ROLES))
permission_bits = st.sampled_from([0, 1 << 1, 1 << 3, 1 << 5, 1 << 28, 1 << 40, 1 << 40 | 1 << 13])


def with_roles(guild_id: int, *roles: int, permissions: int = 0) -> Actor:
    return actor(guild_id, permissions=permissions)._replace(role_ids=frozenset(roles))


async def give(tx: Tx, guild_id: int, levels: dict[int, Level], version: int = 0) -> int:
    config = AccessConfig(roles={str(role): level for role, level in levels.items()})
    return await save_config(tx, manager(guild_id), config, expected_version=version)


async def is_allowed(tx: Tx, who: Actor, action: Action) -> bool:
    try:
        await require(tx, who, action)
    except NotAllowedError:
        return False
    return True


class Queries:
    """How many statements went to the database."""

    count = 0


@asynccontextmanager
async def counting(tx: Tx) -> AsyncIterator[Queries]:
    counted = Queries()
    connection = tx.connection.sync_connection

    def count(*_: object) -> None:
        counted.count += 1

    event.listen(connection, "before_cursor_execute", count)
    yield counted
    event.remove(connection, "before_cursor_execute", count)


@pytest.fixture
async def queries(tx: Tx) -> AsyncIterator[Queries]:
    async with counting(tx) as counted:
        yield counted


@pytest.fixture(autouse=True)
async def _another_guild_trusts_everybody(tx: Tx) -> None:
    await give(tx, new_guild(), dict.fromkeys(ROLES, Level.MANAGER))


class TestRequire:
    async def test_lets_a_role_with_the_level_do_it(self, tx: Tx, guild_id: int) -> None:
        await give(tx, guild_id, {1: Level.MODERATOR, 2: Level.MANAGER})
        await require(tx, with_roles(guild_id, 5, 1), Action.VIEW_OTHERS_HISTORY)
        await require(tx, with_roles(guild_id, 1, 2), Action.GRANT_BYTES)

    async def test_refuses_a_lower_level_naming_both_ways(self, tx: Tx, guild_id: int) -> None:
        await give(tx, guild_id, {1: Level.MODERATOR})
        with pytest.raises(
            NotAllowedError, match="“Manage Server” or a role with the access level “manager”"
        ):
            await require(tx, with_roles(guild_id, 1), Action.GRANT_BYTES)

    async def test_counts_no_level_of_another_guild(self, tx: Tx, guild_id: int) -> None:
        await give(tx, guild_id, {1: Level.VIEWER})
        assert not await is_allowed(tx, with_roles(guild_id, *ROLES), Action.VIEW_OTHERS_HISTORY)

    async def test_of_a_guild_that_never_chose_knows_no_levels(self, tx: Tx, guild_id: int) -> None:
        assert not await is_allowed(tx, with_roles(guild_id, *ROLES), Action.VIEW_OTHERS_HISTORY)

    async def test_takes_a_level_away_with_the_next_change(self, tx: Tx, guild_id: int) -> None:
        await give(tx, guild_id, {1: Level.MANAGER})
        assert await is_allowed(tx, with_roles(guild_id, 1), Action.CONFIGURE)
        await give(tx, guild_id, {}, version=1)
        assert not await is_allowed(tx, with_roles(guild_id, 1), Action.CONFIGURE)

    @pytest.mark.parametrize(
        ("who", "action", "expected"),
        [
            (with_roles(0, 1), Action.USE_BYTES, 0),
            (with_roles(0, 1, permissions=Permission.MANAGE_GUILD), Action.CONFIGURE, 0),
            (with_roles(0, 1, permissions=Permission.MANAGE_GUILD), Action.VIEW_OTHERS_HISTORY, 0),
            (with_roles(0), Action.CONFIGURE, 0),
            (with_roles(0, 1), Action.CONFIGURE, 1),
        ],
    )
    async def test_reads_only_if_a_level_could_make_the_difference(
        self, tx: Tx, queries: Queries, who: Actor, action: Action, expected: int
    ) -> None:
        await is_allowed(tx, who, action)
        assert queries.count == expected

    async def test_asks_for_what_is_remembered_of_the_actors_own_guild(self, tx: Tx, guild_id: int) -> None:
        asked = []

        class Remembering(Tx):
            async def remember(self, what: str, guild_id: int, load: object) -> dict[int, Level]:  # type: ignore[override] # narrower, for this one use
                asked.append((what, guild_id))
                return {1: Level.MANAGER}

        await require(Remembering(tx.connection), with_roles(guild_id, 1), Action.CONFIGURE)
        assert asked == [("access", guild_id)]


class TestSaveGuildConfig:
    async def test_is_refused_to_members_and_open_to_managers_by_role(self, tx: Tx, guild_id: int) -> None:
        await give(tx, guild_id, {1: Level.MODERATOR, 2: Level.MANAGER})
        tokyo = GuildConfig(timezone="Asia/Tokyo")
        with pytest.raises(NotAllowedError):
            await save_guild_config(tx, with_roles(guild_id, 1), tokyo)
        assert await guilds_service.load_config(tx, guild_id) == GuildConfig()
        await save_guild_config(tx, with_roles(guild_id, 2), tokyo)
        assert await guilds_service.load_config(tx, guild_id) == tokyo


class TestAnyMember:
    """Over random permissions, roles and grants, of this guild and of another with the same roles."""

    @settings(
        max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )  # every example uses guilds of its own
    @given(here=grants, elsewhere=grants, roles=role_ids, permissions=permission_bits)
    async def test_may_what_bits_or_levels_of_this_guild_allow_and_nothing_else(
        self,
        tx: Tx,
        here: dict[int, Level],
        elsewhere: dict[int, Level],
        roles: frozenset[int],
        permissions: int,
    ) -> None:
        guild_id, other_guild = new_guild(), new_guild()
        await give(tx, other_guild, elsewhere)
        await give(tx, guild_id, here)
        who = with_roles(guild_id, *roles, permissions=permissions)

        carried = {here[role].value for role in roles if role in here}
        expected = {
            action
            for action in Action
            if action.value not in SUFFICES
            or permissions & (1 << 3 | SUFFICES[action.value][0])
            or carried & SUFFICES[action.value][1]
        }
        assert {action for action in Action if await is_allowed(tx, who, action)} == expected
        assert {each for each in await allowed_actions(tx, who) if each in SEEN} == expected

        await give(tx, other_guild, dict.fromkeys(ROLES, Level.MANAGER), version=1)
        assert {each for each in await allowed_actions(tx, who) if each in SEEN} == expected


class TestWhatAProcessRemembers:
    async def test_is_asked_for_once_and_forgotten_with_the_change(
        self, database: Database, guild_id: int
    ) -> None:
        remembering = Database(database.engine, cache=Cache())
        moderator, stranger = with_roles(guild_id, 1), with_roles(new_guild(), 1)
        async with remembering.transaction() as tx:
            await give(tx, guild_id, {1: Level.MODERATOR})
        for expected in (1, 0):
            async with remembering.transaction() as tx, counting(tx) as queries:
                assert await is_allowed(tx, moderator, Action.VIEW_OTHERS_HISTORY)
            assert queries.count == expected
            async with remembering.transaction() as tx:
                assert not await is_allowed(tx, stranger, Action.VIEW_OTHERS_HISTORY)

        async with remembering.transaction() as tx:
            await give(tx, guild_id, {}, version=1)
        async with remembering.transaction() as tx:
            assert not await is_allowed(tx, moderator, Action.VIEW_OTHERS_HISTORY)


class TestAllowedActions:
    async def test_of_a_member_are_those_of_every_member(self, tx: Tx, guild_id: int) -> None:
        await give(tx, guild_id, {1: Level.MANAGER})
        assert await allowed_actions(tx, actor(guild_id)) == {each for each in Action if each not in SUFFICES}

    async def test_of_a_moderator_by_role_are_those_of_a_moderator(self, tx: Tx, guild_id: int) -> None:
        await give(tx, guild_id, {1: Level.MODERATOR})
        allowed = await allowed_actions(tx, with_roles(guild_id, 1))
        assert allowed & set(ModerationAction) == set(ModerationAction) - {ModerationAction.MASSBAN}

    async def test_of_a_manager_and_of_the_operator_are_all(self, tx: Tx, guild_id: int) -> None:
        await give(tx, guild_id, {1: Level.MANAGER})
        for who in (manager(guild_id), with_roles(guild_id, 1), Actor.operator(guild_id)):
            assert await allowed_actions(tx, who) >= {*Action, *ModerationAction} - {ModerationAction.MASSBAN}
        assert ModerationAction.MASSBAN in await allowed_actions(tx, Actor.operator(guild_id))
        assert ModerationAction.MASSBAN not in await allowed_actions(tx, manager(guild_id))

    async def test_cost_one_query_at_most(self, tx: Tx, guild_id: int, queries: Queries) -> None:
        await allowed_actions(tx, manager(guild_id))
        await allowed_actions(tx, actor(guild_id))
        assert queries.count == 0
        await allowed_actions(tx, with_roles(guild_id, 1))
        assert queries.count == 1
