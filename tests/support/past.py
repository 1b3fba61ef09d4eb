"""People who talked in a Discord of the test's own before it began, and somebody who tries rules on that."""

import asyncio
import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text

from app import clock
from app.automod.backtests.service import cancel_backtest, start_backtest, view_backtest
from app.automod.backtests.values import BacktestView
from app.automod.rule import Rule
from app.database.tx import Database
from app.guilds.domain import Actor
from simulator.local_discord import LocalDiscord
from simulator.snowflakes import first_id_at
from simulator.state import seed
from simulator.state.entities import Channel, Member, Mentions, Message, User
from tests.support.precinct import Precinct
from tests.support.ruling import BAN, DELETE, TIMEOUT, WARN, Beat, rule

CANARY = "zanzibar-of-the-canary"
CHANNEL = 1400000000000000001
SECOND = 1400000000000000002
BOB = 1310000000000000001
GONE = 1310000000000000002

RULES = (
    rule(
        "Scam",
        "off",
        trigger={"type": "message_regex", "patterns": ["free nitro"]},
        actions=[DELETE, BAN],
        conditions={"roles_except": [str(seed.HELPER)]},
    ),
    rule("Mentions", "on", actions=[WARN]),
    rule(
        "Fast",
        "shadow",
        trigger={"type": "message_rate", "messages": 4, "seconds": 10},
        actions=[TIMEOUT],
    ),
    rule(
        "Again",
        "shadow",
        trigger={"type": "duplicate_messages", "messages": 3, "seconds": 60},
        actions=[DELETE],
    ),
    rule("Young", "on", trigger={"type": "new_account"}, actions=[{"type": "kick"}]),
)


@dataclass(frozen=True)
class Written:
    """A message as the test wrote it."""

    message_id: int
    user_id: int
    at: datetime
    content: str
    mentioned: frozenset[int]


class Past:
    """What was written in a channel of the simulator before the test, as fast as a test can write."""

    def __init__(self, discord: LocalDiscord) -> None:
        self.discord = discord
        self.written: list[Written] = []
        world = discord.world
        for channel_id, name in ((CHANNEL, "past"), (SECOND, "elsewhere")):
            world.add_channel(Channel(channel_id, seed.GUILD_ID, name, 9))
            world.guilds[seed.GUILD_ID].channels[channel_id] = world.channels[channel_id]
        for user_id, name in ((BOB, "bob"), (GONE, "gone")):
            world.users[user_id] = User(user_id, name, None)
        world.guilds[seed.GUILD_ID].members[BOB] = Member(world.users[BOB], datetime(2024, 1, 1, tzinfo=UTC))

    def pages(self) -> int:
        """Count how often somebody asked for messages."""
        log = self.discord.traffic.log
        return len(log.read(after=0, limit=5_000, method="GET", route="/channels/{}/messages"))

    def write(self, count: int, channel_id: int = CHANNEL) -> None:
        """Have people talk: some fast, some alike, some scams, some mentions; always the same."""
        lots = random.Random(count)
        people = (seed.ADA, seed.JUN, seed.SIOBHAN, seed.TOMASZ, seed.PRIYA, BOB, GONE)
        at = datetime.now(UTC).replace(microsecond=0) - timedelta(days=3)  # noqa: TID251 - the simulator's
        for number in range(count):
            at += timedelta(seconds=lots.choice((1, 2, 2, 5, 40)))
            user_id = self.discord.bot.id if lots.random() < 0.03 else lots.choice(people)
            content = lots.choice(
                (f"{CANARY} {number}", f"{CANARY} {number}", "Hello there", "FREE  nitro", "get free nitro")
            )
            mentioned = frozenset(lots.sample(people, lots.choice((0, 0, 0, 0, 2, 4))))
            self._post(channel_id, user_id, at, content, mentioned)

    def burst(self, times: int) -> None:
        """Have somebody write four messages at once, again and again, so that each page ends within four."""
        at = datetime.now(UTC).replace(microsecond=0) - timedelta(days=2)  # noqa: TID251 - the simulator's
        for number in range(4 * times + 2):
            at += timedelta(seconds=1 if number % 4 else 60)
            self._post(CHANNEL, BOB, at, f"{CANARY} {number}", frozenset())

    def _post(
        self, channel_id: int, user_id: int, at: datetime, content: str, mentioned: frozenset[int]
    ) -> None:
        written = Written(first_id_at(at) | len(self.written), user_id, at, content, mentioned)
        self.written.append(written)
        mentions = Mentions(tuple(mentioned))
        self.discord.world.post(
            Message(written.message_id, channel_id, user_id, at, content, mentions=mentions)
        )


