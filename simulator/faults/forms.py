"""What may be asked of `/_sim/faults`, and when it is refused. Pure."""

import secrets
from typing import Annotated, Literal

import msgspec

from simulator.faults.kinds import FaultKind, Where
from simulator.faults.plan import Fault
from simulator.faults.routes import RouteTable, below_base, shape_of
from simulator.gateway.events import EVENT_NAMES

_SEED_BITS = 32
_ALWAYS = frozenset({"kind", "probability", "times", "seed"})
_NEEDED = {
    FaultKind.delay: ("seconds",),
    FaultKind.gateway_delay: ("seconds",),
    FaultKind.endpoint_delay: ("seconds",),
    FaultKind.close: ("code",),
}

KindName = Literal[
    "rate_limit_user",
    "rate_limit_shared",
    "rate_limit_global",
    "cloudflare_ban",
    "unauthorized",
    "server_error",
    "delay",
    "reset",
    "lost_answer",
    "malformed",
    "drop",
    "zombie",
    "reconnect",
    "invalid_session",
    "close",
    "gateway_delay",
    "endpoint_delay",
    "endpoint_drop",
]
Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
Path = Annotated[str, msgspec.Meta(min_length=1, max_length=500, pattern="^/")]
Seconds = Annotated[float, msgspec.Meta(ge=0, le=600)]
Probability = Annotated[float, msgspec.Meta(ge=0, le=1)]
Times = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
Seed = Annotated[int, msgspec.Meta(ge=0, le=(1 << 53) - 1)]
CloseCode = Annotated[int, msgspec.Meta(ge=1000, le=4999)]
Shard = Annotated[int, msgspec.Meta(ge=0, le=1_000)]
Event = Annotated[str, msgspec.Meta(min_length=1, max_length=50)]


class FaultBody(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """POST /_sim/faults. A kind refuses fields that are not its own, for they would do nothing."""

    kind: KindName
    method: Method | None = None
    route: Path | None = None
    path: Path | None = None
    probability: Probability | None = None
    times: Times | None = None
    seed: Seed | None = None
    status: Literal[500, 502, 503, 504] | None = None
    retry_after: Seconds | None = None
    seconds: Seconds | None = None
    when: Literal["before", "after"] | None = None
    code: CloseCode | None = None
    resumable: bool | None = None
    shard: Shard | None = None
    event: Event | None = None


class RemovalQuery(msgspec.Struct, forbid_unknown_fields=True):
    """DELETE /_sim/faults; without an id all are taken off the plan."""

    id: Annotated[int, msgspec.Meta(ge=1)] | None = None


class LogQuery(msgspec.Struct, forbid_unknown_fields=True):
    """GET /_sim/log: the first lines after a number, or without one the newest."""

    after: Annotated[int, msgspec.Meta(ge=0)] | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=5_000)] = 100
    method: Annotated[str, msgspec.Meta(min_length=1, max_length=10)] | None = None
    route: Path | None = None


def objection(body: FaultBody, routes: RouteTable) -> str | None:
    """Say in a sentence why this fault could not be what was meant; None if it can be planned."""
    return _wrong_fields(body) or _wrong_aim(body, routes)


def _wrong_fields(body: FaultBody) -> str | None:
    kind = FaultKind[body.kind]
    said = {name for name in body.__struct_fields__ if getattr(body, name) is not None}
    foreign = sorted(said - kind.own - _ALWAYS)
    missing = [name for name in _NEEDED.get(kind, ()) if name not in said]
    if foreign:
        knows = ", ".join(sorted(kind.own)) or "nothing more"
        return f"A fault {kind.name} does not know {foreign[0]!r}; it knows {knows}."
    if missing:
        return f"A fault {kind.name} needs {missing[0]!r}."
    if at_once(body) and (body.times is not None or body.event is not None):
        return (
            "Without a probability a gateway fault happens now, once: 'times' and 'event' mean nothing then."
        )
    return None


def _wrong_aim(body: FaultBody, routes: RouteTable) -> str | None:
    if body.route is not None and body.path is not None:
        return "Say either a route, such as /channels/{channel_id}/messages, or one path."
    if body.route is not None and shape_of(body.route) not in routes.shapes:
        return f"There is no route {body.route!r}; one is /channels/{{channel_id}}/messages."
    if body.event is not None and body.event not in EVENT_NAMES:
        return f"The gateway has no event {body.event!r}; one is MESSAGE_CREATE."
    return None


def at_once(body: FaultBody) -> bool:
    """Tell whether this fault is not planned but happens now: one of the gateway without a probability."""
    return FaultKind[body.kind].where is Where.GATEWAY and body.probability is None


def fault_of(body: FaultBody, number: int) -> Fault:
    """Make the fault that was asked for; a seed is chosen where none was given."""
    said = {
        name: value
        for name in body.__struct_fields__
        if name != "kind" and (value := getattr(body, name)) is not None
    }
    said.setdefault("seed", secrets.randbits(_SEED_BITS))
    if body.path is not None:
        said["path"] = below_base(body.path)
    return Fault(id=number, kind=FaultKind[body.kind], **said)
