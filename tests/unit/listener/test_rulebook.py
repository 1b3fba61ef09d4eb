"""Rules that are read again: what is as it was stays ready, for making it ready takes long."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace

import pytest

from app.automod.stored import StoredRule
from app.ids import new_id
from moderation_listener.rulebook import AT_LATEST, Ready, RuleBook
from tests.support.guilds import new_guild
from tests.support.ruling import rule
from tests.support.waiting import until

pytestmark = pytest.mark.anyio


@dataclass
class Shelf:
    """A book about one guild, and what it reads."""

    stored: list[StoredRule] = field(default_factory=lambda: [StoredRule(new_id(), 1, rule(), 1)])
    guild_id: int = field(default_factory=new_guild)
    time: float = 1000.0
    arrived: int = 0

    def __post_init__(self) -> None:
        self.book = RuleBook(self.load, self.arrive, lambda: self.time)

    async def load(self, _guild_id: int) -> list[StoredRule]:
        return list(self.stored)

    def arrive(self, _guild_id: int) -> None:
        self.arrived += 1

    async def read(self) -> Ready:
        """Have the rules read again; gives them."""
        before = self.arrived
        self.time += AT_LATEST + 1
        assert self.book.find(self.guild_id) is None
        await until(lambda: self.arrived > before)
        found = self.book.find(self.guild_id)
        assert found is not None
        return found


@pytest.fixture
async def shelf() -> AsyncIterator[Shelf]:
    made = Shelf()
    async with asyncio.TaskGroup() as group:
        keeper = group.create_task(made.book.keep())
        yield made
        keeper.cancel()


class TestReadingAgain:
    async def test_what_is_as_it_was_is_not_made_ready_anew(self, shelf: Shelf) -> None:
        assert await shelf.read() is await shelf.read()

    async def test_what_changed_is(self, shelf: Shelf) -> None:
        first = await shelf.read()
        shelf.stored[0] = replace(shelf.stored[0], version=2)
        second = await shelf.read()
        assert second is not first
        assert set(second.versions.values()) == {2}
        shelf.stored.append(StoredRule(new_id(), 2, rule(name="Another"), 1))
        assert len((await shelf.read()).rules.rules) == 2

    async def test_a_rule_that_broke_is_tried_again(self, shelf: Shelf) -> None:
        first = await shelf.read()
        first.rules.leave_out(first.rules.rules[0], ValueError("broke"))
        assert await shelf.read() is not first
