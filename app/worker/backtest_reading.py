"""Reading messages of the past for a backtest: page by page, channel by channel, patiently."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from datetime import datetime, timedelta
from math import inf
from typing import Final, TypeVar

from app import clock
from app.automod.backtests import running as backtest_running
from app.automod.backtests.running import MOST_HITS
from app.automod.backtests.trial import Person, Trial, observe
from app.automod.backtests.values import Backtest, Cursor, Failure, Found, Tally
from app.automod.observation import Kind
from app.discord.permissions import Permission
from app.discord.port import (
    DiscordForbiddenError,
    DiscordGuild,
    DiscordMember,
    DiscordNotFoundError,
    DiscordRateLimitedError,
    DiscordRefusedError,
    DiscordUnavailableError,
)
from app.discord.ranks import permissions_of
from app.ids import first_snowflake, snowflake_time
from app.worker.backtest_replies import Shown
from app.worker.work import Work

T = TypeVar("T")

LONGEST: Final = timedelta(minutes=5)
"""So long a backtest may take, from its first page on, with everything that it waits for."""

_PAGE: Final = 100
"""Messages Discord lists at once."""

_PACE: Final = 0.1
"""Seconds between two pages, so that there always is room for moderation (Discord: 50 requests a second)."""

_EVERY: Final = 1.0
"""Seconds between two notes of how far it is, at least."""

_LONGEST_WAIT: Final = 10.0
"""What Discord makes us wait longer for is left in the queue."""

_TRIES: Final = 5
_FIRST_WAIT: Final = 0.3
_PEOPLE_AT_ONCE: Final = 10
_MOST_PEOPLE: Final = 500
"""Authors whose roles are looked up; of more than that the rest counts as members without a role."""

_STAFF: Final = Permission.ADMINISTRATOR | Permission.MANAGE_GUILD


class OverError(Exception):
    """There is nothing more to do: somebody has ended it, or it cannot go on.

    Attributes:
        failure: Why it cannot; None if somebody has ended it.
    """

    def __init__(self, failure: Failure | None = None) -> None:
        super().__init__(failure)
        self.failure = failure


class Reading:
    """One backtest that is being done.

    Args:
        work: The things of the worker.
        backtest: As it stands; what has been read is not read again.
        trial: Its rules.
        shown: Its reply.
    """

    def __init__(self, work: Work, backtest: Backtest, trial: Trial, shown: Shown) -> None:
        self._work = work
        self._backtest = backtest
        self._trial = trial
        self._shown = shown
        self._cursors = {
            channel_id: backtest.cursors.get(channel_id, Cursor(backtest.before_id))
            for channel_id in backtest.channel_ids
        }
        self._places = {channel_id: each.before for channel_id, each in self._cursors.items()}
        if backtest.fetched and trial.reach is not None:
            again = min(backtest.before_id, first_snowflake(self._newest() + trial.reach))
            self._places = {each: max(again, place) for each, place in self._places.items()}
        self._judged = backtest.judged
        self._found: list[Found] = []
        self._hits = 0
        self._people: dict[int, Person] = {}
        self._parents: dict[int, int | None] = {}
        self._noted_at = -inf

    async def read(self) -> None:
        """Look at everything that is wanted, and note what is found.

        Raises:
            OverError: it is over before that.
            DiscordUnavailableError: it is to go on later; everything so far is noted.
        """
        guild = await self._patiently(lambda: self._work.discord.find_guild(self._backtest.guild_id))
        if guild is None:
            raise OverError(Failure.NO_GUILD)
        try:
            while (channel_id := self._next()) is not None:
                await self._read_page(guild, channel_id)
                await self._note_now_and_then()
                await asyncio.sleep(_PACE)
        except (DiscordForbiddenError, DiscordNotFoundError, DiscordRefusedError):
            await self._note()
            raise OverError(Failure.UNREADABLE) from None
        except DiscordUnavailableError:
            await self._note()
            raise
        await self._note()

    @property
    def _fetched(self) -> int:
        return sum(each.fetched for each in self._cursors.values())

    def _newest(self) -> datetime:
        """Tell from when on everything is read, in all channels."""
        left = [each.before for each in self._cursors.values() if not each.is_over]
        return snowflake_time(max(left, default=self._backtest.before_id))

    def _next(self) -> int | None:
        """Choose a channel that has to be read again, or else that of which least was read; None: enough."""
        for channel_id, cursor in self._cursors.items():
            if self._places[channel_id] > cursor.before:
                return channel_id
        if self._fetched >= self._backtest.wanted:
            return None
        left = [channel_id for channel_id, each in self._cursors.items() if not each.is_over]
        return min(left, key=lambda channel_id: self._cursors[channel_id].fetched, default=None)

    async def _read_page(self, guild: DiscordGuild, channel_id: int) -> None:
        """Read the next page of a channel. Of what was read before, nothing is counted again."""
        cursor, place = self._cursors[channel_id], self._places[channel_id]
        parent_id = await self._parent_of(channel_id)
        left = self._backtest.wanted - self._fetched
        limit = _PAGE if place > cursor.before else min(_PAGE, left)
        page = await self._patiently(
            lambda: self._work.discord.messages_before(channel_id, place, limit=limit)
        )
        again = [each for each in page if int(each["id"]) >= cursor.before]
        new = page[len(again) : len(again) + left]
        seen = observe([*again, *new], guild.guild_id, parent_id)
        suspicion = self._trial.show(seen)
        await self._meet(guild, suspicion.user_ids)
        found = self._trial.decide(suspicion, self._people)
        self._found += found
        self._hits += len(found)
        self._judged += sum(
            each.kind is Kind.MESSAGE and not each.is_bot and (each.message_id or 0) < cursor.before
            for each in seen
        )
        is_end, is_all = len(page) < limit, len(again) + len(new) == len(page)
        before = int(new[-1]["id"]) if new else cursor.before
        self._cursors[channel_id] = Cursor(
            before, cursor.fetched + len(new), cursor.is_over or (is_end and is_all)
        )
        self._places[channel_id] = before if new or is_end else int(page[-1]["id"])
        if self._trial.reach is not None:
            self._trial.forget(self._newest() + self._trial.reach)

    async def _parent_of(self, channel_id: int) -> int | None:
        """Give the channel that a thread belongs to, and see that the channel is one of this guild."""
        if channel_id not in self._parents:
            channel = await self._patiently(lambda: self._work.discord.find_channel(channel_id))
            if channel is None or channel.guild_id != self._backtest.guild_id:
                raise OverError(Failure.UNREADABLE)
            self._parents[channel_id] = channel.parent_id
        return self._parents[channel_id]

    async def _meet(self, guild: DiscordGuild, user_ids: Collection[int]) -> None:
        """Look up the roles of people, some at once."""
        unknown = sorted(set(user_ids) - self._people.keys())[: _MOST_PEOPLE - len(self._people)]
        for start in range(0, len(unknown), _PEOPLE_AT_ONCE):
            some = unknown[start : start + _PEOPLE_AT_ONCE]
            found = await asyncio.gather(
                *[self._look_up(guild, each) for each in some], return_exceptions=True
            )
            for user_id, person in zip(some, found, strict=True):
                if isinstance(person, BaseException):
                    raise person
                self._people[user_id] = person

    async def _look_up(self, guild: DiscordGuild, user_id: int) -> Person:
        member = await self._patiently(lambda: self._work.discord.find_member(guild.guild_id, user_id))
        return Person() if member is None else _person(guild, member)

    async def _note_now_and_then(self) -> None:
        """Write how far it is, once a second at most, and see whether it is to go on, each time."""
        if clock.monotonic() - self._noted_at >= _EVERY or self._hits > MOST_HITS:
            await self._note()
            await self._shown.show()
        else:
            await self._check()
        if self._hits > MOST_HITS:
            raise OverError(Failure.TOO_MANY_HITS)

    async def _note(self) -> None:
        tally = Tally(
            tuple(self._found), dict(self._cursors), self._fetched, self._judged, self._trial.broken
        )
        async with self._work.database.transaction() as tx:
            noted = await backtest_running.note(tx, self._backtest, tally, clock.now())
        if noted is None:
            raise OverError
        self._found.clear()
        self._noted_at = clock.monotonic()

    async def _check(self) -> None:
        """Return if it is to go on.

        Raises:
            OverError: somebody has ended it, or its time is over.
        """
        async with self._work.database.transaction() as tx:
            if not await backtest_running.is_open(tx, self._backtest.guild_id, self._backtest.id):
                raise OverError
        if clock.now() >= ends_at(self._backtest):
            raise OverError(Failure.TOO_LONG)

    async def _patiently(self, ask: Callable[[], Awaitable[T]]) -> T:
        """Ask Discord, and again if it cannot or wants us to wait, as long as somebody waits for it."""
        tries = 0
        while True:
            try:
                return await ask()
            except DiscordUnavailableError as error:
                wait = error.retry_after or _FIRST_WAIT * 2**tries
                is_limit = isinstance(error, DiscordRateLimitedError)
                if wait > _LONGEST_WAIT or (tries >= _TRIES and not is_limit):
                    raise
                tries += not is_limit
            ends = clock.monotonic() + wait
            while (left := ends - clock.monotonic()) > 0:
                await asyncio.sleep(min(left, _EVERY))
                await self._check()


def ends_at(backtest: Backtest) -> datetime:
    """Tell when its time is over."""
    return (backtest.started_at or clock.now()) + LONGEST


def _person(guild: DiscordGuild, member: DiscordMember) -> Person:
    is_staff = bool(permissions_of(guild, member) & _STAFF)
    return Person(member.role_ids, member.joined_at, is_staff)
