"""The function behind `/interactions`, called as Lambda calls it, in a process of its own."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest
from sqlalchemy import text

from app import clock
from app.analytics.at_once import TIME_LIMIT
from app.bytes.domain import Member
from app.database.tx import Database
from app.main import FrontDoor, create_app
from app.settings import Environment, Settings
from interactions.endpoint import EVENTS_PATH, PATH
from tests.edges.aws.gateway import event_of, headers_of
from tests.edges.aws.sandbox import Sandbox
from tests.oracles.discord_schema import assert_callback
from tests.support.guilds import give, member, snowflake
from tests.support.signed import FakeDiscord, Signed, command, is_ephemeral, text_of

pytestmark = pytest.mark.anyio

PING: dict[str, Any] = {"type": 1}
TOO_MUCH_FOR_A_PING = {"sqlalchemy", "asyncpg", "hikari", "redis", "jinja2", "authlib", "httpx2", "pgqueuer"}


@pytest.fixture
async def giver(database: Database, guild_id: int) -> Member:
    """Somebody with 500 bytes."""
    giver = member()
    async with database.transaction() as tx:
        await give(tx, guild_id, giver, 500)
    return giver


@pytest.fixture
def send(guild_id: int, giver: Member) -> dict[str, Any]:
    return command(guild_id, giver, "bytes send", {"user": member(), "amount": 50, "reason": "für 🐍"})


class TestPing:
    @pytest.mark.parametrize("as_base64", [False, True])
    async def test_is_answered_with_pong(
        self, sandbox: Sandbox, discord: FakeDiscord, *, as_base64: bool
    ) -> None:
        answer = sandbox.invoke(event_of(discord.sign(PING), as_base64=as_base64)).answer
        assert answer == {
            "statusCode": 200,
            "headers": {"content-type": "application/json", "content-length": "10"},
            "body": '{"type":1}',
            "isBase64Encoded": False,
        }

    async def test_loads_nothing_it_does_not_need(self, sandbox: Sandbox, discord: FakeDiscord) -> None:
        packages = sandbox.invoke(event_of(discord.sign(PING))).packages
        assert packages & TOO_MUCH_FOR_A_PING == set()

    async def test_needs_no_database(self, start: Callable[..., Sandbox], discord: FakeDiscord) -> None:
        sandbox = start(DATABASE_URL="postgresql://nobody:7Fz1kQ@127.0.0.1:1/nothing")
        assert sandbox.invoke(event_of(discord.sign(PING))).answer["statusCode"] == 200


class TestForgery:
    async def test_a_wrong_signature_is_401(self, sandbox: Sandbox, discord: FakeDiscord) -> None:
        signed = discord.sign(PING)
        forged = Signed(b'{"type": 2}', signed.signature, signed.timestamp)
        invoked = sandbox.invoke(event_of(forged))
        assert (invoked.answer["statusCode"], invoked.answer["body"]) == (401, "")
        assert "sqlalchemy" not in invoked.packages

    async def test_a_body_that_is_no_text_is_401(self, sandbox: Sandbox, discord: FakeDiscord) -> None:
        signed = discord.sign(PING)
        forged = Signed(b"\xff\xfe\x00", signed.signature, signed.timestamp)
        assert sandbox.invoke(event_of(forged, as_base64=True)).answer["statusCode"] == 401


class TestCommand:
    @pytest.mark.parametrize("as_base64", [False, True])
    async def test_delivered_twice_is_booked_once_with_the_same_answer(
        self,
        sandbox: Sandbox,
        discord: FakeDiscord,
        database: Database,
        send: dict[str, Any],
        *,
        as_base64: bool,
    ) -> None:
        first = sandbox.invoke(event_of(discord.sign(send), as_base64=as_base64)).answer
        again = sandbox.invoke(event_of(discord.sign(send), as_base64=as_base64)).answer
        assert first == again
        assert first["statusCode"] == 200
        callback = json.loads(first["body"])
        assert_callback(callback)
        assert "für 🐍" in text_of(callback)
        assert await booked(database, send) == [50]

    async def test_every_invocation_uses_one_connection(
        self, sandbox: Sandbox, discord: FakeDiscord, database: Database, send: dict[str, Any]
    ) -> None:
        others = await backends(database)
        pids = []
        for payload in (send, send, send | {"id": str(snowflake())}):
            sandbox.invoke(event_of(discord.sign(payload)))
            pids.append(await backends(database) - others)
        assert len(pids[0]) == 1
        assert pids[0] == pids[1] == pids[2]
        assert await booked(database, send) == [50]

    async def test_a_refusal_is_logged_with_the_id_of_its_invocation(
        self, sandbox: Sandbox, discord: FakeDiscord, send: dict[str, Any]
    ) -> None:
        """What went well is counted and noted, and needs no line."""
        for payload in (PING, send, send | {"context": 1}):
            sandbox.invoke(event_of(discord.sign(payload)))
        (line,) = map(json.loads, sandbox.logged().splitlines())
        assert (line["message"], line["request_id"]) == ("interaction refused", "invocation-3")

    async def test_the_web_role_answers_the_same_bytes_the_same(
        self,
        sandbox: Sandbox,
        environment: dict[str, str],
        discord: FakeDiscord,
        database: Database,
        send: dict[str, Any],
    ) -> None:
        async with web_role(environment) as web:
            for signed in (
                discord.sign(send),
                discord.sign(PING),
                discord.sign(b"{"),
                Signed(b"{}", "0" * 128, "1"),
            ):
                there = await web.post(PATH, content=signed.body, headers=headers_of(signed))
                here = sandbox.invoke(event_of(signed)).answer
                assert here["statusCode"] == there.status_code
                assert here["body"] == there.text
                assert there.headers.get("content-type", "application/json") == "application/json"
                assert here["headers"]["content-type"] == "application/json"
        assert await booked(database, send) == [50]

    async def test_redis_is_optional_and_may_be_dead(
        self,
        start: Callable[..., Sandbox],
        discord: FakeDiscord,
        database: Database,
        send: dict[str, Any],
        redis_url: str,
    ) -> None:
        bodies = set()
        for url in (redis_url, "redis://127.0.0.1:1/0"):
            sandbox = start(REDIS_URL=url)
            bodies.add(sandbox.invoke(event_of(discord.sign(send))).answer["body"])
            assert sandbox.end() == 0
        assert len(bodies) == 1
        assert await booked(database, send) == [50]


class TestInvocation:
    """That a command was used is written before its answer leaves: afterwards the sandbox sleeps."""

    async def test_is_written_when_the_answer_is_there(
        self,
        sandbox: Sandbox,
        discord: FakeDiscord,
        database: Database,
        guild_id: int,
        send: dict[str, Any],
    ) -> None:
        for payload in (PING, send, send | {"id": str(snowflake())}):
            sandbox.invoke(event_of(discord.sign(payload)))
        sandbox.kill()
        assert await noted(database, guild_id) == [("bytes send", "ok")] * 2

    async def test_changes_no_answer_and_keeps_none_waiting(
        self,
        sandbox: Sandbox,
        discord: FakeDiscord,
        database: Database,
        guild_id: int,
        send: dict[str, Any],
    ) -> None:
        first = sandbox.invoke(event_of(discord.sign(send))).answer
        async with database.transaction() as tx:
            await tx.execute(text("LOCK TABLE command_invocations IN ACCESS EXCLUSIVE MODE"))
            started = clock.monotonic()
            assert sandbox.invoke(event_of(discord.sign(send))).answer == first
            assert clock.monotonic() - started < TIME_LIMIT + 0.5
        # The connection that was given up is replaced, and the next is noted again.
        assert sandbox.invoke(event_of(discord.sign(send))).answer == first
        assert await noted(database, guild_id) == [("bytes send", "ok")] * 2


class TestFreezing:
    async def test_between_calls_the_sandbox_may_sleep(
        self, sandbox: Sandbox, discord: FakeDiscord, database: Database, send: dict[str, Any]
    ) -> None:
        first = sandbox.invoke(event_of(discord.sign(send))).answer
        sandbox.freeze()
        assert await booked(database, send) == [50]
        sandbox.thaw()
        assert sandbox.invoke(event_of(discord.sign(send))).answer == first

    async def test_a_sandbox_that_never_wakes_has_committed_what_it_answered(
        self,
        start: Callable[..., Sandbox],
        discord: FakeDiscord,
        database: Database,
        send: dict[str, Any],
    ) -> None:
        doomed = start()
        first = doomed.invoke(event_of(discord.sign(send))).answer
        doomed.kill()
        assert start().invoke(event_of(discord.sign(send))).answer == first
        assert await booked(database, send) == [50]

    async def test_a_connection_lost_in_sleep_costs_one_polite_refusal_at_most(
        self, sandbox: Sandbox, discord: FakeDiscord, database: Database, send: dict[str, Any]
    ) -> None:
        others = await backends(database)
        sandbox.invoke(event_of(discord.sign(send)))
        sandbox.freeze()
        await end_backends(database, await backends(database) - others)
        sandbox.thaw()
        another = send | {"id": str(snowflake())}
        refused = json.loads(sandbox.invoke(event_of(discord.sign(another))).answer["body"])
        assert_callback(refused)
        if is_ephemeral(refused):
            assert await booked(database, another) == []
        answer = json.loads(sandbox.invoke(event_of(discord.sign(another))).answer["body"])
        assert not is_ephemeral(answer)
        assert await booked(database, another) == [50]


class TestEvent:
    async def test_of_discord_is_noted_and_answered_204(
        self, sandbox: Sandbox, discord: FakeDiscord, database: Database, guild_id: int
    ) -> None:
        added = {
            "version": 1,
            "application_id": "1",
            "type": 1,
            "event": {
                "type": "APPLICATION_AUTHORIZED",
                "timestamp": "2026-03-10T05:16:23.000000",
                "data": {"integration_type": 0, "scopes": [], "guild": {"id": str(guild_id)}},
            },
        }
        answer = sandbox.invoke(event_of(discord.sign(added), path=EVENTS_PATH)).answer
        assert (answer["statusCode"], answer["body"]) == (204, "")
        assert answer["headers"]["content-type"] == "application/json"
        async with database.transaction() as tx:
            found = await tx.execute(text("SELECT 1 FROM guilds WHERE id = :id"), {"id": guild_id})
            assert found.scalar_one() == 1

    async def test_the_other_path_does_not_take_it(self, sandbox: Sandbox, discord: FakeDiscord) -> None:
        event = event_of(discord.sign({"type": 0, "application_id": "1"}), path="/elsewhere")
        assert sandbox.invoke(event).answer["statusCode"] == 404


class TestStart:
    async def test_without_a_setting_fails_with_its_name(
        self, start: Callable[..., Sandbox], discord: FakeDiscord
    ) -> None:
        sandbox = start(SMARTERDEV_DISCORD_BOT_TOKEN="change-me")
        with pytest.raises(AssertionError, match="SMARTERDEV_DISCORD_BOT_TOKEN is a placeholder"):
            sandbox.invoke(event_of(discord.sign(PING)))


async def booked(database: Database, interaction: dict[str, Any]) -> list[int]:
    """List the amounts of the rows this interaction made."""
    async with database.transaction() as tx:
        rows = await tx.execute(
            text("SELECT amount FROM bytes_transactions WHERE idempotency_key LIKE :key || '%'"),
            {"key": f"interaction:{interaction['id']}"},
        )
        return list(rows.scalars())


async def noted(database: Database, guild_id: int) -> list[tuple[str, str]]:
    """List what was used in a guild, and what became of it."""
    async with database.transaction() as tx:
        rows = await tx.execute(
            text("SELECT command, outcome FROM command_invocations WHERE guild_id = :guild"),
            {"guild": guild_id},
        )
        return [(row.command, row.outcome) for row in rows]


async def backends(database: Database) -> set[int]:
    """List the platform's connections to this database."""
    async with database.transaction() as tx:
        rows = await tx.execute(
            text(
                "SELECT pid FROM pg_stat_activity "
                "WHERE application_name = 'smarterdev' AND datname = current_database()"
            )
        )
        return set(rows.scalars())


async def end_backends(database: Database, pids: set[int]) -> None:
    """End connections from the server's side, as a proxy does with idle ones."""
    async with database.transaction() as tx:
        for pid in pids:
            await tx.execute(text("SELECT pg_terminate_backend(:pid, 2000)"), {"pid": pid})


@asynccontextmanager
async def web_role(environment: dict[str, str]) -> AsyncIterator[httpx2.AsyncClient]:
    """Run the web role of the same settings in this process."""
    app = create_app(
        Settings(
            environment=Environment.PRODUCTION,
            database_url=environment["DATABASE_URL"],
            discord_application_id=environment["SMARTERDEV_DISCORD_APPLICATION_ID"],
            discord_public_key=environment["SMARTERDEV_DISCORD_PUBLIC_KEY"],
            discord_bot_token=environment["SMARTERDEV_DISCORD_BOT_TOKEN"],
            _env_file=None,
        )
    )
    assert isinstance(app, FrontDoor)
    site: Any = app._site
    async with (
        site.router.lifespan_context(site),
        httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://web") as client,
    ):
        yield client
