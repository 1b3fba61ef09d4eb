"""`python -m tests.chaos.squads`: everybody changes squads while the worker is killed and Discord fails.

In every second server it counts that somebody takes a squad's role by hand; in the others it comes back.
Who should be where is worked out from what was decided in plain Python, not by the platform.
"""

import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from uuid import UUID

import anyio
import click

from app import clock
from app.database.engine import TOOL_PATIENCE, connect_database
from app.database.tx import Database
from app.database.verify import verify
from app.errors import OutcomeUnknownError, UnavailableError
from app.guilds.domain import Actor, Via
from app.jobs import service as jobs_service
from app.jobs.kinds import SweepGuild
from app.squads import moving
from app.squads import service as squads_service
from app.squads.config import ByHand
from app.squads.domain import Cause, Squad
from tests.chaos import guilds, role_changes
from tests.chaos.control import Control, reached
from tests.chaos.guilds import Person
from tests.chaos.machines import Machines
from tests.chaos.report import Report
from tests.chaos.role_calls import RoleCalls
from tests.chaos.role_changes import Changing
from tests.chaos.squad_outcome import Camp, Ending, Seen, Size, drift_of, roles_of
from tests.chaos.traffic import FAULTS, clear_up, plan_faults
from tests.support.squads import choose, make_squad

_WAITING = "SELECT entrypoint AS what FROM pgqueuer WHERE status IN ('queued', 'picked')"
_AS_IF_TIME_WENT_BY = (
    "UPDATE pgqueuer SET heartbeat = heartbeat - interval '1 minute' WHERE status = 'picked'"
)
"""A killed worker's jobs are taken by the next one after 15 s, and until then count as under way."""

_HELD = "SELECT entrypoint FROM pgqueuer WHERE status = 'failed'"
_MEMBERSHIPS = "SELECT guild_id, user_id, squad_id FROM squad_memberships"
_BY_HAND = "SELECT user_id FROM squad_moves WHERE cause = 'by_hand'"


