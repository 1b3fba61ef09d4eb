"""Saving which roles carry a level."""

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.access.config import AccessConfig
from app.access.domain import Level
from app.access.service import load_config, save_config
from app.database.tx import Database, Tx
from app.errors import ConflictError, InvalidInputError, NotAllowedError
from app.guilds import service as guilds_service
from tests.support.guilds import actor, manager, new_guild
from tests.support.locks import until_waiting_for_locks

pytestmark = pytest.mark.anyio

ROLE = "175928847299117063"
MODERATORS = AccessConfig(roles={ROLE: Level.MODERATOR})
MANAGERS = AccessConfig(roles={ROLE: Level.MANAGER})


@pytest.fixture(autouse=True)
async def _another_guild_has_chosen(tx: Tx) -> None:
    other = new_guild()
    await save_config(tx, manager(other), AccessConfig(roles={"5": Level.VIEWER}), expected_version=0)


class TestSaveConfig:
    async def test_begins_with_no_levels_at_version_0(self, tx: Tx, guild_id: int) -> None:
        assert await load_config(tx, guild_id) == (AccessConfig(), 0)

    async def test_keeps_what_was_chosen(self, tx: Tx, guild_id: int) -> None:
        chosen = AccessConfig(roles={"1": Level.VIEWER, "2": Level.MODERATOR, str(2**63 - 1): Level.MANAGER})
        assert await save_config(tx, manager(guild_id), chosen, expected_version=0) == 1
        assert await load_config(tx, guild_id) == (chosen, 1)

    async def test_writes_what_was_and_what_is_to_the_trail(self, tx: Tx, guild_id: int) -> None:
        boss = manager(guild_id)
        await save_config(tx, boss, MODERATORS, expected_version=0)
        await save_config(tx, boss, MANAGERS, expected_version=1)
        rows = await tx.execute(
            text(
                "SELECT subject_type, subject_id, actor_id, before, after FROM audit_entries"
                " WHERE guild_id = :id ORDER BY created_at, id"
            ),
            {"id": guild_id},
        )
        who = ("access_config", str(guild_id), boss.user_id)
        assert [tuple(row) for row in rows] == [
            (*who, None, {"roles": {ROLE: "moderator"}}),
            (*who, {"roles": {ROLE: "moderator"}}, {"roles": {ROLE: "manager"}}),
        ]

    async def test_of_the_same_changes_nothing(self, tx: Tx, guild_id: int) -> None:
        boss = manager(guild_id)
        await save_config(tx, boss, MODERATORS, expected_version=0)
        assert await save_config(tx, boss, MODERATORS, expected_version=1) == 1

    async def test_on_top_of_somebody_elses_change_is_refused(self, tx: Tx, guild_id: int) -> None:
        boss = manager(guild_id)
        await save_config(tx, boss, MODERATORS, expected_version=0)
        with pytest.raises(ConflictError, match="Somebody else"):
            await save_config(tx, boss, MANAGERS, expected_version=0)
        assert await load_config(tx, guild_id) == (MODERATORS, 1)

    async def test_of_two_first_saves_at_once_one_is_refused(self, database: Database, guild_id: int) -> None:
        """The second has seen that nothing was chosen yet, and waits for the first to commit."""

        async def save_second() -> None:
            async with database.transaction() as tx:
                await save_config(tx, manager(guild_id), MANAGERS, expected_version=0)

        async with database.transaction() as tx:
            await guilds_service.enter_guild(tx, guild_id)
        async with database.transaction() as tx:
            await save_config(tx, manager(guild_id), MODERATORS, expected_version=0)
            second = asyncio.ensure_future(save_second())
            await until_waiting_for_locks(database, 1)
        with pytest.raises(ConflictError, match="Somebody else"):
            await second

    async def test_has_what_is_remembered_of_the_guild_forgotten(self, tx: Tx, guild_id: int) -> None:
        forgotten = []

        class Forgetting(Tx):
            def forget(self, guild_id: int) -> None:
                forgotten.append(guild_id)

        forgetting = Forgetting(tx.connection)
        await save_config(forgetting, manager(guild_id), MODERATORS, expected_version=0)
        await save_config(forgetting, manager(guild_id), MODERATORS, expected_version=1)
        assert forgotten == [guild_id]

    async def test_refuses_a_level_for_everyone(self, tx: Tx, guild_id: int) -> None:
        everyone = AccessConfig(roles={ROLE: Level.MANAGER, str(guild_id): Level.VIEWER})
        with pytest.raises(InvalidInputError, match="@everyone"):
            await save_config(tx, manager(guild_id), everyone, expected_version=0)
        assert await load_config(tx, guild_id) == (AccessConfig(), 0)

    async def test_is_refused_to_members_and_moderators(self, tx: Tx, guild_id: int) -> None:
        await save_config(tx, manager(guild_id), MODERATORS, expected_version=0)
        moderator = actor(guild_id)._replace(role_ids=frozenset({int(ROLE)}))
        for who in (actor(guild_id), moderator):
            with pytest.raises(NotAllowedError):
                await save_config(tx, who, MANAGERS, expected_version=1)

    async def test_locks_nobody_out_who_has_manage_server(self, tx: Tx, guild_id: int) -> None:
        await save_config(tx, manager(guild_id), MANAGERS, expected_version=0)
        by_role = actor(guild_id)._replace(role_ids=frozenset({int(ROLE)}))
        await save_config(tx, by_role, AccessConfig(), expected_version=1)
        with pytest.raises(NotAllowedError):
            await save_config(tx, by_role, MANAGERS, expected_version=2)
        assert await save_config(tx, manager(guild_id), MANAGERS, expected_version=2) == 3


class TestWalls:
    """What the database itself refuses, whoever writes."""

    @pytest.mark.parametrize(
        ("roles", "wall"),
        [
            ('["manager"]', "roles"),
            ('"manager"', "roles"),
            ('{"1": "admin"}', "levels"),
            ('{"1": 5}', "levels"),
            ('{"1": null}', "levels"),
            ('{"1": ["manager"]}', "levels"),
            ('{"1": "viewer", "2": {}}', "levels"),
            ('{"GUILD": "viewer"}', "not_everyone"),
        ],
    )
    async def test_refuse(self, tx: Tx, guild_id: int, roles: str, wall: str) -> None:
        await guilds_service.enter_guild(tx, guild_id)
        row = {"id": guild_id, "roles": roles.replace("GUILD", str(guild_id))}
        with pytest.raises(IntegrityError, match=f"ck_access_grants_{wall}"):
            await tx.execute(
                text("INSERT INTO access_grants VALUES (:id, CAST(CAST(:roles AS text) AS jsonb), 1)"), row
            )

    async def test_refuse_a_guild_nobody_knows(self, tx: Tx, guild_id: int) -> None:
        with pytest.raises(IntegrityError, match="fk_access_grants_guild_id"):
            await tx.execute(text("INSERT INTO access_grants VALUES (:id, '{}', 1)"), {"id": guild_id})
