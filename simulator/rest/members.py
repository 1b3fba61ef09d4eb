"""Members of a guild: found, changed, given roles, kicked."""

from starlette.requests import Request
from starlette.responses import Response

from simulator.deeds import members as deeds
from simulator.errors import DiscordError, ErrorKind
from simulator.forms import member as forms
from simulator.payloads import entities
from simulator.request import local_discord
from simulator.rest import bodies
from simulator.rest.access import acting, guild_in_path, path_id
from simulator.rest.response import Json, nothing

_MEMBERS_INTENT = 1 << 1


async def show_member(request: Request) -> Response:
    """GET /guilds/{guild.id}/members/{user.id}."""
    guild = guild_in_path(request)
    return Json(entities.member(deeds.member_of(guild, path_id(request, "user_id"))))


async def list_members(request: Request) -> Response:
    """GET /guilds/{guild.id}/members: by id; only with the privileged intent for members."""
    guild = guild_in_path(request)
    asked = bodies.query(request, forms.LIST)
    if local_discord(request).world.application.disallowed_intents & _MEMBERS_INTENT:
        raise DiscordError(ErrorKind.MISSING_ACCESS)
    after = bodies.number(asked, "after", 0)
    limit = bodies.number(asked, "limit", 1)
    ids = sorted(each for each in guild.members if each > after)[:limit]
    return Json([entities.member(guild.members[each]) for each in ids])


async def search_members(request: Request) -> Response:
    """GET /guilds/{guild.id}/members/search: whose username or nickname begins so."""
    guild = guild_in_path(request)
    asked = bodies.query(request, forms.SEARCH)
    start = asked["query"].casefold()
    found = [
        each
        for each in guild.members.values()
        if any((name or "").casefold().startswith(start) for name in (each.user.username, each.nick))
    ]
    return Json([entities.member(each) for each in found[: bodies.number(asked, "limit", 1)]])


async def change_member(request: Request) -> Response:
    """PATCH /guilds/{guild.id}/members/{user.id}."""
    guild, user_id = guild_in_path(request), path_id(request, "user_id")
    form = await bodies.read_form(request, forms.CHANGE)
    if any(form.get(name) is not None for name in ("mute", "deaf", "channel_id")):
        raise DiscordError(ErrorKind.NOT_IN_VOICE)
    wanted = forms.wanted_of(form)
    changed = deeds.change_member(local_discord(request), guild, acting(request), user_id, wanted)
    return Json(entities.member(changed))


async def change_own_member(request: Request) -> Response:
    """PATCH /guilds/{guild.id}/members/@me."""
    guild, actor = guild_in_path(request), acting(request)
    form = await bodies.read_form(request, forms.CHANGE_OWN)
    wanted = forms.wanted_of({"nick": form["nick"]} if "nick" in form else {})
    changed = deeds.change_member(local_discord(request), guild, actor, actor.user_id, wanted)
    return Json(entities.member(changed))


async def add_role(request: Request) -> Response:
    """PUT /guilds/{guild.id}/members/{user.id}/roles/{role.id}."""
    guild, user_id, role_id = guild_in_path(request), path_id(request, "user_id"), path_id(request, "role_id")
    deeds.add_role(local_discord(request), guild, acting(request), user_id, role_id)
    return nothing()


async def remove_role(request: Request) -> Response:
    """DELETE /guilds/{guild.id}/members/{user.id}/roles/{role.id}."""
    guild, user_id, role_id = guild_in_path(request), path_id(request, "user_id"), path_id(request, "role_id")
    deeds.remove_role(local_discord(request), guild, acting(request), user_id, role_id)
    return nothing()


async def kick_member(request: Request) -> Response:
    """DELETE /guilds/{guild.id}/members/{user.id}."""
    guild, user_id = guild_in_path(request), path_id(request, "user_id")
    deeds.kick(local_discord(request), guild, acting(request), user_id)
    return nothing()
