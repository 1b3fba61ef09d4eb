"""OAuth2's table: the page, its files, and the addresses for tokens."""

from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from simulator.oauth import authorize, token
from simulator.oauth.pages import STATIC

_PAGE = ("/oauth2/authorize", "/api/oauth2/authorize", "/api/v10/oauth2/authorize")
_TOKEN = ("/api/oauth2/token", "/api/v10/oauth2/token")

ROUTES = [
    *(Route(path, authorize.show, methods=["GET"]) for path in _PAGE),
    *(Route(path, authorize.decide, methods=["POST"]) for path in _PAGE),
    *(Route(path, token.token, methods=["POST"]) for path in _TOKEN),
    *(Route(path + "/revoke", token.revoke, methods=["POST"]) for path in _TOKEN),
    Mount("/oauth2/static", StaticFiles(directory=STATIC)),
]
