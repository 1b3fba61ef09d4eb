"""An interaction's webhook: follow-ups and edits. The token in the path is all the proof it needs."""

from starlette.requests import Request
from starlette.responses import Response

from simulator.delivery import follow_ups, replies
from simulator.delivery.replies import Reply
from simulator.forms.message import message_errors
from simulator.request import local_discord
from simulator.rest import bodies
from simulator.rest.access import path_id
from simulator.rest.response import Json, nothing
from simulator.state.entities import Interaction, Message, MessageFlag


async def follow_up(request: Request) -> Response:
    """POST /webhooks/{application.id}/{interaction.token}. For interactions `wait` is always true."""
    discord, interaction = local_discord(request), _interaction(request)
    sent = await bodies.read_message(request)
    bodies.refuse(message_errors(sent.data))
    message = follow_ups.follow(discord, interaction, Reply(sent.data, sent.uploads()))
    return Json(discord.messages.message(message))


async def show_message(request: Request) -> Response:
    """GET .../messages/@original and .../messages/{message.id}."""
    message = _message(request, _interaction(request))
    return Json(local_discord(request).messages.message(message))


async def edit_message(request: Request) -> Response:
    """PATCH .../messages/@original and .../messages/{message.id}."""
    discord = local_discord(request)
    message = _message(request, _interaction(request))
    sent = await bodies.read_message(request)
    is_v2 = bool(message.flags & MessageFlag.IS_COMPONENTS_V2)
    bodies.refuse(message_errors(sent.data, v2=is_v2))
    edited = replies.edit(discord, message, Reply(sent.data, sent.uploads()))
    return Json(discord.messages.message(edited))


async def delete_message(request: Request) -> Response:
    """DELETE .../messages/@original and .../messages/{message.id}."""
    replies.remove(local_discord(request), _message(request, _interaction(request)))
    return nothing()


def _interaction(request: Request) -> Interaction:
    application_id = path_id(request, "webhook_id")
    return follow_ups.answered(local_discord(request), application_id, request.path_params["webhook_token"])


def _message(request: Request, interaction: Interaction) -> Message:
    named = request.path_params.get("message_id", follow_ups.ORIGINAL)
    number = None if named == follow_ups.ORIGINAL else path_id(request, "message_id")
    return follow_ups.find(local_discord(request), interaction, number)
