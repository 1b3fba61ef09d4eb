"""A database of one test's own, because a worker takes whatever is queued, and a guild with moderators."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import httpx2
import pytest

from app.database.tx import Database
from app.embedded.postgres import Postgres
from app.ids import new_id
from app.settings import Settings
from tests.support.precinct import LOG, Precinct


@pytest.fixture
def own_database_url(servers_home: Path) -> Iterator[str]:
    """A migrated database that this test is alone in."""
    postgres = Postgres(servers_home, durable=False)
    name = f"cases_{new_id().hex}"
    asyncio.run(_execute(postgres, f'CREATE DATABASE "{name}" TEMPLATE template_smarterdev'))
    yield postgres.url(name)
    asyncio.run(_execute(postgres, f'DROP DATABASE "{name}" WITH (FORCE)'))


async def _execute(postgres: Postgres, statement: str) -> None:
    connection = await asyncpg.connect(postgres.url("postgres"))
    await connection.execute(statement)
    await connection.close()


@pytest.fixture
async def precinct(simulator: httpx2.AsyncClient, database: Database, settings: Settings) -> Precinct:
    """The first guild, with a log of its cases."""
    here = Precinct(simulator, database, settings)
    await here.enter()
    await here.configure(log_channel_id=here.channel(LOG)["id"], appeal_url="https://example.org/appeal")
    return here
