"""The application itself, as the developer portal would show it."""

from starlette.requests import Request
from starlette.responses import Response

from simulator.delivery import addresses
from simulator.forms import application as forms
from simulator.forms.tree import leaf
from simulator.happenings import ApplicationChanged
from simulator.payloads import application as payloads
from simulator.request import local_discord
from simulator.rest import bodies
from simulator.rest.absent import part_not_here
from simulator.rest.response import Json
from simulator.wire import JsonObject

_UNVERIFIED = {
    "interactions_endpoint_url": leaf(
        "APPLICATION_INTERACTIONS_ENDPOINT_INVALID",
        "The specified interactions endpoint url could not be verified.",
    ),
    "event_webhooks_url": leaf(
        "APPLICATION_EVENT_WEBHOOKS_ENDPOINT_INVALID",
        "The specified event webhooks url could not be verified.",
    ),
}


async def show_application(request: Request) -> Response:
    """GET /applications/@me and /oauth2/applications/@me."""
    return Json(_written(request))


async def change_application(request: Request) -> Response:
    """PATCH /applications/@me. An address must first answer a PING and refuse a bad signature."""
    discord = local_discord(request)
    form = await bodies.read_form(request, forms.CHANGE)
    if (missing := part_not_here(request, form, forms.NOT_HERE)) is not None:
        return missing
    for name, is_good in (
        ("interactions_endpoint_url", addresses.takes_interactions),
        ("event_webhooks_url", addresses.takes_events),
    ):
        if form.get(name) and not await is_good(discord, form[name]):
            bodies.refuse({name: _UNVERIFIED[name]})
    application = discord.world.application
    if "description" in form:
        application.description = form["description"] or ""
    if "tags" in form:
        application.tags = tuple(form["tags"] or ())
    if "interactions_endpoint_url" in form:
        application.endpoint = form["interactions_endpoint_url"] or None
    if "event_webhooks_url" in form:
        application.events_endpoint = form["event_webhooks_url"] or None
    if "event_webhooks_types" in form:
        application.event_types = tuple(form["event_webhooks_types"] or ())
    discord.tell(ApplicationChanged())
    return Json(_written(request))


def _written(request: Request) -> JsonObject:
    discord = local_discord(request)
    world = discord.world
    owner = world.users[next(iter(world.guilds.values())).owner_id]
    guilds = len(world.bot_guilds())
    return payloads.application(world.application, bot=discord.bot, owner=owner, guilds=guilds)
