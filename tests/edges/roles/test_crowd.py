"""A sweep of a guild of 100,000: how often Discord is asked, and how much memory that takes."""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator
from math import ceil
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import text

from app.components.custom_id import CustomIds
from app.database.engine import TOOL_PATIENCE, connect_database
from app.database.tx import Database
from app.discord.rest import connect_discord
from app.guilds import service as guilds_service
from app.jobs.kinds import SweepGuild
from app.replies.service import TokenBox
from app.settings import load_settings
from app.squads import drift
from app.squads.domain import Squad
from app.worker.outcomes import Done
from app.worker.sweep import sweep_guild
from app.worker.work import Work
from simulator.config import SimulatorConfig
from tests.edges.roles.crowd import FIRST, GUILD_ID, LACKS_EVERY, ROLES
from tests.support.guilds import manager
from tests.support.processes import free_port
from tests.support.squads import make_squad

pytestmark = pytest.mark.anyio

MEMBERS = 100_000
LACK = MEMBERS // LACKS_EVERY
MIB = 1024 * 1024
TOKEN = SimulatorConfig().bot_token


@pytest.fixture
async def crowd() -> AsyncIterator[httpx2.AsyncClient]:
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.edges.roles.crowd", str(port), TOKEN, str(MEMBERS)
    )
    try:
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            async with asyncio.timeout(30):
                while True:
                    try:
                        await client.get("/_sim/clock")
                        break
                    except httpx2.TransportError:
                        await asyncio.sleep(0.1)
            yield client
    finally:
        process.kill()
        await process.wait()


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A database as the worker has it."""
    made = connect_database(database_url, pool_size=2, patience=TOOL_PATIENCE)
    yield made
    await made.close()


@pytest.fixture
async def squads(database: Database) -> AsyncIterator[list[Squad]]:
    """Four squads in which everybody is, with grants of all who have the role."""
    async with database.transaction() as tx:
        await guilds_service.enter_guild(tx, GUILD_ID)
    made = [await make_squad(database, GUILD_ID, f"Squad {role_id}", role_id) for role_id in ROLES]
    facts: dict[str, Any] = {"guild": GUILD_ID, "first": FIRST, "last": MEMBERS - 1, "lacks": LACKS_EVERY}
    facts |= {"squads": [each.id for each in made], "roles": list(ROLES)}
    async with database.transaction() as tx:
        await tx.execute(
            text(
                "INSERT INTO squad_memberships (guild_id, user_id, squad_id, joined_at)"
                " SELECT CAST(:guild AS bigint), CAST(:first AS bigint) + n,"
                " (CAST(:squads AS uuid[]))[n % 4 + 1], '2024-02-01'"
                " FROM generate_series(0, CAST(:last AS int)) AS n"
            ),
            facts,
        )
        await tx.execute(
            text(
                "INSERT INTO role_grants (guild_id, user_id, role_id, why)"
                " SELECT CAST(:guild AS bigint), CAST(:first AS bigint) + n,"
                " (CAST(:roles AS bigint[]))[n % 4 + 1], 'squads'"
                " FROM generate_series(0, CAST(:last AS int)) AS n WHERE n % CAST(:lacks AS int) <> 0"
            ),
            facts,
        )
        await tx.execute(text("DELETE FROM pgqueuer"))
    yield made
    async with database.transaction() as tx:
        for table in ("squad_memberships", "role_grants", "squads"):
            await tx.execute(text(f"DELETE FROM {table} WHERE guild_id = :guild"), facts)


class Memory:
    """How much of this process is in memory, at its most."""

    def __init__(self) -> None:
        self.before = self.most = self._now()

    @staticmethod
    def _now() -> int:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    async def watch(self) -> None:
        while True:
            self.most = max(self.most, self._now())
            await asyncio.sleep(0.01)


async def test_a_hundred_thousand_members_are_swept_page_by_page_in_memory_that_does_not_grow(
    crowd: httpx2.AsyncClient, squads: list[Squad], database: Database, database_url: str, redis_url: str
) -> None:
    settings = load_settings(
        database_url=database_url,
        redis_url=redis_url,
        discord_application_id=SimulatorConfig().application_id,
        discord_bot_token=TOKEN,
        discord_api_url=f"{crowd.base_url}/api/v10",
    )
    async with connect_discord(settings) as discord:
        work = Work(database, discord, TokenBox(bytes(32)), CustomIds(b"a key of the tests"))
        await discord.list_members(GUILD_ID, limit=1000)  # what one page takes is no growth
        memory, begun = Memory(), time.monotonic()
        watching = asyncio.ensure_future(memory.watch())
        outcome = await sweep_guild(work, SweepGuild(GUILD_ID))
        took = time.monotonic() - begun
        watching.cancel()
        log = (await crowd.get("/_sim/log?limit=1000")).json()["entries"]
        asked = [each["path"].partition("?")[0] for each in log if each["path"].startswith("/api/v10/guilds")]
        listed = sum(each.endswith("/members") for each in asked) - 1
        report = await drift.read_drift(database, work.places, manager(GUILD_ID))
    assert outcome == Done(changed=True)
    assert listed <= ceil(MEMBERS / 1000) + 2
    assert len(asked) - 1 - listed == 2, "the guild and the bot, and nobody else by name"
    async with database.transaction() as tx:
        waiting = await tx.execute(text("SELECT entrypoint, count(*) FROM pgqueuer GROUP BY 1"))
        assert [tuple(row) for row in waiting] == [("reconcile_member.v1", LACK)]
        unseen = await tx.execute(
            text("SELECT count(*) FROM role_grants WHERE seen_at IS NULL AND guild_id = :guild"),
            {"guild": GUILD_ID},
        )
        assert unseen.scalar_one() == 0
    grown = (memory.most - memory.before) / MIB
    print(f"{listed} lists, {took:.1f} s, {grown:.1f} MiB more")
    assert grown <= 30
    assert (report.total, report.counts[drift.Drift.MISSING]) == (LACK, LACK)
