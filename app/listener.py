"""The composition root of the listener role: joins the gateway's edge and the figures about it."""

import asyncio
import logging
import signal

from app.container import Container
from app.figures import FiguresServer, open_door
from app.settings import Settings
from moderation_listener.hearing import Hearing
from moderation_listener.listener import Listener

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
    container = Container(settings)
    try:
        hearing = Hearing(container.database())
        listener = Listener(settings, container.database(), hearing)
        server = FiguresServer(
            container, is_alive=lambda: listener.is_alive, also={"gateway": lambda: listener.state}
        )
        with open_door(settings.host, settings.listener_port, role="listener", field="listener_port") as door:
            async with asyncio.TaskGroup() as group:
                group.create_task(server.serve(sockets=[door]))
                refused = await listener.listen(stop)
                server.should_exit = True
    finally:
        await container.close()
    if refused is not None:
        raise refused
