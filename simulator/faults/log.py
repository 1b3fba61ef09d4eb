"""What came over REST and what was sent to the bot, in order: the last five thousand, without secrets."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import islice
from urllib.parse import unquote_plus

from simulator.faults.buckets import RateScope
from simulator.faults.routes import masked, shape_of
from simulator.wire import JsonObject, NotJsonError, decode, iso

KEPT = 5_000
"""Requests that are remembered; older ones are forgotten."""

BODY_BYTES = 16 * 1024
"""Of a body that is longer, only its length is remembered."""

_HIDDEN = "[hidden]"
_SECRETS = frozenset(
    {"token", "access_token", "refresh_token", "client_secret", "code", "code_verifier", "state"}
)
"""What opens something, by its name in a query or anywhere in a body; OAuth2's `state` among them."""


class EntryKind(StrEnum):
    """Which way a request went: from the bot to REST, or to the bot's endpoint."""

    REST = "rest"
    INTERACTION = "interaction"


@dataclass(slots=True)
class Entry:
    """One request; what is None has not happened, or never will. The body is kept as it came."""

    seq: int
    kind: EntryKind
    at: datetime
    started: float
    method: str
    path: str
    query: str = ""
    route: str | None = None
    bucket: str | None = None
    content_type: str = ""
    reason: str | None = None
    body: bytearray = field(default_factory=bytearray)
    body_length: int = 0
    status: int | None = None
    scope: RateScope | None = None
    fault_id: int | None = None
    fault_kind: str | None = None
    elapsed_ms: float | None = None

    @property
    def reads_json(self) -> bool:
        """Whether the body says that it is JSON; nothing else is kept, for forms carry secrets."""
        return "json" in self.content_type

    def hear(self, chunk: bytes) -> None:
        """Take in a piece of the body, as long as there is room."""
        self.body_length += len(chunk)
        if len(self.body) <= BODY_BYTES:
            self.body += chunk


class RequestLog:
    """Remembers requests from the moment they arrive, in the order in which they do."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=KEPT)
        self._next = 1

    def add(self, kind: EntryKind, at: datetime, started: float, method: str, path: str) -> Entry:
        """Begin a line."""
        entry = Entry(self._next, kind, at, started, method, path)
        self._next += 1
        self._entries.append(entry)
        return entry

    @property
    def last(self) -> int:
        """The number of the newest line; 0 if there is none."""
        return self._next - 1

    def read(self, *, after: int | None, limit: int, method: str | None, route: str | None) -> list[Entry]:
        """Tell lines in order: the first ones after a number, or without one the newest ones."""
        if after is None:
            newest = list(islice(_fitting(reversed(self._entries), method, route), limit))
            return newest[::-1]
        lines = (entry for entry in self._entries if entry.seq > after)
        return list(islice(_fitting(lines, method, route), limit))


def written(entry: Entry) -> JsonObject:
    """Write a line for the control API; here path, query and body lose their secrets."""
    fault = None if entry.fault_id is None else {"id": str(entry.fault_id), "kind": entry.fault_kind}
    return {
        "seq": entry.seq,
        "kind": entry.kind,
        "at": iso(entry.at),
        "method": entry.method,
        "path": masked(entry.path),
        "query": _query_without_secrets(entry.query),
        "route": entry.route,
        "status": entry.status,
        "scope": entry.scope,
        "body": _body(entry),
        "reason": entry.reason,
        "fault": fault,
        "elapsed_ms": entry.elapsed_ms,
        "bucket": entry.bucket,
    }


def _fitting(entries: Iterator[Entry], method: str | None, route: str | None) -> Iterator[Entry]:
    shape = None if route is None else shape_of(route)
    for entry in entries:
        if method is not None and entry.method != method.upper():
            continue
        if shape is None or (entry.route is not None and shape_of(entry.route) == shape):
            yield entry


def _body(entry: Entry) -> object:
    if not entry.body_length:
        return None
    if not entry.reads_json:
        return f"{entry.content_type or 'something without a content type'}, {entry.body_length} bytes"
    if entry.body_length > BODY_BYTES:
        return f"JSON of {entry.body_length} bytes, too long to be kept"
    try:
        return _without_secrets(decode(bytes(entry.body)))
    except NotJsonError as error:
        return f"{entry.body_length} bytes that are not JSON: {error}"


def _without_secrets(document: object) -> object:
    if isinstance(document, list):
        return [_without_secrets(each) for each in document]
    if not isinstance(document, dict):
        return document
    return {key: _HIDDEN if key in _SECRETS else _without_secrets(value) for key, value in document.items()}


def _query_without_secrets(query: str) -> str:
    """All else stays as it was written."""
    parts = []
    for part in query.split("&"):
        name, equals, _ = part.partition("=")
        parts.append(f"{name}={_HIDDEN}" if equals and unquote_plus(name) in _SECRETS else part)
    return "&".join(parts)
