"""`smarterdev VERB`: every role and every tool of the platform."""

import asyncio
import gc
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.errors import InvalidInputError, SmarterDevError
from app.ids import parse_snowflake
from app.settings import Settings, configured, load_settings

if TYPE_CHECKING:
    from app.database.tx import Database, Tx
    from app.guilds.domain import Actor

_DATABASE = ("database_url",)
_BOT = ("discord_application_id", "discord_bot_token")
_LISTENER = ("database_url", "discord_bot_token")
_WORKER = ("database_url", "discord_application_id", "discord_bot_token")

# Each verb imports what it needs itself: `smarterdev --help` should not load a web server.


class _Group(click.Group):
    """Shows the errors of the platform as the sentences they are."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except (SmarterDevError, OSError, UnicodeDecodeError) as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=_Group)
@click.version_option(package_name="smarterdev")
def main() -> None:
    """A community platform for Discord."""


@main.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--simulator-port", type=click.IntRange(1, 65535), default=8100, show_default=True)
@click.option(
    "--reload", is_flag=True, help="Start the platform's processes anew when their code changes (make dev)."
)
def demo(port: int, simulator_port: int, *, reload: bool) -> None:
    """Run the whole platform on this machine, with a Discord of its own."""
    from app.demo.run import run_demo

    sys.exit(run_demo(load_settings(), port=port, simulator_port=simulator_port, reload=reload))


@main.command()
def reset() -> None:
    """Throw away the embedded database and everything in it. Asks nothing: it is for trying things out."""
    from app.embedded.postgres import Postgres
    from app.embedded.servers import servers

    settings = load_settings(())
    if settings.is_production:
        raise InvalidInputError("There is nothing to reset in production. Nothing was deleted.")
    with servers(settings.data_dir) as embedded:
        if not embedded.owned:
            raise InvalidInputError("The demo is running. Stop it first; nothing was deleted.")
    Postgres(settings.data_dir).destroy()
    click.echo("The demo begins anew at its next start.")


@main.command()
def web() -> None:
    """Answer commands and show pages (the web role)."""
    import uvicorn

    from app.logs import configure_logging
    from app.main import create_app

    with _completed(load_settings(), redis=True) as settings:
        configure_logging(settings)
        app = create_app(settings)
        # What is there now stays; looking through it for garbage would be a tenth of each command.
        gc.collect()
        gc.freeze()
        uvicorn.run(
            app,
            host=settings.host,
            port=settings.port,
            log_config=None,
            access_log=False,
            proxy_headers=False,  # nothing here asks who is behind a proxy
            server_header=False,
            date_header=True,
            timeout_graceful_shutdown=5,
        )


@main.command()
def listener() -> None:
    """Hear what happens in the servers, over Discord's gateway (the listener role)."""
    from app.listener import run_listener
    from app.logs import configure_logging

    with _completed(load_settings(_LISTENER), redis=True) as settings:
        configure_logging(settings)
        run_listener(settings)


@main.command()
def worker() -> None:
    """Carry out in Discord what was decided (the worker role)."""
    from app.logs import configure_logging
    from app.worker_role import run_worker

    with _completed(load_settings(_WORKER), redis=True) as settings:
        configure_logging(settings)
        run_worker(settings)


@main.group()
def jobs() -> None:
    """What the worker could not do by itself and keeps for a person."""


@jobs.command("list")
def list_jobs() -> None:
    """Show the jobs that are held, and why."""
    from app.jobs.figures import HeldJob, list_held

    async def run(settings: Settings) -> list[HeldJob]:
        async with _tool_database(settings) as database, database.transaction() as tx:
            return await list_held(tx)

    with _completed(load_settings(_DATABASE)) as settings:
        held = asyncio.run(run(settings))
    for each in held:
        click.echo(f"{each.job_id}  {each.created:%Y-%m-%d %H:%M} UTC  {each.entrypoint}  {each.payload}")
        click.echo(f"    {each.why or 'Nobody noted why.'}")
    click.echo(
        "No job is held." if not held else "`smarterdev jobs retry ID` tries one again, `drop ID` does not."
    )


@jobs.command("retry")
@click.argument("job_id", type=int)
def retry_job(job_id: int) -> None:
    """Try a held job again, from the beginning."""
    from app.jobs.figures import retry_held

    _about_job(retry_held, job_id, "It is tried again.")


@jobs.command("drop")
@click.argument("job_id", type=int)
def drop_job(job_id: int) -> None:
    """Give up a held job for good."""
    from app.jobs.figures import drop_held

    _about_job(drop_held, job_id, "It is gone.")


