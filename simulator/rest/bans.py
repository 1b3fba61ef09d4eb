"""Bans of a guild."""

from starlette.requests import Request
from starlette.responses import Response

from simulator.deeds import members as deeds
from simulator.deeds.actor import require
from simulator.errors import DiscordError, ErrorKind
from simulator.forms import fields
from simulator.forms import member as forms
from simulator.forms.tree import as_integer
from simulator.payloads import entities
from simulator.permissions import Permission
from simulator.request import local_discord
from simulator.rest import bodies
from simulator.rest.access import acting, guild_in_path, path_id
from simulator.rest.response import Json, nothing
from simulator.state.entities import Guild
from simulator.wire import JsonObject

_SECONDS_A_DAY = 86_400
_LIMIT = 1_000


async def list_bans(request: Request) -> Response:
    """GET /guilds/{guild.id}/bans: by user id; with `before` the nearest ones."""
    guild = _guild_to_look_into(request)
    asked = bodies.query(request, forms.LIST_BANS)
    limit = bodies.number(asked, "limit", _LIMIT)
    ids = sorted(guild.bans)
    if "before" in asked:
        found = [each for each in ids if each < int(asked["before"])][-limit:]
    else:
        found = [each for each in ids if each > bodies.number(asked, "after", 0)][:limit]
    return Json([entities.ban(guild.bans[each]) for each in found])


async def show_ban(request: Request) -> Response:
    """GET /guilds/{guild.id}/bans/{user.id}."""
    guild = _guild_to_look_into(request)
    ban = guild.bans.get(path_id(request, "user_id"))
    if ban is None:
        raise DiscordError(ErrorKind.UNKNOWN_BAN)
    return Json(entities.ban(ban))


async def ban(request: Request) -> Response:
    """PUT /guilds/{guild.id}/bans/{user.id}."""
    guild, user_id = guild_in_path(request), path_id(request, "user_id")
    form = await bodies.read_form(request, forms.BAN)
    deeds.ban(
        local_discord(request), guild, acting(request), user_id, delete_message_seconds=_deleted_seconds(form)
    )
    return nothing()


async def unban(request: Request) -> Response:
    """DELETE /guilds/{guild.id}/bans/{user.id}."""
    guild, user_id = guild_in_path(request), path_id(request, "user_id")
    deeds.unban(local_discord(request), guild, acting(request), user_id)
    return nothing()


async def bulk_ban(request: Request) -> Response:
    """POST /guilds/{guild.id}/bulk-ban."""
    guild = guild_in_path(request)
    form = await bodies.read_form(request, forms.BULK_BAN)
    banned, failed = deeds.bulk_ban(
        local_discord(request),
        guild,
        acting(request),
        list(dict.fromkeys(fields.ids(form["user_ids"]))),
        delete_message_seconds=_deleted_seconds(form),
    )
    return Json(
        {"banned_users": [str(each) for each in banned], "failed_users": [str(each) for each in failed]}
    )


def _guild_to_look_into(request: Request) -> Guild:
    guild = guild_in_path(request)
    require(local_discord(request).world, guild, acting(request), Permission.BAN_MEMBERS)
    return guild


def _deleted_seconds(form: JsonObject) -> int:
    """Tell how much of what was written goes; days are the older field."""
    seconds = as_integer(form.get("delete_message_seconds"))
    if seconds is not None:
        return seconds
    return (as_integer(form.get("delete_message_days")) or 0) * _SECONDS_A_DAY
