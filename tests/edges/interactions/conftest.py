"""A Discord that signs, and servers that may be harmed."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.database.tx import Database
from app.embedded.postgres import Postgres
from app.embedded.valkey import Valkey
from app.migrate import migrate_database
from tests.support.signed import FakeDiscord

DATABASE = "smarterdev"


@pytest.fixture
def discord(database: Database) -> FakeDiscord:
    return FakeDiscord(database)


@pytest.fixture(scope="module")
def own_home() -> Iterator[Path]:
    """A home no other test knows of; a short path, because sockets lie in it."""
    with tempfile.TemporaryDirectory(prefix="smarterdev-edge-") as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def own_postgres(own_home: Path) -> Iterator[Postgres]:
    """A PostgreSQL of this module's own, migrated and durable. Whoever stops it uses `running`.

    Start it in the main thread: it ends with the thread that started it.
    """
    server = Postgres(own_home)
    server.start()
    try:
        server.ensure_database(DATABASE)
        migrate_database(server.url(DATABASE))
        yield server
    finally:
        server.destroy()


@pytest.fixture(scope="module")
def own_valkey(own_home: Path) -> Iterator[Valkey]:
    """A Valkey of this module's own. Whoever stops it starts it again."""
    server = Valkey(own_home)
    server.start()
    try:
        yield server
    finally:
        server.destroy()


@pytest.fixture
def running(own_postgres: Postgres) -> Iterator[Postgres]:
    """The module's own PostgreSQL, running before and after the test."""
    own_postgres.start()
    yield own_postgres
    own_postgres.start()
