"""A short stream in each run of the tests; `make chaos-stream` has the long one."""

import random
from pathlib import Path

import pytest

from app.database.tx import Database
from app.demo.identity import Identity
from tests.chaos.stream import Size, Stream
from tests.edges.listener.conftest import local_discord

pytestmark = pytest.mark.anyio

SIZE = Size(events=250, kills=2, faults=4, per_second=25)


async def test_every_message_is_judged_once(
    identity: Identity, database_url: str, database: Database, tmp_path: Path
) -> None:
    seed = random.randrange(10**6)
    print(f"SEED={seed}")
    async with local_discord(identity, database_url, patience=150, heartbeat_seconds=0.5) as discord:
        seen = await Stream(seed, SIZE, discord=discord, database=database, folder=tmp_path, say=print).run()
    print(seen)
    assert seen.complaints == []
    assert (seen.sent >= SIZE.events, seen.kills) == (True, SIZE.kills)
    assert seen.hits > 40
