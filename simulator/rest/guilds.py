"""Guilds, and what they have paused."""

from starlette.requests import Request
from starlette.responses import Response

from simulator.deeds import guilds as deeds
from simulator.deeds import members
from simulator.deeds.actor import require
from simulator.forms import guild as forms
from simulator.forms.tree import leaf
from simulator.payloads import entities
from simulator.permissions import Permission
from simulator.request import local_discord
from simulator.rest import bodies
from simulator.rest.absent import part_not_here
from simulator.rest.access import acting, bots_guild, guild_in_path, path_id
from simulator.rest.response import Json, nothing
from simulator.state.entities import ChannelType, Guild
from simulator.wire import JsonObject


async def show_guild(request: Request) -> Response:
    """GET /guilds/{guild.id}; the approximate counts come with `with_counts=true`."""
    found = guild_in_path(request)
    payload = entities.guild(found)
    if bodies.flag(request.query_params, "with_counts"):
        payload |= _counts(found)
    return Json(payload)


async def show_preview(request: Request) -> Response:
    """GET /guilds/{guild.id}/preview."""
    found = guild_in_path(request)
    whole = entities.guild(found)
    shown = ("id", "name", "icon", "description", "home_header", "splash", "discovery_splash", "features")
    return Json({name: whole[name] for name in (*shown, "emojis", "stickers")} | _counts(found))


async def change_guild(request: Request) -> Response:
    """PATCH /guilds/{guild.id}."""
    guild, discord, actor = guild_in_path(request), local_discord(request), acting(request)
    form = await bodies.read_form(request, forms.CHANGE)
    if (missing := part_not_here(request, form, forms.NOT_HERE)) is not None:
        return missing
    wanted = forms.wanted_of(form, guild.features)
    _refuse_strange_channel(guild, wanted.get("system_channel_id"))
    if (forms.COMMUNITY in wanted.get("features", guild.features)) != (forms.COMMUNITY in guild.features):
        require(discord.world, guild, actor, Permission.ADMINISTRATOR)
    return Json(entities.guild(deeds.change_guild(discord, guild, actor, wanted)))


async def pause(request: Request) -> Response:
    """PUT /guilds/{guild.id}/incident-actions."""
    guild = guild_in_path(request)
    form = await bodies.read_form(request, forms.INCIDENTS)
    deeds.pause(local_discord(request), guild, acting(request), forms.pauses_of(form))
    return Json(entities.incidents(guild))


async def leave_guild(request: Request) -> Response:
    """DELETE /users/@me/guilds/{guild.id}."""
    discord = local_discord(request)
    members.leave(discord, bots_guild(request, path_id(request, "guild_id")), discord.bot.id)
    return nothing()


def _counts(guild: Guild) -> JsonObject:
    members = len(guild.members)
    return {"approximate_member_count": members, "approximate_presence_count": members}


def _refuse_strange_channel(guild: Guild, channel_id: int | None) -> None:
    """Refuse a system channel that is no text channel of the guild (50035)."""
    if channel_id is None:
        return
    channel = guild.channels.get(channel_id)
    if channel is None or channel.type is not ChannelType.GUILD_TEXT:
        bodies.refuse({"system_channel_id": leaf("CHANNEL_INVALID", "Invalid channel")})
