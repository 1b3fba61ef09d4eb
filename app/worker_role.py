"""The composition root of the worker role: joins the jobs, their schedules and the figures about them."""

import asyncio
import logging
import signal
from typing import Final

from sqlalchemy.engine import make_url

from app.components.custom_id import CustomIds
from app.container import Container
from app.database.engine import TOOL_PATIENCE, connect_database
from app.database.tx import Database
from app.discord.port import DiscordUnauthorizedError
from app.discord.rest import connect_discord
from app.figures import FiguresServer, open_door
from app.replies.service import TokenBox
from app.settings import Settings, configured
from app.worker.runner import AT_ONCE, Runner
from app.worker.schedules import Schedules
from app.worker.table import CONCURRENCY, HANDLERS
from app.worker.work import Work

log = logging.getLogger(__name__)

_CONNECTIONS: Final = 2 * AT_ONCE + 4
"""Each job holds the lock of its member on one connection and works on another."""


def run_worker(settings: Settings) -> None:
    """Run jobs until SIGTERM or SIGINT.

    Raises:
        SettingsError: the port is taken.
        DiscordUnauthorizedError: the bot token is missing, or Discord does not accept it.
    """
    asyncio.run(_run(settings))


async def _run(settings: Settings) -> None:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await work(settings, stop)
    log.info("stopped")


async def work(settings: Settings, stop: asyncio.Event) -> None:
    """Run jobs, and tell how it goes at the worker's port, until `stop` is set.

    Raises:
        SettingsError: the port is taken.
        DiscordUnauthorizedError: the bot token is missing, or Discord does not accept it.
    """
    container = Container(settings)
    database = _database(settings, container)
    refused: DiscordUnauthorizedError | None = None
    try:
        async with connect_discord(settings) as discord:
            box, custom_ids = TokenBox(container.reply_key), CustomIds(container.control_key)
            things = Work(database, discord, box, custom_ids)
            runner = Runner(things, _plain(settings), HANDLERS, CONCURRENCY)
            server = FiguresServer(
                container,
                is_alive=lambda: True,
                also={"queue": lambda: "ok" if runner.is_connected else "unreachable"},
            )
            with open_door(settings.host, settings.worker_port, role="worker", field="worker_port") as door:
                async with asyncio.TaskGroup() as group:
                    group.create_task(server.serve(sockets=[door]))
                    schedules = group.create_task(Schedules(database).run())
                    try:
                        await runner.run(stop)
                    except DiscordUnauthorizedError as error:
                        refused = error  # outside of the group it is one error and no group of one
                    schedules.cancel()
                    server.should_exit = True
    finally:
        await database.close()
        await container.close()
    if refused is not None:
        raise refused


def _database(settings: Settings, container: Container) -> Database:
    """Connect with the patience of work that nobody waits for in front of a screen."""
    return connect_database(
        configured(settings.database_url),
        pool_size=_CONNECTIONS,
        patience=TOOL_PATIENCE,
        live=container.live(),
    )


def _plain(settings: Settings) -> str:
    """Write the database's address as asyncpg takes it: with `sslmode`, and without what it does not know."""
    url = make_url(configured(settings.database_url)).set(drivername="postgresql")
    return url.difference_update_query(["channel_binding"]).render_as_string(hide_password=False)
