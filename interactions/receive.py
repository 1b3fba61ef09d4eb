"""The whole way of an interaction: bytes in, answer out. Knows no web framework.

Everything a PING does not need (SQLAlchemy above all) is imported when the first command comes.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

import msgspec

from app import clock
from app.errors import OutcomeUnknownError, SmarterDevError, UnavailableError
from app.guilds.domain import Actor, Via
from app.ids import new_id, parse_snowflake
from interactions import errors, metrics, payload
from interactions.errors import OutdatedControlError, render
from interactions.payload import CommandData, Interaction, Member
from interactions.reply import PONG, Reply, no_choices
from interactions.signature import SignatureChecker

if TYPE_CHECKING:
    from app.database.tx import Database
    from interactions.command import Command

log = logging.getLogger(__name__)

DEADLINE: Final = 2.3
"""Seconds a command may take. Discord waits 3; the rest is for the network and for saying sorry."""

NOTICEABLE_SKEW: Final = 5
"""Seconds a genuine timestamp may be off our clock before it is counted: one of the clocks is wrong."""

_LONGEST_PERMISSIONS: Final = 40
"""Digits of permission bits, twice of what Discord uses; `int` raises when there are thousands."""

_TOO_SLOW: Final = "This took too long. Nothing was booked; please try again."


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back over HTTP. An empty body says nothing on purpose."""

    status: int
    body: bytes = b""


UNAUTHORIZED: Final = Answer(401)
BAD_REQUEST: Final = Answer(400)
NO_CONTENT: Final = Answer(204)

_UNREADABLE: Final = (msgspec.MsgspecError, RecursionError, UnicodeError)

_encode = msgspec.json.Encoder().encode
_PONG: Final = Answer(200, _encode(PONG))


class Receiver:
    """Answers what Discord sends to one application.

    Args:
        public_key: The application's public key in hexadecimal.
        database: Makes the database when the first command needs it, and returns the same one after.
    """

    def __init__(self, public_key: str, database: Callable[[], "Database"]) -> None:
        self._checker = SignatureChecker(public_key)
        self._database = database

    async def receive(self, body: bytes, signature: str, timestamp: str) -> Answer:
        """Answer one interaction. Never raises; every defect has its answer.

        401 for what is not from Discord (checked before anything else), 400 for what cannot be read,
        200 with a callback for the rest, including refusals and our own failures.
        """
        if not self._is_genuine(body, signature, timestamp):
            return UNAUTHORIZED
        data: CommandData | None = None
        try:
            interaction = payload.decode_interaction(body)
            if interaction.type == payload.APPLICATION_COMMAND:
                data = payload.decode_command(interaction.data)
        except _UNREADABLE:
            metrics.REJECTED.labels("unreadable").inc()
            return BAD_REQUEST
        if data is not None:
            return await self._command(interaction, data)
        if interaction.type == payload.PING:
            return _PONG
        # No command of ours has autocomplete, a button or a form yet: what comes is of another version.
        outdated = no_choices() if interaction.type == payload.AUTOCOMPLETE else errors.outdated().callback()
        return Answer(200, _encode(outdated))

    async def receive_event(self, body: bytes, signature: str, timestamp: str) -> Answer:
        """Take note of one webhook event: 204 always, once it is genuine and readable.

        503 when the database does not answer and 500 for a defect of ours: Discord sends events again
        for ten minutes.
        """
        if not self._is_genuine(body, signature, timestamp):
            return UNAUTHORIZED
        guild = None
        try:
            event = payload.decode_event(body).event
            if event is not None and event.type in _EVENT_TYPES:
                guild = payload.decode_authorization(event.data).guild
        except _UNREADABLE:
            metrics.REJECTED.labels("unreadable").inc()
            return BAD_REQUEST
        guild_id = None if guild is None else parse_snowflake(guild.id)
        if event is None or guild_id is None:
            return NO_CONTENT
        metrics.EVENTS.labels(event.type).inc()
        from interactions import events  # noqa: PLC0415 - brings SQLAlchemy

        try:
            async with asyncio.timeout(DEADLINE), self._database().transaction() as tx:
                await events.HANDLERS[event.type](tx, guild_id)
        except (UnavailableError, OutcomeUnknownError, TimeoutError):
            return Answer(503)
        except Exception:
            log.exception("webhook event failed", extra={"event": event.type})
            return Answer(500)
        return NO_CONTENT

    def _is_genuine(self, body: bytes, signature: str, timestamp: str) -> bool:
        now = clock.now().timestamp()
        if not self._checker.is_genuine(body, signature, timestamp, now):
            metrics.REJECTED.labels("signature").inc()
            return False
        if abs(now - int(timestamp)) > NOTICEABLE_SKEW:
            metrics.SKEWED.inc()
        return True

    async def _command(self, interaction: Interaction, data: CommandData) -> Answer:
        """Run a command and render whatever comes of it."""
        started = clock.monotonic()
        try:
            name, outcome, reply = await self._run(interaction, data)
        except OutdatedControlError:
            name, outcome, reply = "unknown", "outdated", errors.outdated()
        except Exception as error:  # noqa: BLE001 - logged by `_defect`
            name, outcome, reply = _defect("unknown", error, committed=False)
        seconds = clock.monotonic() - started
        metrics.INTERACTIONS.labels(name, outcome).inc()
        metrics.SECONDS.observe(seconds)
        log.info(
            "command answered",
            extra={
                "command": name,
                "outcome": outcome,
                "milliseconds": round(seconds * 1000, 1),
                "interaction_id": _id(interaction.id),
                "guild_id": _id(interaction.guild_id),
            },
        )
        return _reply(reply)

    async def _run(self, interaction: Interaction, data: CommandData) -> tuple[str, str, Reply]:
        """Return the command's name, the outcome and the reply.

        Raises:
            OutdatedControlError: there is no such command, or not with such options.
            Exception: a defect of ours, before the command began.
        """
        from interactions.command import Context  # noqa: PLC0415 - brings SQLAlchemy
        from interactions.parsing import find_subcommand, parse_options  # noqa: PLC0415 - the same

        actor = _actor(interaction)
        if actor is None:
            return "unknown", "not_in_a_server", errors.not_in_a_server()
        command, subcommand, options = find_subcommand(_commands(), data)
        name = f"{command.name} {subcommand.name}"
        context = Context(
            interaction_id=interaction.id,
            actor=actor,
            now=clock.now(),
            database=self._database(),
        )
        try:
            async with asyncio.timeout(DEADLINE):
                arguments = parse_options(subcommand.parameters, options, data.resolved)
                return name, "ok", await subcommand.handler(context, **arguments)
        except OutdatedControlError:
            raise
        except Exception as error:  # noqa: BLE001 - logged by `_defect`
            if isinstance(error, TimeoutError):
                error = UnavailableError(_TOO_SLOW)
            # What an error of ours says of the command is true only while nothing is committed.
            if isinstance(error, SmarterDevError) and not context.committed:
                return name, error.code, render(error)
            return _defect(name, error, committed=context.committed)


