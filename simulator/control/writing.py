"""People write, edit and delete; the control API's requests for it."""

import base64
import binascii
import mimetypes

from starlette.requests import Request
from starlette.responses import JSONResponse

from simulator.control import act_bodies, bodies, places, shapes, views
from simulator.control.errors import ControlError
from simulator.control.refusals import instead
from simulator.deeds import channels, messages, patience
from simulator.deeds.actor import Actor
from simulator.deeds.messages import Draft, Upload
from simulator.filenames import safe_name
from simulator.permissions import Permission
from simulator.request import local_discord
from simulator.sizes import FILE_BYTES
from simulator.snowflakes import parse_snowflake
from simulator.state.entities import Channel, User
from simulator.state.world import World

_SLOW_MODE = "Slow mode is on in #{}: {} may write again in {} s. Nothing was posted."


async def post_message(request: Request) -> JSONResponse:
    """POST /_sim/messages: a person writes into a channel, or to the bot."""
    discord = local_discord(request)
    body = await bodies.read(request, act_bodies.MessageBody)
    channel = bodies.any_channel_named(discord.world, body.channel_id)
    author = bodies.writer_named(discord.world, channel, body.user_id)
    uploads = uploads_of(body.attachments)
    reply_to = None if body.reply_to is None else parse_snowflake(body.reply_to) or 0
    may_not = _may_not_write(discord.world, channel, author)
    with instead(missing_permissions=may_not, missing_access=may_not, invalid_form=_no_target(channel)):
        channels.require_can_message(discord, channel, author.id)
        wait = patience.seconds_to_wait(discord, channel, author.id)
        if wait:
            raise ControlError(429, _SLOW_MODE.format(channel.name, author.display_name, wait))
        draft = Draft({"content": body.content}, uploads, reply_to)
        message = messages.write(discord, channel, Actor(author.id), draft)
    return JSONResponse(views.message(discord, message))


async def edit_message(request: Request) -> JSONResponse:
    """POST /_sim/messages/{message_id}/edit: a person changes their own words."""
    discord = local_discord(request)
    body = await bodies.read(request, act_bodies.EditBody)
    user = bodies.user_named(discord.world, body.user_id)
    _, message = bodies.message_named(discord.world, request.path_params["message_id"], user)
    edited = messages.edit(discord, message, Actor(user.id), {"content": body.content})
    return JSONResponse(views.message(discord, edited))


async def delete_message(request: Request) -> JSONResponse:
    """POST /_sim/messages/{message_id}/delete: a person deletes their own message, a moderator anybody's."""
    discord = local_discord(request)
    body = await bodies.read(request, act_bodies.DeleteBody)
    user = bodies.user_named(discord.world, body.user_id)
    channel, message = bodies.message_named(discord.world, request.path_params["message_id"], user)
    sentence = f"{user.display_name} may delete only their own messages here. Nothing was deleted."
    with instead(missing_permissions=sentence):
        messages.delete(discord, channel, Actor(user.id), message)
    deleted: shapes.Deleted = {"deleted": True}
    return JSONResponse(deleted)


async def start_typing(request: Request) -> JSONResponse:
    """POST /_sim/typing: show for ten seconds that a person is writing."""
    discord = local_discord(request)
    body = await bodies.read(request, act_bodies.TypingBody)
    channel = bodies.any_channel_named(discord.world, body.channel_id)
    author = bodies.writer_named(discord.world, channel, body.user_id)
    may_not = _may_not_write(discord.world, channel, author)
    with instead(missing_permissions=may_not, missing_access=may_not):
        messages.start_typing(discord, channel, Actor(author.id))
    typed: shapes.Typed = {"typing": True}
    return JSONResponse(typed)


async def open_direct(request: Request) -> JSONResponse:
    """POST /_sim/dms: open somebody's direct messages with the bot, or find them again."""
    discord = local_discord(request)
    body = await bodies.read(request, act_bodies.DirectBody)
    user = bodies.user_named(discord.world, body.user_id)
    with instead(cannot_message_user="The bot does not write to itself. Nothing was opened."):
        channel = channels.open_direct(discord, user.id, discord.bot.id)
    return JSONResponse(places.direct(discord.world, channel, user))


def uploads_of(files: list[act_bodies.FileBody]) -> tuple[Upload, ...]:
    """Read files. Raises `ControlError`: 400 for what is not base64, 413 for more than 10 MiB together."""
    uploads = tuple(_upload(each) for each in files)
    if sum(len(each.content) for each in uploads) > FILE_BYTES:
        raise ControlError(413, "The files are larger than 10 MiB together. Nothing was sent.")
    return uploads


def _upload(file: act_bodies.FileBody) -> Upload:
    try:
        content = base64.b64decode(file.content, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ControlError(400, f"The content of {file.filename!r} is not base64.") from error
    name = safe_name(file.filename.rsplit("/", 1)[-1])
    guessed = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Upload(name, content, file.content_type or guessed, file.description)


def _may_not_write(world: World, channel: Channel, author: User) -> str:
    """Tell why somebody may not write here, as far as that can be told."""
    name = author.display_name
    guild = world.guild_of(channel)
    if guild is not None:
        name = guild.members[author.id].display_name
        if world.standing(guild, guild.members[author.id]).is_timed_out:
            return f"{name} is timed out and may only read. Nothing was posted."
    if world.may_in(channel, author.id) & Permission.SEND_MESSAGES:
        return f"{name} may write in #{channel.name}, but not attach files. Nothing was posted."
    return f"{name} may not write in #{channel.name}."


def _no_target(channel: Channel) -> str:
    where = f"#{channel.name}" if channel.name else "these direct messages"
    return f"The message to reply to is not in {where} any more. Nothing was posted."
