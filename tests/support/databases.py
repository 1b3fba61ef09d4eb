"""Databases of a test's own: where a worker runs, whatever is queued is its to take."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg

from app.embedded.postgres import Postgres
from app.ids import new_id


@contextmanager
def own_database(servers_home: Path) -> Iterator[str]:
    """Give the address of a migrated database that nobody else uses, for the length of the block."""
    postgres = Postgres(servers_home, durable=False)
    name = f"own_{new_id().hex}"
    asyncio.run(_execute(postgres, f'CREATE DATABASE "{name}" TEMPLATE template_smarterdev'))
    yield postgres.url(name)
    asyncio.run(_execute(postgres, f'DROP DATABASE "{name}" WITH (FORCE)'))


async def _execute(postgres: Postgres, statement: str) -> None:
    connection = await asyncpg.connect(postgres.url("postgres"))
    await connection.execute(statement)
    await connection.close()
