"""Servers that stop, freeze, hang up in the middle of COMMIT or are far too busy.

What is held: an answer within 2.5 s (Discord waits 3), and no word in it that is not true. "Nothing was
booked" is said only of what can never have been booked.
"""

import asyncio
import logging
import statistics
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
from sqlalchemy import event, text

from app import clock
from app.access.policy import Action
from app.bytes.domain import Member
from app.database.engine import connect_database
from app.database.tx import Database, EventSender, Tx
from app.discord.reply import Reply
from app.embedded.postgres import Postgres
from app.embedded.valkey import Valkey
from app.features import BYTES
from app.live.sender import REST_AFTER_FAILURE, STREAM, LiveEvents
from interactions import answering
from interactions.answering import Answering
from interactions.command import Command, Subcommand
from interactions.context import Context
from interactions.receive import Receiver
from interactions.routing import Routes
from interactions.table import ROUTES
from tests.edges.interactions.conftest import DATABASE
from tests.edges.interactions.door import front_door, settings_of
from tests.edges.interactions.proxy import Mood, Proxy, proxied
from tests.support.guilds import balance_of, give, member, new_guild
from tests.support.signed import FakeDiscord, command, is_ephemeral, text_of

pytestmark = pytest.mark.anyio

PATIENCE = 2.5
"""Seconds until the answer; the rest of Discord's three is for the network."""

SOON = 1.7
"""Seconds within which it is known that a lock or a connection is not to be had."""

WEALTH = 1000
STARTING = 100
"""What Ada has on top once she has sent for the first time."""

TRY_AGAIN = "Please try again"
NOT_CERTAIN = "Not certain"
NOTHING = ("Nothing was booked", "Nothing was changed", "Nothing was sent", "Nothing was done")


@dataclass
class Answered:
    """What came back, and after how long."""

    said: str
    seconds: float

    @property
    def is_receipt(self) -> bool:
        return "Bytes sent" in self.said

    def says_nothing_happened(self) -> bool:
        return TRY_AGAIN in self.said and any(words in self.said for words in NOTHING)

    def says_it_is_not_certain(self) -> bool:
        return NOT_CERTAIN in self.said and not any(words in self.said for words in NOTHING)


class Stage:
    """A guild whose Ada sends Bob a byte now and then, through a database that may be harmed."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.discord = FakeDiscord(database)
        self.guild_id = new_guild()
        self.ada, self.bob = member(), member()

    async def open(self) -> None:
        async with self.database.transaction() as tx:
            await give(tx, self.guild_id, self.ada, WEALTH)
        assert (await self.send()).is_receipt

    def payload(self, amount: int = 1) -> dict[str, Any]:
        return command(self.guild_id, self.ada, "bytes send", {"user": self.bob, "amount": amount})

    async def send(self, payload: dict[str, Any] | None = None) -> Answered:
        """Send a byte; the answer is in time, valid, and seen by Ada only unless it is the receipt."""
        started = clock.monotonic()
        callback = await self.discord.deliver(payload or self.payload())
        answered = Answered(text_of(callback), clock.monotonic() - started)
        assert answered.seconds < PATIENCE, answered
        assert is_ephemeral(callback) != answered.is_receipt
        return answered

    async def ping(self) -> None:
        answer = await self.discord.send({"type": 1})
        assert (answer.status, answer.body) == (200, b'{"type":1}')

    async def received(self, database: Database | None = None) -> int:
        """Count the bytes Bob has been sent, by the ledger."""
        async with (database or self.database).transaction() as tx:
            return await balance_of(tx, self.guild_id, self.bob)


@asynccontextmanager
async def connected(
    url: str, *, pool_size: int = 5, live: EventSender | None = None
) -> AsyncIterator[Database]:
    database = connect_database(url, pool_size=pool_size, live=live)
    try:
        yield database
    finally:
        await database.close()


@pytest.fixture
async def stage(running: Postgres) -> AsyncIterator[Stage]:
    async with connected(running.url(DATABASE)) as database:
        stage = Stage(database)
        await stage.open()
        yield stage


@pytest.fixture
async def proxy(running: Postgres) -> AsyncIterator[Proxy]:
    async with proxied(running.url(DATABASE)) as proxy:
        yield proxy


@pytest.fixture
async def other(running: Postgres) -> AsyncIterator[Database]:
    """Somebody else's way to the same database, past the proxy."""
    async with connected(running.url(DATABASE)) as database:
        yield database


