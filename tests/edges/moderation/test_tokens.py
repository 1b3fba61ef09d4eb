"""What edits a moderator's reply is a secret: it stands nowhere in the clear, and not for long."""

import base64
import logging
import signal
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from app import clock
from app.container import Container
from app.database.tx import Database
from app.replies import service as replies_service
from app.replies.service import TokenBox
from app.settings import Settings
from tests.support.precinct import Precinct
from tests.support.role import started

pytestmark = pytest.mark.anyio

_QUIET = {"hikari", "httpx2", "httpcore2", "asyncio"}
"""Whom our processes do not let say anything below a warning; the one started here proves that."""
EDITING = {"method": "PATCH", "route": "/webhooks/{application_id}/{token}/messages/@original"}


async def everything(database: Database) -> str:
    """Give every row of every table, as text."""
    async with database.transaction() as tx:
        tables = await tx.execute(
            text(
                "SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM pg_tables"
                " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
            )
        )
        names = list(tables.scalars())
        assert "public.moderation_cases" in names
        found = []
        for name in names:
            rows = await tx.execute(text(f"SELECT each::text FROM {name} AS each"))
            found += [str(row) for row in rows.scalars()]
    return "\n".join(found)


async def tokens(database: Database, settings: Settings) -> list[str]:
    """Open every token that is kept, with the key that is not in the database."""
    container = Container(settings)
    box = TokenBox(container.reply_key)
    async with database.transaction() as tx:
        rows = await tx.execute(text("SELECT sealed FROM interaction_tokens"))
        opened = [box.open(bytes(sealed)) for sealed in rows.scalars()]
    await container.close()
    return [token for token in opened if token is not None]


def said(caplog: pytest.LogCaptureFixture) -> str:
    """Give what a process of ours would have logged: without the simulator and the chatter of libraries."""
    records = [
        record
        for record in caplog.records
        if "/api/v10/" not in str(record.args)
        and (record.levelno >= logging.WARNING or record.name.split(".")[0] not in _QUIET)
    ]
    return "\n".join(f"{each.getMessage()} {each.args} {each.exc_text}" for each in records)


def assert_not_in(token: str, where: str) -> None:
    """Fail if a text has the token, as it is or as bytes or JSON are written."""
    assert len(token) > 20
    for form in (token, token.encode().hex(), base64.b64encode(token.encode()).decode()[:-4]):
        assert form not in where


class TestTheToken:
    async def test_stands_in_no_table_and_in_no_line_of_a_log(
        self,
        precinct: Precinct,
        database: Database,
        settings: Settings,
        tmp_path: Path,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        caplog.set_level(logging.DEBUG)
        mod = await precinct.person("leilani.k")
        people = [await precinct.newcomer() for _ in range(3)]
        for name, person in zip(("ban", "kick", "warn"), people, strict=True):
            await precinct.use(mod, name, user=person["id"], reason="x")
        kept = await tokens(database, settings)
        assert len(set(kept)) == 3
        before = await everything(database)
        # What goes wrong on the way is logged, too: lost, refused and unreadable answers name an address.
        for kind in ("server_error", "lost_answer", "malformed", "reset"):
            await precinct.post("faults", kind=kind, times=1, **EDITING)
        for kind in ("rate_limit_user", "rate_limit_shared"):
            await precinct.post("faults", kind=kind, times=1, retry_after=0.1, **EDITING)
        async with started("worker", settings, tmp_path) as worker:
            await worker.until_ready()
            await precinct.until_quiet()
            worker.send(signal.SIGTERM)
            assert await worker.ended() == 0
        after = await everything(database)
        assert "stopped" in worker.said
        said_here = said(caplog)
        for token in kept:
            for where in (before, after, worker.said, said_here):
                assert_not_in(token, where)
        assert await tokens(database, settings) == []  # each was forgotten with its last edit

    async def test_of_an_expired_reply_is_no_louder(
        self,
        precinct: Precinct,
        database: Database,
        settings: Settings,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        """Discord answers 401 to it, as to a wrong token of the bot: nobody takes one for the other."""
        caplog.set_level(logging.DEBUG)
        mod, bob = await precinct.person("leilani.k"), await precinct.newcomer()
        await precinct.use(mod, "ban", user=bob["id"], reason="x")
        [token] = await tokens(database, settings)
        await precinct.post("clock", advance=1000)
        async with precinct.working():
            await precinct.until_quiet()
        assert "the reply was not edited" in said(caplog)
        assert_not_in(token, said(caplog))
        assert await tokens(database, settings) == []

    async def test_is_gone_fifteen_minutes_after_the_command(
        self, precinct: Precinct, database: Database, settings: Settings
    ) -> None:
        mod, bob = await precinct.person("leilani.k"), await precinct.newcomer()
        began = clock.now()
        await precinct.use(mod, "ban", user=bob["id"], reason="x")
        for minutes, left in ((13, 1), (15, 0)):
            async with database.transaction() as tx:
                await replies_service.forget_old(tx, began + timedelta(minutes=minutes))
            assert len(await tokens(database, settings)) == left
