"""A database of one test's own, because a worker takes whatever is queued, and a guild with moderators."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from app.database.tx import Database
from app.settings import Settings
from tests.support.databases import own_database
from tests.support.precinct import LOG, Precinct


@pytest.fixture
def database_url(servers_home: Path) -> Iterator[str]:
    """A migrated database that this test is alone in."""
    with own_database(servers_home) as url:
        yield url


@pytest.fixture
async def precinct(simulator: httpx2.AsyncClient, database: Database, settings: Settings) -> Precinct:
    """The first guild, with a log of its cases."""
    here = Precinct(simulator, database, settings)
    await here.enter()
    await here.configure(log_channel_id=here.channel(LOG)["id"], appeal_url="https://example.org/appeal")
    return here
