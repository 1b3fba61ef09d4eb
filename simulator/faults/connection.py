"""How a connection breaks, for real where there is one."""

import os
import socket
import struct
from asyncio import Transport
from typing import NoReturn

import httpx2
from starlette.types import Receive, Send

_RESET_AT_CLOSE = struct.pack("ii", 1, 0)
_HALF = b'{"id": "'
_START = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-type", b"application/json"), (b"content-length", b"4096")],
}


async def abort(receive: Receive, send: Send) -> None:
    """Break the connection without an answer.

    ASGI has no message for that. uvicorn's `send` is a method of the request's cycle, which holds the
    connection's transport, so whoever stands outermost can abort it. Any other server gets half an
    answer and then an exception, upon which it closes the connection; in a test without a network,
    `httpx2.ASGITransport` hands that exception to the client: the one that a network would make.
    """
    transport: Transport | None = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        await _break_off(send)
    _close_with_reset(transport)
    transport.abort()
    # Until the server has noticed; else it would complain that there was no answer.
    while (await receive())["type"] != "http.disconnect":
        pass


def _close_with_reset(transport: Transport) -> None:
    """Have the client see a reset, not a polite end: the socket will not linger."""
    # uvloop's own socket object takes no options; another one on the same connection does.
    descriptor = os.dup(transport.get_extra_info("socket").fileno())
    with socket.socket(fileno=descriptor) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_AT_CLOSE)


async def _break_off(send: Send) -> NoReturn:
    await send(_START)
    await send({"type": "http.response.body", "body": _HALF, "more_body": True})
    raise httpx2.ReadError("The simulator broke the connection on purpose.")
