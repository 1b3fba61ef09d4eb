"""What handlers leave in their context: whether something stands already, and until when they wait."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from app import clock
from app.access.gathering import RankFinder
from app.database.tx import Database, Tx
from app.discord.connection import LazyDiscord
from app.discord.reply import Reply
from app.language import load_language
from app.replies.service import TokenBox, Tokens
from app.settings import load_settings
from interactions.bytes import daily, history, leaderboard
from interactions.context import Context
from interactions.custom_id import CustomIds
from interactions.privacy import export
from interactions.table import ROUTES
from tests.support.guilds import actor, snowflake

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("verified")]


class Overtaken(Context):
    """A context whose time is over as soon as its handler has looked."""

    __slots__ = ()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Tx]:
        async with super().reading() as tx:
            yield tx
        self._ends = clock.monotonic()


def made(database: Database, guild_id: int, kind: type[Context] = Context) -> Context:
    return kind(
        interaction_id=snowflake(timedelta(seconds=1)),
        actor=actor(guild_id),
        now=clock.now(),
        ends=clock.monotonic() + 5,
        locale="en-US",
        language=load_language("en"),
        database=database,
        custom_ids=CustomIds(b"a key of the tests"),
        ranks=RankFinder(LazyDiscord(load_settings()).places),
        tokens=Tokens(TokenBox(bytes(32)), "a token"),
        routes=ROUTES,
    )


class TestWhatWasCommitted:
    @pytest.mark.parametrize("look", [leaderboard, history])
    async def test_is_nothing_after_a_look(
        self, database: Database, guild_id: int, look: Callable[[Context], Awaitable[Reply]]
    ) -> None:
        """A defect after it must not say "It was done"."""
        ctx = made(database, guild_id)
        await look(ctx)
        assert not ctx.committed

    async def test_is_something_after_a_claim(self, database: Database, guild_id: int) -> None:
        ctx = made(database, guild_id)
        await daily(ctx)
        assert ctx.committed


class TestTheDeadline:
    async def test_ends_the_packing_of_a_file_too(self, database: Database, guild_id: int) -> None:
        with pytest.raises(TimeoutError):
            await export(made(database, guild_id, Overtaken))
