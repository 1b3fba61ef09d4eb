"""Guilds, and what is in them."""

from starlette.requests import Request
from starlette.responses import Response

from simulator.payloads import entities
from simulator.request import local_discord
from simulator.rest.access import guild_in_path
from simulator.rest.response import Json


async def guild(request: Request) -> Response:
    """GET /guilds/{guild.id}; the approximate counts come with `with_counts=true`."""
    found = guild_in_path(request)
    payload = entities.guild(found)
    if request.query_params.get("with_counts") == "true":
        members = len(found.members)
        payload |= {"approximate_member_count": members, "approximate_presence_count": members}
    return Json(payload)


async def roles(request: Request) -> Response:
    """GET /guilds/{guild.id}/roles."""
    return Json([entities.role(each) for each in guild_in_path(request).roles.values()])


async def channels(request: Request) -> Response:
    """GET /guilds/{guild.id}/channels."""
    world = local_discord(request).world
    return Json(
        [
            entities.channel(
                each,
                last_message_id=world.newest_message_id(each.id),
            )
            for each in guild_in_path(request).channels.values()
        ]
    )
