"""The page's table, and the page itself: a shell that the script fills."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from simulator.page.security import SecurityHeaders
from simulator.request import local_discord

_HERE = Path(__file__).parent.parent
_TEMPLATES = Environment(loader=FileSystemLoader(_HERE / "templates"), autoescape=True)


async def show_page(request: Request) -> HTMLResponse:
    """GET /: the page to play on."""
    discord = local_discord(request)
    guild = next(iter(discord.world.guilds.values()))
    html = _TEMPLATES.get_template("page.html").render(
        guild=guild, application=discord.config.application_name
    )
    return HTMLResponse(html)


ROUTES = [
    Route("/", show_page, methods=["GET"], middleware=[Middleware(SecurityHeaders)]),
    Mount("/static", SecurityHeaders(StaticFiles(directory=_HERE / "static"))),
]
