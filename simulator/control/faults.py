"""The control API of faults and the log: read, call, write."""

from typing import Any, TypedDict

from starlette.requests import Request
from starlette.responses import JSONResponse

from simulator.control import bodies
from simulator.control.errors import ControlError
from simulator.control.table import Operation
from simulator.faults import log
from simulator.faults.forms import FaultBody, LogQuery, RemovalQuery, at_once, fault_of, objection
from simulator.faults.gateway import act_of
from simulator.faults.limits import INVALID
from simulator.faults.log import written
from simulator.faults.plan import MOST, Record
from simulator.request import local_discord
from simulator.wire import JsonObject

_BAD_REQUEST, _NOT_FOUND, _CONFLICT = 400, 404, 409


class FaultAnswer(TypedDict):
    """A fault. The same requests with the same seed are struck the same; `own` are its kind's fields."""

    id: str
    kind: str
    where: str
    meaning: str
    seed: int
    probability: float
    times: int | None
    seen: int
    struck: int
    own: dict[str, Any]


class InvalidRequests(TypedDict):
    """Answers 401, 403 and 429 (shared ones aside) in the last `seconds`; at `limit` Discord bans."""

    count: int
    limit: int
    seconds: int


class FaultsAnswer(TypedDict):
    """The plan, and how near the bot is to a ban."""

    faults: list[FaultAnswer]
    invalid_requests: InvalidRequests


class Removed(TypedDict):
    """How many faults are off the plan."""

    removed: int


class Line(TypedDict):
    """One request; `status` is null while it is under way, and for good if the connection was broken."""

    seq: int
    kind: str
    at: str
    method: str
    path: str
    query: str
    route: str | None
    status: int | None
    scope: str | None
    body: Any
    reason: str | None
    fault: dict[str, str] | None
    elapsed_ms: float | None
    bucket: str | None


class LogAnswer(TypedDict):
    """Lines, oldest first; `last` is the newest number there is."""

    entries: list[Line]
    last: int


async def show_faults(request: Request) -> JSONResponse:
    """GET /_sim/faults: the plan, and how often each struck."""
    traffic = local_discord(request).traffic
    invalid = {
        "count": traffic.buckets.invalid,
        "limit": INVALID.requests,
        "seconds": int(INVALID.seconds),
    }
    faults = [_written(record) for record in traffic.faults.records()]
    return JSONResponse({"faults": faults, "invalid_requests": invalid})


async def plan_fault(request: Request) -> JSONResponse:
    """POST /_sim/faults: from now on; or of the gateway at once, which is not in the plan then."""
    traffic = local_discord(request).traffic
    body = await bodies.read(request, FaultBody)
    wrong = objection(body, traffic.routes)
    if wrong is not None:
        raise ControlError(_BAD_REQUEST, wrong)
    if traffic.faults.full:
        sentence = f"{MOST} faults are planned, and no more fit. Take some off with DELETE /_sim/faults."
        raise ControlError(_CONFLICT, sentence)
    fault = fault_of(body, traffic.faults.next_id())
    if at_once(body):
        struck = local_discord(request).gateway.act(act_of(fault), fault.shard)
        return JSONResponse(_written(Record(fault, struck, struck)))
    return JSONResponse(_written(traffic.faults.plan(fault)))


async def remove_faults(request: Request) -> JSONResponse:
    """DELETE /_sim/faults?id=: take one off the plan, or all."""
    faults = local_discord(request).traffic.faults
    asked = bodies.query(request, RemovalQuery)
    removed = faults.remove(None if asked.id is None else [asked.id])
    if asked.id is not None and not removed:
        raise ControlError(_NOT_FOUND, f"There is no fault with the id {asked.id}.")
    return JSONResponse({"removed": removed})


async def show_log(request: Request) -> JSONResponse:
    """GET /_sim/log: what came over REST and what was sent to the bot."""
    requests = local_discord(request).traffic.log
    asked = bodies.query(request, LogQuery)
    entries = requests.read(after=asked.after, limit=asked.limit, method=asked.method, route=asked.route)
    return JSONResponse({"entries": [written(entry) for entry in entries], "last": requests.last})


def _written(record: Record) -> JsonObject:
    fault = record.fault
    return {
        "id": str(fault.id),
        "kind": fault.kind.name,
        "where": fault.kind.where.value,
        "meaning": fault.kind.meaning,
        "seed": fault.seed,
        "probability": fault.probability,
        "times": fault.times,
        "seen": record.seen,
        "struck": record.struck,
        "own": {name: getattr(fault, name) for name in sorted(fault.kind.own)},
    }


TABLE: tuple[Operation, ...] = (
    Operation("GET", "/_sim/faults", show_faults, "The planned faults.", FaultsAnswer),
    Operation("POST", "/_sim/faults", plan_fault, "Plan a fault.", FaultAnswer, FaultBody),
    Operation(
        "DELETE",
        "/_sim/faults",
        remove_faults,
        "Take one fault off the plan, or all.",
        Removed,
        query=RemovalQuery,
    ),
    Operation(
        "GET",
        "/_sim/log",
        show_log,
        f"What came over REST and what was sent to the bot; the last {log.KEPT:,}.",
        LogAnswer,
        query=LogQuery,
    ),
)
"""What the control API has of this; it stands in its table."""
