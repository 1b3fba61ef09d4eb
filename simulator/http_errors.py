"""Errors that no handler raised: an unknown path, a wrong method, a body too large. All JSON."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_TOO_LARGE = 413


async def render_http_error(request: Request, error: Exception) -> JSONResponse:
    """Write an error of the framework as JSON."""
    if not isinstance(error, HTTPException):
        raise error
    sentence = f"{error.detail}: {request.method} {request.url.path}"
    return JSONResponse({"error": sentence}, error.status_code, error.headers)


class JsonWhenTooLarge:
    """Stands before the body limit, whose own refusal is plain text, and makes it JSON."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on but a plain 413."""
        refused = False

        async def send_json(message: Message) -> None:
            nonlocal refused
            if message["type"] == "http.response.start" and message["status"] == _TOO_LARGE:
                refused = True
                response = JSONResponse({"error": "The body is too large."}, _TOO_LARGE)
                await response(scope, receive, send)
            if not refused:
                await send(message)

        await self._app(scope, receive, send_json)
