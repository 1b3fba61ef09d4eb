"""The composition root of the listener role: joins the gateway's edge and the figures about it."""

import asyncio
import logging
import signal
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Never

from app import clock
from app.automod import acting
from app.automod import service as automod_service
from app.automod.compiled import Broken
from app.automod.judge import Verdict
from app.automod.observation import Observation
from app.automod.stored import StoredRule
from app.container import Container
from app.database.cache import GUILD_CHANGED
from app.database.tx import Database
from app.discord.history import connect_history
from app.errors import SettingsError
from app.figures import FiguresServer, open_door
from app.live.reader import follow
from app.live.sender import CHANGES
from app.settings import Settings
from moderation_listener import refusals
from moderation_listener.hearing import Hearing
from moderation_listener.listener import Listener
from moderation_listener.watch import Watch

log = logging.getLogger(__name__)


def run_listener(settings: Settings) -> None:
    """Listen until SIGTERM or SIGINT.

    Raises:
        SettingsError: the bot's token is missing or cannot be one, or the port is taken.
        GatewayRefusedError: Discord does not let us listen, now or later.
    """
    asyncio.run(_run(settings))


async def _run(settings: Settings) -> None:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await listen(settings, stop)
    log.info("stopped")


async def listen(settings: Settings, stop: asyncio.Event) -> None:
    """Listen, and tell how it goes at the listener's port, until `stop` is set.

    Raises:
        SettingsError: the bot's token is missing or cannot be one, or the port is taken.
        GatewayRefusedError: Discord does not let us listen, now or later.
    """
    if settings.discord_bot_token is None:
        raise SettingsError(refusals.MISSING)
    container = Container(settings)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(container.close)
        history = await stack.enter_async_context(connect_history(settings))
        database = container.database()
        watch = make_watch(database)
        hearing = Hearing(database, watch, history)
        listener = Listener(settings, database, hearing)
        states = {"gateway": lambda: listener.state, "automod": lambda: hearing.state}
        server = FiguresServer(container, is_alive=lambda: listener.is_alive, also=states)
        with open_door(settings.host, settings.listener_port, role="listener", field="listener_port") as door:
            async with asyncio.TaskGroup() as group:
                group.create_task(server.serve(sockets=[door]))
                beside = []
                if settings.redis_url is not None:
                    url = settings.redis_url.get_secret_value()
                    beside.append(group.create_task(_forget_changed(url, watch)))
                refused = await listener.listen(stop)
                server.should_exit = True
                for task in beside:
                    task.cancel()
    if refused is not None:
        raise refused


def make_watch(database: Database, *, monotonic: Callable[[], float] = clock.monotonic) -> Watch:
    """Join what watches with the room that keeps rules and acts on them."""

    async def load(guild_id: int) -> Sequence[StoredRule]:
        async with database.transaction() as tx:
            return await automod_service.load_rules_to_ask(tx, guild_id)

    async def act(observation: Observation, verdicts: Sequence[Verdict]) -> None:
        async with database.transaction() as tx:
            await acting.act_on(tx, observation, verdicts, now=clock.now())

    async def pause(guild_id: int, broken: Broken, version: int) -> None:
        async with database.transaction() as tx:
            await automod_service.pause_rule(
                tx, guild_id, broken.rule_id, version=version, reason=broken.reason, facts=broken.facts
            )

    return Watch(load, act, pause, monotonic=monotonic)


async def _forget_changed(redis_url: str, watch: Watch) -> Never:
    """Read a guild's rules again as soon as somebody says that something was changed there."""

    def heard(guild_id: int, name: str, _facts: Mapping[str, object]) -> None:
        if name == GUILD_CHANGED:
            watch.forget(guild_id)

    await follow(redis_url, heard, watch.forget_all, stream=CHANGES)