def _about_job(do: Callable[["Tx", int], Awaitable[bool]], job_id: int, done: str) -> None:
    async def run(settings: Settings) -> bool:
        async with _tool_database(settings) as database, database.transaction() as tx:
            return await do(tx, job_id)

    with _completed(load_settings(_DATABASE)) as settings:
        found = asyncio.run(run(settings))
    if not found:
        raise InvalidInputError("No job with this number is held. Nothing was changed.")
    click.echo(done)


@main.command()
def migrate() -> None:
    """Bring the database to the newest schema."""
    from app.migrate import migrate_database

    with _completed(load_settings(_DATABASE)) as settings:
        migrate_database(configured(settings.database_url))
    click.echo("The database has the newest schema.")


@main.command()
@click.option("--guild", "guild", help="Register for one server (by id) instead of everywhere.")
def register(guild: str | None) -> None:
    """Tell Discord which commands there are, if it does not know yet."""
    from app.discord.rest import connect_discord
    from app.registration import register_commands

    settings = load_settings(_BOT)

    async def run() -> bool:
        async with connect_discord(settings) as discord:
            return await register_commands(discord, None if guild is None else _guild_id(guild))

    written = asyncio.run(run())
    click.echo("The commands were registered." if written else "Discord has these commands already.")


@main.command()
def verify() -> None:
    """Check every invariant of the data; exit status 1 if one does not hold."""
    from app.database.verify import load_invariants
    from app.database.verify import verify as verify_invariants

    async def run(settings: Settings) -> int:
        async with _tool_database(settings) as database, database.transaction() as tx:
            violations = await verify_invariants(tx)
        broken = {violation.invariant.name: violation for violation in violations}
        for invariant in load_invariants():
            violation = broken.get(invariant.name)
            click.echo(f"{'ok    ' if violation is None else 'BROKEN'} {invariant.sentence}")
            for row in violation.rows if violation is not None else ():
                click.echo(f"         {row}")
        return 1 if broken else 0

    with _completed(load_settings(_DATABASE)) as settings:
        sys.exit(asyncio.run(run(settings)))


@main.group()
def guild() -> None:
    """The configuration of one server, as a file."""


@guild.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--guild", "guild_id", required=True, help="The server's id.")
def export_file(file: Path, guild_id: str) -> None:
    """Write everything a server chose to FILE."""
    from app.guild_file import export_guild

    async def run(settings: Settings) -> str:
        async with _tool_database(settings) as database, database.transaction() as tx:
            return (await export_guild(tx, _guild_id(guild_id))).model_dump_json(indent=2)

    with _completed(load_settings(_DATABASE)) as settings:
        content = asyncio.run(run(settings))
    file.write_text(content + "\n", encoding="utf-8")
    click.echo(f"Written to {file}.")


@guild.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--guild", "guild_id", required=True, help="The server's id.")
@click.option("--apply", is_flag=True, help="Write it. Without this, only show what would change.")
def import_file(file: Path, guild_id: str, *, apply: bool) -> None:
    """Read everything a server chose from FILE: first a dry run, then with --apply for good."""
    from app.guild_file import import_guild, look_at_roles, parse

    wanted = parse(file.read_text(encoding="utf-8-sig"))

    async def run(settings: Settings) -> list[str]:
        changes: list[str] = []
        roles, not_checked = await look_at_roles(settings, _guild_id(guild_id), wanted)
        if not_checked is not None:
            click.echo(not_checked)
        async with _tool_database(settings) as database:
            try:
                async with database.transaction() as tx:
                    changes = await import_guild(tx, _guild_id(guild_id), wanted, roles=roles)
                    if not apply:
                        raise _DryRunError  # noqa: TRY301 - rolls back
            except _DryRunError:
                pass
        return changes

    with _completed(load_settings(_DATABASE)) as settings:
        changes = asyncio.run(run(settings))
    for line in changes:
        click.echo(f"  {line}")
    if not changes:
        click.echo("Nothing differs.")
    elif apply:
        click.echo("Written. Processes that run know of it within 30 seconds.")
    else:
        click.echo("Nothing was written: this was a dry run. Repeat with --apply to write it.")


@main.command()
def forget() -> None:
    """Delete what is kept for a time only, and whose time is over; the web role does so by itself."""
    from app.retention import forget_old

    async def run(settings: Settings) -> None:
        async with _tool_database(settings) as database:
            await forget_old(database)

    with _completed(load_settings(_DATABASE)) as settings:
        asyncio.run(run(settings))
    click.echo("What was too old is deleted.")


