"""Who asks for too much at once is asked to wait, and costs nothing until then."""

from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import event

from app import clock
from app.bytes.domain import Member
from app.database.tx import Database
from interactions.flood import MOST, WINDOW, Flood
from interactions.table import ROUTES
from tests.edges.interactions.outcome import CHOICES, assert_refused, kept, sealed, with_routes
from tests.support.guilds import give, member, new_guild
from tests.support.signed import FakeDiscord, command, menu, press, submit, text_of, typing

pytestmark = pytest.mark.anyio

TOO_FAST = ("Too fast", "That was a lot at once. This one was not looked at; wait a few seconds.")


@dataclass
class Stage:
    """A guild with Ada, and a clock that moves only by hand."""

    discord: FakeDiscord
    database: Database
    guild_id: int
    ada: Member
    now: float = 1000.0

    async def ask(self, who: Member | None = None, guild_id: int | None = None) -> str:
        return text_of(
            await self.discord.command(guild_id or self.guild_id, who or self.ada, "bytes leaderboard")
        )

    def every_kind(self) -> list[dict[str, Any]]:
        """One payload of every kind of interaction, each of which would do something."""
        guild_id, ada, bob = self.guild_id, self.ada, member()
        form, button = (sealed(self.discord, guild_id, each, ada) for each in ("send", "leaderboard:1"))
        return [
            command(guild_id, ada, "bytes send", {"user": bob, "amount": 5}),
            command(guild_id, ada, "nothing there"),
            menu(guild_id, ada, "View bytes", ada),
            press(guild_id, ada, button),
            submit(guild_id, ada, form, {"user": bob, "amount": "5"}),
            typing(guild_id, ada, "help", "command", ""),
        ]


@pytest.fixture
async def stage(database: Database, guild_id: int, monkeypatch: pytest.MonkeyPatch) -> Stage:
    async with database.transaction() as tx:
        await give(tx, guild_id, ada := member(), 100)
    made = Stage(with_routes(database, ROUTES, Flood()), database, guild_id, ada)
    monkeypatch.setattr(clock, "monotonic", lambda: made.now)
    return made


class TestTheTwentyFirst:
    async def test_is_asked_to_wait_whatever_it_is(self, stage: Stage) -> None:
        for _ in range(MOST):
            assert "Leaderboard" in await stage.ask()
        before = await kept(stage.database, stage.guild_id)
        for payload in stage.every_kind():
            callback = await stage.discord.deliver(payload)
            if payload["type"] == 4:
                assert callback == {"type": CHOICES, "data": {"choices": []}}
            else:
                assert_refused(callback, *TOO_FAST)
        assert await kept(stage.database, stage.guild_id) == before

    async def test_costs_the_database_nothing(self, stage: Stage) -> None:
        for _ in range(MOST):
            await stage.ask()
        taken = []
        pool = stage.database.engine.sync_engine.pool
        event.listen(pool, "checkout", lambda *_: taken.append("a connection"))
        for payload in stage.every_kind():
            await stage.discord.deliver(payload)
        assert taken == []
        await stage.ask(member())
        assert taken == ["a connection"]

    async def test_counts_every_kind_of_interaction(self, stage: Stage) -> None:
        kinds = stage.every_kind()
        for number in range(MOST):
            await stage.discord.deliver(kinds[number % len(kinds)])
        assert "Too fast" in await stage.ask()

    async def test_is_anothers_first(self, stage: Stage) -> None:
        for _ in range(MOST + 1):
            await stage.ask()
        assert "Leaderboard" in await stage.ask(member())
        assert "Too fast" in await stage.ask(guild_id=new_guild())
        assert "Too fast" in await stage.ask()

    async def test_is_welcome_after_a_few_seconds(self, stage: Stage) -> None:
        for _ in range(MOST + 1):
            await stage.ask()
        stage.now += WINDOW
        assert "Leaderboard" in await stage.ask()

    async def test_from_nobody_is_counted_for_nobody(self, stage: Stage) -> None:
        """What is not signed, or is from no server, keeps no member from anything."""
        payload = command(stage.guild_id, stage.ada, "about")
        for _ in range(MOST):
            signed = stage.discord.sign(payload)
            await stage.discord.receiver.receive(signed.body + b" ", signed.signature, signed.timestamp)
            await stage.discord.deliver(payload | {"guild_id": None})
        assert "Leaderboard" in await stage.ask()
