"""Discord's own auto-moderation rules."""

from starlette.requests import Request
from starlette.responses import Response

from simulator.deeds import automod_rules as deeds
from simulator.deeds.actor import require
from simulator.forms import automod as forms
from simulator.forms.tree import leaf
from simulator.permissions import Permission
from simulator.request import local_discord
from simulator.rest import bodies
from simulator.rest.access import acting, guild_in_path, path_id
from simulator.rest.response import Json, nothing
from simulator.state.entities import Guild
from simulator.wire import JsonObject


async def list_rules(request: Request) -> Response:
    """GET /guilds/{guild.id}/auto-moderation/rules."""
    guild = guild_in_path(request)
    require(local_discord(request).world, guild, acting(request), Permission.MANAGE_GUILD)
    return Json(list(guild.automod.values()))


async def show_rule(request: Request) -> Response:
    """GET /guilds/{guild.id}/auto-moderation/rules/{rule.id}."""
    return Json(_rule_in_path(request, guild_in_path(request)))


async def create_rule(request: Request) -> Response:
    """POST /guilds/{guild.id}/auto-moderation/rules."""
    guild = guild_in_path(request)
    form = bodies.checked(await bodies.read_json(request), forms.rule_errors)
    wanted = forms.rule_of(form)
    _refuse_unknown_channels(guild, wanted)
    return Json(deeds.create_rule(local_discord(request), guild, acting(request), wanted))


async def change_rule(request: Request) -> Response:
    """PATCH /guilds/{guild.id}/auto-moderation/rules/{rule.id}."""
    guild = guild_in_path(request)
    rule = _rule_in_path(request, guild)
    trigger: int = rule["trigger_type"]
    form = bodies.checked(await bodies.read_json(request), lambda given: forms.change_errors(given, trigger))
    wanted = forms.change_of(form, trigger)
    _refuse_unknown_channels(guild, wanted)
    return Json(deeds.change_rule(local_discord(request), guild, acting(request), rule, wanted))


async def delete_rule(request: Request) -> Response:
    """DELETE /guilds/{guild.id}/auto-moderation/rules/{rule.id}."""
    guild = guild_in_path(request)
    rule = _rule_in_path(request, guild)
    deeds.delete_rule(local_discord(request), guild, acting(request), rule)
    return nothing()


def _rule_in_path(request: Request, guild: Guild) -> JsonObject:
    return deeds.rule_of(local_discord(request), guild, acting(request), path_id(request, "rule_id"))


def _refuse_unknown_channels(guild: Guild, wanted: JsonObject) -> None:
    """Refuse alerts into channels that the guild does not have (50035)."""
    unknown = {
        str(index): {"metadata": {"channel_id": leaf("CHANNEL_INVALID", "Unknown channel.")}}
        for index, action in enumerate(wanted.get("actions", ()))
        if "channel_id" in action["metadata"] and int(action["metadata"]["channel_id"]) not in guild.channels
    }
    bodies.refuse({"actions": unknown} if unknown else {})
