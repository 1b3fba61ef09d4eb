"""Reading again what was told while nobody listened, in the background: what happens now comes first."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Never, Protocol, TypeVar

from app import clock
from app.automod.observing import as_id
from app.discord.port import DiscordRateLimitedError, DiscordUnavailableError
from app.errors import OutcomeUnknownError, UnavailableError
from app.ids import first_snowflake, snowflake_time
from moderation_listener import metrics
from moderation_listener.cases import DiscordCases
from moderation_listener.defects import describe
from moderation_listener.missed import OVERLAP, WINDOW, Channel, as_told, channels_of, to_read
from moderation_listener.observing import Observer
from moderation_listener.progress import Progress
from moderation_listener.rulebook import Ready
from moderation_listener.watch import Watch

T = TypeVar("T")

log = logging.getLogger(__name__)

MOST_MEMBERS: Final = 200
"""Members asked for in one guild; what others wrote is not judged, because they may be staff."""

_MOST_PAGES: Final = 10
"""Pages of the audit log of one guild."""

_TRIES: Final = 6
"""Of one question, and of a server if one of its questions had no answer."""

_FIRST_WAIT: Final = 0.25
_LONGEST_WAIT: Final = 30.0
_FULL: Final = 100
"""Discord gives at most so many messages, or lines, at once."""

_PACE: Final = 0.05
"""Seconds between two requests: the worker needs Discord, too."""


class History(Protocol):
    """What is asked of Discord; each may raise any `DiscordError`."""

    async def messages(self, channel_id: int) -> Sequence[Mapping[str, Any]]:
        """Load the newest 100 messages of a channel; none of one that we may not read."""

    async def member(self, guild_id: int, user_id: int) -> Mapping[str, Any] | None:
        """Load a member; None if there is none (any more)."""

    async def audit_entries(self, guild_id: int, *, after: int) -> Sequence[Mapping[str, Any]]:
        """Load the next 100 lines of the audit log, the oldest first."""


@dataclass(frozen=True, slots=True)
class _Told:
    """A guild as it was told when the session began, and when that was."""

    channels: tuple[Channel, ...]
    at: datetime


class _Paced:
    """Somebody who asks one thing after the other, not too fast, and again if Discord has no answer now."""

    def __init__(self, history: History) -> None:
        self._history = history

    async def messages(self, channel_id: int) -> Sequence[Mapping[str, Any]]:
        return await self._ask(lambda: self._history.messages(channel_id))

    async def member(self, guild_id: int, user_id: int) -> Mapping[str, Any] | None:
        return await self._ask(lambda: self._history.member(guild_id, user_id))

    async def audit_entries(self, guild_id: int, *, after: int) -> Sequence[Mapping[str, Any]]:
        return await self._ask(lambda: self._history.audit_entries(guild_id, after=after))

    async def _ask(self, question: Callable[[], Awaitable[T]]) -> T:
        tries = 0
        while True:
            await asyncio.sleep(_PACE)
            try:
                return await question()
            except DiscordRateLimitedError as error:
                await asyncio.sleep(error.retry_after or _FIRST_WAIT)
            except DiscordUnavailableError:
                tries += 1
                if tries >= _TRIES:
                    raise
                await asyncio.sleep(min(_FIRST_WAIT * 2**tries, _LONGEST_WAIT))


class Rereading:
    """Guilds of which something may have been missed, one after the other.

    Args:
        history: Whom to ask.
        progress: Until when each guild was heard.
        observer: Makes observations of messages.
        watch: Judges them.
        cases: Makes cases of the audit log.
    """

    def __init__(
        self, history: History, progress: Progress, observer: Observer, watch: Watch, cases: DiscordCases
    ) -> None:
        self._ask = _Paced(history)
        self._progress = progress
        self._observer = observer
        self._watch = watch
        self._cases = cases
        self._own_id: int | None = None
        self._due: dict[int, _Told] = {}
        self._tries: dict[int, int] = {}
        self._news = asyncio.Event()

    def note(self, event: str, payload: Mapping[str, Any]) -> None:
        """Take note of a session that begins, and of each guild that is told in it."""
        if event == "READY":
            self._own_id = as_id((payload.get("user") or {}).get("id"))
            for each in payload.get("guilds") or ():
                guild_id = as_id(each.get("id"))
                if guild_id is not None:
                    self._progress.open_gap(guild_id)
        elif event == "GUILD_CREATE":
            guild_id = as_id(payload.get("id"))
            if guild_id is not None and self._progress.gap(guild_id) is not None:
                now = clock.now()
                self._due[guild_id] = _Told(channels_of(payload, self._own_id, now), now)
                self._tries.pop(guild_id, None)
                self._news.set()

    def leave(self, guild_id: int) -> None:
        """Remember nothing of a guild."""
        self._due.pop(guild_id, None)
        self._tries.pop(guild_id, None)

    async def keep(self) -> Never:
        """Read again what was missed, until cancelled."""
        while True:
            await self._news.wait()
            if not self._due:
                self._news.clear()
                continue
            guild_id = next(iter(self._due))
            told = self._due.pop(guild_id)
            gap = self._progress.gap(guild_id)
            if gap is not None:
                await self._try(guild_id, told, gap)
            if not self._due:
                await self._note_progress()

    async def _note_progress(self) -> None:
        """Have it known at once that nothing is missed any more: whoever is killed soon begins there."""
        try:
            await self._progress.write()
        except (UnavailableError, OutcomeUnknownError):
            log.debug("how far was heard was not written; it is tried again")
        except Exception as error:  # noqa: BLE001 - the listener goes on, and it is tried again in a moment
            log.error("how far was heard was not written: %s", describe(error))  # noqa: TRY400 - short

    async def _try(self, guild_id: int, told: _Told, gap: int) -> None:
        wait = 0.0
        try:
            await self._read(guild_id, told)
        except (
            UnavailableError,
            OutcomeUnknownError,
        ):  # of the database: nothing can be noted, so nothing ends
            wait = _LONGEST_WAIT / 10
        except DiscordUnavailableError:
            tries = self._tries[guild_id] = self._tries.get(guild_id, 0) + 1
            wait = min(_FIRST_WAIT * 2.0**tries, _LONGEST_WAIT)
        except Exception as error:  # noqa: BLE001 - the next guild is read all the same
            log.error("what was missed was not read again: %s", describe(error))  # noqa: TRY400 - may quote people
            self._tries[guild_id] = _TRIES
        else:
            self._tries.pop(guild_id, None)
            self._progress.close_gap(guild_id, gap, told.at)
            return
        if self._tries.get(guild_id, 0) < _TRIES:
            self._due.setdefault(guild_id, told)
            await asyncio.sleep(wait)
            return
        metrics.REREAD_FAILED.inc()
        log.warning("what was missed in a guild stays unread", extra={"guild_id": str(guild_id)})
        self._tries.pop(guild_id, None)
        self._progress.close_gap(guild_id, gap, told.at)

    async def _read(self, guild_id: int, told: _Told) -> None:
        """Read what was missed in one guild, and return when all that came of it is written."""
        heard_until = await self._progress.gap_since(guild_id)
        if heard_until is None:  # nobody ever listened
            return
        since = heard_until - OVERLAP
        if await self._watch.asks(guild_id):
            ready = await self._watch.ready(guild_id)
            await self._read_messages(guild_id, told, ready, since)
        if await self._cases.are_wanted(guild_id):
            await self._read_audit_log(guild_id, since)
        await self._watch.settled()
        await self._cases.settled()

    async def _read_messages(self, guild_id: int, told: _Told, ready: Ready, since: datetime) -> None:
        """Judge what was written since then; of before, what rules may have to count."""
        earliest = told.at - WINDOW
        since = max(since, earliest)
        found: list[Mapping[str, Any]] = []
        for channel in to_read(told.channels, ready.rules, earliest if ready.rules.remembers else since):
            messages = await self._ask.messages(channel.channel_id)
            if len(messages) >= _FULL and _written_at(messages[-1]) > since:
                metrics.DROPPED.labels("missed").inc()
                log.warning(
                    "more was missed in a channel than is read again",
                    extra={"guild_id": str(guild_id), "channel_id": str(channel.channel_id)},
                )
            found += messages
        known: dict[int, Mapping[str, Any] | None] = {}
        for message in sorted(found, key=_written_at):
            is_missed = any(as_told(message, guild_id, None, since))
            is_counted = ready.rules.remembers and _written_at(message) >= earliest
            if is_missed or is_counted:
                await self._look_at(message, guild_id, known, since)

    async def _look_at(
        self,
        message: Mapping[str, Any],
        guild_id: int,
        known: dict[int, Mapping[str, Any] | None],
        since: datetime,
    ) -> None:
        """Judge a message that was missed, or count one that was not."""
        author = message.get("author") or {}
        user_id = as_id(author.get("id"))
        if user_id is None or author.get("bot") or message.get("webhook_id"):
            return
        if user_id not in known:
            if len(known) >= MOST_MEMBERS:
                metrics.DROPPED.labels("missed").inc()
                return
            known[user_id] = await self._ask.member(guild_id, user_id)
        now, member = clock.now(), known[user_id]
        for event, payload in as_told(message, guild_id, member, since):
            observation = self._observer.observe(event, payload, now)
            if observation is not None:
                metrics.REREAD.inc()
                await self._watch.catch_up(observation)
        if _written_at(message) < since:
            event, payload = next(as_told(message, guild_id, member, _written_at(message)))
            observation = self._observer.observe(event, payload, now)
            if observation is not None:
                self._watch.remember(observation)

    async def _read_audit_log(self, guild_id: int, since: datetime) -> None:
        after = first_snowflake(since)
        for _ in range(_MOST_PAGES):
            entries = await self._ask.audit_entries(guild_id, after=after)
            for each in entries:
                self._cases.note("GUILD_AUDIT_LOG_ENTRY_CREATE", {**each, "guild_id": str(guild_id)})
            if len(entries) < _FULL:
                return
            after = int(entries[-1]["id"])


def _written_at(message: Mapping[str, Any]) -> datetime:
    return snowflake_time(int(message["id"]))
