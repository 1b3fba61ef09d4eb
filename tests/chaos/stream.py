"""A stream of messages while the gateway fails and the listener is killed: each is judged, and once.

What rules should hit is worked out from what was written in plain Python, not by the platform.

`python -m tests.chaos.stream` is the long one.
"""

import asyncio
import random
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise, takewhile
from pathlib import Path
from typing import Any, Final

import click
from sqlalchemy import text

from app.database.engine import TOOL_PATIENCE, connect_database
from app.database.tx import Database
from app.errors import OutcomeUnknownError, UnavailableError
from app.gateway import service as gateway_service
from app.ids import snowflake_time
from tests.chaos.machines import Machines
from tests.edges.listener.conftest import Discord, local_discord
from tests.edges.listener.place import Place, found
from tests.support.role import Process, started
from tests.support.ruling import DELETE, WARN, rule
from tests.support.waiting import until

ROOT: Final = Path(__file__).parents[2]

_MORE_CHANNELS: Final = 2
"""Of each the last 100 messages are read again, so there must be some; and Discord limits their making."""

_MOST_UNHEARD: Final = 180
"""Of all channels, so that none has more than is read again. On a slow machine the stream stands still."""

_MEMBERS: Final = 10
_BURST, _WITHIN = 5, timedelta(seconds=3)
_WORD: Final = "forbidden"

_FAULTS: Final[tuple[dict[str, Any], ...]] = (
    {"kind": "drop"},
    {"kind": "reconnect"},
    {"kind": "close", "code": 4000},
    {"kind": "invalid_session", "resumable": True},
    {"kind": "invalid_session", "resumable": False},
    {"kind": "zombie"},
    {"kind": "gateway_delay", "seconds": 0.3},
)
_REST_FAULTS: Final[tuple[dict[str, Any], ...]] = (
    {"kind": "server_error", "status": 503, "probability": 0.1},
    {"kind": "rate_limit_user", "retry_after": 0.3, "probability": 0.1},
    {"kind": "lost_answer", "probability": 0.05},
)
"""Of what is read again."""


@dataclass(frozen=True)
class Size:
    """How much of it.

    Attributes:
        events: Messages.
        kills: Of the listener, by SIGKILL.
        per_second: Messages.
        faults: Of the gateway.
        seconds: How long all may take to be judged after the last one.
    """

    events: int
    kills: int
    per_second: float = 20.0
    faults: int = 6
    seconds: float = 60.0


@dataclass(frozen=True)
class Written:
    """A message of the stream."""

    message_id: int
    user_id: int
    is_bad: bool

    @property
    def at(self) -> datetime:
        return snowflake_time(self.message_id)


@dataclass
class Seen:
    """What was seen."""

    sent: int = 0
    duplicates: int = 0
    kills: int = 0
    early_kills: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    expected: int = 0
    hits: int = 0
    cases: int = 0
    punished: int = 0
    seconds: float = 0.0
    complaints: list[str] = field(default_factory=list)


