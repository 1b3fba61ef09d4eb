"""A bot's first answer to an interaction, over REST. The token in the path is all the proof it needs."""

import secrets

from starlette.requests import Request
from starlette.responses import Response

from simulator.delivery import answers
from simulator.errors import DiscordError, ErrorKind
from simulator.payloads.interactions import callback_response
from simulator.request import local_discord
from simulator.rest import bodies
from simulator.rest.access import path_id
from simulator.rest.response import Json, nothing
from simulator.state.pending import Live


async def answer_interaction(request: Request) -> Response:
    """POST /interactions/{interaction.id}/{interaction.token}/callback."""
    discord = local_discord(request)
    sent = await bodies.read_message(request)
    live = _live(request)
    try:
        shown = answers.take(discord, live, sent.data, sent.files)
    except DiscordError as error:
        live.problem = live.problem or answers.sentence_of(error)
        raise
    if not bodies.flag(request.query_params, "with_response"):
        return nothing()
    written = None if shown.message is None else discord.messages.message(shown.message)
    return Json(callback_response(live.interaction, sent.data["type"], written))


def _live(request: Request) -> Live:
    """Find what is answered. Raises `DiscordError`: 40060 if it is already, 10062 if it is too late."""
    discord = local_discord(request)
    number, token = path_id(request, "interaction_id"), request.path_params["interaction_token"]
    live = discord.interactions.find(number)
    if live is not None and secrets.compare_digest(live.interaction.token.encode(), token.encode()):
        return live
    known = discord.world.interaction_by_token(token)
    if known is not None and known.id == number and known.callback is not None:
        raise DiscordError(ErrorKind.ALREADY_ACKNOWLEDGED)
    raise DiscordError(ErrorKind.UNKNOWN_INTERACTION)
