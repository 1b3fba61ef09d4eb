"""What must not get out: tokens, passwords, and what members wrote.

The web role runs as it does in production, in a process of its own, at its most talkative. It is made to
succeed, to refuse and to fail; then everything it said and kept is searched.
"""

import asyncio
import json
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import text

from app.database.engine import connect_database
from app.embedded.postgres import Postgres
from interactions.endpoint import EVENTS_PATH, PATH
from tests.edges.interactions.conftest import DATABASE
from tests.support.guilds import member, new_guild
from tests.support.processes import free_port
from tests.support.signed import FakeDiscord, Signed, command, text_of

pytestmark = pytest.mark.anyio

SECRETS = {
    "the interaction's token": "canary-interaction-token",
    "the bot's token": "canary-bot-token",
    "the database's password": "canary-database-password",
    "Redis' password": "canary-redis-password",
    "a field nobody needs": "canary-body",
}
WRITTEN = "canary-reason"
"""What a member writes is kept in the ledger, but it is nobody's business in the log."""

UNLUCKY = 13
"""An amount that this database refuses, by a constraint we know nothing of."""

_HEX_ID = re.compile(r"Error id <code>([0-9a-f]{32})</code>")  # noqa: TID251 - our own page


@dataclass
class Web:
    """The web role in a process of its own."""

    client: httpx2.AsyncClient
    discord: FakeDiscord
    log: Path
    heard: list[str] = field(default_factory=list)
    """Every body and header it answered with."""

    async def post(self, signed: Signed, path: str = PATH, **headers: str) -> httpx2.Response:
        answer = await self.client.post(path, content=signed.body, headers=signed.headers | headers)
        self.heard.append(f"{answer.headers} {answer.text}")
        return answer

    async def use(self, payload: dict[str, Any]) -> str:
        answer = await self.post(self.discord.sign(payload))
        assert answer.status_code == 200
        return text_of(answer.json())

    async def get(self, path: str) -> httpx2.Response:
        answer = await self.client.get(path)
        self.heard.append(f"{answer.headers} {answer.text}")
        return answer


@asynccontextmanager
async def web_role(database_url: str, folder: Path) -> AsyncIterator[Web]:
    unused: Any = None
    discord, port = FakeDiscord(unused), free_port()
    password = SECRETS["the database's password"]
    environment = {
        "PATH": os.defpath,
        "DATABASE_URL": database_url.replace("postgres@", f"postgres:{password}@"),
        "REDIS_URL": "redis://:{}@127.0.0.1:1/0".format(SECRETS["Redis' password"]),
        "SMARTERDEV_DISCORD_PUBLIC_KEY": discord.public_key,
        "SMARTERDEV_DISCORD_BOT_TOKEN": SECRETS["the bot's token"],
        "SMARTERDEV_LOG_LEVEL": "DEBUG",
        "SMARTERDEV_LOG_FORMAT": "json",
        "SMARTERDEV_PORT": str(port),
    }
    log = folder / "web.log"
    process = start(environment, log)
    try:
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=10) as client:
            await until_alive(client, process)
            yield Web(client, discord, log)
    finally:
        process.terminate()
        process.wait(10)


def start(environment: dict[str, str], log: Path) -> "subprocess.Popen[bytes]":
    with log.open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "app.cli", "web"],
            env=environment,
            cwd=log.parent,
            stdout=output,
            stderr=subprocess.STDOUT,
        )


async def until_alive(client: httpx2.AsyncClient, process: "subprocess.Popen[bytes]") -> None:
    async with asyncio.timeout(20):
        while process.poll() is None:
            try:
                await client.get("/healthz")
            except httpx2.TransportError:
                await asyncio.sleep(0.05)
            else:
                return
    raise AssertionError("the web role ended")


def spiced(payload: dict[str, Any]) -> dict[str, Any]:
    """Put canaries where Discord has secrets or things we do not need."""
    token, body = SECRETS["the interaction's token"], SECRETS["a field nobody needs"]
    payload["member"]["nick"] = body
    payload["channel"] = {"id": "1", "name": body, "topic": body}
    payload["data"]["resolved"]["messages"] = {"1": {"content": body}}
    return payload | {"token": token, "entitlements": [{"id": body}]}


