"""Messages: written, read, edited and deleted."""

from itertools import islice

from starlette.requests import Request
from starlette.responses import Response

from simulator.deeds import messages as deeds
from simulator.deeds.actor import require_in
from simulator.deeds.channels import require_can_message
from simulator.forms import fields, tree
from simulator.forms.message import message_errors
from simulator.permissions import Permission
from simulator.request import local_discord
from simulator.rest import bodies
from simulator.rest.absent import not_here
from simulator.rest.access import acting, channel_in_path, guild_of, path_id
from simulator.rest.response import Json, nothing
from simulator.state.entities import Channel, Message, MessageFlag
from simulator.wire import JsonObject

_LIMIT = 50
_PAGE: fields.Fields = {
    "limit": fields.integer(1, 100),
    "before": fields.snowflake(),
    "after": fields.snowflake(),
    "around": fields.snowflake(),
}
_BULK: fields.Fields = {"messages": fields.listed(fields.snowflake(), 0, 10_000, required=True)}


async def list_messages(request: Request) -> Response:
    """GET /channels/{channel.id}/messages: newest first. Without Read Message History there are none."""
    discord, channel = local_discord(request), channel_in_path(request)
    asked = bodies.query(request, _PAGE)
    bot_id = discord.bot.id
    if not discord.world.may_in(channel, bot_id) & Permission.READ_MESSAGE_HISTORY:
        return Json([])
    limit = bodies.number(asked, "limit", _LIMIT)
    visible = (each for each in discord.world.newest_first(channel.id) if each.visible_to is None)
    if "around" in asked:
        found = _around(list(visible), int(asked["around"]), limit)
    elif "after" in asked:
        after = int(asked["after"])
        newer = [each for each in discord.world.messages(channel.id) if each.id > after]
        found = [each for each in newer if each.visible_to is None][:limit][::-1]
    else:
        before = int(asked["before"]) if "before" in asked else None
        found = list(islice((each for each in visible if before is None or each.id < before), limit))
    return Json([discord.messages.message(each) for each in found])


async def show_message(request: Request) -> Response:
    """GET /channels/{channel.id}/messages/{message.id}."""
    discord, channel = local_discord(request), channel_in_path(request)
    require_in(discord.world, channel, acting(request), Permission.READ_MESSAGE_HISTORY)
    return Json(discord.messages.message(_message_in_path(request, channel)))


async def create_message(request: Request) -> Response:
    """POST /channels/{channel.id}/messages."""
    discord, channel = local_discord(request), channel_in_path(request)
    sent = await bodies.read_message(request)
    bodies.refuse(message_errors(sent.data))
    if missing := _not_here(sent.data):
        return not_here(request, missing)
    if channel.guild_id is None:
        require_can_message(discord, channel, discord.bot.id)
    draft = deeds.Draft(sent.data, sent.uploads(), reply_to=_reply_to(request, channel, sent.data))
    message = deeds.write(discord, channel, acting(request), draft)
    return Json(discord.messages.message(message))


async def edit_message(request: Request) -> Response:
    """PATCH /channels/{channel.id}/messages/{message.id}."""
    discord, channel = local_discord(request), channel_in_path(request)
    message = _message_in_path(request, channel)
    sent = await bodies.read_message(request)
    is_v2 = bool(message.flags & MessageFlag.IS_COMPONENTS_V2)
    bodies.refuse(message_errors(sent.data, v2=is_v2))
    edited = deeds.edit(discord, message, acting(request), sent.data, sent.uploads())
    return Json(discord.messages.message(edited))


async def delete_message(request: Request) -> Response:
    """DELETE /channels/{channel.id}/messages/{message.id}."""
    channel = channel_in_path(request)
    message = _message_in_path(request, channel)
    deeds.delete(local_discord(request), channel, acting(request), message)
    return nothing()


async def bulk_delete(request: Request) -> Response:
    """POST /channels/{channel.id}/messages/bulk-delete."""
    channel = channel_in_path(request)
    guild = guild_of(request, channel)
    wanted = await bodies.read_form(request, _BULK)
    ids = fields.ids(wanted["messages"])
    deeds.bulk_delete(local_discord(request), guild, channel, acting(request), ids)
    return nothing()


async def start_typing(request: Request) -> Response:
    """POST /channels/{channel.id}/typing."""
    deeds.start_typing(local_discord(request), channel_in_path(request), acting(request))
    return nothing()


def _message_in_path(request: Request, channel: Channel) -> Message:
    discord = local_discord(request)
    return deeds.message_in(discord, channel, path_id(request, "message_id"), discord.bot.id)


def _not_here(data: JsonObject) -> str:
    """Tell which part of a message this Discord cannot have. Empty if it can have all."""
    if (data.get("message_reference") or {}).get("type"):
        return "a forwarded message"
    return next((name for name in ("poll", "sticker_ids") if data.get(name)), "")


def _reply_to(request: Request, channel: Channel, data: JsonObject) -> int | None:
    """Tell which message is replied to; with `fail_if_not_exists: false` a lost one is no reply."""
    reference = data.get("message_reference")
    if reference is None:
        return None
    message_id = int(reference["message_id"])
    elsewhere = tree.as_integer(reference.get("channel_id")) not in {None, channel.id}
    known = None if elsewhere else local_discord(request).world.find_message(channel.id, message_id)
    if known is None and reference.get("fail_if_not_exists") is False:
        return None
    return 0 if elsewhere else message_id


def _around(newest_first: list[Message], middle: int, limit: int) -> list[Message]:
    """Take half of the messages from each side of the middle, which is among them if it is there."""
    newer = [each for each in newest_first if each.id > middle]
    older = [each for each in newest_first if each.id <= middle]
    half = limit // 2
    return (newer[max(0, len(newer) - half) :] + older[: half + 1])[:limit]
