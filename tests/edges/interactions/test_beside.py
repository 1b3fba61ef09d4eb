"""What the web role does beside answering: it writes invocations and hears what other processes changed.

Two web roles on one PostgreSQL and one Valkey, either of which may be stopped.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
import pytest
from nacl.signing import SigningKey
from sqlalchemy import text

from app import clock
from app.access import service as access_service
from app.analytics import buffer
from app.bytes.domain import Member
from app.database import cache
from app.database.engine import connect_database
from app.database.tx import Database
from app.embedded.postgres import Postgres
from app.embedded.valkey import Valkey
from app.guilds.config import GuildConfig
from app.live import reader
from app.live.sender import LiveEvents
from interactions.endpoint import PATH
from tests.edges.interactions.conftest import DATABASE
from tests.edges.interactions.door import front_door, settings_of
from tests.support.guilds import manager, member
from tests.support.signed import FakeDiscord, command, text_of
from tests.support.waiting import until

pytestmark = pytest.mark.anyio

KEY = SigningKey.generate()
SOON = 1.0
"""Seconds within which a change is known everywhere; without Redis it would be 30."""


class Web:
    """A web role, and somebody who uses commands in it."""

    def __init__(self, client: httpx2.AsyncClient) -> None:
        self._client = client
        self._discord = FakeDiscord(None)  # type: ignore[arg-type] # only signs
        self._discord.key = KEY

    async def use(self, guild_id: int, who: Member, name: str = "bytes balance") -> str:
        signed = self._discord.sign(command(guild_id, who, name))
        answer = await self._client.post(PATH, content=signed.body, headers=signed.headers)
        assert answer.status_code == 200
        return text_of(answer.json())

    async def is_on(self, guild_id: int) -> bool:
        """Whether the economy is on here, as a member hears it."""
        return "switched off" not in await self.use(guild_id, member())


@asynccontextmanager
async def web(postgres: Postgres, valkey_url: str | None = None) -> AsyncIterator[Web]:
    settings = settings_of(postgres.url(DATABASE), KEY.verify_key.encode().hex(), valkey_url)
    async with front_door(settings) as client:
        yield Web(client)


@pytest.fixture
async def other(running: Postgres) -> AsyncIterator[Database]:
    """The way of a process that changes things and tells nobody."""
    made = connect_database(running.url(DATABASE))
    yield made
    await made.close()


@asynccontextmanager
async def telling(database: Database, valkey: Valkey) -> AsyncIterator[None]:
    """Have that process tell, as they do."""
    live = LiveEvents(valkey.url)
    database.live = live
    try:
        yield
    finally:
        database.live = None
        await live.close()


async def switch(database: Database, guild_id: int, *, on: bool) -> None:
    async with database.transaction() as tx:
        await access_service.save_guild_config(tx, manager(guild_id), GuildConfig(features={"bytes": on}))


async def until_heard(one: Web, guild_id: int, *, on: bool) -> float:
    """Wait until a web role knows; gives the seconds that took."""
    started = clock.monotonic()

    async def knows() -> bool:
        return await one.is_on(guild_id) is on

    await until(knows, seconds=SOON)
    return clock.monotonic() - started


async def invocations(database: Database, guild_id: int) -> list[tuple[int, str, str]]:
    async with database.transaction() as tx:
        rows = await tx.execute(
            text(
                "SELECT user_id, command, outcome FROM command_invocations"
                " WHERE guild_id = :guild ORDER BY id"
            ),
            {"guild": guild_id},
        )
        return [tuple(row) for row in rows]


class TestChanges:
    async def test_of_another_process_are_known_at_once(
        self, running: Postgres, own_valkey: Valkey, other: Database, guild_id: int
    ) -> None:
        async with (
            telling(other, own_valkey),
            web(running, own_valkey.url) as one,
            web(running, own_valkey.url) as two,
        ):
            for on in (False, True, False):
                assert await one.is_on(guild_id) is not on
                assert await two.is_on(guild_id) is not on
                await switch(other, guild_id, on=on)
                await until_heard(one, guild_id, on=on)
                await until_heard(two, guild_id, on=on)

    async def test_that_nobody_told_of_are_known_when_what_is_remembered_is_too_old(
        self, running: Postgres, other: Database, guild_id: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(cache, "LIFETIME", 0.5)
        async with web(running) as one:
            assert await one.is_on(guild_id)
            await switch(other, guild_id, on=False)
            assert await one.is_on(guild_id)
            await until_heard(one, guild_id, on=False)

    async def test_while_redis_was_gone_are_known_when_it_is_back(
        self, running: Postgres, own_valkey: Valkey, other: Database, guild_id: int
    ) -> None:
        async with web(running, own_valkey.url) as one:
            assert await one.is_on(guild_id)
            await asyncio.sleep(0.2)  # it has said that it may have missed some, and is quiet
            assert await one.is_on(guild_id)
            own_valkey.stop()
            await switch(other, guild_id, on=False)
            assert await one.is_on(guild_id)  # as nobody can tell
            own_valkey.start()
            await asyncio.sleep(reader.REST)
            await until_heard(one, guild_id, on=False)
            async with telling(other, own_valkey):
                await switch(other, guild_id, on=True)
                await until_heard(one, guild_id, on=True)

    async def test_without_redis_it_starts_answers_and_ends(
        self, running: Postgres, own_valkey: Valkey, guild_id: int
    ) -> None:
        own_valkey.stop()
        try:
            started = clock.monotonic()
            async with web(running, own_valkey.url) as one:
                assert await one.is_on(guild_id)
            assert clock.monotonic() - started < 3
        finally:
            own_valkey.start()


class TestInvocations:
    async def test_are_written_when_the_process_ends(
        self, running: Postgres, other: Database, guild_id: int
    ) -> None:
        ada, bob = member(), member()
        async with web(running) as one:
            await one.use(guild_id, ada)
            await one.use(guild_id, bob, "bytes daily")
            await one.use(guild_id, bob, "bytes daily")
            assert await invocations(other, guild_id) == []
        assert await invocations(other, guild_id) == [
            (ada.user_id, "bytes balance", "ok"),
            (bob.user_id, "bytes daily", "ok"),
            (bob.user_id, "bytes daily", "already_claimed"),
        ]

    async def test_wait_for_a_database_that_is_stopped_and_are_written_once(
        self, running: Postgres, other: Database, guild_id: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(buffer, "EVERY", 0.1)
        ada = member()
        async with web(running) as one:
            await one.use(guild_id, ada)
            await until(lambda: _is(other, guild_id, ["ok"]))
            running.stop("immediate")
            for _ in range(3):
                assert "Nothing was changed" in await one.use(guild_id, ada)
            await asyncio.sleep(0.5)
            running.start()
            assert "Nothing" not in await one.use(guild_id, ada)
            await until(lambda: _is(other, guild_id, ["ok", *["unavailable"] * 3, "ok"]))
        assert len(await invocations(other, guild_id)) == 5


async def _is(database: Database, guild_id: int, outcomes: list[str]) -> bool:
    return [outcome for _, _, outcome in await invocations(database, guild_id)] == outcomes
