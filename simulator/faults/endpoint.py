"""The way to the bot's endpoint: what goes over it is written into the log, and faults can strike it."""

import asyncio

import httpx2

from simulator.faults.kinds import FaultKind
from simulator.faults.log import EntryKind
from simulator.faults.traffic import Traffic

_BROKEN = "The simulator broke the connection on purpose."


class WatchedTransport(httpx2.AsyncBaseTransport):
    """Stands between the simulator's client and the network to the bot."""

    def __init__(self, traffic: Traffic, network: httpx2.AsyncBaseTransport) -> None:
        self._traffic = traffic
        self._network = network

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request on, unless a fault breaks the way."""
        traffic = self._traffic
        now, started = traffic.clock.now(), traffic.clock.monotonic()
        entry = traffic.log.add(EntryKind.INTERACTION, now, started, request.method, request.url.path)
        entry.content_type = request.headers.get("content-type", "")
        entry.hear(await request.aread())
        fault = traffic.faults.strike_endpoint()
        if fault is not None:
            entry.fault_id, entry.fault_kind = fault.id, fault.kind.name
        try:
            if fault is not None and fault.kind is FaultKind.endpoint_delay:
                await asyncio.sleep(fault.seconds)
            dropped = fault is not None and fault.kind is FaultKind.endpoint_drop
            if fault is not None and dropped and fault.when == "before":
                raise httpx2.ReadError(_BROKEN)
            response = await self._network.handle_async_request(request)
            entry.status = response.status_code
            if dropped:
                await response.aclose()
                raise httpx2.ReadError(_BROKEN)
            return response
        finally:
            entry.elapsed_ms = round((traffic.clock.monotonic() - started) * 1000, 1)

    async def aclose(self) -> None:
        """Let go of the connections."""
        await self._network.aclose()


def network() -> httpx2.AsyncBaseTransport:
    """Open the way to a bot elsewhere. Connections are not kept, for a bot may be restarted at any moment."""
    return httpx2.AsyncHTTPTransport(limits=httpx2.Limits(max_keepalive_connections=0), trust_env=False)