_EVENT_TYPES: Final = ("APPLICATION_AUTHORIZED", "APPLICATION_DEAUTHORIZED")


@cache
def _commands() -> "Mapping[str, Command]":
    """Load the table of commands, once, when the first command comes."""
    from interactions.table import COMMANDS  # noqa: PLC0415 - brings every room

    return {command.name: command for command in COMMANDS}


def _actor(interaction: Interaction) -> Actor | None:
    """Tell who asks in which guild; None for anything but a guild that installed the bot.

    A command can also come from a direct message, or from a guild that knows the bot only through a
    member who installed it for themselves. Then `authorizing_integration_owners` lacks the guild.
    """
    guild_id = parse_snowflake(interaction.guild_id or "")
    installed_in = interaction.authorizing_integration_owners.get("0")
    member = interaction.member
    if (
        guild_id is None
        or member is None
        or installed_in != interaction.guild_id
        or interaction.context not in (None, payload.GUILD_CONTEXT)
        or parse_snowflake(interaction.id) is None
    ):
        return None
    return _member_actor(guild_id, member)


def _member_actor(guild_id: int, member: Member) -> Actor | None:
    user_id = parse_snowflake(member.user.id)
    bits = member.permissions
    readable = bits.isascii() and bits.isdigit() and len(bits) <= _LONGEST_PERMISSIONS
    if user_id is None or not readable:
        return None
    return Actor(guild_id, user_id, member.user.name, int(bits), Via.COMMAND)


def _reply(reply: Reply) -> Answer:
    return Answer(200, _encode(reply.callback()))


def _defect(name: str, error: Exception, *, committed: bool) -> tuple[str, str, Reply]:
    """Log a defect of ours under the short id that the person is told."""
    error_id = new_id().hex[-8:]
    log.error("command failed", exc_info=error, extra={"command": name, "error_id": error_id})
    return name, "error", errors.broken(error_id, committed=committed)


def _id(text: str | None) -> str | None:
    """Give an id for the log, None for anything else: it could be any text."""
    return None if parse_snowflake(text or "") is None else text