async def be_difficult(web: Web, postgres: Postgres) -> dict[str, str]:
    """Make it succeed, refuse and fail in every way; gives the error ids that people were shown."""
    guild_id, ada, bob = new_guild(), member(), member()
    boss = 1 << 5

    def use(name: str, permissions: int = 0, **options: Any) -> dict[str, Any]:
        return spiced(command(guild_id, ada, name, options, permissions=permissions))

    # done
    assert "granted" in await web.use(use("treasury grant", boss, user=ada, amount=900, reason=WRITTEN))
    sent = use("bytes send", user=bob, amount=5, reason=WRITTEN)
    assert "Bytes sent" in await web.use(sent)
    for name in ("bytes daily", "bytes balance", "bytes leaderboard"):
        await web.use(use(name))

    # refused
    await web.use(use("bytes send", user=bob, amount=5, reason=WRITTEN * 50))
    await web.use(use("bytes send", user=bob, amount=5, reason=WRITTEN + "\0"))
    await web.use(use("bytes send", user=ada, amount=5, reason=WRITTEN))
    await web.use(use("treasury grant", user=ada, amount=5, reason=WRITTEN))
    await web.use(use("bytes steal", reason=WRITTEN))
    await web.use(use("bytes send", user=bob, amount=5) | {"guild_id": WRITTEN, "id": WRITTEN})
    other = use("bytes send", user=bob, amount=6, reason=WRITTEN) | {"id": sent["id"]}
    assert "already used" in await web.use(other)
    for kind in (3, 4, 5, 77):
        await web.post(web.discord.sign(use("bytes daily") | {"type": kind}))

    # not listened to
    body = json.dumps(sent).encode()
    assert (await web.post(web.discord.sign(body + b"}"))).status_code == 400
    assert (await web.post(Signed(body, WRITTEN, "1"))).status_code == 401
    assert (await web.post(web.discord.sign(body), **{"content-type": WRITTEN})).status_code == 401
    assert (await web.post(web.discord.sign(body.ljust(300_000)))).status_code == 413
    assert (await web.post(web.discord.sign(body), EVENTS_PATH)).status_code == 204
    assert (await web.get(f"/?token={WRITTEN}")).status_code == 200
    missing = await web.get(f"/missing?token={WRITTEN}")

    # defects: a constraint quotes the whole row, a function is gone
    database = connect_database(postgres.url(DATABASE))
    shown = {}
    try:
        await sql(
            database, f"ALTER TABLE bytes_transactions ADD CONSTRAINT unlucky CHECK (amount <> {UNLUCKY})"
        )
        shown["constraint"] = await web.use(use("bytes send", user=bob, amount=UNLUCKY, reason=WRITTEN))
        await sql(database, "ALTER FUNCTION post_transaction RENAME TO gone")
        shown["function"] = await web.use(use("bytes send", user=bob, amount=5, reason=WRITTEN))
        await sql(database, "ALTER FUNCTION gone RENAME TO post_transaction")
        await sql(database, "ALTER TABLE bytes_transactions DROP CONSTRAINT unlucky")
    finally:
        await database.close()

    # no database
    postgres.stop("immediate")
    assert "try again" in await web.use(use("bytes send", user=bob, amount=5, reason=WRITTEN))
    assert (await web.get("/readyz")).status_code == 503
    postgres.start()
    assert (await web.get("/metrics")).status_code == 200

    found = _HEX_ID.search(missing.text)
    assert found is not None
    assert "That went wrong" in shown["constraint"]
    assert "is not ready" in shown["function"]
    return {"constraint": shown["constraint"].rpartition("Error ")[2], "page": found[1]}


async def sql(database: Any, statement: str) -> None:
    async with database.transaction() as tx:
        await tx.execute(text(statement))


async def test_nothing_gets_out(running: Postgres, tmp_path: Path) -> None:
    async with web_role(running.url(DATABASE), tmp_path) as web:
        error_ids = await be_difficult(web, running)
    log = web.log.read_text()
    lines = [json.loads(line) for line in log.splitlines()]

    for what, secret in SECRETS.items():
        assert secret not in log, f"the log has {what}"
        assert not [heard for heard in web.heard if secret in heard], f"an answer has {what}"
        assert await keeping(running, secret) == [], f"a table has {what}"
    assert not [heard for heard in web.heard if "'server'" in heard], "whoever asks learns what we run on"
    assert WRITTEN not in log
    assert await keeping(running, WRITTEN) == ["audit_entries", "bytes_transactions"]

    assert len(lines) > 10
    assert all(line["request_id"] and line["level"] and line["logger"] and line["at"] for line in lines)
    for name, error_id in error_ids.items():
        about = [line for line in lines if error_id in (line.get("error_id"), line["request_id"])]
        assert about, f"the log does not know the error id of {name}"
        if name != "page":
            assert about[0]["level"] == "ERROR"
            assert "Traceback" in about[0]["exc_info"]
            assert about[0]["request_id"] != "-"


async def keeping(postgres: Postgres, words: str) -> list[str]:
    """Name the tables that have some words in any column of any row."""
    database = connect_database(postgres.url(DATABASE))
    try:
        async with database.transaction() as tx:
            tables = (
                await tx.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
            ).scalars()
            found = []
            for table in sorted(tables):
                statement = text(f'SELECT count(*) FROM "{table}" AS t WHERE t::text LIKE :words')
                rows = (await tx.execute(statement, {"words": f"%{words}%"})).scalar_one()
                found += [table] if rows else []
        assert found or words != WRITTEN
    finally:
        await database.close()
    return found
