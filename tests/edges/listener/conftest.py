"""Guilds as the database has them."""

from dataclasses import dataclass
from datetime import datetime

import pytest
from sqlalchemy import text

from app.database.tx import Database


@dataclass(frozen=True)
class Row:
    installed_at: datetime
    removed_at: datetime | None


class Guilds:
    """The table, and waiting for it to say something."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, guild_id: int) -> Row | None:
        async with self._database.transaction() as tx:
            found = await tx.execute(
                text("SELECT installed_at, removed_at FROM guilds WHERE id = :id"), {"id": guild_id}
            )
            row = found.one_or_none()
        return None if row is None else Row(row.installed_at, row.removed_at)

    async def is_installed(self, guild_id: int) -> bool:
        row = await self.find(guild_id)
        return row is not None and row.removed_at is None

    async def is_removed(self, guild_id: int) -> bool:
        row = await self.find(guild_id)
        return row is not None and row.removed_at is not None


@pytest.fixture
def guilds(database: Database) -> Guilds:
    return Guilds(database)
