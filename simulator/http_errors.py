"""Errors that no handler raised: an unknown path, a wrong method, a body too large. All JSON."""

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from simulator.errors import DiscordError, ErrorKind
from simulator.wire import JsonObject

_JSON = "application/json"
_TOO_LARGE = 413
_CLIENT_LEFT = 499  # nginx's number for it, for the log
_REST = "/api/"


async def render_http_error(request: Request, error: Exception) -> JSONResponse:
    """Write an error of the framework as JSON."""
    if not isinstance(error, HTTPException):
        raise error
    if error.status_code == _TOO_LARGE:
        return JSONResponse(_too_large(request.url.path), _TOO_LARGE)
    sentence = f"{error.detail}: {request.method} {request.url.path}"
    return JSONResponse({"error": sentence}, error.status_code, error.headers)


async def render_nothing(_request: Request, _error: Exception) -> Response:
    """Answer a client that left in the middle of its body; nobody reads it."""
    return Response(status_code=_CLIENT_LEFT)


class JsonWhenTooLarge:
    """Stands before the body limit, whose own refusal is plain text, and makes it JSON."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on but a plain 413."""
        refused = False

        async def send_json(message: Message) -> None:
            nonlocal refused
            if message["type"] == "http.response.start" and _is_plain_refusal(message):
                refused = True
                response = JSONResponse(_too_large(scope["path"]), _TOO_LARGE)
                await response(scope, receive, send)
            if not refused:
                await send(message)

        await self._app(scope, receive, send_json)


def _is_plain_refusal(start: Message) -> bool:
    """Tell the limit's own refusal from one that somebody has worded."""
    kind = Headers(raw=start["headers"]).get("content-type", "")
    return start["status"] == _TOO_LARGE and not kind.startswith(_JSON)


def _too_large(path: str) -> JsonObject:
    """Say it as Discord does below its API, and in a sentence elsewhere."""
    if path.startswith(_REST):
        return DiscordError(ErrorKind.TOO_LARGE).body
    return {"error": "The body is too large."}