@main.group()
def privacy() -> None:
    """What is kept about one member of one server, for requests that come by mail."""


@privacy.command("export")
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--guild", "guild_id", required=True, help="The server's id.")
@click.option("--user", "user_id", required=True, help="The member's id.")
def export_privacy(file: Path | None, guild_id: str, user_id: str) -> None:
    """Write everything that is kept about a member to FILE, or print it."""
    from app.clock import now
    from app.privacy.service import export_member

    actor = _in_place_of(guild_id, user_id)

    async def run(settings: Settings) -> bytes:
        async with _tool_database(settings) as database, database.transaction() as tx:
            return await export_member(tx, actor, now=now())

    with _completed(load_settings(_DATABASE)) as settings:
        content = asyncio.run(run(settings)) + b"\n"
    if file is None:
        click.echo(content, nl=False)
        return
    file.touch(mode=0o600)  # it is nobody else's on this machine, either
    file.write_bytes(content)
    click.echo(f"Written to {file}.")


@privacy.command("erase")
@click.option("--guild", "guild_id", required=True, help="The server's id.")
@click.option("--user", "user_id", required=True, help="The member's id.")
@click.option("--yes", is_flag=True, help="Do it. Without this, only say what it would mean.")
def erase_privacy(guild_id: str, user_id: str, *, yes: bool) -> None:
    """Forget a member: names and notes are blanked, a random number takes the place of the id."""
    from app.ids import new_id
    from app.privacy.domain import Erasure
    from app.privacy.rooms import ROOMS
    from app.privacy.service import erase_member
    from app.wording import plain

    actor = _in_place_of(guild_id, user_id)
    if not yes:
        click.echo(f"In server {guild_id}, member {user_id} would be forgotten. This would be blanked:")
        for room in ROOMS.values():
            click.echo(f"  {room.blanked}")
        click.echo("The member's bytes and streak would be lost. Amounts and times stay, and a fingerprint.")
        click.echo("It cannot be undone. Nothing was erased; repeat with --yes to do it.")
        return

    async def run(settings: Settings) -> Erasure:
        async with _tool_database(settings) as database, database.transaction() as tx:
            return await erase_member(tx, actor, idempotency_key=f"cli:{new_id()}")

    with _completed(load_settings(_DATABASE)) as settings:
        erasure = asyncio.run(run(settings))
    if not erasure.found_something:
        click.echo("Nothing is known of this member in this server. Nothing was erased.")
        return
    click.echo("Erased. Name and id are gone from:")
    for name, room in ROOMS.items():
        if name in erasure.rows:
            click.echo(f"  {plain(room.count(erasure.rows[name]))}")


class _DryRunError(Exception):
    """Ends a transaction that was only for looking."""


def _in_place_of(guild_id: str, user_id: str) -> "Actor":
    """Act for a member as the operator, so that what members do for themselves can be done for them."""
    from app.guilds.domain import Actor

    member = parse_snowflake(user_id)
    if member is None:
        raise InvalidInputError(f"{user_id!r} is not a member's id (a number, as Discord shows it).")
    return Actor.operator(_guild_id(guild_id))._replace(user_id=member)


def _guild_id(text: str) -> int:
    guild_id = parse_snowflake(text)
    if guild_id is None:
        raise InvalidInputError(f"{text!r} is not a server's id (a number, as Discord shows it).")
    return guild_id


@asynccontextmanager
async def _tool_database(settings: Settings) -> AsyncIterator["Database"]:
    from app.database.engine import TOOL_PATIENCE, connect_database

    database = connect_database(configured(settings.database_url), pool_size=1, patience=TOOL_PATIENCE)
    try:
        yield database
    finally:
        await database.close()


@contextmanager
def _completed(settings: Settings, *, redis: bool = False) -> Iterator[Settings]:
    """Start (or join) the embedded servers for whatever is needed and not configured. Development only."""
    missing = {
        "database_url": settings.database_url is None,
        "redis_url": redis and settings.redis_url is None,
    }
    if settings.is_production or not any(missing.values()):
        yield settings
        return
    from app.embedded.servers import servers

    with servers(
        settings.data_dir, postgres=missing["database_url"], valkey=missing["redis_url"]
    ) as embedded:
        urls = {"database_url": embedded.database_url, "redis_url": embedded.redis_url}
        yield load_settings((), **{name: url for name, url in urls.items() if url is not None})


if __name__ == "__main__":
    main()
