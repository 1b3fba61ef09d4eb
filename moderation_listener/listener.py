"""Discord's gateway: connecting, hearing, staying, leaving. Only this file and `ear` speak to hikari.

hikari heartbeats, resumes and reconnects by itself. We decide what is final (`refusals.py`), and begin anew
after the few things it gives up on though Discord allows another try.
"""

import asyncio
import logging
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from dataclasses import asdict
from typing import Any, Final, Never

import hikari
from hikari.impl import CacheSettings, HTTPSettings, HTTPTimeoutSettings

from app import clock
from app.database.tx import Database
from app.errors import OutcomeUnknownError, SettingsError, UnavailableError
from app.settings import Settings
from moderation_listener import intents, metrics, refusals
from moderation_listener.defects import describe
from moderation_listener.ear import Bot
from moderation_listener.guilds import GuildList
from moderation_listener.hearing import Hearing
from moderation_listener.intents import WANTED, Wanted
from moderation_listener.pulse import Pulse
from moderation_listener.refusals import GatewayRefusedError
from moderation_listener.sessions import Sessions
from moderation_listener.translate import guild_news, guild_roll, heard

log = logging.getLogger(__name__)

_TIMEOUT: Final = HTTPTimeoutSettings(request_socket_connect=2.0, total=5.0)
_LONGEST_RATE_LIMIT: Final = 5.0
"""Seconds hikari may wait for a rate limit of the REST API before it raises instead."""

_FIRST_WAIT: Final = 5.0
_LONGEST_WAIT: Final = 60.0
"""Seconds between two tries. Discord allows one new session in 5 seconds and 1000 a day, and takes the token
away after more."""

_STEADY: Final = 60.0
"""Seconds after which a connection was a good one, and the next trouble is a new one."""

_LEAVING: Final = 3.0
"""Seconds that saying goodbye to Discord may take."""

_FIRST_SHARD: Final = 0
"""How many there are is only known when they begin; one there always is."""

_WRITING: Final = 1.0
"""Seconds to write what was heard last."""

_PASSING: Final = (
    hikari.HTTPError,
    hikari.GatewayError,
    OSError,
    TimeoutError,
    RuntimeError,  # hikari: no sessions left for today, or the shard ended before it was ready
)


