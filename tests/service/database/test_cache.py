"""What a process remembers of a guild: never what was not committed, nor what has been changed since."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

import pytest
from sqlalchemy import event, text

from app import clock
from app.access import service as access_service
from app.database.cache import GUILD_CHANGED, LIFETIME, MOST_GUILDS, Cache
from app.database.engine import connect_database
from app.database.tx import Database, Tx
from app.errors import OutcomeUnknownError
from app.features import BYTES
from app.guilds import service as guilds_service
from app.guilds.config import GuildConfig
from tests.conftest import PATIENCE
from tests.support.guilds import manager, new_guild

pytestmark = pytest.mark.anyio

KIND = "colour"


class Heard:
    """A sender of live events that keeps what it was told."""

    def __init__(self) -> None:
        self.events: list[tuple[int, str]] = []

    async def send(self, guild_id: int, name: str, facts: Mapping[str, object]) -> None:
        self.events.append((guild_id, name))


class Source:
    """Something that can be read, and counts how often it was."""

    def __init__(self, value: object = "red") -> None:
        self.value = value
        self.reads = 0

    async def load(self) -> object:
        self.reads += 1
        return self.value


@pytest.fixture
async def remembering(database_url: str) -> AsyncIterator[Database]:
    """A database in a process that remembers, and emits live events."""
    made = connect_database(database_url, pool_size=16, patience=PATIENCE, live=Heard(), cache=Cache())
    yield made
    await made.close()


@pytest.fixture
def cache(remembering: Database) -> Cache:
    assert remembering.cache is not None
    return remembering.cache


async def read(database: Database, guild_id: int, load: Callable[[], Awaitable[object]]) -> object:
    async with database.transaction() as tx:
        return await tx.remember(KIND, guild_id, load)


class TestCache:
    def test_forgets_a_guild_after_a_while(self, monkeypatch: pytest.MonkeyPatch) -> None:
        now = clock.monotonic()
        monkeypatch.setattr("app.clock.monotonic", lambda: now)
        cache = Cache()
        cache.memories(1)[KIND] = "red"
        now += LIFETIME - 0.1
        cache.memories(1)["later"] = "green"
        assert (cache.get(KIND, 1), cache.get("later", 1)) == ("red", "green")
        now += 0.1
        assert (cache.get(KIND, 1), cache.get("later", 1)) == (None, None)

    def test_forgets_everything_of_one_guild_at_once(self) -> None:
        cache = Cache()
        for guild_id in (1, 2):
            cache.memories(guild_id).update(colour="red", shape="round")
        cache.drop(1)
        cache.drop(3)
        assert [cache.get(kind, 1) for kind in ("colour", "shape")] == [None, None]
        assert [cache.get(kind, 2) for kind in ("colour", "shape")] == ["red", "round"]
        cache.clear()
        assert cache.get("colour", 2) is None

    def test_takes_no_more_guilds_than_it_may(self) -> None:
        cache = Cache()
        for guild_id in range(MOST_GUILDS + 5):
            cache.memories(guild_id)[KIND] = guild_id
            assert cache.get(KIND, 1) == (1 if guild_id >= 1 else None)  # asked for lately
        kept = sum(cache.get(KIND, guild_id) is not None for guild_id in range(MOST_GUILDS + 5))
        assert kept == MOST_GUILDS


class TestRemember:
    async def test_reads_once_for_many_transactions(self, remembering: Database, guild_id: int) -> None:
        source = Source()
        assert [await read(remembering, guild_id, source.load) for _ in range(3)] == ["red"] * 3
        assert source.reads == 1

    async def test_keeps_guilds_and_kinds_apart(self, remembering: Database, guild_id: int) -> None:
        red, blue, round_ = Source(), Source("blue"), Source("round")
        for _ in range(2):
            assert await read(remembering, guild_id, red.load) == "red"
            assert await read(remembering, new_guild(), blue.load) == "blue"
            async with remembering.transaction() as tx:
                assert await tx.remember("shape", guild_id, round_.load) == "round"
        assert (red.reads, blue.reads, round_.reads) == (1, 2, 1)

    async def test_remembers_nothing_that_was_rolled_back(self, remembering: Database, guild_id: int) -> None:
        source = Source()

        async def fail() -> None:
            async with remembering.transaction() as tx:
                await tx.remember(KIND, guild_id, source.load)
                raise LookupError

        with pytest.raises(LookupError):
            await fail()
        source.value = "green"
        assert await read(remembering, guild_id, source.load) == "green"

    async def test_nor_before_the_commit(self, remembering: Database, cache: Cache, guild_id: int) -> None:
        async with remembering.transaction() as tx:
            await tx.remember(KIND, guild_id, Source().load)
            assert cache.get(KIND, guild_id) is None
        assert cache.get(KIND, guild_id) == "red"

    async def test_that_there_is_nothing_is_not_remembered(
        self, remembering: Database, guild_id: int
    ) -> None:
        source = Source(None)
        assert [await read(remembering, guild_id, source.load) for _ in range(2)] == [None, None]
        assert source.reads == 2

    async def test_a_failing_read_leaves_nothing(self, remembering: Database, guild_id: int) -> None:
        async def broken() -> object:
            raise LookupError

        with pytest.raises(LookupError):
            await read(remembering, guild_id, broken)
        assert await read(remembering, guild_id, Source().load) == "red"

    async def test_a_process_without_a_memory_reads_each_time(
        self, database: Database, guild_id: int
    ) -> None:
        source = Source()
        for _ in range(2):
            await read(database, guild_id, source.load)
        assert source.reads == 2


class TestForget:
    async def test_drops_after_the_commit_and_tells_the_others(
        self, remembering: Database, cache: Cache, guild_id: int
    ) -> None:
        await read(remembering, guild_id, Source().load)
        heard = remembering.live
        assert isinstance(heard, Heard)
        async with remembering.transaction() as tx:
            tx.forget(guild_id)
            tx.forget(guild_id)
            assert cache.get(KIND, guild_id) == "red"  # what is committed is still red
            assert heard.events == []
        assert cache.get(KIND, guild_id) is None
        assert heard.events == [(guild_id, GUILD_CHANGED)]

    async def test_what_was_rolled_back_changes_nothing_for_anybody(
        self, remembering: Database, cache: Cache, guild_id: int
    ) -> None:
        await read(remembering, guild_id, Source().load)

        async def fail() -> None:
            async with remembering.transaction() as tx:
                tx.forget(guild_id)
                raise LookupError

        with pytest.raises(LookupError):
            await fail()
        assert cache.get(KIND, guild_id) == "red"
        assert isinstance(remembering.live, Heard)
        assert remembering.live.events == []

    async def test_whoever_changes_a_guild_reads_it_itself(
        self, remembering: Database, cache: Cache, guild_id: int
    ) -> None:
        source = Source()
        await read(remembering, guild_id, source.load)
        async with remembering.transaction() as tx:
            tx.forget(guild_id)
            source.value = "green"
            assert await tx.remember(KIND, guild_id, source.load) == "green"
        assert cache.get(KIND, guild_id) is None

    async def test_also_if_it_read_before_it_changed(
        self, remembering: Database, cache: Cache, guild_id: int
    ) -> None:
        async with remembering.transaction() as tx:
            await tx.remember(KIND, guild_id, Source().load)
            tx.forget(guild_id)
        assert cache.get(KIND, guild_id) is None

    async def test_what_was_read_before_a_change_is_not_remembered_after_it(
        self, remembering: Database, cache: Cache, guild_id: int
    ) -> None:
        async with remembering.transaction() as slow:
            await slow.remember(KIND, guild_id, Source("old").load)
            async with remembering.transaction() as tx:
                tx.forget(guild_id)
        assert cache.get(KIND, guild_id) is None

    async def test_nor_if_somebody_has_read_the_new_meanwhile(
        self, remembering: Database, guild_id: int
    ) -> None:
        async with remembering.transaction() as slow:
            await slow.remember(KIND, guild_id, Source("old").load)
            async with remembering.transaction() as tx:
                tx.forget(guild_id)
            assert await read(remembering, guild_id, Source("new").load) == "new"
        assert await read(remembering, guild_id, Source("newest").load) == "new"

    async def test_after_a_commit_nobody_confirmed_it_is_forgotten_too(
        self, remembering: Database, cache: Cache, guild_id: int
    ) -> None:
        """It may have happened."""
        await read(remembering, guild_id, Source().load)

        def lost(_connection: object) -> None:
            raise TimeoutError

        async def change() -> None:
            async with remembering.transaction() as tx:
                tx.forget(guild_id)
                await tx.execute(text("SELECT 1"))  # a commit of nothing is not sent at all
                event.listen(remembering.engine.sync_engine, "commit", lost)

        with pytest.raises(OutcomeUnknownError):
            await change()
        event.remove(remembering.engine.sync_engine, "commit", lost)
        assert cache.get(KIND, guild_id) is None

    async def test_eight_at_once_on_a_dropped_guild_end_with_the_newest(
        self, remembering: Database, guild_id: int
    ) -> None:
        """Whatever the order of reads, commits and drops: nothing read before the last drop stays."""
        source = Source(0)

        async def use(number: int) -> None:
            for turn in range(20):
                async with remembering.transaction() as tx:
                    await tx.remember(KIND, guild_id, source.load)
                    await asyncio.sleep(0.001 * ((number + turn) % 3))
                if (number, turn % 5) == (0, 0):
                    async with remembering.transaction() as tx:
                        source.value = turn
                        tx.forget(guild_id)

        async with asyncio.TaskGroup() as group:
            for number in range(8):
                group.create_task(use(number))
        assert await read(remembering, guild_id, source.load) == source.value == 15
        assert source.reads < 8 * 20 / 2


class TestGuild:
    """The record every command begins with."""

    async def test_costs_no_query_the_second_time(self, remembering: Database, guild_id: int) -> None:
        statements: list[str] = []

        def note(*arguments: object) -> None:
            statements.append(str(arguments[2]))

        assert guilds_service.remembered_guild(remembering.cache, guild_id) is None
        async with remembering.transaction() as tx:
            first = await guilds_service.enter_guild(tx, guild_id)
        event.listen(remembering.engine.sync_engine, "before_cursor_execute", note)
        async with remembering.transaction() as tx:
            assert await guilds_service.enter_feature(tx, guild_id, BYTES) is first
        event.remove(remembering.engine.sync_engine, "before_cursor_execute", note)
        assert guilds_service.remembered_guild(remembering.cache, guild_id) is first
        assert statements == []

    async def test_that_is_changed_is_read_again(self, remembering: Database, guild_id: int) -> None:
        async with remembering.transaction() as tx:
            await guilds_service.enter_guild(tx, guild_id)
        async with remembering.transaction() as tx:
            await access_service.save_guild_config(
                tx, manager(guild_id), GuildConfig(features={"bytes": False})
            )
        async with remembering.transaction() as tx:
            assert not (await guilds_service.enter_guild(tx, guild_id)).has(BYTES)

    @pytest.mark.parametrize("how", ["told", "not listed"])
    async def test_that_was_left_is_forgotten(self, remembering: Database, guild_id: int, how: str) -> None:
        async with remembering.transaction() as tx:
            await guilds_service.enter_guild(tx, guild_id)
        async with remembering.transaction() as tx:
            if how == "told":
                await guilds_service.remove_guild(tx, guild_id)
            else:
                shards = 1 << 40  # so many that this one has only the guilds of one millisecond
                gone = await guilds_service.keep_only(
                    tx, [], shard=(guild_id >> 22) % shards, shard_count=shards
                )
                assert guild_id in gone
        assert guilds_service.remembered_guild(remembering.cache, guild_id) is None

    async def test_a_process_without_a_memory_remembers_none(self, tx: Tx, guild_id: int) -> None:
        await guilds_service.enter_guild(tx, guild_id)
        assert guilds_service.remembered_guild(None, guild_id) is None