@pytest.fixture
async def behind(proxy: Proxy) -> AsyncIterator[Stage]:
    """A stage whose only connection goes through the proxy."""
    async with connected(proxy.url, pool_size=1) as database:
        stage = Stage(database)
        await stage.open()
        yield stage
        proxy.mood = Mood.FORWARD


@contextmanager
def frozen(pid: int | None) -> Iterator[None]:
    """Have a server and all its processes stopped in their tracks (SIGSTOP)."""
    head = psutil.Process(pid)
    processes = [head, *head.children(recursive=True)]
    for process in processes:
        process.suspend()
    try:
        yield
    finally:
        for process in processes:
            process.resume()


class TestStopped:
    async def test_says_so_and_works_again_without_a_restart(self, stage: Stage, running: Postgres) -> None:
        running.stop("immediate")
        await stage.ping()
        answers = [await stage.send() for _ in range(3)]
        assert all(answer.says_nothing_happened() for answer in answers)
        running.start()
        assert (await stage.send()).is_receipt
        assert await stage.received() == 2

    async def test_of_a_restart_in_between_nobody_notices(self, stage: Stage, running: Postgres) -> None:
        """Connections that died while nobody used them are replaced when they are needed."""
        await asyncio.gather(*(stage.send() for _ in range(5)))
        running.stop("fast")
        running.start()
        await asyncio.sleep(0.05)
        answers = await asyncio.gather(*(stage.send() for _ in range(5)))
        assert all(answer.is_receipt for answer in answers), answers

    async def test_a_crash_under_load_takes_nothing_that_was_confirmed(
        self, stage: Stage, running: Postgres
    ) -> None:
        confirmed, uncertain = 1, 0
        for _ in range(3):
            sending = [asyncio.ensure_future(stage.send()) for _ in range(40)]
            await asyncio.sleep(0.03)
            running.stop("immediate")
            answers = await asyncio.gather(*sending)
            running.start()
            await asyncio.sleep(0.05)
            confirmed += sum(answer.is_receipt for answer in answers)
            uncertain += sum(answer.says_it_is_not_certain() for answer in answers)
            for answer in answers:
                assert (
                    answer.is_receipt or answer.says_nothing_happened() or answer.says_it_is_not_certain()
                ), answer
        assert confirmed <= await stage.received() <= confirmed + uncertain

    async def test_while_it_starts_commands_are_asked_to_try_again(self, behind: Stage, proxy: Proxy) -> None:
        await behind.database.engine.dispose()
        proxy.mood = Mood.STARTING
        assert (await behind.send()).says_nothing_happened()


class TestFrozen:
    async def test_answers_in_time_and_truthfully(self, stage: Stage, running: Postgres) -> None:
        await asyncio.gather(*(stage.send() for _ in range(5)))
        before = await stage.received()
        with frozen(running.pid):
            await stage.ping()
            first = await stage.send()
            rest = await asyncio.gather(*(stage.send() for _ in range(12)))
        assert all(answer.says_nothing_happened() for answer in (first, *rest))
        assert (await stage.send()).is_receipt
        assert await stage.received() == before + 1

    async def test_though_time_was_lost_before(self, behind: Stage, proxy: Proxy) -> None:
        """The deadline strikes in the middle of a statement, and the way out of it is short."""
        async with behind.database.engine.connect():
            waiting = asyncio.ensure_future(behind.send())
            await asyncio.sleep(0.6)
            proxy.mood = Mood.STALL
        assert (await waiting).says_nothing_happened()

    async def test_of_one_connection_only(self, behind: Stage, proxy: Proxy) -> None:
        proxy.mood = Mood.STALL
        assert (await behind.send()).says_nothing_happened()
        proxy.mood = Mood.FORWARD
        assert (await behind.send()).is_receipt