class Storm:
    """One storm. `seed` decides everything but the timing of the machine."""

    def __init__(self, seed: int, size: Size, home: Path) -> None:
        self.seed, self.size = seed, size
        self.machines = Machines(home)
        self.seen, self.calls = Seen(), RoleCalls()
        self.camps: list[Camp] = []
        self.where: dict[int, UUID | None] = {}
        self.robbed: set[int] = set()
        """Whose role was taken when everything was at rest."""

    async def run(self) -> Seen:
        """Have it, and tell what was seen."""
        before = time.monotonic()
        try:
            await self.machines.start_database()
            token = self.machines.identity.bot_token
            async with self.machines.discord(), reached(self.machines.simulator, token) as control:
                database = connect_database(self.machines.url, pool_size=6, patience=TOOL_PATIENCE)
                try:
                    for number in range(self.size.guilds):
                        self.camps.append(await self._pitch(control, database, number))
                    await self._rage(control, database)
                    await self._compare(control, database)
                finally:
                    await database.close()
        finally:
            self.machines.postgres.destroy()
        self.seen.seconds = time.monotonic() - before
        return self.seen

    def _lots(self, what: str) -> random.Random:
        return random.Random(f"{self.seed} {what}")

    async def _pitch(self, control: Control, database: Database, number: int) -> Camp:
        place = await guilds.found(control, number, self.machines.identity.application_id)
        guild, owner = str(place.guild_id), str(place.moderators[1].user_id)
        await role_changes.configure(database, place)
        by_hand = (ByHand.RESTORE, ByHand.COUNTS)[number % 2]
        squads = []
        for name in ("Red", "Green", "Blue"):
            role = await control.ask(
                "POST", f"/api/v10/guilds/{guild}/roles", {"name": name, "permissions": "0"}, as_bot=True
            )
            squads.append(await make_squad(database, place.guild_id, name, int(role["id"])))
        await choose(database, place.guild_id, by_hand)
        people = []
        for at in range(self.size.members + 1):
            entry = {"guild_id": guild, "action": "join", "username": f"member_{number}_{at}"}
            user = (await control.ask("POST", "/_sim/members", entry))["id"]
            has_reward = at % 3 == 0
            if has_reward:
                await guilds.give(control, guild, owner, user, str(place.role_id))
            people.append(
                Person(place.guild_id, int(user), entry["username"], has_reward, None, takes_messages=True)
            )
        bystander = people.pop()
        await guilds.give(control, guild, owner, str(bystander.user_id), str(squads[0].role_id))
        self.where |= {person.user_id: None for person in people}
        return Camp(place, squads, people, bystander.user_id, by_hand)

    async def _rage(self, control: Control, database: Database) -> None:
        """Decide everything while the worker is killed, and let it come to rest; then sweep once."""
        decided = anyio.Event()
        async with anyio.create_task_group() as group:
            group.start_soon(self.calls.watch, control)
            lots = self._lots("faults")
            await plan_faults(control, [lots.randrange(2**31) for _ in FAULTS])
            group.start_soon(self._decide, control, database, decided)
            await self._kill()
            async with self.machines.worker() as worker:
                await decided.wait()
                await clear_up(control)
                await self._rest("after the storm", worker)
                for each in await self._held(control):  # what nobody tells us of is found by the sweep
                    await self._rob(control, *each)
                    self.robbed.add(each[1].user_id)
                async with database.transaction() as tx:
                    for camp in self.camps:
                        await jobs_service.enqueue(tx, SweepGuild(camp.place.guild_id))
                await self._rest("after the sweep", worker)
            group.cancel_scope.cancel()
        await self.calls.read(control)

    async def _decide(self, control: Control, database: Database, decided: anyio.Event) -> None:
        """Decide in an even stream: moves, what counts towards rewards, and what is done by hand."""
        people = [person for camp in self.camps for person in camp.people]
        seconds = self.size.kills * 2.0 + 5.0
        async with anyio.create_task_group() as group:
            changing = Changing(database, people, self._lots("roles"), Report())
            group.start_soon(changing.decide, self.size.changes, seconds / self.size.changes)
            group.start_soon(self._move, database, seconds / self.size.moves)
            group.start_soon(self._take, control, seconds / self.size.takes)
        decided.set()

    async def _move(self, database: Database, pause: float) -> None:
        """Have people join, switch and leave by lot."""
        lots = self._lots("moves")
        everybody = [(camp, person) for camp in self.camps for person in camp.people]
        for number in range(self.size.moves):
            camp, person = everybody[number] if number < len(everybody) else lots.choice(everybody)
            target = lots.choice([*camp.squads, None])
            while not await self._moved(database, person, target, f"{self.seed}:{number}"):  # noqa: ASYNC110 - it is another try
                await asyncio.sleep(0.2)
            self.seen.moves += 1
            await asyncio.sleep(pause)

    async def _moved(self, database: Database, person: Person, target: Squad | None, key: str) -> bool:
        """Have somebody move, if that is a move; tells whether that is known to be done."""
        who = Actor(person.guild_id, person.user_id, person.name, 0, Via.COMMAND)
        try:
            async with database.transaction() as tx:
                current = await squads_service.current_squad(tx, person.guild_id, person.user_id)
                if (current and current.id) == (target and target.id):
                    pass
                elif target is None:
                    await moving.leave(tx, who, idempotency_key=key, now=clock.now())
                else:
                    cause = Cause.JOIN if current is None else Cause.SWITCH
                    await moving.go(tx, who, target.id, cause, most=0, idempotency_key=key, now=clock.now())
        except (UnavailableError, OutcomeUnknownError):
            return False
        self.where[person.user_id] = None if target is None else target.id
        return True

    async def _take(self, control: Control, pause: float) -> None:
        """Have owners take roles of squads by hand, from those who have one."""
        lots = self._lots("takes")
        for _ in range(self.size.takes):
            held = await self._held(control)
            if held:
                with suppress(AssertionError):  # we have taken it a moment before
                    await self._rob(control, *lots.choice(held))
            await asyncio.sleep(pause)

    async def _held(self, control: Control) -> list[tuple[Camp, Person, int]]:
        """Tell which role of a squad could be taken from whom."""
        roles = roles_of(await control.state())
        return [
            (camp, person, squad.role_id)
            for camp in self.camps
            for person in camp.robbable
            for squad in camp.squads
            if squad.role_id in roles[person.guild_id, person.user_id]
        ]

    async def _rob(self, control: Control, camp: Camp, person: Person, role_id: int) -> None:
        taken = {
            "guild_id": str(person.guild_id),
            "moderator_id": str(camp.place.moderators[1].user_id),
            "user_id": str(person.user_id),
            "role_id": str(role_id),
            "action": "remove",
        }
        await control.ask("POST", "/_sim/roles", taken)
        self.seen.takes += 1

    async def _kill(self) -> None:
        lots = self._lots("kills")
        while self.seen.kills < self.size.kills:
            async with self.machines.worker() as worker:
                await asyncio.sleep(1.0 + lots.random())
                assert worker.returncode is None, self.machines.end_of_log("worker")
                self.calls.killed(clock.now())
            self.seen.kills += 1
            await self.machines.rows(_AS_IF_TIME_WENT_BY)

    async def _rest(self, when: str, worker: asyncio.subprocess.Process) -> None:
        """Wait until nothing waits any more."""
        deadline = time.monotonic() + self.size.seconds
        while left := await self.machines.rows(_WAITING):
            assert worker.returncode is None, self.machines.end_of_log("worker")
            if time.monotonic() > deadline:
                self.seen.complaints += [f"left {when}: {row['what']}" for row in left]
                return
            await asyncio.sleep(0.2)

    async def _compare(self, control: Control, database: Database) -> None:
        """Hold the memberships against what was decided, and Discord against the memberships."""
        self.seen.calls, self.seen.faults = self.calls.count, self.calls.faults
        held = await self.machines.rows(_HELD)
        self.seen.complaints += [f"held: {row['entrypoint']}" for row in held]
        self.seen.complaints += [f"calls: {line}" for line in self.calls.complaints]
        ending = Ending(
            self.camps,
            {row["user_id"]: row["squad_id"] for row in await self.machines.rows(_MEMBERSHIPS)},
            self.where,
            Counter(row["user_id"] for row in await self.machines.rows(_BY_HAND)),
            self.robbed,
        )
        self.seen.ended_by_hand = ending.ended.total()
        self.seen.complaints += [
            *ending.differences(await control.state()),
            *await drift_of(self.machines, database, self.camps),
        ]
        async with database.transaction() as tx:
            self.seen.complaints += [f"does not hold: {each.invariant.sentence}" for each in await verify(tx)]


