"""Real PostgreSQL and Valkey for every test that asks, and one `tx` that is always rolled back.

The servers are started once per run, in a fresh folder, and end with it. The schema is made once by the
real migrations; every worker clones it.
"""

import asyncio
import os
import shutil
import tempfile
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest
from redis import Redis

from app.database.engine import COMMAND_PATIENCE, connect_database
from app.database.tx import Database, Tx
from app.database.verify import verify
from app.embedded.postgres import Postgres
from app.embedded.valkey import Valkey
from app.migrate import migrate_database
from app.settings import Settings
from tests.support.guilds import add_noise, new_guild

pytest_plugins = ["tests.support.platform"]

TEMPLATE = "template_smarterdev"

PATIENCE = replace(COMMAND_PATIENCE, connect=5, pool=5)
"""As commands have it, but for a machine that other work keeps from connecting in time."""

_running: list[Postgres | Valkey] = []


def pytest_configure(config: pytest.Config) -> None:
    """Start the servers, in the process that hands out the work."""
    Settings.model_config["env_file"] = None  # what a developer keeps there is no business of the tests
    for name in ("DATABASE_URL", "REDIS_URL", "SMARTERDEV_ENVIRONMENT"):
        os.environ.pop(name, None)  # noqa: TID251 - the same
    if hasattr(config, "workerinput") or config.option.collectonly:
        return
    home = Path(tempfile.mkdtemp(prefix="smarterdev-tests-"))
    config.stash[HOME] = home
    postgres, valkey = Postgres(home, durable=False), Valkey(home)
    for server in (postgres, valkey):
        server.start()
        _running.append(server)
    postgres.ensure_database(TEMPLATE)
    migrate_database(postgres.url(TEMPLATE))


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the servers and leave nothing behind."""
    for server in reversed(_running):
        server.destroy() if isinstance(server, Postgres) else server.stop()
    _running.clear()
    if HOME in config.stash:
        shutil.rmtree(config.stash[HOME], ignore_errors=True)


HOME = pytest.StashKey[Path]()


def pytest_configure_node(node: "object") -> None:
    """Tell a worker where the servers are."""
    node.workerinput["smarterdev_home"] = str(node.config.stash[HOME])  # type: ignore[attr-defined] # pytest-xdist has no types


@pytest.fixture(scope="session")
def servers_home(request: pytest.FixtureRequest) -> Path:
    worker = getattr(request.config, "workerinput", None)
    return Path(worker["smarterdev_home"]) if worker else request.config.stash[HOME]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let somebody see that nothing but freshness is lost with Redis."""
    parser.addoption(
        "--redis",
        choices=("there", "flushed", "gone"),
        default="there",
        help="have Redis as it is, flushed five times a second, or not at all (for what does not need it)",
    )


@pytest.fixture(scope="session")
def redis_url(servers_home: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    url, how = Valkey(servers_home).url, request.config.getoption("--redis")
    if how == "gone":
        yield "redis://127.0.0.1:1/0"
        return
    if how == "there":
        yield url
        return
    over = threading.Event()
    flushing = threading.Thread(target=_flush, args=(url, over))
    flushing.start()
    yield url
    over.set()
    flushing.join()


def _flush(url: str, over: threading.Event) -> None:
    with Redis.from_url(url) as redis:
        while not over.wait(0.2):
            redis.flushall()


@pytest.fixture(scope="session")
def database_url(servers_home: Path, worker_id: str) -> str:
    """A migrated database of this worker's own."""
    postgres = Postgres(servers_home, durable=False)
    name = f"test_{worker_id}"
    asyncio.run(_clone_template(postgres.url("postgres"), name))
    return postgres.url(name)


async def _clone_template(url: str, name: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{TEMPLATE}"')
    await connection.close()


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    worker = getattr(request.config, "workerinput", None)
    return worker["workerid"] if worker else "alone"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A database whose commits are real. Use a guild of your own (`guild_id`)."""
    made = connect_database(database_url, pool_size=16, patience=PATIENCE)
    yield made
    await made.close()


@pytest.fixture
async def tx(database: Database) -> AsyncIterator[Tx]:
    """A `tx` that is rolled back, with rows of another guild in every table (`noise`).

    A query that forgets its WHERE finds them.
    """
    async with database.engine.connect() as connection, connection.begin() as transaction:
        made = Tx(connection)
        await add_noise(made)
        yield made
        await transaction.rollback()


@pytest.fixture
def guild_id() -> int:
    """A guild nobody else uses."""
    return new_guild()


@pytest.fixture
async def verified(database: Database) -> AsyncIterator[None]:
    """Check every invariant after the test."""
    yield
    async with database.transaction() as tx:
        violations = await verify(tx)
    assert not violations, "\n".join(f"{v.invariant.sentence}: {v.rows}" for v in violations)
