"""The page's table, and the page itself: a shell that the script fills."""

from pathlib import Path

import anyio
from jinja2 import Environment, FileSystemLoader
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

from simulator.page import live
from simulator.page.assets import find_page
from simulator.page.security import SecurityHeaders
from simulator.request import local_discord

_HERE = Path(__file__).parent.parent
_STATIC = _HERE / "static"
_TEMPLATES = Environment(loader=FileSystemLoader(_HERE / "templates"), autoescape=True)
_NOT_BUILT = 503
_NOT_FOUND = 404


class _BuiltFiles(StaticFiles):
    """The built files. Their folder may be missing until then; that is not the start's to fail at."""

    async def check_config(self) -> None:
        """Refuse a file of a page that nobody has built."""
        if not await anyio.Path(self.directory or _STATIC).is_dir():
            raise HTTPException(_NOT_FOUND)


async def show_page(request: Request) -> HTMLResponse:
    """GET /: the page to play on, or what to do when it has not been built."""
    page = find_page(_STATIC)
    if page is None:
        return HTMLResponse(_TEMPLATES.get_template("not_built.html").render(), status_code=_NOT_BUILT)
    guild = next(iter(local_discord(request).world.guilds.values()))
    return HTMLResponse(_TEMPLATES.get_template("page.html").render(guild=guild, page=page))


ROUTES = [
    Route("/", show_page, methods=["GET"], middleware=[Middleware(SecurityHeaders)]),
    WebSocketRoute(live.PATH, live.listen),
    Mount("/static", SecurityHeaders(_BuiltFiles(directory=_STATIC, check_dir=False))),
]
