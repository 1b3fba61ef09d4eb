"""Users and the application itself."""

from starlette.requests import Request
from starlette.responses import JSONResponse

from simulator.errors import DiscordError, ErrorKind
from simulator.payloads import application, entities
from simulator.request import local_discord
from simulator.rest.access import path_id


async def me(request: Request) -> JSONResponse:
    """GET /users/@me."""
    return JSONResponse(entities.own_user(local_discord(request).bot))


async def user(request: Request) -> JSONResponse:
    """GET /users/{user.id}."""
    found = local_discord(request).world.users.get(path_id(request, "user_id"))
    if found is None:
        raise DiscordError(ErrorKind.UNKNOWN_USER)
    return JSONResponse(entities.user(found))


async def my_application(request: Request) -> JSONResponse:
    """GET /applications/@me and /oauth2/applications/@me."""
    discord = local_discord(request)
    guilds = list(discord.world.guilds.values())
    payload = application.application(
        discord.config,
        bot=discord.bot,
        owner=discord.world.users[guilds[0].owner_id],
        guilds=len(guilds),
    )
    return JSONResponse(payload)