def expected(written: list[Written], rules: Sequence[Rule] = RULES) -> set[tuple[int, str]]:
    """Compute what rules hit, the long way round: message and rule."""
    staff, helpers = {seed.TOMASZ, seed.PRIYA}, {seed.SIOBHAN}
    humans = [each for each in written if each.user_id in {seed.ADA, seed.JUN, seed.SIOBHAN, BOB, GONE}]
    assert not any(each.user_id in staff for each in humans)
    hit = {
        (each.message_id, "Scam")
        for each in humans
        if "free nitro" in each.content and each.user_id not in helpers
    }
    hit |= {(each.message_id, "Mentions") for each in humans if len(each.mentioned - {each.user_id}) >= 3}
    by_author, by_text = defaultdict(list), defaultdict(list)
    for each in humans:
        by_author[each.user_id].append(each)
        by_text[each.user_id, "".join(each.content.lower().split())].append(each)
    for name, lanes, count, seconds in (("Fast", by_author, 4, 10), ("Again", by_text, 3, 60)):
        for lane in lanes.values():
            for start in range(len(lane) - count + 1):
                run = lane[start : start + count]
                if run[-1].at - run[0].at < timedelta(seconds=seconds):
                    hit |= {(each.message_id, name) for each in run}
    names = {each.name for each in rules}
    return {(message_id, name) for message_id, name in hit if name in names}


class Bench:
    """Somebody who tries rules, and what they see."""

    def __init__(self, here: Precinct, past: Past) -> None:
        self.here = here
        self.past = past
        self.actor = Actor.operator(here.guild_id)

    async def save(self, *rules: Rule) -> None:
        async with self.here.database.transaction() as tx:
            await Beat(self.here.guild_id).rule(tx, *rules)

    async def start(self, draft: Rule | str | None = None, **more: Any) -> BacktestView:
        chosen: dict[str, Any] = {"channel_ids": [CHANNEL], "messages": 1_000} | more
        now = clock.now()
        async with self.here.database.transaction() as tx:
            backtest = await start_backtest(
                tx, self.actor, draft, idempotency_key=f"test:{now.timestamp()}", now=now, **chosen
            )
        return BacktestView(backtest, [], [])

    async def cancel(self, view: BacktestView) -> BacktestView:
        async with self.here.database.transaction() as tx:
            return await cancel_backtest(tx, self.actor, view.backtest.id, now=clock.now())

    async def look(self, view: BacktestView, hits: int = 10_000) -> BacktestView:
        async with self.here.database.transaction() as tx:
            return await view_backtest(tx, self.actor, view.backtest.id, hits=hits, now=clock.now())

    async def until(self, view: BacktestView, seen: Callable[[BacktestView], bool]) -> BacktestView:
        async with asyncio.timeout(30):
            while not seen(view := await self.look(view)):  # noqa: ASYNC110 - a worker writes it
                await asyncio.sleep(0.01)
        return view


def is_over(view: BacktestView) -> bool:
    return not view.backtest.is_open


def hits_of(view: BacktestView) -> set[tuple[int, str]]:
    return {(each.message_id, each.rule_name) for each in view.found}


async def canaries(database: Database) -> list[str]:
    """Name the tables in which something of what was written stands."""
    async with database.transaction() as tx:
        tables = (
            await tx.execute(
                text("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
            )
        ).scalars()
        return [
            table
            for table in tables
            if (
                await tx.execute(
                    text(f'SELECT count(*) FROM "{table}" AS t WHERE t::text ILIKE :canary'),
                    {"canary": f"%{CANARY}%"},
                )
            ).scalar_one()
        ]
