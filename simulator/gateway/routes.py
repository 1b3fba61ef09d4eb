"""The gateway's address, and what it asks of who connects."""

from urllib.parse import parse_qs

from starlette.routing import WebSocketRoute
from starlette.types import Receive, Scope, Send

from simulator.clock import Clock
from simulator.gateway.compression import Packer, packer
from simulator.gateway.connection import Connection
from simulator.gateway.hub import Hub
from simulator.gateway.opcodes import CloseCode, RefusedError
from simulator.gateway.server import ABORT

_VERSION = "10"
_OTHER_ENCODING = "The simulator speaks encoding=json."


class Gateway:
    """The ASGI application behind the address: one connection for each call."""

    def __init__(self, hub: Hub, clock: Clock, interval: float) -> None:
        self._hub = hub
        self._clock = clock
        self._interval = interval

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Accept a client and talk with it, or close at once with what is wrong about its address."""
        await receive()  # websocket.connect
        await send({"type": "websocket.accept"})
        try:
            pack = _packer(parse_qs(scope["query_string"].decode("latin-1")))
        except RefusedError as refused:
            await send({"type": "websocket.close", "code": refused.code, "reason": refused.reason})
            return
        abort = (scope.get("extensions") or {}).get(ABORT, {}).get("abort")
        await Connection(self._hub, self._clock, self._interval, receive, send, pack, abort).run()


def routes(hub: Hub, clock: Clock, interval: float) -> list[WebSocketRoute]:
    """Give the gateway's routes."""
    gateway = Gateway(hub, clock, interval)
    return [WebSocketRoute(path, gateway) for path in ("/gateway", "/gateway/")]


def _packer(query: dict[str, list[str]]) -> Packer:
    if query.get("v") != [_VERSION]:
        raise RefusedError(CloseCode.INVALID_API_VERSION)
    if query.get("encoding", ["json"]) != ["json"]:
        raise RefusedError(CloseCode.DECODE_ERROR, _OTHER_ENCODING)
    return packer(query.get("compress", [None])[0])
