"""Watching: real rules, and a database that comes and goes."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import UUID

import pytest
from prometheus_client import REGISTRY

from app import clock
from app.automod.compiled import Broken
from app.automod.judge import Verdict
from app.automod.observation import Kind, Observation
from app.automod.rule import Rule
from app.automod.stored import StoredRule
from app.errors import UnavailableError
from app.ids import new_id
from moderation_listener import watch as watching
from moderation_listener.rulebook import AT_LATEST, SOON
from moderation_listener.watch import BUDGET, Watch
from tests.support.guilds import new_guild, snowflake
from tests.support.ruling import RATE, rule
from tests.support.waiting import until

pytestmark = pytest.mark.anyio


@dataclass
class House:
    """What the watch is joined with, and what became of it."""

    rules: dict[int, list[Rule]] = field(default_factory=dict)
    acted: list[tuple[Observation, Sequence[Verdict]]] = field(default_factory=list)
    paused: list[tuple[int, UUID, int]] = field(default_factory=list)
    is_away: bool = False
    is_broken: bool = False
    reads: int = 0
    time: float = 1000.0
    takes: float = 0.0
    spent: float = 0.0
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.gate.set()
        self.watch = Watch(
            self.load, self.act, self.pause, monotonic=lambda: self.time, processor=self.processor
        )

    def processor(self) -> float:
        """Tell what was spent, which goes on while somebody judges."""
        self.spent += self.takes
        return self.spent

    async def load(self, guild_id: int) -> list[StoredRule]:
        self.reads += 1
        found = list(self.rules.get(guild_id, []))
        await self.gate.wait()
        self.check()
        return [StoredRule(new_id(), place, each, 7) for place, each in enumerate(found)]

    async def act(self, observation: Observation, verdicts: Sequence[Verdict]) -> None:
        self.check()
        self.acted.append((observation, verdicts))

    async def pause(self, guild_id: int, broken: Broken, version: int) -> None:
        self.check()
        self.paused.append((guild_id, broken.rule_id, version))

    def check(self) -> None:
        if self.is_away:
            raise UnavailableError("away")
        if self.is_broken:
            raise ValueError("canary-words")

    @asynccontextmanager
    async def open(self) -> AsyncIterator["House"]:
        async with asyncio.timeout(20), asyncio.TaskGroup() as group:
            keeper = group.create_task(self.watch.keep())
            yield self
            keeper.cancel()

    async def acts(self, count: int) -> None:
        await until(lambda: len(self.acted) == count)


def message(guild_id: int, mentions: int = 3) -> Observation:
    at = clock.now()
    return Observation(
        Kind.MESSAGE,
        guild_id,
        user_id=42,
        at=at,
        channel_id=77,
        message_id=snowflake(timedelta(0), at),
        content="canary-words",
        mentioned_user_ids=frozenset(range(1, mentions + 1)),
    )


def dropped(what: str) -> float:
    return REGISTRY.get_sample_value("smarterdev_listener_dropped_total", {"what": what}) or 0


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with House().open() as made:
        yield made


class TestJudging:
    async def test_a_message_that_a_rule_is_for_is_acted_on_once(self, house: House) -> None:
        guild_id = new_guild()
        house.rules[guild_id] = [rule()]
        bad, good = message(guild_id), message(guild_id, mentions=0)
        house.watch.see(good)
        house.watch.see(bad)
        await house.acts(1)
        ((seen, verdicts),) = house.acted
        assert seen == bad
        assert [each.rule.name for each in verdicts] == ["Too many mentions"]
        assert house.reads == 1

    async def test_what_waited_for_the_rules_is_judged_in_order(self, house: House) -> None:
        """The first three are a burst only together."""
        guild_id = new_guild()
        house.rules[guild_id] = [rule(trigger=RATE)]
        house.gate.clear()
        messages = [message(guild_id) for _ in range(3)]
        for each in messages:
            house.watch.see(each)
        house.gate.set()
        await house.acts(1)
        assert house.acted[0][0] == messages[-1]

    async def test_bots_and_staff_are_not_even_looked_up(self, house: House) -> None:
        guild_id = new_guild()
        house.watch.see(replace(message(guild_id), is_bot=True))
        house.watch.see(replace(message(guild_id), is_staff=True))
        await asyncio.sleep(0.05)
        assert house.reads == 0

    async def test_who_takes_too_long_is_looked_at_again_a_second_later(self, house: House) -> None:
        slow, other = new_guild(), new_guild()
        house.rules = {slow: [rule()], other: [rule()]}
        for guild_id in (slow, other):
            house.watch.see(message(guild_id))
        await house.acts(2)
        house.time += 2
        before, house.takes = dropped("throttled"), 2 * BUDGET
        house.watch.see(message(slow))
        house.takes = 0
        house.watch.see(message(slow))
        house.watch.see(message(other))
        assert dropped("throttled") == before + 1
        await house.acts(4)
        house.time += 1
        house.watch.see(message(slow))
        await house.acts(5)

    async def test_a_rule_that_breaks_is_paused_and_the_others_go_on(
        self, house: House, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def breaks(*_: object) -> None:
            raise ValueError("canary-words")

        guild_id = new_guild()
        house.rules[guild_id] = [rule("first"), rule("second")]
        house.watch.see(message(guild_id))
        await house.acts(1)
        ready = house.watch._book.find(guild_id)
        assert ready is not None
        asked = ready.rules.rules[0]
        object.__setattr__(asked, "matches", breaks)
        house.watch.see(message(guild_id))
        await until(lambda: bool(house.paused))
        assert house.paused == [(guild_id, asked.rule_id, 7)]
        assert [each.rule.name for each in house.acted[1][1]] == ["second"]
        assert "a rule broke: ValueError" in caplog.text
        assert "canary" not in caplog.text


class TestRules:
    async def test_are_read_again_when_somebody_says_that_they_changed(self, house: House) -> None:
        guild_id = new_guild()
        house.watch.see(message(guild_id))
        await house.watch.settled()
        house.rules[guild_id] = [rule()]
        house.watch.forget(guild_id)
        house.watch.see(message(guild_id))
        await house.acts(1)

    async def test_that_change_while_they_are_read_are_read_again(self, house: House) -> None:
        guild_id = new_guild()
        house.gate.clear()
        house.watch.see(message(guild_id))
        await until(lambda: house.reads == 1)
        house.rules[guild_id] = [rule()]
        house.watch.forget(guild_id)
        house.gate.set()
        await house.acts(1)

    async def test_are_never_older_than_half_a_minute(self, house: House) -> None:
        """Live events may be lost: whoever judges would not know of the change."""
        guild_id = new_guild()
        house.watch.see(message(guild_id))
        await house.watch.settled()
        house.rules[guild_id] = [rule()]
        house.time += AT_LATEST + 1
        house.watch.see(message(guild_id))
        await house.acts(1)

    async def test_are_read_before_that_where_much_is_going_on(self, house: House) -> None:
        guild_id = new_guild()
        house.rules[guild_id] = [rule()]
        house.watch.see(message(guild_id))
        await house.acts(1)
        house.time += SOON + 1
        house.watch.see(message(guild_id))  # by those of before, at once
        await house.acts(2)
        await until(lambda: house.reads == 2)

    async def test_nobody_knows_which_changed_are_all_read_again(self, house: House) -> None:
        guilds = [new_guild(), new_guild()]
        for guild_id in guilds:
            house.watch.see(message(guild_id))
        await house.watch.settled()
        house.rules = {guild_id: [rule()] for guild_id in guilds}
        house.watch.forget_all()
        for guild_id in guilds:
            house.watch.see(message(guild_id))
        await house.acts(2)

    async def test_of_one_guild_that_cannot_be_read_keep_no_other_waiting(
        self, house: House, caplog: pytest.LogCaptureFixture
    ) -> None:
        broken, other = new_guild(), new_guild()
        house.rules[other] = [rule()]
        house.is_broken = True
        house.watch.see(message(broken))
        await until(lambda: "the rules of a guild cannot be read: ValueError" in caplog.text)
        house.is_broken = False
        house.watch.see(message(other))
        await house.acts(1)
        assert "canary" not in caplog.text


class TestAway:
    """The database does not answer."""

    async def test_those_of_before_are_asked_and_verdicts_wait(self, house: House) -> None:
        guild_id = new_guild()
        house.rules[guild_id] = [rule()]
        house.watch.see(message(guild_id))
        await house.acts(1)
        house.is_away = True
        house.time += AT_LATEST + 1
        messages = [message(guild_id) for _ in range(3)]
        for each in messages:
            house.watch.see(each)
        await until(lambda: house.watch.state == "behind" and not house.watch._held)
        house.is_away = False
        await house.acts(4)
        assert [seen for seen, _ in house.acted[1:]] == messages
        await until(lambda: house.watch.state == "ok")

    async def test_what_happens_before_any_rules_were_read_waits(self, house: House) -> None:
        guild_id = new_guild()
        house.rules[guild_id] = [rule()]
        house.is_away = True
        house.watch.see(message(guild_id))
        await until(lambda: house.watch.state == "behind")
        house.is_away = False
        await house.acts(1)

    async def test_a_flood_costs_bounded_memory_and_no_other_guild_its_place(self, house: House) -> None:
        flooded, other = new_guild(), new_guild()
        house.gate.clear()
        before = dropped("held")
        for _ in range(watching.MOST_HELD_OF_ONE + 5):
            house.watch.see(message(flooded, mentions=0))
        house.watch.see(message(other))
        assert dropped("held") == before + 5
        house.rules[other] = [rule()]
        house.watch.leave(flooded)
        assert house.watch._held_count == 1

    async def test_a_verdict_that_breaks_holds_up_no_other(
        self, house: House, caplog: pytest.LogCaptureFixture
    ) -> None:
        guild_id = new_guild()
        house.rules[guild_id] = [rule()]
        house.watch.see(message(guild_id))
        await house.acts(1)
        house.is_broken = True
        with caplog.at_level(logging.ERROR):
            house.watch.see(message(guild_id))
            await house.watch.written()
        house.is_broken = False
        house.watch.see(message(guild_id))
        await house.acts(2)
        assert "verdicts were not written: ValueError" in caplog.text
        assert "canary" not in caplog.text
