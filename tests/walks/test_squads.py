"""A squad from the keyboard to the role: chosen for nothing, changed for bytes, left.

The whole platform in this process, a Discord of its own beside it, and between them only HTTP.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.bytes.domain import Member
from app.database.tx import Database
from app.guild_file import import_guild, look_at_roles, parse
from app.settings import Settings
from tests.oracles.discord_schema import assert_callback
from tests.support.databases import own_database
from tests.support.guilds import balance_of
from tests.support.signed import buttons_of
from tests.support.town import Town

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("verified", "worker")]

FILE = """{"squads": {"squads": [
    {"name": "Red", "role_id": "%s", "description": "Those who are first."},
    {"name": "Blue", "role_id": "%s", "switch_cost": 30}
]}}"""


@pytest.fixture
def database_url(servers_home: Path) -> Iterator[str]:
    """A database that this walk is alone in: other tests give the same people bytes."""
    with own_database(servers_home) as url:
        yield url


async def test_a_squad_is_chosen_changed_and_left_and_the_roles_follow(
    town: Town, database: Database, settings: Settings
) -> None:
    assert settings.discord_bot_token is not None
    made = await town.client.post(
        f"/api/v10/guilds/{town.guild_id}/roles",
        json={"name": "Blue", "permissions": "0"},
        headers={"Authorization": f"Bot {settings.discord_bot_token.get_secret_value()}"},
    )
    red = next(role["id"] for role in town.guild["roles"] if role["name"] == "Verified")
    blue = made.json()["id"]

    # The people who run the server have two squads in their file, and Discord has nothing against the roles.
    wanted = parse(FILE % (red, blue))
    roles, not_checked = await look_at_roles(settings, town.guild_id, wanted)
    assert not_checked is None
    async with database.transaction() as tx:
        await import_guild(tx, town.guild_id, wanted, roles=roles)

    noah = await town.person("noah.bergstrom")
    who = Member(int(noah["id"]), noah["username"])

    async def until(role_ids: list[str]) -> None:
        def seen(state: dict[str, Any]) -> bool:
            found = next(each for each in state["people"] if each["id"] == noah["id"])
            return bool(found["roles"] == role_ids)

        await town.until(seen)

    # noah types a part of a name, takes what is offered, and is in: the first choice is free.
    typed = {
        "guild_id": town.guild["id"],
        "channel_id": town.channel()["id"],
        "user_id": noah["id"],
        "name": "squads join",
        "options": {"squad": "re"},
        "focused": "squad",
    }
    (offered,) = (await town.client.post("/_sim/autocomplete", json=typed)).json()["choices"]
    assert offered["name"] == "Red · 0 members · costs nothing"
    assert "This was free." in await town.use(noah, "squads join", squad=offered["value"])
    await until([red])

    # Another one costs bytes. noah's account is too young to begin with any, so ada helps out. Then there is
    # a question that nobody else sees, with the price in its button.
    refused = await town.use(noah, "squads switch", squad="Blue")
    assert "This costs 30 bytes, and you have 0 bytes. You have paid nothing" in refused
    await town.use(await town.person("ada"), "bytes send", user=noah["id"], amount=50)
    asked = await town.ask(noah, "squads switch", squad="Blue")
    assert_callback(asked["response"])
    assert asked["message"]["visible_to"] == noah["id"]
    yes, _no = buttons_of(asked["response"])
    assert yes["label"] == "Pay 30 bytes"
    press = {
        "message_id": asked["message"]["id"],
        "custom_id": yes["custom_id"],
        "user_id": noah["id"],
    }
    paid = (await town.client.post("/_sim/components", json=press)).json()
    assert "Paid: 30 bytes · 20 bytes left" in paid["message"]["text"]
    await until([blue])
    async with database.transaction() as tx:
        assert await balance_of(tx, town.guild_id, who) == 20

    # Leaving gives nothing back, and the role goes.
    assert "has left “Blue”" in await town.use(noah, "squads leave")
    await until([])
    async with database.transaction() as tx:
        assert await balance_of(tx, town.guild_id, who) == 20
