"""A storm: everything is decided while the worker is killed, Discord fails and PostgreSQL crashes.

What should be there at the end is worked out from what was decided in plain Python, not by the platform.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import anyio

from app import clock
from app.database.engine import TOOL_PATIENCE, connect_database
from app.database.tx import Database
from app.database.verify import verify
from tests.chaos import guilds, role_changes, sanctions
from tests.chaos.control import Control, reached
from tests.chaos.guilds import Person, Place
from tests.chaos.machines import Machines
from tests.chaos.outcome import CASES, Ending
from tests.chaos.report import Report, Size
from tests.chaos.role_changes import Changing
from tests.chaos.sanctions import Court
from tests.chaos.traffic import FAULTS, Traffic, clear_up, plan_faults, refuse_token

_WAITING = """
    SELECT concat_ws(' ', entrypoint, convert_from(payload, 'utf8'), status, 'tried', attempts) AS what
    FROM pgqueuer WHERE status IN ('queued', 'picked')
    UNION ALL
    SELECT concat_ws(' ', action, number, 'of', guild_id, 'ends', expires_at) FROM moderation_cases
    WHERE status = 'active' AND expires_at < now() + interval '1 minute'
"""
"""Jobs, and sanctions that end any moment."""

_FEWEST_FAULTS = 20
"""With fewer, nothing was tried."""

_HELD = """
    SELECT j.entrypoint, s.held_because FROM pgqueuer j LEFT JOIN job_starts s ON s.job_id = j.id
    WHERE j.status = 'failed'
