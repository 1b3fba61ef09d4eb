"""`POST /interactions` and `POST /interactions/events`, as one ASGI application.

The only file here that knows how HTTP reaches us. It is written against ASGI itself: request and
response objects would cost as much as checking the signature (docs/decisions/0004).
"""

from collections.abc import Awaitable, Callable
from typing import Final

from starlette.types import Receive, Scope, Send

from interactions import metrics
from interactions.receive import Answer, Receiver

PATH: Final = "/interactions"
EVENTS_PATH: Final = "/interactions/events"
MAX_BODY: Final = 256 * 1024
"""Bytes of the largest body read. Discord's largest, with every option resolved, stay far below."""

_SIGNATURE: Final = b"x-signature-ed25519"
_TIMESTAMP: Final = b"x-signature-timestamp"
_CONTENT_TYPE: Final = b"content-type"
_JSON: Final = "application/json"

_NOT_FOUND: Final = Answer(404)
_METHOD_NOT_ALLOWED: Final = Answer(405)
_TOO_LARGE: Final = Answer(413)
_UNAUTHORIZED: Final = Answer(401)

Receiving = Callable[[bytes, str, str], Awaitable[Answer]]


class InteractionsEndpoint:
    """The ASGI application of the two paths."""

    def __init__(self, receiver: Receiver) -> None:
        self._receivers: dict[str, Receiving] = {
            PATH: receiver.receive,
            EVENTS_PATH: receiver.receive_event,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        answer = await self._answer(scope, receive)
        headers = [(b"content-length", str(len(answer.body)).encode())]
        if answer.body or answer.status == 204:  # noqa: PLR2004 - Discord asks for the type on 204 too
            headers.append((b"content-type", answer.content_type))
        if answer is _METHOD_NOT_ALLOWED:
            headers.append((b"allow", b"POST"))
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        receiving = self._receivers.get(scope["path"])
        if receiving is None:
            return _NOT_FOUND
        if scope["method"] != "POST":
            return _METHOD_NOT_ALLOWED
        headers = dict.fromkeys((_SIGNATURE, _TIMESTAMP, _CONTENT_TYPE), "")
        for name, value in scope["headers"]:
            if name in headers:
                # One that is sent twice is joined (RFC 9110), and so neither of the two is believed.
                before = headers[name]
                headers[name] = (before and f"{before}, ") + value.decode("latin-1")
        content_type = headers[_CONTENT_TYPE]
        if content_type != _JSON and content_type.partition(";")[0].strip().lower() != _JSON:
            metrics.REJECTED.labels("content_type").inc()
            return _UNAUTHORIZED
        body = await _read(receive)
        if body is None:
            metrics.REJECTED.labels("too_large").inc()
            return _TOO_LARGE
        return await receiving(body, headers[_SIGNATURE], headers[_TIMESTAMP])


async def _read(receive: Receive) -> bytes | None:
    """Read the whole body; None once it is too large, whatever the headers promised."""
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b"".join(chunks)
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > MAX_BODY:
            return None
        chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks)
