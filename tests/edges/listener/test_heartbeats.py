"""Discord's heartbeat does not wait for anybody's rules."""

import asyncio
import json
import time
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app.automod.rule import Rule
from app.automod.sizes import MOST_OF_GUILD, check_sizes, size_of
from app.database.cache import GUILD_CHANGED
from app.database.tx import Database
from app.live.sender import LiveEvents
from simulator.gateway import connection, reading
from simulator.gateway.reading import Heartbeat
from tests.edges.listener.conftest import Discord
from tests.edges.listener.place import Place, found
from tests.support.role import Process, started
from tests.support.ruling import rule
from tests.support.waiting import until

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[3]
EVERY = 0.5


@pytest.fixture
async def place(discord: Discord, database: Database) -> Place:
    return await found(discord, database)


def worst() -> list[Rule]:
    """Make rules as large together as a server may have."""
    made: list[Rule] = []
    left = MOST_OF_GUILD
    for number in range(50):
        patterns = [rf"a{number}x{at}\pL{{18}}" for at in range(7)]
        each = rule(f"Rule {number}", trigger={"type": "message_regex", "patterns": patterns})
        left -= size_of(each)
        if left < 0:
            break
        made.append(each)
    check_sizes(made[-1], made[:-1])
    assert len(made) > 2
    return made


def others(rules: list[Rule], letter: str) -> list[dict[str, Any]]:
    """Write the same rules with other patterns, so that nothing of theirs is known already."""
    documents = [each.model_dump(mode="json") for each in rules]
    for document in documents:
        trigger = document["trigger"]
        trigger["patterns"] = [letter + pattern[1:] for pattern in trigger["patterns"]]
    return documents


async def test_while_a_server_saves_the_largest_rules_there_may_be(
    discord: Discord,
    place: Place,
    redis_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    beats: list[float] = []
    read = reading.read

    def noting(frame: bytes) -> Any:
        said = read(frame)
        if isinstance(said, Heartbeat):
            beats.append(time.monotonic())
        return said

    monkeypatch.setattr(connection, "read", noting)
    rules = worst()
    sets = [others(rules, letter) for letter in "bcde"]
    await place.rules(*rules)
    bob = await place.join()
    live = LiveEvents(redis_url)
    more = {"PYTHONPATH": str(ROOT), "REDIS_URL": redis_url}
    async with started("listener", discord.settings, tmp_path, **more) as listener:
        await listener.until_ready()
        await until(lambda: len(beats) > 2)
        del beats[:]
        late: list[float] = []
        for at, documents in enumerate(sets, start=1):
            async with place.database.transaction() as tx:
                for document in documents:
                    await tx.execute(
                        text(
                            "UPDATE automod_rules SET version = version + 1,"
                            " document = CAST(:document AS jsonb)"
                            " WHERE guild_id = :guild AND name = :name"
                        ),
                        {"document": json.dumps(document), "guild": place.guild_id, "name": document["name"]},
                    )
            await live.send(place.guild_id, GUILD_CHANGED, {})
            for _ in range(5):
                await place.say(bob, "good morning")
                await asyncio.sleep(0.25)
            await until(partial(has_judged, listener, 5 * at), 30)
            late.append(max(after - before - EVERY for before, after in pairwise(beats)))
            del beats[:-1]
        await live.close()
    print(f"heartbeats were late by {', '.join(f'{each:.3f}' for each in late)} s at most")
    assert sorted(late)[-2] < 1.0, "one time out of four the machine may have had other things to do"


async def has_judged(listener: Process, count: int) -> bool:
    judged = await listener.figure("smarterdev_automod_judged_total", kind="message")
    throttled = await listener.figure("smarterdev_listener_dropped_total", what="throttled")
    return judged + throttled >= count
