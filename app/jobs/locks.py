"""Locks that jobs hold while they talk to Discord: longer than a SQL transaction may last."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

_KEY: Final = "hashtextextended('member:' || :guild || ':' || :member, 0)"
_LOCK: Final = text(f"SELECT pg_advisory_lock({_KEY})")
_UNLOCK: Final = text(f"SELECT pg_advisory_unlock({_KEY})")


@asynccontextmanager
async def member_lock(engine: AsyncEngine, guild_id: int, user_id: int) -> AsyncIterator[None]:
    """Have nobody else change this member in Discord for as long as the block runs.

    Discord loses one of two role calls that come at once, and says that both were done. The lock is of a
    session of its own: it ends with the process that holds it, and holds no SQL transaction open.
    """
    parameters = {"guild": str(guild_id), "member": str(user_id)}
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text("SET lock_timeout = 0"))
        await connection.execute(text("SET statement_timeout = '60s'"))
        await connection.execute(_LOCK, parameters)
        try:
            yield
        finally:
            await connection.execute(_UNLOCK, parameters)
            await connection.execute(text("RESET lock_timeout"))
            await connection.execute(text("RESET statement_timeout"))
