"""Guilds and people for tests. Ids are real snowflakes of accounts that are years old."""

import itertools
import os
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from app import clock
from app.bytes import service as bytes_service
from app.bytes import treasury as bytes_treasury
from app.bytes.domain import Member
from app.database.tx import Tx
from app.discord.permissions import Permission
from app.guilds import service as guilds_service
from app.guilds.domain import Actor, Via

DISCORD_EPOCH = datetime(2015, 1, 1, tzinfo=UTC)

_counter = itertools.count(os.getpid() % 4096 << 12)


def snowflake(age: timedelta = timedelta(days=1000), now: datetime | None = None) -> int:
    """Make the id of something that old, unlike any other of this run."""
    at = (now or clock.now()) - age
    return (int((at - DISCORD_EPOCH).total_seconds() * 1000) << 22) | (next(_counter) & 0x3FFFFF)


def new_guild() -> int:
    return snowflake()


def member(age: timedelta = timedelta(days=1000), *, is_bot: bool = False) -> Member:
    user_id = snowflake(age)
    return Member(user_id, f"user{user_id % 10**12:012}", is_bot)


def actor(guild_id: int, who: Member | None = None, permissions: int = 0) -> Actor:
    who = who or member()
    return Actor(guild_id, who.user_id, who.username, permissions, Via.COMMAND)


def manager(guild_id: int) -> Actor:
    return actor(guild_id, permissions=Permission.MANAGE_GUILD)


async def add_noise(tx: Tx) -> None:
    """Fill every table with rows of another guild, with more of everything than any test has."""
    guild_id = new_guild()
    await guilds_service.enter_guild(tx, guild_id)
    boss = manager(guild_id)
    people = [member() for _ in range(12)]
    for number, person in enumerate(people):
        await bytes_treasury.grant_bytes(
            tx,
            boss,
            person,
            1_000_000 + number,
            reason="noise",
            idempotency_key=f"noise:{guild_id}:{number}",
        )
    config, version = await bytes_service.load_config(tx, guild_id)
    await bytes_service.save_config(
        tx, boss, config.model_copy(update={"daily_amount": 99_999}), expected_version=version
    )


async def give(tx: Tx, guild_id: int, who: Member, amount: int) -> None:
    """Grant bytes to somebody, as a manager would."""
    await bytes_treasury.grant_bytes(
        tx, manager(guild_id), who, amount, reason=None, idempotency_key=f"give:{snowflake()}"
    )


async def balance_of(tx: Tx, guild_id: int, who: Member) -> int:
    row = await tx.execute(
        text("SELECT balance FROM bytes_balances WHERE guild_id = :guild AND user_id = :member"),
        {"guild": guild_id, "member": who.user_id},
    )
    return row.scalar_one_or_none() or 0
