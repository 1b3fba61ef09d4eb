"""A short storm of squads in each run of the tests; `python -m tests.chaos.squads` has the long one."""

import random
from pathlib import Path

import pytest

from tests.chaos.squad_outcome import Size
from tests.chaos.squads import Storm

pytestmark = pytest.mark.anyio


async def test_after_one_sweep_everybody_has_the_role_of_their_squad_and_no_other(tmp_path: Path) -> None:
    seed, size = random.randrange(10**6), Size()
    print(f"SEED={seed}")
    seen = await Storm(seed, size, tmp_path).run()
    print(seen)
    assert (seen.moves, seen.kills) == (size.moves, size.kills)
    assert seen.calls, "nobody was given a role: nothing was tried"
    assert seen.faults, "no fault struck: nothing was tried"
    assert seen.complaints == []