@click.command()
@click.option("--seed", type=int, default=None, help="Repeat the lots of a storm.")
@click.option("--guilds", default=10, show_default=True)
@click.option("--members", default=20, show_default=True, help="Of each server.")
@click.option("--moves", default=1500, show_default=True)
@click.option("--changes", default=300, show_default=True, help="Of what counts towards the reward.")
@click.option("--takes", default=300, show_default=True, help="Of roles, by hand.")
@click.option("--kills", default=40, show_default=True, help="Of the worker, by SIGKILL.")
@click.option("--seconds", default=600.0, show_default=True, help="To come to rest.")
def main(*, seed: int | None, **size: float) -> None:
    """Change squads while everything fails, and see whether Discord follows."""
    seed = random.randrange(10**6) if seed is None else seed
    click.echo(f"SEED={seed}")
    with tempfile.TemporaryDirectory(prefix="smarterdev-chaos-") as home:
        seen = asyncio.run(Storm(seed, Size(**size), Path(home)).run())  # type: ignore[arg-type] # click makes whole numbers of them
    click.echo(
        f"{seen.moves} moves, {seen.takes} roles taken by hand, {seen.ended_by_hand} memberships ended by "
        f"it, {seen.kills} kills, {seen.calls} role calls, faults {dict(seen.faults)}, {seen.seconds:.0f} s"
    )
    for line in seen.complaints:
        click.echo(line)
    sys.exit(bool(seen.complaints))


if __name__ == "__main__":
    main()
