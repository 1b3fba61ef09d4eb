"""The whole way of an interaction: bytes in, answer out. Knows no web framework.

Everything a PING does not need (SQLAlchemy above all) is imported when the first command comes.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from app import clock
from app.errors import OutcomeUnknownError, UnavailableError
from app.ids import new_id, parse_snowflake
from interactions import metrics, payload
from interactions.signature import SignatureChecker

if TYPE_CHECKING:
    from app.database.tx import Database
    from interactions.answering import Answering

log = logging.getLogger(__name__)

DEADLINE: Final = 2.3
"""Seconds an interaction may take. Discord waits 3; the rest is for the network and for saying sorry."""

NOTICEABLE_SKEW: Final = 5
"""Seconds a genuine timestamp may be off our clock before it is counted: one of the clocks is wrong."""


class Answer(NamedTuple):
    """What goes back over HTTP. An empty body says nothing on purpose."""

    status: int
    body: bytes = b""
    content_type: bytes = b"application/json"


UNAUTHORIZED: Final = Answer(401)
BAD_REQUEST: Final = Answer(400)
NO_CONTENT: Final = Answer(204)

_UNREADABLE: Final = (msgspec.MsgspecError, RecursionError, UnicodeError)

_PONG: Final = Answer(200, b'{"type":1}')


class Receiver:
    """Answers what Discord sends to one application.

    Args:
        public_key: The application's public key in hexadecimal.
        database: Makes the database when the first command needs it, and returns the same one after.
        answering: Makes what answers commands, once, when the first one comes.
    """

    def __init__(
        self,
        public_key: str,
        database: Callable[[], "Database"],
        answering: Callable[[], "Answering"],
    ) -> None:
        self._checker = SignatureChecker(public_key)
        self._database = database
        self._make_answering = answering
        self._answering: Answering | None = None

    async def receive(self, body: bytes, signature: str, timestamp: str) -> Answer:
        """Answer one interaction. Never raises; every defect has its answer.

        401 for what is not from Discord (checked before anything else), 400 for what cannot be read,
        200 with a callback for the rest, including refusals and our own failures.
        """
        started, now = clock.monotonic(), clock.now()
        if not self._is_genuine(body, signature, timestamp, now):
            return UNAUTHORIZED
        try:
            interaction = payload.decode_interaction(body)
            if interaction.type == payload.PING:
                return _PONG
            data = payload.decode_data(interaction)
        except _UNREADABLE:
            metrics.REJECTED.labels("unreadable").inc()
            return BAD_REQUEST
        if self._answering is None:
            try:
                self._answering = self._make_answering()
            except Exception as error:  # noqa: BLE001 - logged by `_defect`
                return _defect(error, interaction.locale)
        return await self._answering.answer(interaction, data, now, started)

    async def receive_event(self, body: bytes, signature: str, timestamp: str) -> Answer:
        """Take note of one webhook event: 204 always, once it is genuine and readable.

        503 when the database does not answer and 500 for a defect of ours: Discord sends events again
        for ten minutes.
        """
        if not self._is_genuine(body, signature, timestamp, clock.now()):
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

    def _is_genuine(self, body: bytes, signature: str, timestamp: str, now: datetime) -> bool:
        seconds = now.timestamp()
        if not self._checker.is_genuine(body, signature, timestamp, seconds):
            metrics.REJECTED.labels("signature").inc()
            return False
        if abs(seconds - int(timestamp)) > NOTICEABLE_SKEW:
            metrics.SKEWED.inc()
        return True


_EVENT_TYPES: Final = ("APPLICATION_AUTHORIZED", "APPLICATION_DEAUTHORIZED")


def _defect(error: Exception, locale: str) -> Answer:
    """Answer for a process that cannot answer commands; nothing has begun."""
    from app.language import language_of  # noqa: PLC0415 - the same
    from interactions import errors  # noqa: PLC0415 - a PING never comes here

    error_id = new_id().hex[-8:]
    log.error("commands cannot be answered", exc_info=error, extra={"error_id": error_id})
    reply = errors.broken(error_id, language_of(locale), committed=False)
    return Answer(200, msgspec.json.encode(reply.callback()))