class Stream:
    """One stream. `seed` decides everything but the timing of the machine."""

    def __init__(
        self,
        seed: int,
        size: Size,
        *,
        discord: Discord,
        database: Database,
        folder: Path,
        say: Callable[[str], None],
    ) -> None:
        self._lots = random.Random(seed)
        self._size = size
        self._discord = discord
        self._database = database
        self._folder = folder
        self._say = say
        self._written: list[Written] = []
        self._heard_until = snowflake_time(0)
        self._seen = Seen()
        self._is_sent = asyncio.Event()

    async def run(self) -> Seen:
        """Have it, and tell what was seen."""
        before = time.monotonic()
        place = await found(self._discord, self._database)
        await place.rules(
            rule("words", trigger={"type": "message_regex", "patterns": [_WORD]}, actions=[WARN, DELETE]),
            rule("shadow", "shadow", trigger={"type": "keywords", "words": [_WORD]}),
            rule(
                "rate",
                trigger={"type": "message_rate", "messages": _BURST, "seconds": 3, "across_channels": True},
            ),
        )
        channels = [
            place.channel_id,
            *[await self._channel(place, number) for number in range(_MORE_CHANNELS)],
        ]
        members = [int(await place.join()) for _ in range(_MEMBERS)]
        for fault in _REST_FAULTS:
            await self._discord.ask("/_sim/faults", method="GET", seed=self._lots.randrange(2**31), **fault)
        await self._listen_once(place)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._send(channels, members))
            group.create_task(self._duplicate())
            group.create_task(self._follow(place))
            await self._live(place)
        await self._compare(place)
        self._seen.seconds = time.monotonic() - before
        return self._seen

    async def _listen_once(self, place: Place) -> None:
        """Have a listener that is the first ever: what was written before is none of its business."""
        async with started("listener", self._discord.settings, self._folder, PYTHONPATH=str(ROOT)) as first:
            await first.until_ready()
            await until(lambda: self._has_heard(place), 30)

    async def _has_heard(self, place: Place) -> bool:
        async with self._database.transaction() as tx:
            return place.guild_id in await gateway_service.find_heard(tx, [place.guild_id])

    async def _channel(self, place: Place, number: int) -> str:
        answer = await self._discord.control.post(
            f"/api/v10/guilds/{place.guild_id}/channels",
            json={"name": f"channel-{number}", "type": 0},
            headers={"Authorization": f"Bot {self._discord.config.bot_token}"},
        )
        assert answer.is_success, answer.text
        return str(answer.json()["id"])

    # --- what happens --------------------------------------------------------------------------------

    async def _send(self, channels: list[str], members: list[int]) -> None:
        """Write one message after the other, now and then several of one member at once."""
        faults = self._when(self._size.faults)
        while len(self._written) < self._size.events:
            user_id = self._lots.choice(members)
            for _ in range(self._lots.choice((1, 1, 1, 1, 1, 1, 1, 1, 2, _BURST + 1))):
                if len(self._written) in faults:
                    await self._fail()
                await until(lambda: self._unheard() < _MOST_UNHEARD, 120)
                await self._write(self._lots.choice(channels), user_id)
                await asyncio.sleep(1 / self._size.per_second)
        self._seen.sent = len(self._written)
        self._is_sent.set()

    async def _write(self, channel_id: str, user_id: int) -> None:
        is_bad = self._lots.random() < 0.12
        said = f"message {len(self._written)}" + (f" is {_WORD}" if is_bad else "")
        sent = await self._discord.ask(
            "/_sim/messages", channel_id=channel_id, user_id=str(user_id), content=said
        )
        self._written.append(Written(int(sent["id"]), user_id, is_bad))

    def _when(self, count: int) -> set[int]:
        return set(self._lots.sample(range(5, self._size.events - 5), count))

    async def _fail(self) -> None:
        fault = self._lots.choice(_FAULTS)
        self._seen.faults[fault["kind"]] += 1
        await self._discord.ask("/_sim/faults", times=1, event="MESSAGE_CREATE", probability=1, **fault)

    async def _duplicate(self) -> None:
        """Tell now and then once more what was told last."""
        while not self._is_sent.is_set():
            await asyncio.sleep(0.2)
            for session in tuple(self._discord.hub._sessions.values()):
                if session._told and session._told[-1].name == "MESSAGE_CREATE":
                    self._discord.hub._tell(session, session._told[-1])
                    self._seen.duplicates += 1

    async def _follow(self, place: Place) -> None:
        """Know how far the listener says that it has heard."""
        while not self._is_sent.is_set():
            await asyncio.sleep(0.3)
            with suppress(UnavailableError, OutcomeUnknownError):
                async with self._database.transaction() as tx:
                    found = await gateway_service.find_heard(tx, [place.guild_id])
                self._heard_until = found.get(place.guild_id, self._heard_until)

    def _unheard(self) -> int:
        """Count what a listener would have to read again if it began now."""
        heard_until = self._heard_until
        return sum(1 for _ in takewhile(lambda each: each.at > heard_until, reversed(self._written)))

    async def _live(self, place: Place) -> None:
        """Have one listener after the other; the last one may judge what is left."""
        kills = sorted(self._when(self._size.kills))
        for number, at in enumerate((*kills, None)):
            folder = self._folder / f"life-{number}"
            folder.mkdir()
            async with started("listener", self._discord.settings, folder, PYTHONPATH=str(ROOT)) as listener:
                if at is not None and number and self._lots.random() < 0.3:
                    await asyncio.sleep(self._lots.uniform(1.0, 3.0))  # perhaps while it reads again
                    self._seen.early_kills += 1
                else:
                    await listener.until_ready()
                if at is None:
                    await self._come_to_rest(place, listener)
                else:
                    await until(lambda at=at: len(self._written) >= at, 600)  # type: ignore[misc] # of mypy's
                    self._seen.kills += 1
            self._say(f"life {number}: {len(self._written)} messages so far")

    async def _come_to_rest(self, place: Place, listener: Process) -> None:
        await self._is_sent.wait()
        wanted = sum(1 for _ in self._expected())

        end = time.monotonic() + self._size.seconds
        while len(await place.hits()) < wanted:
            await asyncio.sleep(0.3)
            if time.monotonic() > end:
                self._seen.complaints.append(f"The last listener said: {listener.said[-3000:]}")
                break
        await asyncio.sleep(1.0)

    # --- what should have come of it -----------------------------------------------------------------

    def _expected(self) -> Iterator[tuple[str, int]]:
        """List each rule with each message that it has to hit."""
        by_user: dict[int, list[Written]] = defaultdict(list)
        for each in self._written:
            by_user[each.user_id].append(each)
            if each.is_bad:
                yield "words", each.message_id
                yield "shadow", each.message_id
        for written in by_user.values():
            bursts: set[int] = set()
            for place in range(len(written) - _BURST + 1):
                window = written[place : place + _BURST]
                if window[-1].at - window[0].at < _WITHIN:
                    bursts.update(each.message_id for each in window)
            for message_id in bursts:
                yield "rate", message_id

    async def _compare(self, place: Place) -> None:
        expected, seen = Counter(self._expected()), self._seen
        hits = await place.hits()
        actual = Counter((each.rule_name, each.message_id) for each in hits)
        seen.expected, seen.hits = expected.total(), len(hits)
        number = {each.message_id: at for at, each in enumerate(self._written)}
        for what, gone in (("no hit", expected - actual), ("a hit too many", actual - expected)):
            seen.complaints += [f"{what} of {name} on message {number.get(at)}" for name, at in sorted(gone)]
        async with self._database.transaction() as tx:
            rows = await tx.execute(
                text("SELECT user_id, incident_id FROM moderation_cases WHERE guild_id = :id"),
                {"id": place.guild_id},
            )
            cases = Counter((row.user_id, row.incident_id) for row in rows)
        wanted = {(each.user_id, each.incident_id) for each in hits if each.rule_name == "words"}
        seen.cases, seen.punished = cases.total(), len(wanted)
        seen.complaints += [
            f"{count} cases of {who} in one incident" for who, count in cases.items() if count > 1
        ]
        seen.complaints += [f"no case of {who}" for who in wanted - cases.keys()]
        seen.complaints += [f"a case of {who} without a hit" for who in cases.keys() - wanted]
        seen.complaints += list(self._punished_twice(cases))

    def _punished_twice(self, cases: Counter[tuple[int, Any]]) -> Iterator[str]:
        """Look whether somebody was punished in two incidents who broke rules without a long break."""
        broke: dict[int, list[datetime]] = defaultdict(list)
        wrong = {message_id for _, message_id in self._expected()}
        for each in self._written:
            if each.message_id in wrong:
                broke[each.user_id].append(each.at)
        for user_id, count in Counter(user_id for user_id, _ in cases).items():
            times = broke[user_id]
            breaks = sum(after - before > timedelta(seconds=59) for before, after in pairwise(times))
            if count > 1 + breaks:
                yield f"{user_id} was punished {count} times"


