"""How many sessions a listener begins in a day, whatever becomes of it."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from app import clock
from app.database.tx import Database
from app.listener import listen
from moderation_listener import sessions
from tests.edges.listener.conftest import Discord, Figures, listening
from tests.support.waiting import until

pytestmark = pytest.mark.anyio


async def begun(database: Database) -> int:
    async with database.transaction() as tx:
        return int((await tx.execute(text("SELECT count(*) FROM listener_sessions"))).scalar_one())


async def begin(database: Database, count: int, hours_ago: float) -> None:
    async with database.transaction() as tx:
        await tx.execute(
            text(
                "INSERT INTO listener_sessions (begun_at)"
                " SELECT CAST(:at AS timestamptz) FROM generate_series(1, :n)"
            ),
            {"at": clock.now() - timedelta(hours=hours_ago), "n": count},
        )


@pytest.fixture(autouse=True)
async def none_so_far(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.execute(text("DELETE FROM listener_sessions"))


async def test_each_is_counted_also_those_that_begin_by_themselves(
    discord: Discord, database: Database
) -> None:
    await begin(database, 3, hours_ago=25)
    async with listening(discord) as listener:
        assert await begun(database) == 1, "and those of yesterday are forgotten"
        discord.hub.drop()
        before = await listener.heard("READY")
        await until(lambda: discord.hub.connected == 1)
        discord.hub.invalidate(resumable=False)

        async def has_begun_anew() -> bool:
            return await listener.heard("READY") > before

        await until(has_begun_anew)
        await until(lambda: _are_begun(database, 2))


async def _are_begun(database: Database, count: int) -> bool:
    return await begun(database) == count


async def test_when_they_are_nearly_used_up_it_waits_and_says_so(
    discord: Discord, database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sessions, "_LOOK_EVERY", 0.1)
    await begin(database, sessions.MOST - 1, hours_ago=1)
    async with listening(discord):
        pass
    left = discord.hub.starts().remaining
    settings, stop = discord.settings, asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(listen(settings, stop))
        figures = Figures.at(settings.listener_port)
        async with figures.client:

            async def is_waiting() -> bool:
                return (await figures.ready_or_none()).get("gateway") == "waiting"

            await until(is_waiting)
            assert 82_000 < await figures.of("smarterdev_gateway_session_wait_seconds") <= 82_800
            assert discord.hub.starts().remaining == left
            assert f"{sessions.MOST} sessions began in 24 hours" in caplog.text
            async with database.transaction() as tx:
                await tx.execute(text("DELETE FROM listener_sessions"))
            await until(figures.is_ready)
        stop.set()
