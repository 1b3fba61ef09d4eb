"""The buttons below an alert where they do not belong: in another server, and for anybody."""

import pytest

from app.automod.rendering import BAN_ALL, LIFT_ALL, PAUSE_INVITES, TIME_OUT_ALL
from app.database.tx import Database
from app.discord.permissions import Permission
from app.guilds import service as guilds_service
from tests.edges.interactions.outcome import sealed
from tests.support.guilds import member, new_guild
from tests.support.ruling import BAN, RAID, Beat, cases, rule
from tests.support.signed import FakeDiscord, press, text_of

pytestmark = pytest.mark.anyio

EVERYTHING = int(Permission.ADMINISTRATOR)
BUTTONS = (BAN_ALL, TIME_OUT_ALL, LIFT_ALL, PAUSE_INVITES)


@pytest.fixture
async def raided(database: Database, guild_id: int) -> int:
    """A guild with an incident, in which a ban is pending for everybody."""
    beat = Beat(guild_id)
    async with database.transaction() as tx:
        await guilds_service.enter_guild(tx, guild_id)
        await beat.rule(tx, rule("A raid", trigger=RAID, actions=[{"type": "alert"}, BAN]))
        for after in range(4):
            await beat.see(tx, beat.join(member(), after))
    return guild_id


@pytest.mark.parametrize("name", BUTTONS)
async def test_do_nothing_in_another_server(database: Database, raided: int, name: str) -> None:
    discord, who, elsewhere = FakeDiscord(database), member(), new_guild()
    async with database.transaction() as tx:
        await guilds_service.enter_guild(tx, elsewhere)
    below_theirs = sealed(discord, raided, f"{name}:1", who)
    ours = sealed(discord, elsewhere, f"{name}:1", who)
    for custom_id, why in ((below_theirs, "out of date"), (ours, "no incident #1")):
        said = text_of(await discord.deliver(press(elsewhere, who, custom_id, permissions=EVERYTHING)))
        assert why in said, said
    async with database.transaction() as tx:
        assert {case.status for case in await cases(tx, raided)} == {"pending"}
        assert await cases(tx, elsewhere) == []


@pytest.mark.parametrize("name", BUTTONS)
async def test_are_nobodys_who_has_no_rights(database: Database, raided: int, name: str) -> None:
    discord, who = FakeDiscord(database), member()
    custom_id = sealed(discord, raided, f"{name}:1", who)
    said = text_of(await discord.deliver(press(raided, who, custom_id)))
    assert "You need the permission" in said
