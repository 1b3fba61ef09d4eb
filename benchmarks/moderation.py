"""How soon Discord is told: from the moment a command is sent until the member's time-out arrives.

Both moments are read from the simulator's own log of requests, so nothing of ours is asked for the time.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import httpx2
from sqlalchemy import text

from app.database.engine import TOOL_PATIENCE, connect_database
from app.database.tx import Database
from app.jobs.kinds import Lane, ReconcileMember, encode
from app.jobs.queue import queries_on
from benchmarks.figures import Series
from benchmarks.load import OK
from benchmarks.platform import Platform

BACKLOG: Final = 50_000
"""Role jobs that wait, of members who are not there: each costs a question."""

_PATIENCE: Final = 30.0
_PAUSE: Final = 1.1
"""Seconds between two commands: Discord takes ten changes of members in ten seconds in one guild."""


@dataclass(frozen=True)
class Measured:
    """Milliseconds of each command.

    Attributes:
        idle: With nothing else to do.
        busy: With the backlog.
        backlog: How many role jobs were left at the end.
    """

    idle: Series
    busy: Series
    backlog: int


def measure(running: Platform, *, commands: int, say: Callable[[str], None]) -> Measured:
    """Time members out, first with nothing else to do and then with a backlog."""
    return asyncio.run(_measure(running, commands, say))


async def _measure(running: Platform, commands: int, say: Callable[[str], None]) -> Measured:
    database = connect_database(running.database_url, pool_size=1, patience=TOOL_PATIENCE)
    try:
        async with httpx2.AsyncClient(base_url=running.simulator, timeout=_PATIENCE) as client:
            state = (await client.get("/_sim/state")).json()
            guild = state["guilds"][0]
            say(f"{commands} time-outs with nothing else to do")
            idle = await _round(client, guild, "idle", commands)
            say(f"{commands} time-outs with {BACKLOG:,} role jobs waiting")
            await _fill(database, int(guild["id"]))
            busy = await _round(client, guild, "busy", commands)
            left = await _empty(database)
    finally:
        await database.close()
    return Measured(idle, busy, left)


async def _round(client: httpx2.AsyncClient, guild: dict[str, Any], name: str, commands: int) -> Series:
    owner = {"user_id": guild["owner_id"], "guild_id": guild["id"], "channel_id": guild["channels"][0]["id"]}
    users = []
    for number in range(commands + 1):
        body = {"guild_id": guild["id"], "action": "join", "username": f"{name}_{number}"}
        users.append((await client.post("/_sim/members", json=body)).json()["id"])
    took = []
    for user in users:
        options = {"user": user, "duration": "10m", "reason": "to be measured"}
        last = (await client.get("/_sim/log?limit=1")).json()["last"]
        answer = await client.post("/_sim/commands", json=owner | {"name": "timeout", "options": options})
        answer.raise_for_status()
        took.append(await _until_told(client, user, last))
        await asyncio.sleep(_PAUSE)
    return Series(tuple(took[1:]))  # the first one fills caches and connections


async def _until_told(client: httpx2.AsyncClient, user: str, after: int) -> float:
    """Tell how many milliseconds lay between the command and the call that it led to."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        log = (await client.get(f"/_sim/log?after={after}&limit=1000")).json()["entries"]
        sent = [each for each in log if each["kind"] == "interaction"]
        told = [
            each
            for each in log
            if each["method"] == "PATCH"
            and each["path"].endswith(f"/members/{user}")
            and each["status"] == OK
        ]
        if sent and told:
            times = [datetime.fromisoformat(each["at"]) for each in (told[0], sent[0])]
            return (times[0] - times[1]).total_seconds() * 1000
        await asyncio.sleep(0.02)
    raise TimeoutError("Discord was never told of a time-out.")


async def _fill(database: Database, guild_id: int) -> None:
    """Enqueue the backlog, as a sweep of a huge guild would."""
    payloads = [encode(ReconcileMember(guild_id, 2**60 + number)) for number in range(BACKLOG)]
    async with database.transaction() as tx:
        await queries_on(tx).enqueue(
            [ReconcileMember.entrypoint] * BACKLOG,
            list[bytes | None](payloads),
            priority=[Lane.ROLES] * BACKLOG,
        )


async def _empty(database: Database) -> int:
    """Take out what is left of the backlog; tells how much that was."""
    statement = text("DELETE FROM pgqueuer WHERE entrypoint = :entrypoint AND status = 'queued'")
    async with database.transaction() as tx:
        return (await tx.execute(statement, {"entrypoint": ReconcileMember.entrypoint})).rowcount
