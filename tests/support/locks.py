"""Making things happen at once: hold a lock, and know who waits for it."""

import asyncio

from sqlalchemy import text

from app.database.tx import Database


async def until_waiting_for_locks(database: Database, how_many: int) -> None:
    """Return when that many backends wait for a lock; they give up by themselves after 0.8 s."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    async with asyncio.timeout(5):
        while True:
            async with database.transaction() as tx:
                if (await tx.execute(waiting)).scalar_one() >= how_many:
                    return
            await asyncio.sleep(0.01)
