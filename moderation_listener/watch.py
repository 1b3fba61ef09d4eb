"""Watching: what happens in a guild is judged by its rules, and what they say is written down.

Judging is arithmetic and done at once, in the order of events; everything that waits for the database waits
beside it, so the connection to Discord never does.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final, TypeAlias

from app import clock
from app.automod.compiled import Broken
from app.automod.judge import Verdict, judge
from app.automod.observation import Kind, Observation
from app.automod.text import Forms
from app.automod.windows import Windows, alike
from moderation_listener import metrics
from moderation_listener.defects import describe
from moderation_listener.rulebook import Load, Ready, RuleBook
from moderation_listener.writing import Writer

log = logging.getLogger(__name__)

BUDGET: Final = 0.05
"""Seconds of judging that one guild may take in each second; what comes on top is not judged."""

MOST_HELD: Final = 10_000
"""Observations that wait for rules at most, of all guilds together."""

MOST_HELD_OF_ONE: Final = 2_000

_A_MOMENT: Final = 0.02

_MOST_BEFORE_OLD: Final = 500
"""So many verdicts may wait to be written while something old is judged: what happens now needs the room."""

Act: TypeAlias = Callable[[Observation, Sequence[Verdict]], Awaitable[None]]
"""Does what rules said about an observation, in one transaction; twice is once."""

Pause: TypeAlias = Callable[[int, Broken, int], Awaitable[None]]
"""Has a rule that broke not asked any more: of which guild, what broke, and in which version."""

_JUDGED: Final = {kind: metrics.JUDGED.labels(kind.value) for kind in Kind}


@dataclass(slots=True)
class _Guild:
    """What happened lately in a guild, and what judging it took of the second that began then."""

    windows: Windows = field(default_factory=Windows)
    second: float = 0.0
    spent: float = 0.0


class Watch:
    """The rules of all guilds of this process, at work.

    Args:
        load: Reads a guild's rules that are to be asked.
        act: Does what rules said.
        pause: Has a broken rule not asked any more.
        monotonic: The time to go by.
        processor: Tells what was spent of the processor's: what others take of it is not a guild's fault.
        budget: Seconds of judging that one guild may take in each second.
    """

    def __init__(
        self,
        load: Load,
        act: Act,
        pause: Pause,
        *,
        monotonic: Callable[[], float] = clock.monotonic,
        processor: Callable[[], float] = clock.processor,
        budget: float = BUDGET,
    ) -> None:
        self._load = load
        self._act = act
        self._pause = pause
        self._monotonic = monotonic
        self._processor = processor
        self._budget = budget
        self._book = RuleBook(load, self._judge_held, monotonic)
        self._writer = Writer("verdicts")
        self._guilds: dict[int, _Guild] = {}
        self._held: dict[int, deque[Observation]] = {}
        self._held_count = 0

    @property
    def state(self) -> str:
        """Give `ok`, or `behind` while rules cannot be read or verdicts cannot be written."""
        return "behind" if self._book.is_failing or self._writer.is_failing else "ok"

    def see(self, observation: Observation) -> None:
        """Judge something that happened; if the guild's rules are not read yet, as soon as they are."""
        if observation.is_bot or observation.is_staff:
            return
        guild_id = observation.guild_id
        ready = None if guild_id in self._held else self._book.find(guild_id)
        if ready is None:
            self._hold(observation)
        else:
            self._judge(observation, ready)

    def has_rules(self, guild_id: int) -> bool:
        """Tell whether a guild has rules to be asked, as far as that is known."""
        ready = self._book.known(guild_id)
        return ready is None or bool(ready.rules.rules)

    def forget(self, guild_id: int) -> None:
        """Have a guild's rules read again: somebody has changed something there."""
        self._book.forget(guild_id)

    def forget_all(self) -> None:
        """Have all rules read again: nobody knows what was changed."""
        self._book.forget_all()

    def leave(self, guild_id: int) -> None:
        """Remember nothing of a guild: the bot is in it no more."""
        self._book.leave(guild_id)
        self._guilds.pop(guild_id, None)
        self._held_count -= len(self._held.pop(guild_id, ()))

    async def keep(self) -> None:
        """Read rules and write verdicts, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._book.keep())
            group.create_task(self._writer.keep())

    async def written(self) -> None:
        """Return when no verdict waits."""
        await self._writer.written()

    async def settled(self) -> None:
        """Return when all that was seen so far is judged, and what came of it is written."""
        for guild_id in list(self._held):
            await self.ready(guild_id)
        await self._writer.settled()

    async def asks(self, guild_id: int) -> bool:
        """Look whether a guild has rules to be asked; nothing is remembered of one that has none.

        Raises:
            UnavailableError, OutcomeUnknownError: nobody knows.
        """
        return bool(await self._load(guild_id))

    async def ready(self, guild_id: int) -> Ready:
        """Give a guild's rules as soon as they can be had."""
        while True:
            ready = None if guild_id in self._held else self._book.find(guild_id)
            if ready is not None:
                return ready
            await asyncio.sleep(_A_MOMENT)

    def remember(self, observation: Observation) -> None:
        """Count something that was judged before, by another process."""
        if not (observation.is_bot or observation.is_staff):
            self._guild(observation.guild_id).windows.note(
                observation, alike(Forms(observation.content).folded) if observation.content else None
            )

    async def catch_up(self, observation: Observation) -> None:
        """Judge something that happened a while ago, as soon as what happens now leaves time for it."""
        if observation.is_bot or observation.is_staff:
            return
        await self._writer.settled(but=_MOST_BEFORE_OLD)
        while True:
            ready = await self.ready(observation.guild_id)
            guild = self._guilds.get(observation.guild_id)
            if guild is None or guild.spent < self._budget / 2 or self._monotonic() - guild.second >= 1:
                break
            await asyncio.sleep(_A_MOMENT)
        self._judge(observation, ready, is_old=True)
        await asyncio.sleep(0)

    def _hold(self, observation: Observation) -> None:
        held = self._held.setdefault(observation.guild_id, deque())
        if self._held_count >= MOST_HELD or len(held) >= MOST_HELD_OF_ONE:
            metrics.DROPPED.labels("held").inc()
            return
        held.append(observation)
        self._held_count += 1
        metrics.HELD.set(self._held_count)

    def _judge_held(self, guild_id: int) -> None:
        """Judge what waited for a guild's rules, in order."""
        held, ready = self._held.pop(guild_id, ()), self._book.find(guild_id)
        self._held_count -= len(held)
        metrics.HELD.set(self._held_count)
        if ready is not None:
            self._report(guild_id, ready)
            for observation in held:
                self._judge(observation, ready)

    def _guild(self, guild_id: int) -> _Guild:
        found = self._guilds.get(guild_id)
        if found is None:
            found = self._guilds[guild_id] = _Guild()
        return found

    def _judge(self, observation: Observation, ready: Ready, *, is_old: bool = False) -> None:
        if not ready.rules.rules:
            return
        guild_id, now = observation.guild_id, self._monotonic()
        guild = self._guild(guild_id)
        if now - guild.second >= 1:
            guild.second, guild.spent = now, 0.0
        elif guild.spent >= self._budget:
            metrics.DROPPED.labels("throttled").inc()
            return
        started = self._processor()
        try:
            verdicts = judge(ready.rules, observation, guild.windows)
        except Exception as error:  # noqa: BLE001 - whatever it was, the next one is judged
            metrics.BROKEN.inc()
            log.error("an observation was not judged: %s", describe(error))  # noqa: TRY400 - may quote people
            return
        took = self._processor() - started
        guild.spent += took
        if guild.spent >= self._budget:
            log.warning("judging takes too long", extra={"guild_id": str(guild_id), "seconds": guild.spent})
        metrics.JUDGING.observe(took)
        _JUDGED[observation.kind].inc()
        if not is_old:
            metrics.LAG.set((clock.now() - observation.at).total_seconds())
        if verdicts:
            for verdict in verdicts:
                metrics.VERDICTS.labels(verdict.rule.mode.value).inc()
            self._writer.put(guild_id, partial(self._act, observation, verdicts))
        if ready.rules.broken:
            self._report(guild_id, ready)

    def _report(self, guild_id: int, ready: Ready) -> None:
        """Have rules that broke paused, so that somebody sees it and mends them."""
        for broken in ready.rules.take_broken():
            metrics.BROKEN.inc()
            log.error(
                "a rule broke: %s",
                describe(broken.error),
                extra={"guild_id": str(guild_id), "rule_id": str(broken.rule_id)},
            )
            version = ready.versions[broken.rule_id]
            self._writer.put(guild_id, partial(self._pause, guild_id, broken, version))
