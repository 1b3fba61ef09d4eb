"""`python -m simulator`: start a local Discord and wait for SIGTERM or Ctrl-C."""

import logging
from dataclasses import replace

import click
import uvicorn

from simulator.config import DEMO_APPLICATION_ID, SimulatorConfig
from simulator.main import create_app

_GRACE_SECONDS = 1


@click.command(context_settings={"auto_envvar_prefix": "SIMULATOR", "show_default": True})
@click.option("--host", default="127.0.0.1", help="Address to listen at.")
@click.option("--port", default=8100, help="Port to listen at.")
@click.option("--endpoint", metavar="URL", help="The bot's interactions endpoint.")
@click.option(
    "--events-endpoint",
    metavar="URL",
    help="Where webhook events go.  [default: the endpoint + /events]",
)
@click.option("--application-id", type=int, default=DEMO_APPLICATION_ID, help="The application's id.")
@click.option("--application-name", default="Demo Bot", help="What the bot is called.")
@click.option("--bot-token", help="The bot's token.  [default: random, printed]")
@click.option("--signing-key", help="32-byte seed of the Ed25519 key, as hex.  [default: random, printed]")
def main(  # noqa: PLR0917 - one parameter for each option; click passes them by name
    host: str,
    port: int,
    endpoint: str | None,
    events_endpoint: str | None,
    application_id: int,
    application_name: str,
    bot_token: str | None,
    signing_key: str | None,
) -> None:
    """Run a Discord on this machine, for any bot. Every option is also SIMULATOR_<OPTION>."""
    try:
        config = SimulatorConfig(
            endpoint=endpoint or None,
            events_endpoint=events_endpoint or None,
            application_id=application_id,
            application_name=application_name,
        )
        if bot_token:
            config = replace(config, bot_token=bot_token)
        if signing_key:
            config = replace(config, signing_key=signing_key)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    click.echo(f"Page to play on   http://{host}:{port}/")
    click.echo(f"REST API          http://{host}:{port}/api/v10")
    click.echo(f"Interactions to   {config.endpoint or 'nowhere: no --endpoint is given'}")
    click.echo(f"Application id    {config.application_id}")
    click.echo(f"Public key        {config.public_key}")
    if not bot_token:
        click.echo(f"Bot token         {config.bot_token}")
    if not signing_key:
        click.echo(f"Signing key       {config.signing_key}")
    uvicorn.run(
        create_app(config),
        host=host,
        port=port,
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )


if __name__ == "__main__":
    main()