class Listener:
    """One process's ear at Discord.

    Args:
        settings: Of the process.
        database: Where news of guilds go.
        hearing: What else is done with events.
        wanted: What Discord is asked for.

    Raises:
        SettingsError: there is no bot token, or it cannot be one.
    """

    def __init__(
        self,
        settings: Settings,
        database: Database,
        hearing: Hearing,
        *,
        wanted: tuple[Wanted, ...] = WANTED,
    ) -> None:
        self._settings = settings
        self._wanted = wanted
        self._hearing = hearing
        self._guilds = GuildList(database)
        self._sessions = Sessions(database)
        self._counted: set[int] = set()
        self._uncounted = asyncio.Semaphore(0)
        self._pulse = Pulse(lambda: self._bot.shards.values())  # noqa: PLW0108 - the bot of the moment
        self._is_started = False
        self._bot = self._make_bot()

    @property
    def is_alive(self) -> bool:
        """Whether Discord's answers come, or are waited for in the way they should be."""
        return not self._pulse.is_silent()

    @property
    def state(self) -> str:
        """Give `ok` while every shard is connected, `waiting` for room for a session, or `connecting`."""
        if self._sessions.is_waiting:
            return "waiting"
        shards = self._bot.shards.values()
        is_connected = self._is_started and all(shard.is_connected for shard in shards)
        return "ok" if is_connected else "connecting"

    async def listen(self, stop: asyncio.Event) -> GatewayRefusedError | None:
        """Stay connected until `stop` is set, or until Discord does not want us: then with what it said."""
        loop = asyncio.get_running_loop()
        before = loop.get_exception_handler()
        loop.set_exception_handler(_log_without_payload)
        try:
            return await self._listen(stop)
        finally:
            loop.set_exception_handler(before)

    async def _listen(self, stop: asyncio.Event) -> GatewayRefusedError | None:
        async with asyncio.TaskGroup() as group:
            work = (self._guilds.keep(), self._hearing.keep(), self._pulse.watch(), self._count_sessions())
            beside = [group.create_task(each) for each in work]
            refused = await self._stay(stop)
            with suppress(TimeoutError, UnavailableError, OutcomeUnknownError):
                async with asyncio.timeout(_WRITING):
                    await self._guilds.written()
                    await self._hearing.written()
            for task in beside:
                task.cancel()
        return refused

    async def _stay(self, stop: asyncio.Event) -> GatewayRefusedError | None:
        wait = _FIRST_WAIT
        while True:
            await self._sessions.room(stop)
            if stop.is_set():
                return None
            started = clock.monotonic()
            try:
                await self._sessions.note()
                self._counted = {_FIRST_SHARD}
                await self._connect(stop)
            except GatewayRefusedError as refused:
                return refused
            except _PASSING as error:
                if clock.monotonic() - started > _STEADY:
                    wait = _FIRST_WAIT
                log.warning(
                    "no connection to Discord's gateway; tried again in %d s: %s",
                    wait,
                    error,
                    extra={"error": type(error).__name__},
                )
            with suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await stop.wait()
            if stop.is_set():
                return None
            wait = min(wait * 2, _LONGEST_WAIT)
            self._bot = self._make_bot()

    async def _connect(self, stop: asyncio.Event) -> None:
        """Connect once and return when told to stop.

        Raises:
            GatewayRefusedError: Discord will not have us.
            Exception: one of `_PASSING`: another time perhaps.
        """
        bot = self._bot
        try:
            # The threshold is the least: we look at no list of members.
            await _until(stop, bot.start(check_for_updates=False, large_threshold=50))
            if stop.is_set():
                return
            self._is_started = True
            self._pulse.look()
            await _until(stop, bot.join())
        except hikari.UnauthorizedError as error:
            raise GatewayRefusedError(refusals.NOT_ACCEPTED) from error
        except hikari.GatewayServerClosedConnectionError as error:
            refused = refusals.refusal(int(error.code or 0), intents.toggles(self._wanted))
            if refused is None:
                raise
            raise refused from error
        finally:
            self._is_started = False
            if bot.is_alive:
                with suppress(TimeoutError):
                    async with asyncio.timeout(_LEAVING):
                        await bot.close()
            self._pulse.look()

    def _make_bot(self) -> hikari.GatewayBot:
        """Make the client of one connection; it keeps nothing of what it hears."""
        token = self._settings.discord_bot_token
        if token is None:
            raise SettingsError(refusals.MISSING)
        try:
            bot = Bot(
                self._hear,
                token.get_secret_value(),
                intents=intents.bits(self._wanted),
                cache_settings=CacheSettings(components=hikari.api.CacheComponents.NONE),
                rest_url=str(self._settings.discord_api_url).rstrip("/"),
                http_settings=HTTPSettings(timeouts=_TIMEOUT),
                max_rate_limit=_LONGEST_RATE_LIMIT,
                max_retries=0,
                banner=None,
                logs=None,
                suppress_optimization_warning=True,
            )
        except ValueError as error:
            raise SettingsError(refusals.UNREADABLE) from error
        bot.subscribe(hikari.ShardConnectedEvent, self._connected)
        bot.subscribe(hikari.ShardDisconnectedEvent, self._disconnected)
        return bot

    def _hear(self, shard: int, event: str, payload: Mapping[str, Any]) -> None:
        """Take note of one event. Awaits nothing, so they are taken in the order they came; never raises."""
        self._pulse.sign(shard)
        metrics.EVENTS.labels(event).inc()
        metrics.LAST_EVENT.set(clock.now().timestamp())
        try:
            self._take(shard, event, payload)
        except Exception as error:  # noqa: BLE001 - whatever Discord writes, the next event is heard
            metrics.EVENTS_FAILED.labels(event).inc()
            log.error("%s was not understood: %s", event, describe(error))  # noqa: TRY400 - may quote people

    def _take(self, shard: int, event: str, payload: Mapping[str, Any]) -> None:
        if log.isEnabledFor(logging.DEBUG):
            what = heard(event, payload)
            facts = {name: str(fact) for name, fact in asdict(what).items() if fact is not None}
            log.debug("heard %s", event, extra=facts | {"shard": shard})
        news = guild_roll(event, payload) or guild_news(event, payload)
        if news is not None:
            self._guilds.note(news)
        if event == "READY":
            if shard in self._counted:
                self._counted.discard(shard)
            else:  # another shard's, or hikari began anew by itself
                self._uncounted.release()
        self._hearing.hear(event, payload)

    async def _count_sessions(self) -> Never:
        """Count the sessions that began without us, until cancelled."""
        while True:
            await self._uncounted.acquire()
            await self._sessions.note()

    async def _connected(self, event: hikari.ShardConnectedEvent) -> None:
        self._pulse.sign(event.shard.id)
        self._pulse.look()
        log.info("connected to Discord's gateway", extra={"shard": event.shard.id})

    async def _disconnected(self, event: hikari.ShardDisconnectedEvent) -> None:
        self._pulse.look()
        metrics.DISCONNECTS.labels(str(event.shard.id)).inc()
        log.info("disconnected from Discord's gateway", extra={"shard": event.shard.id})


def _log_without_payload(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Log what nobody caught, as the loop would, but without what hikari adds: the whole event."""
    error = context.get("exception")
    if isinstance(error, hikari.GatewayServerClosedConnectionError):
        return  # while leaving, hikari says once more why the connection had ended
    log.error("%s", context.get("message"), exc_info=error)


async def _until(stop: asyncio.Event, work: Coroutine[Any, Any, None]) -> None:
    """Await work, or give it up when `stop` is set."""
    working, stopping = asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait((working, stopping), return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            await working
    finally:
        for task in (working, stopping):
            task.cancel()
        await asyncio.wait((working, stopping))
        if not working.cancelled():
            working.exception()  # looked at, or asyncio complains that nobody did
