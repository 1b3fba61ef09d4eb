"""Faults of the gateway: what is done to which connections, at once or before an event is dispatched."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from simulator.faults.kinds import FaultKind
from simulator.faults.plan import Fault, Faults
from simulator.gateway.acts import Act, Close, Delay, Drop, Invalidate, Reconnect, Zombie
from simulator.gateway.hub import BeforeDispatch, Dispatch

_Made: TypeAlias = Callable[[Fault], Act]

_ACTS: Mapping[FaultKind, _Made] = {
    FaultKind.drop: lambda _fault: Drop(),
    FaultKind.zombie: lambda _fault: Zombie(),
    FaultKind.reconnect: lambda _fault: Reconnect(),
    FaultKind.invalid_session: lambda fault: Invalidate(fault.resumable),
    FaultKind.close: lambda fault: Close(fault.code),
    FaultKind.gateway_delay: lambda fault: Delay(fault.seconds),
}


def act_of(fault: Fault) -> Act:
    """Tell what a fault of the gateway does to a connection."""
    return _ACTS[fault.kind](fault)


def lots_before_dispatch(faults: Faults) -> BeforeDispatch:
    """Give the hub something to ask before each event that goes to a connected session."""

    def draw(dispatch: Dispatch) -> Act | None:
        fault = faults.strike_dispatch(dispatch.shard_id, dispatch.event)
        return None if fault is None else act_of(fault)

    return draw
