"""W4: bytes that unlock a role, from the keyboard to the member's name in another colour.

The whole platform in this process, a Discord of its own beside it, and between them only HTTP.
"""

import asyncio
from typing import Any

import httpx2
import pytest

from app.bytes import service as bytes_service
from app.database.tx import Database
from app.guilds.domain import Actor

pytestmark = pytest.mark.anyio

NEEDED = 50


@pytest.fixture
async def guild(simulator: httpx2.AsyncClient) -> dict[str, Any]:
    return dict((await simulator.get("/_sim/state")).json()["guilds"][0])


async def choose(database: Database, guild_id: int, chosen: dict[str, object]) -> None:
    async with database.transaction() as tx:
        config, version = await bytes_service.load_config(tx, guild_id)
        await bytes_service.save_config(
            tx, Actor.operator(guild_id), config.model_copy(update=chosen), expected_version=version
        )


async def person(simulator: httpx2.AsyncClient, guild_id: str, name: str) -> dict[str, Any]:
    people = (await simulator.get("/_sim/state")).json()["people"]
    return dict(next(each for each in people if each["guild_id"] == guild_id and each["username"] == name))


async def test_reaching_a_reward_gives_the_role_and_undoing_takes_it_back(
    simulator: httpx2.AsyncClient, guild: dict[str, Any], database: Database, worker: None
) -> None:
    # The people who run the server chose two rewards for 50 received bytes. A Helper, in this server, may do
    # what bytes must not buy: nobody becomes one. Verified is harmless, and noah does not have it.
    guild_id, channel_id = guild["id"], guild["channels"][0]["id"]
    roles = {role["name"]: role["id"] for role in guild["roles"]}
    rewards = {roles["Helper"]: NEEDED, roles["Verified"]: NEEDED}
    await choose(database, int(guild_id), {"role_rewards": rewards, "role_rewards_basis": "received"})
    ada = await person(simulator, guild_id, "ada")
    noah = await person(simulator, guild_id, "noah.bergstrom")
    assert noah["roles"] == []

    # ada thanks noah. It is a command like any other: signed, answered within three seconds.
    async def use(who: dict[str, Any], name: str, **options: object) -> str:
        command = {
            "guild_id": guild_id,
            "channel_id": channel_id,
            "user_id": who["id"],
            "name": name,
            "options": options,
        }
        answer = (await simulator.post("/_sim/commands", json=command)).json()
        return str(answer["message"]["text"])

    assert "Bytes sent" in await use(ada, "bytes send", user=noah["id"], amount=NEEDED)

    # The worker sees to the rest: noah has the role, and the audit log of the server says why.
    async def until(role_ids: list[str]) -> None:
        async with asyncio.timeout(30):
            while (await person(simulator, guild_id, "noah.bergstrom"))["roles"] != role_ids:  # noqa: ASYNC110 - it is another process's state
                await asyncio.sleep(0.02)

    await until([roles["Verified"]])
    log = (await simulator.get("/_sim/state")).json()["guilds"][0]["audit_log"]
    assert f"Reached {NEEDED} bytes" in [entry["reason"] for entry in log]

    # It was a mistake. priya, who owns the server, undoes the transaction, and the role goes, too.
    priya = await person(simulator, guild_id, "priya")
    offered = await simulator.post(
        "/_sim/autocomplete",
        json={
            "guild_id": guild_id,
            "channel_id": channel_id,
            "user_id": priya["id"],
            "name": "treasury undo",
            "options": {"transaction": "noah"},
            "focused": "transaction",
        },
    )
    choice = offered.json()["choices"][0]["value"]
    assert "undone" in await use(priya, "treasury undo", transaction=choice)
    await until([])

    # ada has had Verified all along, from a person. Nothing of this was about her.
    assert roles["Verified"] in (await person(simulator, guild_id, "ada"))["roles"]

    await choose(database, int(guild_id), {"role_rewards": {}, "role_rewards_basis": "earned"})
