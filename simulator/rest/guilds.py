"""Guilds, and what is in them."""

from starlette.requests import Request
from starlette.responses import JSONResponse

from simulator.errors import DiscordError, ErrorKind
from simulator.payloads import entities
from simulator.request import local_discord
from simulator.rest.access import guild_in_path, path_id


async def guild(request: Request) -> JSONResponse:
    """GET /guilds/{guild.id}; the approximate counts come with `with_counts=true`."""
    found = guild_in_path(request)
    payload = entities.guild(found)
    if request.query_params.get("with_counts") == "true":
        members = len(found.members)
        payload |= {"approximate_member_count": members, "approximate_presence_count": members}
    return JSONResponse(payload)


async def roles(request: Request) -> JSONResponse:
    """GET /guilds/{guild.id}/roles."""
    return JSONResponse([entities.role(each) for each in guild_in_path(request).roles.values()])


async def channels(request: Request) -> JSONResponse:
    """GET /guilds/{guild.id}/channels."""
    world = local_discord(request).world
    return JSONResponse(
        [
            entities.channel(
                each,
                last_message_id=max((message.id for message in world.messages(each.id)), default=None),
            )
            for each in guild_in_path(request).channels.values()
        ]
    )


async def member(request: Request) -> JSONResponse:
    """GET /guilds/{guild.id}/members/{user.id}."""
    found = guild_in_path(request).members.get(path_id(request, "user_id"))
    if found is None:
        raise DiscordError(ErrorKind.UNKNOWN_MEMBER)
    return JSONResponse(entities.member(found))
