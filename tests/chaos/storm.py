"""A storm: role changes are decided while the worker is killed, Discord fails and PostgreSQL crashes.

What should be there at the end is worked out from the ledger's rows in plain Python, not by the platform.
"""

import asyncio
import random
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import anyio
import asyncpg
import httpx2

from app.bytes import service as bytes_service
from app.bytes import treasury as bytes_treasury
from app.bytes.domain import Member
from app.database.engine import TOOL_PATIENCE, connect_database
from app.database.tx import Database
from app.database.verify import verify
from app.demo.identity import Identity, load_identity
from app.embedded.postgres import Postgres
from app.errors import OutcomeUnknownError, UnavailableError
from app.guilds.domain import Actor
from app.migrate import migrate_database
from app.settings import inherited_environment
from tests.support.processes import free_port

NEEDED = 500
"""Bytes that unlock the reward; a grant is twice of it, so each grant and each undo crosses the line."""

FAULTS: tuple[dict[str, Any], ...] = (
    {"kind": "server_error", "probability": 0.08, "status": 503},
    {"kind": "server_error", "probability": 0.03, "status": 502},
    {"kind": "rate_limit_user", "probability": 0.06, "retry_after": 0.3},
    {"kind": "rate_limit_shared", "probability": 0.03, "retry_after": 0.2},
    {"kind": "reset", "probability": 0.04},
    {"kind": "lost_answer", "probability": 0.08},
    {"kind": "malformed", "probability": 0.02},
)
"""A third of all requests, together."""


@dataclass(frozen=True)
class Size:
    """How much of it: guilds, members of each, role changes, kills of the worker, crashes of PostgreSQL."""

    guilds: int
    members: int
    changes: int
    kills: int
    crashes: int
    seconds: float
    """How long everything may take to come to rest after the storm."""


@dataclass
class Report:
    """What was seen."""

    changes: int = 0
    kills: int = 0
    crashes: int = 0
    seconds: float = 0.0
    requests: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    own_refusals: Counter[str] = field(default_factory=Counter)
    """Bucket -> 429s that no fault made."""
    starts: int = 0
    held: list[str] = field(default_factory=list)
    left: int = 0
    """Jobs that were still waiting when the time was over."""
    differences: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)


@dataclass
class _Person:
    guild_id: int
    user_id: int
    name: str
    by_hand: bool
    granted: UUID | None = None
    changes: int = 0


