"""Where the gateway is, and how often a bot may connect."""

from starlette.requests import Request
from starlette.responses import JSONResponse

from simulator.request import local_discord


async def gateway(request: Request) -> JSONResponse:
    """GET /gateway; needs no token."""
    return JSONResponse({"url": local_discord(request).gateway.url})


async def gateway_bot(request: Request) -> JSONResponse:
    """GET /gateway/bot."""
    discord = local_discord(request)
    limit = discord.gateway.starts()
    return JSONResponse(
        {
            "url": discord.gateway.url,
            "shards": max(1, discord.config.required_shards),
            "session_start_limit": limit._asdict(),
        }
    )
