"""Starting everything in order, and ending everything together."""

import asyncio
import shlex
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import click

from app.database.engine import TOOL_PATIENCE, connect_database
from app.demo.identity import Identity, load_identity
from app.demo.processes import Supervisor, free_port, require_free_port
from app.demo.seed import seed
from app.discord.rest import connect_discord
from app.embedded.servers import servers
from app.errors import SettingsError
from app.migrate import migrate_database
from app.registration import register_commands
from app.settings import Settings, configured, inherited_environment, load_settings

_HOST: Final = "127.0.0.1"


_WATCHED: Final = ("app", "interactions", "dashboard", "moderation_listener")
"""Folders beside the checkout's `app` whose code the platform's processes run."""


def run_demo(settings: Settings, *, port: int, simulator_port: int, reload: bool = False) -> int:
    """Run the demo until somebody ends it; returns the exit status.

    Args:
        settings: What the process was told.
        port: Of the web role.
        simulator_port: Of the simulator.
        reload: Whether web, listener and worker start anew when their code changes. The simulator and the
            servers stay, and with them everything that was done.

    Raises:
        SettingsError: in production, or when a port is taken.
        UnavailableError: something did not start.
    """
    if settings.is_production:
        raise SettingsError(
            "`smarterdev demo` is for trying things out and does not run with "
            "SMARTERDEV_ENVIRONMENT=production. Nothing was started."
        )
    if port == simulator_port:
        raise SettingsError(f"Web and simulator cannot both have port {port}. Nothing was started.")
    require_free_port(_HOST, port, "PORT (--port)")
    require_free_port(_HOST, simulator_port, "SIMULATOR_PORT (--simulator-port)")
    home = settings.data_dir
    identity = load_identity(home)
    web, simulator = f"http://{_HOST}:{port}", f"http://{_HOST}:{simulator_port}"
    listener_port, worker_port = free_port(_HOST), free_port(_HOST)
    listener, worker = f"http://{_HOST}:{listener_port}", f"http://{_HOST}:{worker_port}"
    with (
        Supervisor() as supervisor,
        servers(home, postgres=settings.database_url is None, valkey=settings.redis_url is None) as embedded,
    ):
        if not embedded.owned:
            raise SettingsError(
                f"The demo of {home.resolve()} is running already. Use that one, or set "
                "SMARTERDEV_DATA_DIR to another folder for a second one. Nothing was started."
            )
        urls = {
            "DATABASE_URL": configured(settings.database_url, embedded.database_url),
            "REDIS_URL": configured(settings.redis_url, embedded.redis_url),
        }
        click.echo("Bringing the database to the newest schema ...")
        migrate_database(urls["DATABASE_URL"])
        environment = {
            **inherited_environment(),
            **urls,
            **_platform(identity, simulator, port),
            "SMARTERDEV_LISTENER_PORT": str(listener_port),
            "SMARTERDEV_WORKER_PORT": str(worker_port),
            **_simulator(identity, web, simulator_port),
            "PYTHONUNBUFFERED": "1",
        }
        python, role = sys.executable, _reloading if reload else _as_it_is
        supervisor.start("simulator", [python, "-m", "simulator"], environment, f"{simulator}/_sim/state")
        # All at once: most of starting is importing.
        supervisor.start("listener", role("listener"), environment)
        supervisor.start("worker", role("worker"), environment)
        supervisor.start("web", role("web"), environment, f"{web}/readyz")
        asyncio.run(_prepare(identity, urls["DATABASE_URL"], simulator))
        supervisor.until_ready("listener", f"{listener}/readyz")
        supervisor.until_ready("worker", f"{worker}/readyz")
        _greet(home, web, simulator, listener, urls["DATABASE_URL"])
        ended = supervisor.wait(embedded.ended)
    if ended is None:
        click.echo("Stopped. The data is kept.")
        return 0
    click.echo(f"{ended}; everything else was stopped with it.", err=True)
    return 1


def _as_it_is(role: str) -> list[str]:
    """Say how a role is started."""
    return [sys.executable, "-m", "app.cli", role]


def _reloading(role: str) -> list[str]:
    """Say how a role is started that starts anew when its code changes.

    Raises:
        SettingsError: the development tools are not installed.
    """
    if find_spec("watchfiles") is None:
        raise SettingsError("Reloading needs the development tools: use `make dev`. Nothing was started.")
    root = Path(__file__).parents[2]
    command = shlex.join(_as_it_is(role))
    watched = [str(root / folder) for folder in _WATCHED if (root / folder).is_dir()]
    return [
        sys.executable,
        "-m",
        "watchfiles",
        "--filter",
        "python",
        "--verbosity",
        "warning",
        command,
        *watched,
    ]


def _platform(identity: Identity, simulator: str, port: int) -> Mapping[str, str]:
    """Say what the platform's processes are told."""
    return {
        "SMARTERDEV_ENVIRONMENT": "development",
        "SMARTERDEV_HOST": _HOST,
        "SMARTERDEV_PORT": str(port),
        "SMARTERDEV_DISCORD_APPLICATION_ID": str(identity.application_id),
        "SMARTERDEV_DISCORD_PUBLIC_KEY": identity.public_key,
        "SMARTERDEV_DISCORD_BOT_TOKEN": identity.bot_token,
        "SMARTERDEV_DISCORD_API_URL": f"{simulator}/api/v10",
        "SMARTERDEV_DISCORD_ATTACHMENT_URL": f"{simulator}/attachments/",
    }


def _simulator(identity: Identity, web: str, port: int) -> Mapping[str, str]:
    """Say what the simulator is told."""
    return {
        "SIMULATOR_HOST": _HOST,
        "SIMULATOR_PORT": str(port),
        "SIMULATOR_ENDPOINT": f"{web}/interactions",
        "SIMULATOR_APPLICATION_ID": str(identity.application_id),
        "SIMULATOR_APPLICATION_NAME": "Smarter Dev",
        "SIMULATOR_BOT_TOKEN": identity.bot_token,
        "SIMULATOR_SIGNING_KEY": identity.signing_key,
    }


async def _prepare(identity: Identity, database_url: str, simulator: str) -> None:
    """Register the commands and give the people something to show."""
    settings = load_settings(
        discord_application_id=identity.application_id,
        discord_bot_token=identity.bot_token,
        discord_api_url=f"{simulator}/api/v10",
    )
    async with connect_discord(settings) as discord:
        await register_commands(discord)
    database = connect_database(database_url, pool_size=1, patience=TOOL_PATIENCE)
    try:
        await seed(database, simulator)
    finally:
        await database.close()


def _greet(home: Path, web: str, simulator: str, listener: str, database_url: str) -> None:
    click.echo(
        f"\n  Open {simulator} and type /bytes balance: a Discord of your own."
        "\n  Its rules are on: write `free discord nitro` there, or start a raid from the server's menu."
        f"\n  The platform's own page is {web}."
        f"\n  What it hears of that Discord is counted here: {listener}/metrics"
        f"\n  Data is kept in {home}; the database is at {database_url}"
        f"\n  A bot of your own can join that Discord, too: its token stands in {home / 'demo.json'}."
        "\n  Everybody there was given some bytes to begin with. `make reset` begins anew."
        "\n  Ctrl-C stops everything.\n"
    )
    click.echo(f"READY web={web} simulator={simulator}")