@dataclass
class Storm:
    """One storm. `seed` decides everything but the timing of the machine."""

    seed: int
    size: Size
    home: Path
    say: Callable[[str], None] = lambda _line: None
    report: Report = field(default_factory=Report)

    def __post_init__(self) -> None:
        self.lots = random.Random(self.seed)
        self.identity: Identity = load_identity(self.home)
        self.postgres = Postgres(self.home, durable=True)
        self.port, self.worker_port = free_port(), free_port()
        self.simulator = f"http://127.0.0.1:{self.port}"
        self.roles: dict[int, int] = {}
        self.people: list[_Person] = []

    async def run(self) -> Report:
        """Have it, and tell what was seen."""
        before = time.monotonic()
        self.postgres.start()
        try:
            self.postgres.ensure_database("chaos")
            self.url = self.postgres.url("chaos")
            await asyncio.to_thread(migrate_database, self.url)
            async with self._process("simulator", "-m", "simulator"), self._client() as client:
                await self._settle(client)
                database = connect_database(self.url, pool_size=4, patience=TOOL_PATIENCE)
                try:
                    await self._configure(database)
                    async with anyio.create_task_group() as group:
                        group.start_soon(self._watch, client)
                        await self._plan_faults(client)
                        await self._rage(database)
                        await self._come_to_rest()
                        group.cancel_scope.cancel()
                    async with database.transaction() as tx:
                        self.report.violations = [
                            f"{each.invariant.sentence}: {each.rows}" for each in await verify(tx)
                        ]
                finally:
                    await database.close()
                await self._compare(client)
        finally:
            self.postgres.destroy()
        self.report.seconds = time.monotonic() - before
        return self.report

    # --- the world ------------------------------------------------------------------------------------

    def _environment(self) -> dict[str, str]:
        return inherited_environment() | {
            "SMARTERDEV_ENVIRONMENT": "development",
            "DATABASE_URL": self.url,
            "REDIS_URL": "redis://127.0.0.1:1/0",  # nobody is there: what only Redis carries may be lost
            "SMARTERDEV_DISCORD_APPLICATION_ID": str(self.identity.application_id),
            "SMARTERDEV_DISCORD_PUBLIC_KEY": self.identity.public_key,
            "SMARTERDEV_DISCORD_BOT_TOKEN": self.identity.bot_token,
            "SMARTERDEV_DISCORD_API_URL": f"{self.simulator}/api/v10",
            "SIMULATOR_HOST": "127.0.0.1",
            "SIMULATOR_PORT": str(self.port),
            "SIMULATOR_APPLICATION_ID": str(self.identity.application_id),
            "SIMULATOR_BOT_TOKEN": self.identity.bot_token,
            "SIMULATOR_SIGNING_KEY": self.identity.signing_key,
            "PYTHONUNBUFFERED": "1",
            "SMARTERDEV_WORKER_PORT": str(self.worker_port),
        }

    @asynccontextmanager
    async def _process(self, name: str, *arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
        """Run a Python process for as long as the block runs; its output goes to a file in the home."""
        with (self.home / f"{name}.log").open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable, *arguments, env=self._environment(), stdout=log, stderr=log
            )
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    @asynccontextmanager
    async def _client(self) -> AsyncIterator[httpx2.AsyncClient]:
        async with httpx2.AsyncClient(base_url=self.simulator, timeout=30) as client:
            for _ in range(200):
                with suppress(httpx2.TransportError):
                    await client.get("/_sim/clock")
                    break
                await asyncio.sleep(0.05)
            yield client

    async def _settle(self, client: httpx2.AsyncClient) -> None:
        """Found guilds, each with a role to be earned, and let people in, of whom some have it already."""
        owner = (await self._ask(client, "GET", "/_sim/state"))["everybody"][0]["id"]
        bot = {"Authorization": f"Bot {self.identity.bot_token}"}
        for number in range(self.size.guilds):
            found = {"name": f"Guild {number}", "owner_id": owner, "bot": True}
            guild_id = int((await self._ask(client, "POST", "/_sim/guilds", found))["id"])
            made = {"name": "Regular", "permissions": "0"}
            role = await self._ask(client, "POST", f"/api/v10/guilds/{guild_id}/roles", made, bot)
            self.roles[guild_id] = int(role["id"])
            for place in range(self.size.members):
                name = f"member_{number}_{place}"
                entry = {
                    "guild_id": str(guild_id),
                    "action": "join",
                    "username": name,
                    "account_age_days": 900,
                }
                person = await self._ask(client, "POST", "/_sim/members", entry)
                by_hand = self.lots.random() < 0.1
                if by_hand:
                    given = {
                        "guild_id": str(guild_id),
                        "moderator_id": owner,
                        "user_id": person["id"],
                        "role_id": role["id"],
                        "action": "add",
                    }
                    await self._ask(client, "POST", "/_sim/roles", given)
                self.people.append(_Person(guild_id, int(person["id"]), name, by_hand))

    async def _ask(
        self,
        client: httpx2.AsyncClient,
        method: str,
        path: str,
        body: object = None,
        headers: dict[str, str] | None = None,
    ) -> Any:
        answer = await client.request(method, path, json=body, headers=headers)
        if answer.status_code == 429:
            await asyncio.sleep(float(answer.headers["retry-after"]))
            return await self._ask(client, method, path, body, headers)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()

    async def _configure(self, database: Database) -> None:
        for guild_id, role_id in self.roles.items():
            async with database.transaction() as tx:
                config, version = await bytes_service.load_config(tx, guild_id)
                rewarding = config.model_copy(update={"role_rewards": {str(role_id): NEEDED}})
                await bytes_service.save_config(
                    tx, Actor.operator(guild_id), rewarding, expected_version=version
                )

    async def _plan_faults(self, client: httpx2.AsyncClient) -> None:
        for fault in FAULTS:
            await self._ask(client, "POST", "/_sim/faults", fault | {"seed": self.lots.randrange(2**31)})

    # --- the storm ------------------------------------------------------------------------------------

    async def _rage(self, database: Database) -> None:
        """Decide everything while the worker is killed again and again."""
        async with anyio.create_task_group() as group:
            group.start_soon(self._decide, database)
            await self._kill()

    async def _kill(self) -> None:
        """Start the worker and kill it, as often as planned; let PostgreSQL crash at even distances."""
        apart = self.size.kills / (self.size.crashes + 1)
        crash_at = {round(apart * (each + 1)) for each in range(self.size.crashes)}
        while self.report.kills < self.size.kills:
            async with self._process("worker", "-m", "app.cli", "worker") as worker:
                self.report.starts += 1
                await asyncio.sleep(1.0 + self.lots.random() * 2.5)
                assert worker.returncode is None, self._end_of("worker")
                self.report.kills += 1
            if self.report.kills in crash_at:
                self.say("PostgreSQL crashes")
                await asyncio.to_thread(self.postgres.stop, "immediate")
                await asyncio.sleep(0.5)
                await asyncio.to_thread(self.postgres.start)
                self.report.crashes += 1
            if self.report.kills % 10 == 0:
                self.say(f"{self.report.kills} kills, {self.report.changes} changes decided")

    async def _decide(self, database: Database) -> None:
        """Grant and undo, each of which crosses the reward's line, in an even stream over the storm."""
        pause = self.size.kills * 2.0 / self.size.changes
        for number in range(self.size.changes):
            person = self.people[number % len(self.people)]
            if number >= len(self.people):
                person = self.lots.choice(self.people)
            await self._change(database, person, number)
            self.report.changes += 1
            await asyncio.sleep(pause)

    async def _change(self, database: Database, person: _Person, number: int) -> None:
        operator, key = Actor.operator(person.guild_id), f"chaos:{number}"
        while True:
            try:
                async with database.transaction() as tx:
                    if person.granted is None:
                        receipt = await bytes_treasury.grant_bytes(
                            tx,
                            operator,
                            Member(person.user_id, person.name),
                            2 * NEEDED,
                            reason="a storm",
                            idempotency_key=key,
                        )
                        changed: UUID | None = receipt.transaction.id
                    else:
                        await bytes_treasury.undo_transaction(
                            tx, operator, person.granted, force=False, idempotency_key=key
                        )
                        changed = None
            except (UnavailableError, OutcomeUnknownError):
                await asyncio.sleep(0.2)
            else:
                person.granted = changed
                return

    async def _come_to_rest(self) -> None:
        """Leave one worker alone until nothing waits any more."""
        deadline = time.monotonic() + self.size.seconds
        async with self._process("worker", "-m", "app.cli", "worker") as worker:
            self.report.starts += 1
            while (left := await self._waiting()) and time.monotonic() < deadline:
                assert worker.returncode is None, self._end_of("worker")
                await asyncio.sleep(0.5)
        self.report.left = left
        connection = await asyncpg.connect(self.url)
        rows = await connection.fetch(
            "SELECT j.entrypoint, s.held_because FROM pgqueuer j LEFT JOIN job_starts s ON s.job_id = j.id "
            "WHERE j.status = 'failed'"
        )
        await connection.close()
        self.report.held = [f"{row['entrypoint']}: {row['held_because']}" for row in rows]

    def _end_of(self, name: str) -> str:
        return (self.home / f"{name}.log").read_text()[-3000:]

    async def _waiting(self) -> int:
        connection = await asyncpg.connect(self.url)
        try:
            return int(
                await connection.fetchval(
                    "SELECT count(*) FROM pgqueuer WHERE status IN ('queued', 'picked')"
                )
            )
        finally:
            await connection.close()

    # --- what was seen --------------------------------------------------------------------------------

    async def _watch(self, client: httpx2.AsyncClient) -> None:
        """Read the simulator's log as it grows: it keeps only the last lines."""
        last = 0
        while True:
            page = (await client.get("/_sim/log", params={"after": last, "limit": 1000})).json()
            for entry in page["entries"]:
                last = entry["seq"]
                self.report.requests += 1
                if entry["fault"] is not None:
                    self.report.faults[entry["fault"]["kind"]] += 1
                elif entry["status"] == 429:
                    # A bucket is limited for each guild by itself.
                    guild = entry["path"].partition("/guilds/")[2].partition("/")[0]
                    self.report.own_refusals[f"{entry['bucket']} {guild}"] += 1
            await asyncio.sleep(0.3)

    async def _compare(self, client: httpx2.AsyncClient) -> None:
        """Hold what Discord says against what the decisions add up to."""
        state = await self._ask(client, "GET", "/_sim/state")
        roles = {
            (int(each["guild_id"]), int(each["id"])): set(map(int, each.get("roles") or ()))
            for each in state["people"]
        }
        for person in self.people:
            has = self.roles[person.guild_id] in roles[person.guild_id, person.user_id]
            should = person.by_hand or person.granted is not None
            if has != should:
                self.report.differences.append(
                    f"{person.name} (by hand: {person.by_hand}): has {has}, should have {should}"
                )
