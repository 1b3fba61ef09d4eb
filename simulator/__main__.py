"""`python -m simulator`: start a local Discord and wait for SIGTERM or Ctrl-C."""

import logging
import socket
from typing import Any
from urllib.parse import urlsplit

import click
import uvicorn

from simulator.config import DEMO_APPLICATION_ID, SimulatorConfig
from simulator.gateway.server import Websockets
from simulator.main import create_app

_GRACE_SECONDS = 1
_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - to recognise that somebody listens at every address
_SECRETS = {"bot_token": "Bot token", "client_secret": "Client secret", "signing_key": "Signing key"}


def _web_address(_context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """Refuse what is no http(s) address; nothing, or an empty environment variable, is none."""
    if value and (not value.startswith(("http://", "https://")) or not urlsplit(value).hostname):
        raise click.BadParameter(f"{value!r} is not an http(s) address.", param=parameter)
    return value or None


def _web_addresses(
    context: click.Context, parameter: click.Parameter, values: tuple[str, ...]
) -> tuple[str, ...]:
    return tuple(each for value in values if (each := _web_address(context, parameter, value)) is not None)


@click.command(context_settings={"auto_envvar_prefix": "SIMULATOR", "show_default": True})
@click.option("--host", default="127.0.0.1", help="Address to listen at.")
@click.option("--port", type=click.IntRange(1, 65535), default=8100, help="Port to listen at.")
@click.option(
    "--public-url",
    metavar="URL",
    callback=_web_address,
    help="Where bots and browsers find it.  [default: from host and port]",
)
@click.option("--endpoint", metavar="URL", callback=_web_address, help="The bot's interactions endpoint.")
@click.option(
    "--events-endpoint",
    metavar="URL",
    callback=_web_address,
    help="Where webhook events go.  [default: the endpoint + /events]",
)
@click.option("--application-id", type=int, default=DEMO_APPLICATION_ID, help="The application's id.")
@click.option("--application-name", default="Demo Bot", help="What the bot is called.")
@click.option("--bot-token", help="The bot's token.  [default: random, printed]")
@click.option("--client-secret", help="The application's OAuth2 secret.  [default: random, printed]")
@click.option(
    "--redirect-uri",
    "redirect_uris",
    metavar="URL",
    multiple=True,
    envvar="SIMULATOR_REDIRECT_URI",
    callback=_web_addresses,
    help="Where OAuth2 may send people back to; may be repeated.  [default: any address of this machine]",
)
@click.option("--signing-key", help="32-byte seed of the Ed25519 key, as hex.  [default: random, printed]")
@click.option(
    "--heartbeat-seconds",
    type=click.FloatRange(0.1, 3600),
    default=41.25,
    help="How often the gateway wants a heartbeat.",
)
@click.option(
    "--required-shards",
    type=click.IntRange(1, 16_384),
    default=1,
    help="With fewer the gateway closes with 4011.",
)
@click.option(
    "--disallowed-intents",
    type=click.IntRange(0, 1 << 31),
    default=0,
    help="Bits of the gateway intents that the developer portal does not allow (4014).",
)
@click.option(
    "--rate-limits/--no-rate-limits", default=True, help="Whether the REST API's limits are enforced."
)
def main(host: str, port: int, public_url: str | None, **options: Any) -> None:  # noqa: ANN401 - click's own
    """Run a Discord on this machine, for any bot. Every option is also SIMULATOR_<OPTION>."""
    given = {name: value for name, value in options.items() if value not in {None, "", ()}}
    public = (public_url or address(host, port)).rstrip("/")
    try:
        config = SimulatorConfig(public_url=public, **given)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    _require_free(host, port)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    app = create_app(config)
    click.echo(f"Page to play on   {public}/")
    click.echo(f"REST API          {public}/api/v10")
    click.echo(f"Gateway           {app.state.local_discord.gateway.url}")
    click.echo(f"OAuth2            {public}/oauth2/authorize")
    click.echo(f"Interactions to   {config.endpoint or 'the gateway: no --endpoint is given'}")
    click.echo(f"Application id    {config.application_id}")
    click.echo(f"Public key        {config.public_key}")
    for name, title in _SECRETS.items():
        if name not in given:
            click.echo(f"{title:<18}{getattr(config, name)}")
    uvicorn.run(
        app,
        host=host,
        port=port,
        access_log=False,
        log_level="warning",
        ws=Websockets,
        ws_per_message_deflate=False,
        ws_ping_interval=None,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )


def _require_free(host: str, port: int) -> None:
    """Refuse to start, before anything is printed, where something else listens."""
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(where)
    except OSError as error:
        raise click.ClickException(
            f"Port {port} on {host} cannot be listened on ({error.strerror}). Choose another with --port."
        ) from error


def address(host: str, port: int) -> str:
    """Tell where the simulator is found by who is on this machine."""
    name = "127.0.0.1" if host in _EVERYWHERE else host
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


if __name__ == "__main__":
    main()