class TestCommit:
    """Once COMMIT is on its way, only the ledger knows."""

    @pytest.mark.parametrize(
        ("mood", "happened"),
        [(Mood.SWALLOW_COMMIT, True), (Mood.CUT_AFTER_COMMIT, True), (Mood.CUT_BEFORE_COMMIT, False)],
    )
    async def test_without_an_answer_is_not_certain(
        self, behind: Stage, proxy: Proxy, other: Database, mood: Mood, *, happened: bool
    ) -> None:
        payload = behind.payload()
        proxy.mood = mood
        assert (await behind.send(payload)).says_it_is_not_certain()
        assert await behind.received(other) == (2 if happened else 1)
        proxy.mood = Mood.FORWARD
        assert (await behind.send(payload)).is_receipt, "the same request finds the row, or makes it"
        assert await behind.received(other) == 2

    async def test_nor_when_the_deadline_strikes_there(
        self, behind: Stage, proxy: Proxy, other: Database
    ) -> None:
        proxy.mood = Mood.SWALLOW_COMMIT
        async with other.transaction() as tx:
            await lock_balances(tx, behind)
            waiting = asyncio.ensure_future(behind.send())
            await asyncio.sleep(0.7)
        assert (await waiting).says_it_is_not_certain()
        assert await behind.received(other) == 2

    async def test_refused_by_the_server_is_a_plain_no(self, stage: Stage, other: Database) -> None:
        """A deferred check fails in COMMIT itself: the server has said that nothing happened."""
        async with other.transaction() as tx:
            for statement in DEFERRED_REFUSAL:
                await tx.execute(text(statement))
        try:
            answer = await stage.send()
            assert "That went wrong" in answer.said
            assert "Nothing was booked" in answer.said
        finally:
            async with other.transaction() as tx:
                await tx.execute(text("DROP TRIGGER refuse ON bytes_transactions"))
        assert await stage.received() == 1


DEFERRED_REFUSAL = (
    (
        "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = 'check_violation'; END $$"
    ),
    (
        "CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON bytes_transactions "
        "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()"
    ),
)


async def lock_balances(tx: Tx, stage: Stage) -> None:
    """Lock every balance of a guild until `tx` ends."""
    statement = text("SELECT 1 FROM bytes_balances WHERE guild_id = :guild FOR UPDATE")
    await tx.execute(statement, {"guild": stage.guild_id})