@click.command()
@click.option("--seed", type=int, default=None, help="Repeat the lots of a stream.")
@click.option("--events", default=2_000, show_default=True)
@click.option("--kills", default=8, show_default=True, help="Of the listener, by SIGKILL.")
@click.option("--faults", default=30, show_default=True, help="Of the gateway.")
def main(*, seed: int | None, events: int, kills: int, faults: int) -> None:
    """Write while the gateway fails and the listener is killed, and see whether each is judged once."""
    seed = random.randrange(10**6) if seed is None else seed
    click.echo(f"SEED={seed}")
    with tempfile.TemporaryDirectory(prefix="smarterdev-stream-") as home:
        seen = asyncio.run(_run(seed, Size(events, kills, faults=faults), Path(home)))
    click.echo(
        f"{seen.sent} messages, {seen.duplicates} told twice, {seen.kills} kills ({seen.early_kills} early), "
        f"faults {dict(seen.faults)}; {seen.hits} hits of {seen.expected}, {seen.cases} cases of "
        f"{seen.punished}, {seen.seconds:.0f} s"
    )
    for line in seen.complaints:
        click.echo(line)
    sys.exit(bool(seen.complaints))


async def _run(seed: int, size: Size, home: Path) -> Seen:
    machines = Machines(home)
    try:
        await machines.start_database()
        database = connect_database(machines.url, pool_size=3, patience=TOOL_PATIENCE)
        try:
            async with local_discord(
                machines.identity, machines.url, patience=3600, heartbeat_seconds=0.5
            ) as discord:
                return await Stream(
                    seed, size, discord=discord, database=database, folder=home, say=click.echo
                ).run()
        finally:
            await database.close()
    finally:
        machines.postgres.destroy()


if __name__ == "__main__":
    main()
