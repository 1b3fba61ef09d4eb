"""A short storm in each run of the tests; `make chaos` has the long one."""

import random
from pathlib import Path

import pytest

from tests.chaos.report import Size
from tests.chaos.storm import Storm

pytestmark = pytest.mark.anyio

SIZE = Size(
    guilds=4,
    members=5,
    changes=16,
    sanctions=24,
    kills=3,
    crashes=1,
    seconds=90,
    soon=5,
    clears_up_after=0,
    refused_tokens=0,
)


async def test_everything_is_as_it_was_decided(tmp_path: Path) -> None:
    seed = random.randrange(10**6)
    print(f"SEED={seed}")
    seen = await Storm(seed, SIZE, tmp_path).run()
    assert (seen.changes, seen.sanctions) == (SIZE.changes, SIZE.sanctions)
    assert (seen.kills, seen.crashes) == (SIZE.kills, SIZE.crashes)
    assert seen.faults, "no fault struck: nothing was tried"
    assert seen.complaints + seen.refused_again == []