"""


@dataclass
class Storm:
    """One storm. `seed` decides everything but the timing of the machine."""

    seed: int
    size: Size
    home: Path
    say: Callable[[str], None] = lambda _line: None
    report: Report = field(default_factory=Report)

    def __post_init__(self) -> None:
        self.machines = Machines(self.home)
        self.traffic = Traffic(self.report)
        self.places: list[Place] = []
        self.people: list[Person] = []

    async def run(self) -> Report:
        """Have it, and tell what was seen."""
        before = time.monotonic()
        try:
            await self.machines.start_database()
            token = self.machines.identity.bot_token
            async with self.machines.discord(), reached(self.machines.simulator, token) as control:
                await self._settle(control)
                database = connect_database(self.machines.url, pool_size=6, patience=TOOL_PATIENCE)
                try:
                    court = await self._rage(control, database)
                    async with database.transaction() as tx:
                        self.report.violations = [
                            f"{each.invariant.sentence}: {each.rows}" for each in await verify(tx)
                        ]
                finally:
                    await database.close()
                await self._compare(control, court)
        finally:
            self.machines.postgres.destroy()
        self.report.seconds = time.monotonic() - before
        return self.report

    def _lots(self, what: str) -> random.Random:
        """Give lots of its own to each of those who draw at the same time."""
        return random.Random(f"{self.seed} {what}")

    async def _settle(self, control: Control) -> None:
        """Found guilds and let people in, in several at once."""
        limiter, lots = asyncio.Semaphore(4), self._lots("people")
        bot_id = self.machines.identity.application_id

        async def found(number: int, own: random.Random) -> None:
            async with limiter:
                place = await guilds.found(control, number, bot_id)
                self.places.append(place)
                for at in range(self.size.members):
                    self.people.append(await guilds.let_in(control, place, f"member_{number}_{at}", own))

        async with asyncio.TaskGroup() as group:
            for number in range(self.size.guilds):
                group.create_task(found(number, random.Random(lots.random())))
        self.people.sort(key=lambda person: person.name)  # whoever came first: the lots are about the same

    async def _rage(self, control: Control, database: Database) -> Court:
        """Decide everything while the worker is killed again and again, and let it come to rest."""
        for place in self.places:
            await role_changes.configure(database, place)
            await sanctions.configure(database, place)
        court = Court(database, self.places, self.people, self._lots("sanctions"), self.report)
        seconds = self.size.kills * 2.0
        async with anyio.create_task_group() as watching:
            watching.start_soon(self.traffic.watch, control)
            lots = self._lots("faults")
            await plan_faults(control, [lots.randrange(2**31) for _ in FAULTS])
            async with anyio.create_task_group() as group:
                changing = Changing(database, self.people, self._lots("roles"), self.report)
                group.start_soon(changing.decide, self.size.changes, seconds / self.size.changes)
                group.start_soon(court.decide, self.size, seconds / self.size.sanctions)
                await self._kill(control)
            watching.start_soon(self._clear_up, control)
            await self._come_to_rest()
            watching.cancel_scope.cancel()
        await self.traffic.read(control)
        return court

    async def _kill(self, control: Control) -> None:
        """Start the worker and kill it, as often as planned; let PostgreSQL crash at even distances."""
        apart = self.size.kills / (self.size.crashes + 1)
        crash_at = {round(apart * (each + 1)) for each in range(self.size.crashes)}
        lots = self._lots("kills")
        while self.report.kills < self.size.kills:
            self._note_start()
            async with self.machines.worker() as worker:
                await asyncio.sleep(1.0 + lots.random() * 2.5)
                assert worker.returncode is None, self.machines.end_of_log("worker")
                self.report.kills += 1
            if self.report.kills in crash_at:
                self.say("PostgreSQL crashes")
                await self.machines.crash_database()
                self.report.crashes += 1
            if self.report.kills % 10 == 0:
                decided = f"{self.report.changes} role changes, {self.report.sanctions} sanctions decided"
                self.say(f"{self.report.kills} kills, {decided}")

            if self.report.refused_tokens < self.size.refused_tokens:
                await self._refuse(control)

    async def _refuse(self, control: Control) -> None:
        """Have Discord refuse the bot's token once: the worker must end, and ask for nothing any more."""
        await refuse_token(control)
        self._note_start()
        async with self.machines.worker() as worker:
            with suppress(TimeoutError):
                await asyncio.wait_for(worker.wait(), 30)
            if worker.returncode is None:
                self.report.impatient.append("a worker whose token was refused does not end")
        self.report.refused_tokens += 1

    def _note_start(self) -> None:
        self.report.starts += 1
        self.traffic.begin()

    async def _clear_up(self, control: Control) -> None:
        """Have Discord fail no more after a while, but not before it has: a worker may die too soon."""
        await asyncio.sleep(self.size.clears_up_after)
        while self.report.faults.total() < _FEWEST_FAULTS:  # noqa: ASYNC110 - it is another process that fails
            await asyncio.sleep(0.1)
        self.say(f"Discord fails no more; {len(await self.machines.rows(_WAITING))} jobs or endings wait")
        await clear_up(control)

    async def _come_to_rest(self) -> None:
        """Leave one worker alone until nothing waits any more."""
        deadline = time.monotonic() + self.size.seconds
        self._note_start()
        async with self.machines.worker() as worker:
            while (left := await self.machines.rows(_WAITING)) and time.monotonic() < deadline:
                assert worker.returncode is None, self.machines.end_of_log("worker")
                await asyncio.sleep(0.5)
        self.report.left = [row["what"] for row in left]
        self.report.held = [
            f"{row['entrypoint']}: {row['held_because']}" for row in await self.machines.rows(_HELD)
        ]

    async def _compare(self, control: Control, court: Court) -> None:
        """Hold what Discord says against what the decisions add up to."""
        state, cases = await control.state(), await self.machines.rows(CASES)
        bot_id = self.machines.identity.application_id
        ending = Ending(
            clock.now(), state, [dict(row) for row in cases], court, self.places, self.people, bot_id
        )
        self.report.differences = [
            *role_changes.compare(state, self.places, self.people),
            *ending.differences(),
        ]
        self.report.outcomes = Counter(
            " ".join(filter(None, (row["action"], row["status"], row["failure"]))) for row in cases
        )
