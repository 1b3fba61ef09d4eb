"""All configuration of a guild as one file."""

import json

import pytest
from sqlalchemy import text

from app.bytes import service as bytes_service
from app.database.tx import Tx
from app.errors import InvalidInputError, NotFoundError
from app.guild_file import export_guild, import_guild, parse
from app.guilds import service as guilds_service
from app.squads.config import SquadsSection
from tests.support.guilds import snowflake

pytestmark = pytest.mark.anyio


async def test_a_guild_nobody_has_heard_of_cannot_be_exported(tx: Tx, guild_id: int) -> None:
    with pytest.raises(NotFoundError, match="not known here yet"):
        await export_guild(tx, guild_id)


async def test_an_export_brings_no_removed_guild_back(tx: Tx, guild_id: int) -> None:
    await guilds_service.install_guild(tx, guild_id)
    await guilds_service.remove_guild(tx, guild_id)
    await export_guild(tx, guild_id)
    still = text("SELECT removed_at IS NOT NULL FROM guilds WHERE id = :id")
    assert (await tx.execute(still, {"id": guild_id})).scalar_one()


async def test_what_was_exported_changes_nothing_when_imported(tx: Tx, guild_id: int) -> None:
    await guilds_service.enter_guild(tx, guild_id)
    exported = (await export_guild(tx, guild_id)).model_dump_json()
    assert await import_guild(tx, guild_id, parse(exported)) == []


async def test_an_import_says_what_it_changes_and_changes_it(tx: Tx, guild_id: int) -> None:
    wanted = parse('{"guild": {"timezone": "Asia/Tokyo"}, "bytes": {"daily_amount": 25}}')
    assert await import_guild(tx, guild_id, wanted) == [
        "guild.timezone: UTC -> Asia/Tokyo",
        "bytes.daily_amount: 10 -> 25",
    ]
    config, version = await bytes_service.load_config(tx, guild_id)
    assert (config.daily_amount, version) == (25, 1)
    assert await import_guild(tx, guild_id, wanted) == []


async def test_a_guild_can_be_copied_to_another(tx: Tx, guild_id: int) -> None:
    await import_guild(tx, guild_id, parse('{"bytes": {"streak_bonuses": {"3": 9}}}'))
    copy = (await export_guild(tx, guild_id)).model_dump_json()
    await import_guild(tx, guild_id + 1, parse(copy))
    assert await export_guild(tx, guild_id + 1) == await export_guild(tx, guild_id)


async def test_access_levels_are_part_of_it(tx: Tx, guild_id: int) -> None:
    wanted = parse('{"access": {"roles": {"11": "moderator", "12": "manager"}}}')
    assert await import_guild(tx, guild_id, wanted) == [
        "access.roles: {} -> {'11': 'moderator', '12': 'manager'}"
    ]
    exported = await export_guild(tx, guild_id)
    assert exported.access == wanted.access
    assert await import_guild(tx, guild_id, parse(exported.model_dump_json())) == []
    assert await import_guild(tx, guild_id, parse('{"access": {}}')) == [
        "access.roles: {'11': 'moderator', '12': 'manager'} -> {}"
    ]


async def test_a_level_for_everyone_is_refused_naming_the_place(tx: Tx, guild_id: int) -> None:
    wanted = parse(f'{{"access": {{"roles": {{"{guild_id}": "viewer"}}}}}}')
    with pytest.raises(InvalidInputError, match=rf"access\.roles\.{guild_id}: this is @everyone"):
        await import_guild(tx, guild_id, wanted)


async def test_a_section_left_out_is_left_alone(tx: Tx, guild_id: int) -> None:
    await import_guild(tx, guild_id, parse('{"bytes": {"daily_amount": 25}}'))
    await import_guild(tx, guild_id, parse('{"guild": {}}'))
    assert (await bytes_service.load_config(tx, guild_id))[0].daily_amount == 25


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("not json", "file"),
        ("[]", "file"),
        ('{"bites": {}}', "bites"),
        ('{"bytes": {"daily_amount": -1, "max_transfer": 0}}', "bytes.max_transfer"),
        ('{"guild": {"timezone": "Mars/Olympus"}}', "guild.timezone"),
        ('{"guild": {"features": {"teleport": true}}}', "guild.features"),
        ('{"guild": {"timezone": "localtime"}}', "guild.timezone"),
        ('{"access": {"roles": {"11": "admin"}}}', "access.roles.11"),
        ('{"access": {"roles": {"mods": "viewer"}}}', "access.roles.mods"),
        ('{"smarterdev": 2}', "smarterdev"),
        ('{"squads": {"squads": [{"name": "Red"}]}}', "squads.squads.0.role_id"),
        ('{"squads": {"squads": [{"name": "Red", "role_id": "@red"}]}}', "squads.squads.0.role_id"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_naming_the_place(content: str, named: str) -> None:
    with pytest.raises(InvalidInputError, match=named):
        parse(content)


async def test_the_file_is_plain_json(tx: Tx, guild_id: int) -> None:
    await guilds_service.enter_guild(tx, guild_id)
    document = json.loads((await export_guild(tx, guild_id)).model_dump_json())
    assert document["smarterdev"] == 1
    assert set(document) == {"smarterdev", "guild", "access", "bytes", "moderation", "automod", "squads"}


async def test_squads_are_part_of_it(tx: Tx, guild_id: int) -> None:
    red = {"name": "Red", "role_id": "11", "switch_cost": 30, "is_default": True}
    content = json.dumps({"squads": {"config": {"roles_taken_by_hand": "counts"}, "squads": [red]}})
    changed = await import_guild(tx, guild_id, parse(content))
    assert [line.split(":")[0] for line in changed] == ["squads.config", "squads.squads"]
    exported = await export_guild(tx, guild_id)
    assert exported.squads == parse(content).squads
    assert await import_guild(tx, guild_id, parse(exported.model_dump_json())) == []
    assert await import_guild(tx, guild_id, parse('{"guild": {}}')) == [], "left out is left alone"
    copied = snowflake()
    await import_guild(tx, copied, parse(exported.model_dump_json()))
    assert (await export_guild(tx, copied)).squads == exported.squads
    await import_guild(tx, guild_id, parse('{"squads": {}}'))
    assert (await export_guild(tx, guild_id)).squads == SquadsSection()


async def test_no_access_level_comes_with_a_squad(tx: Tx, guild_id: int) -> None:
    both = {
        "access": {"roles": {"11": "viewer"}},
        "squads": {"squads": [{"name": "Red", "role_id": "11"}]},
    }
    with pytest.raises(InvalidInputError, match=r"cannot have the role 11: .* access level"):
        await import_guild(tx, guild_id, parse(json.dumps(both)))


@pytest.mark.parametrize(
    ("before", "then"),
    [
        ('{"access": {"roles": {"11": "manager"}}}', '{"bytes": {"role_rewards": {"11": 500}}}'),
        ('{"bytes": {"role_rewards": {"11": 500}}}', '{"access": {"roles": {"11": "manager"}}}'),
        ("{}", '{"access": {"roles": {"11": "manager"}}, "bytes": {"role_rewards": {"11": 500}}}'),
    ],
)
async def test_no_access_level_can_be_bought_with_bytes(
    tx: Tx, guild_id: int, before: str, then: str
) -> None:
    await import_guild(tx, guild_id, parse(before))
    with pytest.raises(
        InvalidInputError, match=r"role_rewards\.11: .* “manager”, and rights cannot be bought"
    ):
        await import_guild(tx, guild_id, parse(then))
