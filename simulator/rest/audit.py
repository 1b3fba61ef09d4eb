"""A guild's audit log."""

from collections.abc import Callable, Mapping

from starlette.requests import Request
from starlette.responses import Response

from simulator.deeds.actor import require
from simulator.forms import guild as forms
from simulator.payloads import audit, entities
from simulator.permissions import Permission
from simulator.request import local_discord
from simulator.rest import bodies
from simulator.rest.access import acting, guild_in_path
from simulator.rest.response import Json
from simulator.state.entities import AuditEntry

_LIMIT = 50
_FILTERS: Mapping[str, Callable[[AuditEntry, int], bool]] = {
    "user_id": lambda entry, wanted: entry.actor_id == wanted,
    "target_id": lambda entry, wanted: entry.target_id == wanted,
    "action_type": lambda entry, wanted: entry.action == wanted,
    "before": lambda entry, wanted: entry.id < wanted,
    "after": lambda entry, wanted: entry.id > wanted,
}


async def show_audit_log(request: Request) -> Response:
    """GET /guilds/{guild.id}/audit-logs: newest first; with `after` the oldest of those, oldest first."""
    discord, guild = local_discord(request), guild_in_path(request)
    require(discord.world, guild, acting(request), Permission.VIEW_AUDIT_LOG)
    asked = bodies.query(request, forms.AUDIT_LOG)
    wanted = [(applies, int(asked[name])) for name, applies in _FILTERS.items() if name in asked]
    limit = bodies.number(asked, "limit", _LIMIT)
    in_order = guild.audit_log if "after" in asked else reversed(guild.audit_log)
    found = [each for each in in_order if all(applies(each, value) for applies, value in wanted)][:limit]
    named = {each.actor_id for each in found} | {each.target_id for each in found}
    rules = [rule for rule_id, rule in guild.automod.items() if rule_id in named]
    return Json(
        {
            "audit_log_entries": [audit.entry(each) for each in found],
            "users": [
                entities.user(user) for user_id, user in discord.world.users.items() if user_id in named
            ],
            "integrations": [],
            "webhooks": [],
            "guild_scheduled_events": [],
            "threads": [],
            "application_commands": [],
            "auto_moderation_rules": rules,
        }
    )
