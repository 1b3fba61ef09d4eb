"""Empty databases to migrate, on the embedded PostgreSQL and on any other that is named.

`SMARTERDEV_TEST_POSTGRES_BIN=/usr/lib/postgresql/15/bin` adds the PostgreSQL installed there.
"""

import asyncio
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from app.embedded.postgres import Postgres

OTHER = os.environ.get("SMARTERDEV_TEST_POSTGRES_BIN")  # noqa: TID251 - a setting of the tests alone
SERVERS = ["embedded", OTHER] if OTHER else ["embedded"]


@pytest.fixture(scope="session", params=SERVERS)
def server(request: pytest.FixtureRequest, servers_home: Path) -> Iterator[Postgres]:
    if request.param == "embedded":
        yield Postgres(servers_home, durable=False)
        return
    with tempfile.TemporaryDirectory(prefix="smarterdev-tests-") as home:
        postgres = Postgres(Path(home), bin_dir=Path(request.param), durable=False)
        postgres.start()
        yield postgres
        postgres.destroy()


@pytest.fixture
def empty_database_url(server: Postgres, request: pytest.FixtureRequest, worker_id: str) -> str:
    name = f"{request.node.originalname}_{worker_id}"[:60]
    asyncio.run(_recreate(server.url("postgres"), name))
    return server.url(name)


async def _recreate(url: str, name: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(f'DROP DATABASE IF EXISTS "{name}"')
    await connection.execute(f'CREATE DATABASE "{name}"')
    await connection.close()
