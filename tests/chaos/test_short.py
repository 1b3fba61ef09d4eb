"""A short storm in each run of the tests; `make chaos` has the long one."""

import random
from pathlib import Path

import pytest

from tests.chaos.storm import Size, Storm

pytestmark = pytest.mark.anyio

SIZE = Size(guilds=3, members=5, changes=24, kills=3, crashes=1, seconds=150)


async def test_every_role_is_what_was_decided(tmp_path: Path) -> None:
    seed = random.randrange(10**6)
    print(f"SEED={seed}")
    seen = await Storm(seed, SIZE, tmp_path).run()
    assert (seen.changes, seen.kills, seen.crashes) == (SIZE.changes, SIZE.kills, SIZE.crashes)
    assert seen.faults, "no fault struck: nothing was tried"
    assert seen.left == 0
    assert seen.held == []
    assert seen.differences == []
    assert seen.violations == []
    assert max(seen.own_refusals.values(), default=0) <= seen.starts
