"""Users, and the bot's own account."""

from starlette.requests import Request
from starlette.responses import Response

from simulator.deeds import members
from simulator.errors import DiscordError, ErrorKind
from simulator.forms import application as forms
from simulator.payloads import entities
from simulator.request import local_discord
from simulator.rest import bodies
from simulator.rest.absent import part_not_here
from simulator.rest.access import path_id
from simulator.rest.response import Json


async def me(request: Request) -> Response:
    """GET /users/@me."""
    return Json(entities.own_user(local_discord(request).bot))


async def change_me(request: Request) -> Response:
    """PATCH /users/@me."""
    discord = local_discord(request)
    form = await bodies.read_form(request, forms.ACCOUNT)
    if (missing := part_not_here(request, form, forms.ACCOUNT_NOT_HERE)) is not None:
        return missing
    if form.get("username") is not None:
        members.rename(discord, discord.bot, username=form["username"], global_name=None)
    return Json(entities.own_user(discord.bot))


async def user(request: Request) -> Response:
    """GET /users/{user.id}."""
    found = local_discord(request).world.users.get(path_id(request, "user_id"))
    if found is None:
        raise DiscordError(ErrorKind.UNKNOWN_USER)
    return Json(entities.user(found))
