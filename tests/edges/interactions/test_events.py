"""Discord's webhook events: the bot came, the bot went."""

import asyncio
import json
import logging
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import text

from app import clock
from app.database.engine import connect_database
from app.database.tx import Database
from app.embedded.postgres import Postgres
from interactions.endpoint import EVENTS_PATH
from interactions.receive import Answer
from tests.edges.interactions.conftest import DATABASE
from tests.edges.interactions.door import front_door, settings_of
from tests.support.guilds import give, member, snowflake
from tests.support.signed import APPLICATION_ID, FakeDiscord, command, text_of

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("verified")]

AUTHORIZED, DEAUTHORIZED = "APPLICATION_AUTHORIZED", "APPLICATION_DEAUTHORIZED"
NOTED = Answer(204)


def envelope(kind: int, event: object = None) -> dict[str, Any]:
    body = {"version": 1, "application_id": APPLICATION_ID, "type": kind}
    return body if event is None else body | {"event": event}


def event_of(name: str, guild_id: object, **more: object) -> dict[str, Any]:
    """Build an event as Discord's documentation shows it."""
    data = {
        "integration_type": 0,
        "scopes": ["applications.commands", "bot"],
        "user": {"id": str(snowflake()), "username": "ada", "discriminator": "0"},
        "guild": {"id": guild_id, "name": "Smarter", "features": [], "owner_id": str(snowflake())},
    }
    return envelope(1, {"type": name, "timestamp": "2026-10-01T00:00:00.000000", "data": data | more})


async def state(database: Database, guild_id: int) -> str:
    """Tell what the platform knows of a guild."""
    async with database.transaction() as tx:
        statement = text("SELECT removed_at FROM guilds WHERE id = :id")
        row = (await tx.execute(statement, {"id": guild_id})).one_or_none()
    if row is None:
        return "unknown"
    return "installed" if row.removed_at is None else "removed"


async def installed_at(database: Database, guild_id: int) -> datetime:
    async with database.transaction() as tx:
        statement = text("SELECT installed_at FROM guilds WHERE id = :id")
        found: datetime = (await tx.execute(statement, {"id": guild_id})).scalar_one()
    return found


class TestPing:
    async def test_is_204_without_a_word(self, discord: FakeDiscord, database_url: str) -> None:
        signed = discord.sign(envelope(0))
        async with front_door(settings_of(database_url, discord.public_key)) as client:
            answer = await client.post(EVENTS_PATH, content=signed.body, headers=signed.headers)
        assert (answer.status_code, answer.content) == (204, b"")
        assert answer.headers["content-type"] == "application/json"

    async def test_asks_no_database(self) -> None:
        nothing: Any = None
        assert await FakeDiscord(nothing).notify(envelope(0)) == NOTED


class TestAuthorized:
    async def test_installs_the_guild(self, discord: FakeDiscord, database: Database, guild_id: int) -> None:
        assert await discord.notify(event_of(AUTHORIZED, str(guild_id))) == NOTED
        assert await state(database, guild_id) == "installed"

    async def test_twice_is_once(self, discord: FakeDiscord, database: Database, guild_id: int) -> None:
        event = event_of(AUTHORIZED, str(guild_id))
        assert await discord.notify(event) == NOTED
        since = await installed_at(database, guild_id)
        assert await asyncio.gather(*(discord.notify(event) for _ in range(8))) == [NOTED] * 8
        assert await installed_at(database, guild_id) == since

    async def test_eight_at_once_are_one(
        self, discord: FakeDiscord, database: Database, guild_id: int
    ) -> None:
        event = event_of(AUTHORIZED, str(guild_id))
        assert await asyncio.gather(*(discord.notify(event) for _ in range(8))) == [NOTED] * 8
        assert await state(database, guild_id) == "installed"

    @pytest.mark.parametrize("guild", [None, {}, {"id": "x"}, {"id": "0"}, {"id": str(2**63)}])
    async def test_by_a_user_for_themselves_is_noted_by_nobody(
        self, discord: FakeDiscord, guild: object
    ) -> None:
        event = event_of(AUTHORIZED, "1", guild=guild, integration_type=1)
        assert (await discord.notify(event)).status in {204, 400}

    async def test_without_a_guild_is_204(self, discord: FakeDiscord) -> None:
        event = event_of(AUTHORIZED, "1")
        del event["event"]["data"]["guild"]
        assert await discord.notify(event) == NOTED


