"""A burst of fifty messages, from the keyboard of one member to the alert that staff reads.

Web, listener and worker in this process, a Discord of its own beside them, and between them only HTTP and the
gateway.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from sqlalchemy import text

from app.automod import saving
from app.automod.rule import Rule
from app.database.tx import Database
from app.guilds.domain import Actor
from app.listener import listen
from app.settings import Settings
from tests.support.processes import free_port
from tests.support.town import Town
from tests.support.waiting import until

pytestmark = pytest.mark.anyio

BURST = 50
RULE = {
    "name": "Too many messages",
    "mode": "on",
    "trigger": {"type": "message_rate", "messages": 8, "seconds": 10},
    "actions": [{"type": "delete_message"}, {"type": "timeout", "minutes": 10}, {"type": "alert"}],
    "tell": "You wrote too many messages in a short time.",
}


@pytest.fixture
async def listener(settings: Settings, simulator: httpx2.AsyncClient) -> AsyncIterator[None]:
    """A listener beside the test, that hears by now."""
    stop, port = asyncio.Event(), free_port()

    async def is_ready() -> bool:
        try:
            async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=5) as client:
                return (await client.get("/readyz")).status_code == 200
        except httpx2.TransportError:
            return False

    async with asyncio.TaskGroup() as group:
        group.create_task(listen(settings.model_copy(update={"listener_port": port}), stop))
        await until(is_ready, 30)
        yield
        stop.set()


async def requests(town: Town, method: str, part: str) -> list[dict[str, Any]]:
    """The requests of the bot to an address that has this in it."""
    log = (await town.client.get("/_sim/log", params={"after": 0, "limit": 1000})).json()["entries"]
    return [
        each for each in log if each["method"] == method and part in each["path"] and each["status"] < 300
    ]


async def count(database: Database, table: str, guild_id: int) -> int:
    async with database.transaction() as tx:
        rows = await tx.execute(text(f"SELECT count(*) FROM {table} WHERE guild_id = :id"), {"id": guild_id})
        return int(rows.scalar_one())


async def test_a_burst_is_one_incident_one_case_one_timeout_one_alert_and_all_of_it_is_gone(
    town: Town, database: Database, settings: Settings, worker: None, listener: None
) -> None:
    # Staff has a log and a rule. Discord takes its time for time-outs, so all of the burst comes through.
    general, log = town.channel()["id"], town.channel("mod-log")["id"]
    await town.configure(log_channel_id=log)
    async with database.transaction() as tx:
        await saving.save_rule(tx, Actor.operator(town.guild_id), Rule.model_validate(RULE))
    slow = {"kind": "delay", "seconds": 4, "method": "PATCH", "route": "/guilds/{guild_id}/members/{user_id}"}
    answer = await town.client.post("/_sim/faults", json=slow)
    assert answer.status_code == 200, answer.text
    mateo = await town.person("mateo.f")
    before = {each["id"] for each in await town.posts(general)}

    # Mateo's account was stolen: fifty messages within a second or two.
    async def write(number: int) -> str:
        body = {"channel_id": general, "user_id": mateo["id"], "content": f"look at this, number {number}"}
        written = await town.client.post("/_sim/messages", json=body)
        assert written.status_code == 200, written.text
        return str(written.json()["id"])

    burst = await asyncio.gather(*(write(number) for number in range(BURST)))
    assert len(set(burst)) == BURST

    # All of it is gone, and he may not write.
    await town.until(lambda state: not {each["id"] for each in state["messages"]} & set(burst))
    await town.until(
        lambda state: any(
            each["id"] == mateo["id"] and each["timed_out_until"] and each["guild_id"] == town.guild["id"]
            for each in state["people"]
        )
    )
    assert before == {each["id"] for each in await town.posts(general)}

    # The first went at once, the others together: no request for each.
    single = await requests(town, "DELETE", f"/channels/{general}/messages/")
    bulk = await requests(town, "POST", f"/channels/{general}/messages/bulk-delete")
    gone = [each["path"].rsplit("/", 1)[1] for each in single] + [
        each for request in bulk for each in request["body"]["messages"]
    ]
    assert sorted(gone) == sorted(burst), "each once"
    assert 1 <= len(single) + len(bulk) <= BURST / 2

    # Staff reads one alert, which says how many there were in the end.
    await town.until(
        lambda state: any(
            f"{BURST} hits" in each["text"] for each in state["messages"] if each["channel_id"] == log
        )
    )
    alerts = [
        each for each in await town.posts(log) if "Incident #1" in each["text"] and "hits" in each["text"]
    ]
    assert len(alerts) == 1
    # On a busy machine it may be written when all of it is over; then there is nothing to edit.
    assert "deleted: 50" in alerts[0]["text"]

    # One incident, one case, one time-out, one direct message.
    assert await count(database, "moderation_incidents", town.guild_id) == 1
    assert await count(database, "moderation_cases", town.guild_id) == 1
    assert await count(database, "automod_hits", town.guild_id) == BURST
    assert len(await requests(town, "PATCH", f"/members/{mateo['id']}")) == 1
    view = await town.use(await town.person("leilani.k"), "incident view", number=1)
    assert "Too many messages" in view
    assert "mateo" in view.lower() or mateo["id"] in view
