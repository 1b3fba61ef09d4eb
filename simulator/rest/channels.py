"""Channels: found, made, changed and removed; direct messages are opened."""

from starlette.requests import Request
from starlette.responses import Response

from simulator.deeds import channels as deeds
from simulator.deeds import overwrites
from simulator.errors import DiscordError, ErrorKind
from simulator.forms import channel as forms
from simulator.forms import fields
from simulator.forms.tree import as_integer, leaf
from simulator.payloads import entities
from simulator.request import local_discord
from simulator.rest import bodies
from simulator.rest.absent import not_here
from simulator.rest.access import acting, channel_in_path, guild_in_path, guild_of, path_id
from simulator.rest.response import Json, nothing
from simulator.state.entities import Channel, ChannelType, Guild
from simulator.wire import JsonObject

_CREATED = 201
_OPEN: fields.Fields = {"recipient_id": fields.snowflake(required=True)}


async def show_channel(request: Request) -> Response:
    """GET /channels/{channel.id}."""
    return Json(_written(request, channel_in_path(request)))


async def list_channels(request: Request) -> Response:
    """GET /guilds/{guild.id}/channels: all of them, also those the bot cannot see."""
    return Json([_written(request, each) for each in guild_in_path(request).channels.values()])


async def create_channel(request: Request) -> Response:
    """POST /guilds/{guild.id}/channels."""
    guild = guild_in_path(request)
    form = await bodies.read_form(request, forms.CREATE)
    kind = as_integer(form.get("type")) or 0
    if kind not in forms.HERE:
        return not_here(request, f"a channel of type {kind}")
    wanted = forms.wanted_of(form, kind) | {"type": kind}
    _refuse_strange_parent(guild, wanted, kind)
    channel = deeds.create_channel(local_discord(request), guild, acting(request), wanted)
    return Json(_written(request, channel), _CREATED)


async def change_channel(request: Request) -> Response:
    """PATCH /channels/{channel.id}."""
    channel = channel_in_path(request)
    guild = guild_of(request, channel)
    form = await bodies.read_form(request, forms.CHANGE)
    if as_integer(form.get("type")) not in {None, int(channel.type)}:
        return not_here(request, "another type of channel")
    wanted = forms.wanted_of(form, int(channel.type))
    _refuse_strange_parent(guild, wanted, int(channel.type))
    deeds.change_channel(local_discord(request), guild, channel, acting(request), wanted)
    return Json(_written(request, channel))


async def delete_channel(request: Request) -> Response:
    """DELETE /channels/{channel.id}; direct messages are only closed, and opened again as they were."""
    channel = channel_in_path(request)
    written = _written(request, channel)
    guild = local_discord(request).world.guild_of(channel)
    if guild is not None:
        deeds.delete_channel(local_discord(request), guild, channel, acting(request))
    return Json(written)


async def set_overwrite(request: Request) -> Response:
    """PUT /channels/{channel.id}/permissions/{overwrite.id}."""
    channel, target_id = channel_in_path(request), path_id(request, "overwrite_id")
    guild = guild_of(request, channel)
    form = await bodies.read_form(request, {**forms.OVERWRITE, "type": fields.choice(0, 1, required=True)})
    overwrite = forms.overwrite_of(form, target_id)
    known = guild.members if overwrite.target else guild.roles
    if target_id not in known:
        raise DiscordError(ErrorKind.UNKNOWN_OVERWRITE)
    overwrites.set_overwrite(local_discord(request), guild, channel, acting(request), overwrite)
    return nothing()


async def delete_overwrite(request: Request) -> Response:
    """DELETE /channels/{channel.id}/permissions/{overwrite.id}."""
    channel, target_id = channel_in_path(request), path_id(request, "overwrite_id")
    guild = guild_of(request, channel)
    overwrites.delete_overwrite(local_discord(request), guild, channel, acting(request), target_id)
    return nothing()


async def open_direct(request: Request) -> Response:
    """POST /users/@me/channels: the direct messages with somebody, as they were if there are any."""
    discord = local_discord(request)
    form = await bodies.read_form(request, _OPEN)
    channel = deeds.open_direct(discord, discord.bot.id, int(form["recipient_id"]))
    return Json(_written(request, channel))


def _written(request: Request, channel: Channel) -> JsonObject:
    world = local_discord(request).world
    last = world.newest_message_id(channel.id)
    if channel.guild_id is not None:
        return entities.channel(channel, last_message_id=last)
    others = [world.users[each] for each in channel.recipients if each != world.application.id]
    return entities.direct_channel(channel, others, last_message_id=last)


def _refuse_strange_parent(guild: Guild, wanted: JsonObject, kind: int) -> None:
    """Refuse a parent that is no category of the guild, and any parent for a category (50035)."""
    parent_id = wanted.get("parent_id")
    if parent_id is None:
        return
    parent = guild.channels.get(parent_id)
    if parent is None or parent.type is not ChannelType.GUILD_CATEGORY:
        bodies.refuse({"parent_id": leaf("CHANNEL_PARENT_INVALID", "Category does not exist")})
    if kind == ChannelType.GUILD_CATEGORY:
        bodies.refuse(
            {"parent_id": leaf("CHANNEL_PARENT_INVALID_TYPE", "Categories cannot have subcategories")}
        )
