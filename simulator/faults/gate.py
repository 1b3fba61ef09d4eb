"""Stands before the REST API: writes the log, counts, refuses, and lets faults strike."""

from urllib.parse import unquote

from starlette.types import ASGIApp, Receive, Scope, Send

from simulator.faults.log import Entry, EntryKind
from simulator.faults.plan import Fault
from simulator.faults.routes import API, below_base
from simulator.faults.strikes import STRIKES
from simulator.faults.traffic import Traffic
from simulator.faults.visit import Visit


class Gate:
    """ASGI, outermost: the server's own `receive` and `send` are needed to break a connection.

    A fault draws its lot before the limits are asked, so that the sequence of faults depends on the
    requests alone and not on when they came. Only what lies below /api/ is looked at.
    """

    def __init__(self, app: ASGIApp, traffic: Traffic) -> None:
        self._app = app
        self._traffic = traffic

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request through, or not."""
        if scope["type"] != "http" or not scope["path"].startswith(API):
            await self._app(scope, receive, send)
            return
        visit, fault = self._begin(scope, receive, send)
        try:
            if fault is None:
                await visit.carry_out(visit.answering())
            else:
                await STRIKES[fault.kind](visit, fault)
        finally:
            entry = visit.entry
            entry.elapsed_ms = round((visit.clock.monotonic() - entry.started) * 1000, 1)
            if entry.status is not None:
                self._traffic.buckets.note_answer(entry.status, entry.scope)

    def _begin(self, scope: Scope, receive: Receive, send: Send) -> tuple[Visit, Fault | None]:
        """Write the request down, count it, and draw the lots of the faults."""
        traffic, clock = self._traffic, self._traffic.clock
        method, path = scope["method"], scope["path"]
        entry = traffic.log.add(EntryKind.REST, clock.now(), clock.monotonic(), method, path)
        entry.query = scope["query_string"].decode("latin-1")
        caller = _read_headers(entry, scope)
        below = below_base(path)
        segments = below.split("/")
        route = traffic.routes.find(method, segments)
        fault = traffic.faults.strike_request(method, route.shape if route else None, below)
        if fault is not None:
            entry.fault_id, entry.fault_kind = fault.id, fault.kind.name
        standing, refused_for = traffic.buckets.take(route, segments, caller)
        if route is not None:
            entry.route = route.template
            entry.bucket = route.bucket if route.limit else None
        visit = Visit(self._app, scope, receive, send, clock, entry, route, standing, refused_for)
        return visit, fault


def _read_headers(entry: Entry, scope: Scope) -> bytes:
    """Note what the log keeps of the headers; tells who calls: by what they prove, else by address."""
    caller = (scope.get("client") or ("",))[0].encode()
    length = 0
    for name, value in scope["headers"]:
        if name == b"authorization":
            caller = value
        elif name == b"content-type":
            entry.content_type = value.decode("latin-1").partition(";")[0].strip().lower()
        elif name == b"content-length":
            length = int(value) if value.isdigit() else 0
        elif name == b"x-audit-log-reason":
            entry.reason = unquote(value.decode("latin-1"))
    if not entry.reads_json:
        entry.body_length = length
    return caller
