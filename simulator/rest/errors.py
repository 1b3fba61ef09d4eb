"""How the REST API says no: Discord's own error bodies."""

from starlette.requests import Request

from simulator.errors import DiscordError
from simulator.rest.response import Json


async def render_discord_error(_request: Request, error: Exception) -> Json:
    """Write an error as Discord does."""
    if not isinstance(error, DiscordError):
        raise error
    return Json(error.body, error.kind.value.status)