class TestDeauthorized:
    async def test_marks_the_guild_and_keeps_its_data(
        self, discord: FakeDiscord, database: Database, guild_id: int
    ) -> None:
        ada = member()
        async with database.transaction() as tx:
            await give(tx, guild_id, ada, 70)
        for _ in range(2):
            assert await discord.notify(event_of(DEAUTHORIZED, str(guild_id))) == NOTED
            assert await state(database, guild_id) == "removed"
        assert await discord.notify(event_of(AUTHORIZED, str(guild_id))) == NOTED
        assert await state(database, guild_id) == "installed"
        assert "**70 bytes**" in text_of(
            await discord.deliver(command(guild_id, member(), "bytes balance", {"user": ada}))
        )

    async def test_of_an_unknown_guild_makes_none(
        self, discord: FakeDiscord, database: Database, guild_id: int
    ) -> None:
        assert await discord.notify(event_of(DEAUTHORIZED, str(guild_id))) == NOTED
        assert await state(database, guild_id) == "unknown"

    async def test_a_command_afterwards_shows_that_the_bot_is_there(
        self, discord: FakeDiscord, database: Database, guild_id: int
    ) -> None:
        """Events may come late or twice; a signed command of that guild knows better."""
        await discord.notify(event_of(AUTHORIZED, str(guild_id)))
        await discord.notify(event_of(DEAUTHORIZED, str(guild_id)))
        assert await state(database, guild_id) == "removed"
        await discord.command(guild_id, member(), "bytes balance")
        assert await state(database, guild_id) == "installed"


class TestOther:
    @pytest.mark.parametrize(
        "name", ["ENTITLEMENT_CREATE", "QUEST_USER_ENROLLMENT", "", "application_authorized"]
    )
    async def test_an_unknown_event_is_204(
        self, discord: FakeDiscord, database: Database, guild_id: int, name: str
    ) -> None:
        assert await discord.notify(event_of(name, str(guild_id))) == NOTED
        assert await state(database, guild_id) == "unknown"

    @pytest.mark.parametrize("kind", [1, 2, 99])
    async def test_an_envelope_without_an_event_is_204(self, discord: FakeDiscord, kind: int) -> None:
        assert await discord.notify(envelope(kind)) == NOTED


class TestRefused:
    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"{",
            b"[]",
            b'{"type":"1"}',
            b'{"type":1,"event":5}',
            b'{"type":1,"event":{}}',
            b'{"type":1,"event":{"type":"APPLICATION_AUTHORIZED"}}',
            b'{"type":1,"event":{"type":"APPLICATION_AUTHORIZED","data":[]}}',
            b'{"type":1,"event":{"type":"APPLICATION_AUTHORIZED","data":{"guild":{"id":5}}}}',
            b'{"type":1,"event":{"type":"APPLICATION_AUTHORIZED","data":{"guild":"5"}}}',
            b'{"type":1,"x":' + b"[" * 100_000,
            b'{"type":1,"event":{"type":"\xff"}}',
        ],
    )
    async def test_what_cannot_be_read_is_400(self, discord: FakeDiscord, body: bytes) -> None:
        assert await discord.notify(body) == Answer(400)

    async def test_what_is_not_from_discord_is_401(
        self, discord: FakeDiscord, database: Database, guild_id: int
    ) -> None:
        event = event_of(AUTHORIZED, str(guild_id))
        stranger = FakeDiscord(database).sign(event)
        old = discord.sign(event, at=clock.now().timestamp() - 400)
        for signed in (stranger, old):
            assert await discord.receiver.receive_event(*vars(signed).values()) == Answer(401)
        assert await state(database, guild_id) == "unknown"

    async def test_an_interaction_does_nothing_here(
        self, discord: FakeDiscord, database: Database, guild_id: int
    ) -> None:
        bob = member()
        body = json.dumps(command(guild_id, member(), "bytes send", {"user": bob, "amount": 1})).encode()
        assert await discord.notify(body) == NOTED
        assert await state(database, guild_id) == "unknown"


class TestFailures:
    async def test_without_a_database_it_is_503_and_discord_comes_again(
        self, running: Postgres, guild_id: int
    ) -> None:
        database = connect_database(running.url(DATABASE))
        discord, event = FakeDiscord(database), event_of(AUTHORIZED, str(guild_id))
        try:
            running.stop("immediate")
            assert await discord.notify(event) == Answer(503)
            assert await discord.notify(envelope(0)) == NOTED
            running.start()
            assert await discord.notify(event) == NOTED
            assert await state(database, guild_id) == "installed"
        finally:
            await database.close()

    async def test_a_defect_is_500_and_logged(self, guild_id: int, caplog: pytest.LogCaptureFixture) -> None:
        def nothing() -> Database:
            raise RuntimeError("no database was configured")

        discord = FakeDiscord(None)  # type: ignore[arg-type] # never given out
        discord.receiver._database = nothing
        assert await discord.notify(event_of(AUTHORIZED, str(guild_id))) == Answer(500)
        [record] = [record for record in caplog.records if record.levelno == logging.ERROR]
        assert record.message == "webhook event failed"
