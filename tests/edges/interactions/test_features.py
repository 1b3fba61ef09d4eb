"""What a server switched off is off, whichever way it is used: every route of the table."""

import pytest

from app.database.cache import Cache
from app.database.engine import connect_database
from app.database.tx import Database
from app.discord.permissions import Permission
from interactions.table import ROUTES
from tests.conftest import PATIENCE
from tests.edges.interactions.everything import EVERYTHING, Taken
from tests.edges.interactions.outcome import CHOICES, assert_refused, kept, switch_off, with_routes
from tests.support.guilds import give, member
from tests.support.signed import FakeDiscord, command

pytestmark = pytest.mark.anyio

OF_A_FEATURE = [each for each in EVERYTHING if each.feature is not None]
ALWAYS_THERE = [each for each in EVERYTHING if each.feature is None]


async def refuses(discord: FakeDiscord, database: Database, guild_id: int, taken: Taken) -> None:
    """See that it says so and does nothing, also to somebody who may do everything."""
    who = member()
    payload = taken.build(discord, guild_id, who)
    payload["member"]["permissions"] = str(int(Permission.ADMINISTRATOR))
    before = await kept(database, guild_id)
    callback = await discord.deliver(payload)
    if payload["type"] == 4:
        assert callback == {"type": CHOICES, "data": {"choices": []}}
    else:
        assert taken.feature is not None
        sentence = (
            f"{taken.feature.title} is switched off in this server. Its managers can switch it on again."
        )
        assert_refused(callback, "Switched off", sentence)
    assert await kept(database, guild_id) == before


@pytest.mark.parametrize("taken", OF_A_FEATURE, ids=str)
class TestOff:
    async def test_refuses(
        self, discord: FakeDiscord, database: Database, guild_id: int, taken: Taken
    ) -> None:
        assert taken.feature is not None
        async with database.transaction() as tx:
            await give(tx, guild_id, member(), 5)
        await switch_off(database, guild_id, taken.feature.name)
        await refuses(discord, database, guild_id, taken)

    async def test_refuses_without_asking_the_database_if_the_guild_is_remembered(
        self, database: Database, database_url: str, guild_id: int, taken: Taken
    ) -> None:
        assert taken.feature is not None
        await switch_off(database, guild_id, taken.feature.name)
        remembering = connect_database(database_url, pool_size=1, patience=PATIENCE)
        remembering.cache = Cache()
        discord = with_routes(remembering, ROUTES)
        await discord.deliver(command(guild_id, member(), "about"))
        async with remembering.engine.connect():  # so nobody else gets a connection
            await refuses(discord, database, guild_id, taken)
        await remembering.close()


@pytest.mark.parametrize("taken", ALWAYS_THERE, ids=str)
async def test_what_belongs_to_no_feature_cannot_be_switched_off(
    discord: FakeDiscord, database: Database, guild_id: int, taken: Taken
) -> None:
    await switch_off(database, guild_id)
    payload = taken.build(discord, guild_id, member())
    assert b"Switched off\\n" not in (await discord.send(payload)).body


def test_everything_there_is_is_tried_here() -> None:
    declared = sum(len(root.runnable()) for root in ROUTES.commands)
    declared += len(ROUTES.menus) + len(ROUTES.controls) + len(ROUTES.forms)
    assert len([each for each in EVERYTHING if not each.name.startswith("typing ")]) == declared
