"""The rules of each guild, ready to be asked: read when somebody asks, and again when they may differ."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Final, Never, TypeAlias
from uuid import UUID

from app import clock
from app.automod.compiled import GuildRules, compile_rules
from app.automod.stored import StoredRule
from app.errors import OutcomeUnknownError, UnavailableError
from moderation_listener import metrics
from moderation_listener.defects import describe

log = logging.getLogger(__name__)

SOON: Final = 20.0
"""Seconds after which rules are read again while those of before are still asked."""

AT_LATEST: Final = 30.0
"""Seconds after which nobody is judged by rules that were not read again."""

_FIRST_WAIT: Final = 0.5
_LONGEST_WAIT: Final = 15.0

Load: TypeAlias = Callable[[int], Awaitable[Sequence[StoredRule]]]


@dataclass(frozen=True, slots=True)
class Ready:
    """A guild's rules, and of each the version that was read."""

    rules: GuildRules = field(default_factory=GuildRules)
    versions: Mapping[UUID, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Entry:
    ready: Ready | None = None
    stored: tuple[StoredRule, ...] = ()
    read_at: float = -inf
    changes: int = 0


class RuleBook:
    """Rules by guild. Only of guilds that somebody asked for.

    Args:
        load: Reads the rules of a guild that are to be asked.
        arrived: Told of each guild whose rules can be had after they could not.
        monotonic: The time to measure by.
    """

    def __init__(
        self,
        load: Load,
        arrived: Callable[[int], None],
        monotonic: Callable[[], float] = clock.monotonic,
    ) -> None:
        self._load = load
        self._arrived = arrived
        self._monotonic = monotonic
        self._entries: dict[int, _Entry] = {}
        self._wanted: dict[int, None] = {}
        self._due = asyncio.Event()
        self.is_failing = False

    def find(self, guild_id: int) -> Ready | None:
        """Give a guild's rules; None: they are being read, and `arrived` tells when they can be had.

        While the database is away those of before are asked, however old they are.
        """
        entry = self._entries.get(guild_id)
        if entry is None:
            entry = self._entries[guild_id] = _Entry()
        age = self._monotonic() - entry.read_at
        if age > SOON:
            self._want(guild_id)
        return entry.ready if age <= AT_LATEST or self.is_failing else None

    def known(self, guild_id: int) -> Ready | None:
        """Give a guild's rules as they were read last, None if they never were."""
        entry = self._entries.get(guild_id)
        return None if entry is None else entry.ready

    def forget(self, guild_id: int) -> None:
        """Have a guild's rules read again before anybody is judged by them."""
        entry = self._entries.get(guild_id)
        if entry is not None:
            _age(entry)
            self._want(guild_id)

    def forget_all(self) -> None:
        """Have all rules read again before anybody is judged by them, each when it is asked for."""
        for entry in self._entries.values():
            _age(entry)

    def leave(self, guild_id: int) -> None:
        """Remember nothing of a guild."""
        self._entries.pop(guild_id, None)
        self._wanted.pop(guild_id, None)

    async def keep(self) -> Never:
        """Read what is wanted, until cancelled."""
        wait = _FIRST_WAIT
        while True:
            await self._due.wait()
            if not self._wanted:
                self._due.clear()
                continue
            guild_id = next(iter(self._wanted))
            try:
                await self._read(guild_id)
            except (UnavailableError, OutcomeUnknownError) as error:
                if not self.is_failing:
                    log.warning("rules cannot be read, those of before are asked: %s", error)
                self.is_failing = True
                for waiting in [each for each in self._wanted if self._entries[each].ready is not None]:
                    self._arrived(waiting)
                await asyncio.sleep(wait)
                wait = min(wait * 2, _LONGEST_WAIT)
            else:
                self.is_failing = False
                wait = _FIRST_WAIT

    async def _read(self, guild_id: int) -> None:
        """Read the rules of one guild; again if they were changed meanwhile."""
        entry = self._entries[guild_id]
        before, started = entry.changes, self._monotonic()
        try:
            stored = tuple(await self._load(guild_id))
            if not _is_still(entry, stored):
                entry.ready, entry.stored = await asyncio.to_thread(_make_ready, stored), stored
        except (UnavailableError, OutcomeUnknownError):
            raise
        except Exception as error:  # noqa: BLE001 - the rules of one guild must not keep others from theirs
            metrics.BROKEN.inc()
            log.error(  # noqa: TRY400 - a traceback ends with the message, which may quote people
                "the rules of a guild cannot be read: %s", describe(error), extra={"guild_id": str(guild_id)}
            )
            entry.ready = entry.ready or Ready()
        if entry.changes != before or self._entries.get(guild_id) is not entry:
            return
        entry.read_at = started
        self._wanted.pop(guild_id, None)
        self._arrived(guild_id)

    def _want(self, guild_id: int) -> None:
        self._wanted[guild_id] = None
        self._due.set()


def _make_ready(stored: Sequence[StoredRule]) -> Ready:
    """Make rules ready, which may take seconds: nobody's heartbeat waits for it."""
    rules = compile_rules([(each.id, each.rule) for each in stored])
    return Ready(rules, {each.id: each.version for each in stored})


def _is_still(entry: _Entry, stored: tuple[StoredRule, ...]) -> bool:
    """Tell whether these are the rules that are ready; if one broke, all are made ready anew."""
    if entry.ready is None or entry.stored != stored:
        return False
    rules = entry.ready.rules
    return len(rules.rules) == len(stored) and not rules.left_out


def _age(entry: _Entry) -> None:
    entry.read_at = -inf
    entry.changes += 1
