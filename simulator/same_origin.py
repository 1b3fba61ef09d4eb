"""Keeps other sites out: whoever has this simulator open in a browser has other pages open, too.

The control API has no passwords. A page elsewhere could post to it, open its WebSocket, or, under a
name of its own that leads here (DNS rebinding), even read. Browsers say where a request comes from;
programs say nothing, and are let in.
"""

from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

_GUARDED = ("/_sim", "/oauth2/authorize", "/api/oauth2/authorize", "/api/v10/oauth2/authorize")
_READING = ("GET", "HEAD")
_FROM_HERE = ("same-origin", "none")
_REFUSAL = "Another site sent this, so nothing was done. Use the page of this simulator itself."
_FORBIDDEN = 403


class OnlyFromHere:
    """ASGI: refuses what a browser sends to the control API, or as an OAuth2 answer, from another site.

    Opening the page that asks for authorization is what other sites are for: reading it is let through.
    """

    def __init__(self, app: ASGIApp, public_url: str) -> None:
        self._app = app
        self._public_host = urlsplit(public_url).hostname

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or refuse with 403 (a WebSocket is not opened)."""
        if scope["type"] not in {"http", "websocket"} or not self._is_foreign(scope):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await WebSocketClose(reason=_REFUSAL)(scope, receive, send)
        else:
            await JSONResponse({"error": _REFUSAL}, _FORBIDDEN)(scope, receive, send)

    def _is_foreign(self, scope: Scope) -> bool:
        path: str = scope["path"]
        if not path.startswith(_GUARDED):
            return False
        if not path.startswith("/_sim") and scope.get("method") in _READING:
            return False
        return is_foreign(Headers(scope=scope), self._public_host)


def is_foreign(headers: Headers, public_host: str | None) -> bool:
    """Tell whether a browser sent this from another site, or under a name that is not ours."""
    host = headers.get("host", "")
    if not _is_ours(urlsplit(f"//{host}").hostname or "", public_host):
        return True
    origin = headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != host:
        return True
    return headers.get("sec-fetch-site", "none") not in _FROM_HERE


def _is_ours(name: str, public_host: str | None) -> bool:
    """Tell whether a host can be nobody else: a number, this machine, a name without dots, our own."""
    if name == public_host or "." not in name.rstrip(".") or name.endswith(".localhost"):
        return True
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
