"""How the REST API says no: Discord's own error bodies."""

from starlette.requests import Request
from starlette.responses import JSONResponse

from simulator.errors import DiscordError


async def render_discord_error(_request: Request, error: Exception) -> JSONResponse:
    """Write an error as Discord does."""
    if not isinstance(error, DiscordError):
        raise error
    return JSONResponse(error.body, status_code=error.kind.value.status)