class TestBusy:
    async def test_a_lock_that_somebody_else_keeps(self, stage: Stage, other: Database) -> None:
        async with other.transaction() as tx:
            await lock_balances(tx, stage)
            answers = await asyncio.gather(*(stage.send() for _ in range(4)))
        assert all(answer.says_nothing_happened() for answer in answers)
        assert all(0.5 < answer.seconds < SOON for answer in answers)
        assert (await stage.send()).is_receipt
        assert await stage.received() == 2

    async def test_a_lock_that_is_free_in_time(self, stage: Stage, other: Database) -> None:
        async with other.transaction() as tx:
            await lock_balances(tx, stage)
            waiting = asyncio.ensure_future(stage.send())
            await asyncio.sleep(0.3)
        assert (await waiting).is_receipt

    async def test_a_first_command_that_had_to_import_much_waits_for_less(
        self, stage: Stage, other: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(answering, "DEADLINE", 0.6)

        def import_much() -> Answering:
            time.sleep(0.4)
            return stage.discord.answering

        stage.discord.receiver = Receiver(stage.discord.public_key, lambda: stage.database, import_much)
        async with other.transaction() as tx:
            await lock_balances(tx, stage)
            answer = await stage.send()
        assert answer.says_nothing_happened()
        assert 0.6 <= answer.seconds < 0.9

    async def test_no_connection_left(self, behind: Stage) -> None:
        async with behind.database.engine.connect():
            answers = await asyncio.gather(*(behind.send() for _ in range(50)))
        assert all(answer.says_nothing_happened() and answer.seconds < SOON for answer in answers)
        assert (await behind.send()).is_receipt

    async def test_every_connection_with_a_slow_query(self, stage: Stage) -> None:
        async def slow() -> None:
            async with stage.database.engine.connect() as connection:
                await connection.execute(text("SELECT pg_sleep(1)"))

        queries = [asyncio.ensure_future(slow()) for _ in range(5)]
        await asyncio.sleep(0.1)
        answers = await asyncio.gather(*(stage.send() for _ in range(100)))
        await asyncio.gather(*queries)
        receipts = sum(answer.is_receipt for answer in answers)
        assert all(answer.is_receipt or answer.says_nothing_happened() for answer in answers)
        assert await stage.received() == 1 + receipts


class TestAfterCommit:
    """What is committed is never denied."""

    @staticmethod
    async def _send_and_break(ctx: Context) -> Reply:
        async with ctx.transaction() as tx:
            await give(tx, ctx.actor.guild_id, Member(ctx.actor.user_id, "ada"), 7)
        raise LookupError("a defect of ours, after the commit")

    @staticmethod
    async def _send_and_refuse(ctx: Context) -> Reply:
        async with ctx.transaction() as tx:
            await give(tx, ctx.actor.guild_id, Member(ctx.actor.user_id, "ada"), 7)
        raise TimeoutError

    @pytest.fixture(autouse=True)
    def commands(self, stage: Stage) -> None:
        """Two more commands, with a defect each."""
        broken = Command(
            "broken",
            "Defects",
            BYTES,
            (
                Subcommand("late", "Raises after the commit", self._send_and_break, Action.USE_BYTES),
                Subcommand("slow", "Times out after the commit", self._send_and_refuse, Action.USE_BYTES),
            ),
        )
        stage.discord.answering._routes = Routes((*ROUTES.commands, broken))

    @pytest.mark.parametrize("subcommand", ["late", "slow"])
    async def test_a_defect_says_that_it_was_done(
        self, stage: Stage, caplog: pytest.LogCaptureFixture, subcommand: str
    ) -> None:
        said = text_of(await stage.discord.command(stage.guild_id, stage.ada, f"broken {subcommand}"))
        assert "It was done" in said
        assert "Do not repeat it" in said
        assert not any(words in said for words in NOTHING)
        async with stage.database.transaction() as tx:
            assert await balance_of(tx, stage.guild_id, stage.ada) == WEALTH + STARTING - 1 + 7
        error_id = said.rpartition("Error ")[2]
        [record] = [r for r in caplog.records if getattr(r, "error_id", None) == error_id]
        assert record.levelno == logging.ERROR
        assert record.exc_info is not None

    async def test_nor_when_the_deadline_strikes_while_others_are_told(
        self, running: Postgres, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(answering, "DEADLINE", 0.3)
        async with connected(running.url(DATABASE), live=Endless()) as database:
            stage = Stage(database)
            async with connected(running.url(DATABASE)) as quiet, quiet.transaction() as tx:
                await give(tx, stage.guild_id, stage.ada, WEALTH)
            answer = await stage.send()
        assert answer.is_receipt
        assert 0.3 <= answer.seconds < 0.6

    async def test_nor_when_it_strikes_on_the_way_out(self, stage: Stage) -> None:
        """The commit stands, and the connection is just going back to the pool."""
        task = asyncio.current_task()
        assert task is not None
        engine = stage.database.engine.sync_engine

        def strike(*_: object) -> None:
            task.cancel()

        heard = []

        async def hear() -> None:
            heard.append("it")

        event.listen(engine, "checkin", strike)
        async with stage.database.transaction() as tx:
            await give(tx, stage.guild_id, stage.bob, 5)
            tx.after_commit(hear)
        event.remove(engine, "checkin", strike)
        task.uncancel()
        assert heard == ["it"]
        assert await stage.received() == 1 + 5


class Endless:
    """A sender of live events that breaks its promise to give up soon."""

    async def send(self, guild_id: int, name: str, facts: Mapping[str, object]) -> None:
        await asyncio.sleep(60)


class TestBeforeTheCommand:
    async def test_a_defect_has_an_answer_too(self, caplog: pytest.LogCaptureFixture) -> None:
        discord = FakeDiscord(None)  # type: ignore[arg-type] # never given out

        def nothing() -> Answering:
            raise RuntimeError("no database was configured")

        discord.receiver._answering = None
        discord.receiver._make_answering = nothing
        said = text_of(await discord.command(new_guild(), member(), "bytes balance"))
        assert "Nothing was booked" in said
        assert said.rpartition("Error ")[2] in {getattr(r, "error_id", None) for r in caplog.records}


class TestRedis:
    """It carries only what may be lost; commands answer the same without it."""

    USES: tuple[tuple[str, dict[str, object]], ...] = (
        ("bytes daily", {}),
        ("bytes send", {"amount": 5, "reason": "tea"}),
        ("bytes send", {"amount": 7}),
        ("bytes send", {"amount": 100_000}),
        ("bytes balance", {}),
        ("bytes leaderboard", {}),
    )

    @staticmethod
    @asynccontextmanager
    async def sender(url: str) -> AsyncIterator[LiveEvents]:
        live = LiveEvents(url)
        try:
            yield live
        finally:
            await live.close()

    @asynccontextmanager
    async def connected(self, postgres: Postgres, redis_url: str | None) -> AsyncIterator[Database]:
        async with connected(postgres.url(DATABASE)) as database:
            if redis_url is None:
                yield database
            else:
                async with self.sender(redis_url) as database.live:
                    yield database

    @contextmanager
    def harmed(self, how: str, valkey: Valkey, folder: Path) -> Iterator[str | None]:
        """Give the address of a Redis in some state."""
        if how == "absent":
            yield None
        elif how == "never there":
            yield f"unix://{folder}/nothing.sock"
        elif how == "frozen":
            with frozen(valkey.pid):
                yield valkey.url
        elif how == "stopped":
            valkey.stop()
            try:
                yield valkey.url
            finally:
                valkey.start()
        else:
            yield valkey.url

    @pytest.mark.parametrize("how", ["stopped", "absent", "never there", "frozen"])
    async def test_the_answers_are_the_same(
        self, running: Postgres, own_valkey: Valkey, tmp_path: Path, how: str
    ) -> None:
        people = member(), member()
        answers = []
        for state in ("well", how):
            with self.harmed(state, own_valkey, tmp_path) as url:
                async with self.connected(running, url) as database:
                    answers.append(await self.use(database, *people))
        assert answers[0] == answers[1]

    async def use(self, database: Database, ada: Member, bob: Member) -> list[bytes]:
        discord, guild_id = FakeDiscord(database), new_guild()
        bodies = []
        for name, options in self.USES:
            given: dict[str, object] = {"user": bob, **options} if "send" in name else {**options}
            answer = await discord.send(command(guild_id, ada, name, given))
            bodies.append(answer.body)
        return bodies

    @pytest.mark.parametrize("how", ["never there", "stopped", "frozen"])
    async def test_one_command_waits_for_it_and_then_none(
        self, running: Postgres, own_valkey: Valkey, tmp_path: Path, how: str
    ) -> None:
        usual = statistics.median(await self.times(running, None, 10))
        once, then = [], []
        with self.harmed(how, own_valkey, tmp_path) as url:
            for _ in range(3):
                first, *rest = await self.times(running, url, 10)
                once.append((first - usual) * 1000)
                then.append((statistics.median(rest) - usual) * 1000)
        print(f"{how}: {min(once):.1f} ms once, then {min(then):.1f} ms")
        # Bounds for a busy machine; without the limit it would be seconds, without the rest 50 ms each.
        assert min(once) < 250
        assert min(then) < 30

    async def times(self, running: Postgres, redis_url: str | None, count: int) -> list[float]:
        """Measure commands one after the other, on warm connections to the database."""
        async with self.connected(running, redis_url) as database:
            live, database.live = database.live, None
            stage = Stage(database)
            await stage.open()
            await stage.send()
            database.live = live
            return [(await stage.send()).seconds for _ in range(count)]

    async def test_and_after_a_while_it_is_tried_again(
        self, stage: Stage, own_valkey: Valkey, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with self.sender(own_valkey.url) as live:
            stage.database.live = live
            await live._redis.flushall()
            own_valkey.stop()
            assert (await stage.send()).is_receipt
            own_valkey.start()
            assert (await stage.send()).is_receipt
            assert await live._redis.xlen(STREAM) == 0
            later = clock.monotonic() + REST_AFTER_FAILURE
            monkeypatch.setattr("app.live.sender.clock.monotonic", lambda: later)
            assert (await stage.send()).is_receipt
            assert await live._redis.xlen(STREAM) == 1

    async def test_of_a_restart_in_between_it_notices_nothing(self, stage: Stage, own_valkey: Valkey) -> None:
        async with self.sender(own_valkey.url) as live:
            stage.database.live = live
            assert (await stage.send()).is_receipt
            own_valkey.stop()
            own_valkey.start()
            assert (await stage.send()).is_receipt
            assert await live._redis.xlen(STREAM) == 1


class TestReady:
    """`/readyz` tells whoever hands out the requests what the commands would say."""

    async def test_follows_postgresql_and_shrugs_at_redis(
        self, running: Postgres, own_valkey: Valkey
    ) -> None:
        key = FakeDiscord(None).public_key  # type: ignore[arg-type] # signs nothing here
        async with front_door(settings_of(running.url(DATABASE), key, own_valkey.url)) as client:

            async def ready() -> tuple[int, dict[str, str]]:
                started = clock.monotonic()
                answer = await client.get("/readyz")
                assert clock.monotonic() - started < SOON
                return answer.status_code, answer.json()

            well = {"status": "ready", "database": "ok", "redis": "ok"}
            unready = {"status": "unready", "database": "unreachable", "redis": "ok"}
            assert await ready() == (200, well)

            own_valkey.stop()
            assert await ready() == (200, well | {"redis": "degraded"})
            own_valkey.start()
            with frozen(own_valkey.pid):
                assert await ready() == (200, well | {"redis": "degraded"})
            assert await ready() == (200, well)

            with frozen(running.pid):
                assert await ready() == (503, unready)
            assert await ready() == (200, well)

            running.stop("immediate")
            assert await ready() == (503, unready)
            assert (await client.get("/healthz")).json() == {"status": "alive"}
            assert (await client.get("/metrics")).status_code == 200
            running.start()
            assert await ready() == (200, well)

    async def test_an_empty_database_is_not_ready(self, running: Postgres) -> None:
        running.ensure_database("empty")
        key = FakeDiscord(None).public_key  # type: ignore[arg-type] # signs nothing here
        async with front_door(settings_of(running.url("empty"), key)) as client:
            answer = await client.get("/readyz")
        assert answer.status_code == 503
        assert answer.json() == {"status": "unready", "database": "not migrated", "redis": "absent"}
