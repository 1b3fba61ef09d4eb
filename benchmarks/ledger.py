"""What the platform's ledger has, asked of PostgreSQL itself and not of who claims to have booked."""

import asyncio
import subprocess
import sys
from typing import Final

import asyncpg

from app.settings import inherited_environment
from benchmarks.commands import GUILD_ID, everybody
from benchmarks.load import WrongAnswerError
from benchmarks.platform import Platform

_RICH: Final = 1_000_000
"""Bytes each member begins with: nobody runs out."""

_MINT: Final = """
    SELECT count(mint_starting_balance(gen_random_uuid(), $1, user_id, username, $4))
    FROM unnest($2::bigint[], $3::text[]) AS member (user_id, username)
"""
_TRANSFERS: Final = "SELECT count(*) FROM bytes_transactions WHERE guild_id = $1 AND kind = 'transfer'"


def make_everybody_rich(platform: Platform) -> None:
    """Have every member of the guild appear with more bytes than they can send. The guild must be known."""
    members = everybody()
    ids, names = [member.user_id for member in members], [member.username for member in members]
    _ask(platform, _MINT, GUILD_ID, ids, names, _RICH)


def count_transfers(platform: Platform) -> int:
    """Count what members of the guild have sent each other, ever."""
    return int(str(_ask(platform, _TRANSFERS, GUILD_ID)))


def require_durable(platform: Platform) -> tuple[int, str]:
    """Give the server's main version, and say which it is and that it is durable.

    Raises:
        WrongAnswerError: it is not, and nothing it does would be worth comparing.
    """
    version = str(_ask(platform, "SHOW server_version")).split()[0]
    settings = {name: str(_ask(platform, f"SHOW {name}")) for name in ("synchronous_commit", "fsync")}
    if set(settings.values()) != {"on"}:
        raise WrongAnswerError(f"This PostgreSQL may forget what it has committed: {settings}.")
    facts = ", ".join(f"`{name} = {value}`" for name, value in settings.items())
    return int(version.partition(".")[0]), f"PostgreSQL {version}, {facts}"


def verify(platform: Platform) -> str:
    """Check the invariants of all data, by `smarterdev verify`.

    Raises:
        WrongAnswerError: one does not hold.
    """
    answer = subprocess.run(
        [sys.executable, "-m", "app.cli", "verify"],
        env={**inherited_environment(), "DATABASE_URL": platform.database_url},
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode != 0:
        raise WrongAnswerError(f"`smarterdev verify` found something:\n{answer.stdout}{answer.stderr}")
    return f"all {answer.stdout.count('ok ')} invariants hold"


def _ask(platform: Platform, query: str, *arguments: object) -> object:
    async def ask() -> object:
        connection = await asyncpg.connect(platform.database_url)
        try:
            value: object = await connection.fetchval(query, *arguments)
        finally:
            await connection.close()
        return value

    return asyncio.run(ask())
