"""Locks that jobs hold while they talk to Discord: longer than a SQL transaction may last."""

from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from typing import Final

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.database.tx import is_passing
from app.errors import UnavailableError

_EACH: Final = (
    "(hashtextextended(key, 0)) FROM (SELECT unnest(CAST(:keys AS text[])) AS key ORDER BY key) AS names"
)
"""In the order of the keys, so that two who want several do not wait for each other."""
_LOCK: Final = text(f"SELECT pg_advisory_lock{_EACH}")
_UNLOCK: Final = text(f"SELECT pg_advisory_unlock{_EACH}")
_PATIENCE: Final = (text("SET lock_timeout = 0"), text("SET statement_timeout = '60s'"))
_AS_BEFORE: Final = (text("RESET lock_timeout"), text("RESET statement_timeout"))

_FAILURES: Final = (SQLAlchemyError, OSError, TimeoutError)


@asynccontextmanager
async def member_lock(engine: AsyncEngine, guild_id: int, user_id: int) -> AsyncIterator[None]:
    """Have nobody else change this member in Discord for as long as the block runs.

    Discord loses one of two role calls that come at once, and says that both were done. The lock is of a
    session of its own: it ends with the process that holds it, and holds no SQL transaction open.

    Raises:
        UnavailableError: PostgreSQL cannot be reached, or somebody else has the lock for a minute.
    """
    async with named_lock(engine, f"member:{guild_id}:{user_id}"):
        yield


@asynccontextmanager
async def member_locks(engine: AsyncEngine, guild_id: int, user_ids: Collection[int]) -> AsyncIterator[None]:
    """Have the `member_lock` of many at once, in one session.

    Raises:
        UnavailableError: as there.
    """
    async with _locks(engine, [f"member:{guild_id}:{user_id}" for user_id in user_ids]):
        yield


@asynccontextmanager
async def named_lock(engine: AsyncEngine, name: str) -> AsyncIterator[None]:
    """Have nobody else do what this name stands for, for as long as the block runs.

    Raises:
        UnavailableError: PostgreSQL cannot be reached, or somebody else has the lock for a minute.
    """
    async with _locks(engine, [name]):
        yield


@asynccontextmanager
async def _locks(engine: AsyncEngine, names: list[str]) -> AsyncIterator[None]:
    keys = {"keys": names}
    try:
        connection = await _lock(engine, keys)
    except _FAILURES as error:
        if is_passing(error):
            raise UnavailableError("A lock was not to be had. Nothing was done.") from error
        raise
    try:
        yield
    finally:
        await _unlock(connection, keys)


async def _lock(engine: AsyncEngine, keys: Mapping[str, list[str]]) -> AsyncConnection:
    connection = await engine.connect()
    try:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        for statement in _PATIENCE:
            await connection.execute(statement)
        await connection.execute(_LOCK, keys)
    except BaseException:
        await _hang_up(connection)
        raise
    return connection


async def _unlock(connection: AsyncConnection, keys: Mapping[str, list[str]]) -> None:
    """Give the lock back, whatever it takes: what was done under it stays done if PostgreSQL is gone."""
    try:
        await connection.execute(_UNLOCK, keys)
        for statement in _AS_BEFORE:
            await connection.execute(statement)
        await connection.close()
    except _FAILURES:
        await _hang_up(connection)
    except BaseException:
        await _hang_up(connection)
        raise


async def _hang_up(connection: AsyncConnection) -> None:
    """End the session, so that it cannot go back to the pool with the lock."""
    await connection.invalidate()
    await connection.close()
