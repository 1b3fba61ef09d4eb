"""What an interaction left behind: the reply somebody reads, and every row of the guild."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from email import message_from_bytes
from typing import Any

from sqlalchemy import column, select, table, text

from app.bytes.domain import Member
from app.database.engine import connect_database
from app.database.tx import Database
from app.guilds import service as guilds_service
from app.guilds.config import GuildConfig
from app.jobs.kinds import SweepGuild
from interactions.answering import Answering
from interactions.custom_id import CustomId, CustomIds
from interactions.flood import Flood
from interactions.routing import Routes
from tests.conftest import PATIENCE
from tests.oracles.discord_schema import assert_callback
from tests.support.guilds import manager, snowflake
from tests.support.signed import FakeDiscord, OutrankingEverybody, is_ephemeral, text_of

MESSAGE, UPDATE, CHOICES, MODAL = 4, 7, 8, 9

OUTDATED = ("Out of date", "This control is out of date. Type the command again; nothing was done.")
NOT_YOURS = ("Not yours", "This was made for somebody else. Type the command yourself; nothing was done.")
EXPIRED = ("Expired", "This was shown too long ago. Type the command again; nothing was done.")
USED = ("Already done", "This has been used already. Nothing was done a second time.")
OFF = ("Switched off", "Bytes is switched off in this server. Its managers can switch it on again.")


def assert_refused(callback: dict[str, Any], title: str, sentence: str) -> None:
    """Fail unless exactly this is said, to nobody but the one who asked."""
    assert callback["type"] == MESSAGE, callback
    assert text_of(callback) == f"### ⚠️ {title}\n{sentence}"
    assert is_ephemeral(callback)
    assert callback["data"]["allowed_mentions"] == {"parse": []}


async def answered(discord: FakeDiscord, payload: object) -> dict[str, Any]:
    """Deliver an interaction whose reply may come with a file; gives the reply, which Discord would take."""
    answer = await discord.send(payload)
    assert answer.status == 200, answer
    body = answer.body
    if answer.content_type.startswith(b"multipart/"):
        form = message_from_bytes(b"Content-Type: " + answer.content_type + b"\r\n\r\n" + body)
        body = form.get_payload()[0].get_payload(decode=True)  # type: ignore[index, union-attr, assignment] # the types of the standard library do not know that it is a form
    callback: dict[str, Any] = json.loads(body)
    assert_callback(callback)
    return callback


async def kept(database: Database, guild_id: int) -> dict[str, list[str]]:
    """Everything that is kept of a guild, by table, and every job that waits."""
    found: dict[str, list[str]] = {}
    async with database.transaction() as tx:
        named = await tx.execute(
            text(
                "SELECT table_name FROM information_schema.columns JOIN information_schema.tables"
                " USING (table_schema, table_name) WHERE table_schema = 'public'"
                " AND table_type = 'BASE TABLE' AND column_name = 'guild_id'"
            )
        )
        for name in sorted(named.scalars()):
            rows = table(name, column("guild_id")).alias("kept")
            written = (
                select(text("to_jsonb(kept)::text")).select_from(rows).where(rows.c.guild_id == guild_id)
            )
            found[name] = sorted((await tx.execute(written)).scalars())
        found["jobs"] = sorted(map(str, await jobs(database, guild_id)))
    return found


async def jobs(database: Database, guild_id: int) -> list[tuple[str, str]]:
    """Every job of a guild that waits, entrypoint and payload, but for the sweep after other rewards."""
    async with database.transaction() as tx:
        rows = await tx.execute(
            text(
                "SELECT entrypoint, convert_from(payload, 'UTF8') AS payload FROM pgqueuer"
                " WHERE convert_from(payload, 'UTF8') LIKE :guild ORDER BY id"
            ),
            {"guild": f'%"{guild_id}"%'},
        )
        return [(row.entrypoint, row.payload) for row in rows if row.entrypoint != SweepGuild.entrypoint]


async def switch_off(database: Database, guild_id: int, feature: str = "bytes") -> None:
    """Have a manager switch a feature off."""
    async with database.transaction() as tx:
        await guilds_service.save_config(tx, manager(guild_id), GuildConfig(features={feature: False}))


def with_routes(database: Database, routes: Routes, flood: Flood | None = None) -> FakeDiscord:
    """Have a Discord whose interactions are answered with other routes, or with the limit of real members."""
    discord = FakeDiscord(database)
    limit = flood or Flood(most=10_000)
    discord.answering = Answering(
        routes,
        database,
        control_key=discord.control_key,
        reply_key=bytes(32),
        ranks=OutrankingEverybody(),
        flood=limit,
    )
    return discord


def sealed(
    discord: FakeDiscord, guild_id: int, control: str, owner: Member, issued_id: int | None = None
) -> str:
    """Write a custom id as only we can; `control` is its name and row, with a colon between them."""
    name, _, row = control.partition(":")
    issued = issued_id or snowflake(timedelta(seconds=1))
    return CustomIds(discord.control_key).write(guild_id, CustomId(name, row, owner.user_id, issued))


def later(interaction_id: int, age: timedelta) -> int:
    """Make the id of an interaction that comes so much after another."""
    return interaction_id + (int(age.total_seconds() * 1000) << 22)


@asynccontextmanager
async def unreachable() -> AsyncIterator[Database]:
    """Have a database that nobody answers for."""
    made = connect_database("postgresql://nobody@127.0.0.1:1/nothing", pool_size=1, patience=PATIENCE)
    yield made
    await made.close()
