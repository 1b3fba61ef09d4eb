"""All that is known of the traffic between this Discord and its bot, and what is planned against it."""

from collections.abc import Iterable
from dataclasses import dataclass

from simulator.clock import Clock
from simulator.config import SimulatorConfig
from simulator.faults.buckets import Buckets
from simulator.faults.log import RequestLog
from simulator.faults.plan import Faults
from simulator.faults.routes import RouteTable


@dataclass(frozen=True, slots=True)
class Traffic:
    """The log, the limits, the planned faults, and the routes that they are about."""

    clock: Clock
    routes: RouteTable
    log: RequestLog
    buckets: Buckets
    faults: Faults


def open_traffic(config: SimulatorConfig, clock: Clock, routes: Iterable[tuple[str, str]]) -> Traffic:
    """Begin with an empty log, full buckets and no faults. `routes` are methods and templates."""
    return Traffic(
        clock=clock,
        routes=RouteTable(routes),
        log=RequestLog(),
        buckets=Buckets(clock, enforced=config.rate_limits),
        faults=Faults(),
    )
