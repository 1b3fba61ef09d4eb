"""The REST API's table: which routes there are, and that only the bot may call them."""

from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.routing import Mount, Route

from simulator.rest import (
    applications,
    attachments,
    audit,
    automod,
    bans,
    bearer,
    callbacks,
    channels,
    commands,
    gateway,
    guilds,
    members,
    messages,
    roles,
    users,
    webhooks,
)
from simulator.rest.access import Handler, bot_only
from simulator.rest.bearer import by_kind_of_token
from simulator.rest.router import Router, Row
from simulator.sizes import FILES_BYTES

BASE = "/api/v10"

_CHANNEL = "/channels/{channel_id}"
_MESSAGE = _CHANNEL + "/messages/{message_id}"
_OVERWRITE = _CHANNEL + "/permissions/{overwrite_id}"
_GUILD = "/guilds/{guild_id}"
_ROLE = _GUILD + "/roles/{role_id}"
_RULES = _GUILD + "/auto-moderation/rules"
_RULE = _RULES + "/{rule_id}"
_MEMBER = _GUILD + "/members/{user_id}"
_BAN = _GUILD + "/bans/{user_id}"
_WEBHOOK = "/webhooks/{webhook_id}/{webhook_token}"
_GLOBAL_COMMANDS = "/applications/{application_id}/commands"
_GUILD_COMMANDS = "/applications/{application_id}/guilds/{guild_id}/commands"

_COMMAND_ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "", commands.list_commands),
    ("POST", "", commands.create_command),
    ("PUT", "", commands.replace_commands),
    ("GET", "/{command_id}", commands.show_command),
    ("PATCH", "/{command_id}", commands.change_command),
    ("DELETE", "/{command_id}", commands.delete_command),
)
"""What there is below the global commands, and below those of a guild."""

_BOT_ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/gateway/bot", gateway.gateway_bot),
    ("GET", "/users/{user_id}", users.user),
    ("PATCH", "/users/@me", users.change_me),
    ("DELETE", "/users/@me/guilds/{guild_id}", guilds.leave_guild),
    ("POST", "/users/@me/channels", channels.open_direct),
    ("GET", "/applications/@me", applications.show_application),
    ("PATCH", "/applications/@me", applications.change_application),
    ("GET", "/oauth2/applications/@me", applications.show_application),
    ("GET", _GUILD_COMMANDS + "/permissions", commands.list_permissions),
    ("GET", _GUILD_COMMANDS + "/{command_id}/permissions", commands.show_permissions),
    ("GET", _CHANNEL, channels.show_channel),
    ("PATCH", _CHANNEL, channels.change_channel),
    ("DELETE", _CHANNEL, channels.delete_channel),
    ("PUT", _OVERWRITE, channels.set_overwrite),
    ("DELETE", _OVERWRITE, channels.delete_overwrite),
    ("GET", _CHANNEL + "/messages", messages.list_messages),
    ("POST", _CHANNEL + "/messages", messages.create_message),
    ("POST", _CHANNEL + "/messages/bulk-delete", messages.bulk_delete),
    ("GET", _MESSAGE, messages.show_message),
    ("PATCH", _MESSAGE, messages.edit_message),
    ("DELETE", _MESSAGE, messages.delete_message),
    ("POST", _CHANNEL + "/typing", messages.start_typing),
    ("GET", _GUILD, guilds.show_guild),
    ("PATCH", _GUILD, guilds.change_guild),
    ("GET", _GUILD + "/preview", guilds.show_preview),
    ("PUT", _GUILD + "/incident-actions", guilds.pause),
    ("GET", _GUILD + "/audit-logs", audit.show_audit_log),
    ("GET", _GUILD + "/channels", channels.list_channels),
    ("POST", _GUILD + "/channels", channels.create_channel),
    ("GET", _GUILD + "/roles", roles.list_roles),
    ("POST", _GUILD + "/roles", roles.create_role),
    ("PATCH", _GUILD + "/roles", roles.move_roles),
    ("GET", _GUILD + "/roles/member-counts", roles.count_members),
    ("GET", _ROLE, roles.show_role),
    ("PATCH", _ROLE, roles.change_role),
    ("DELETE", _ROLE, roles.delete_role),
    ("GET", _RULES, automod.list_rules),
    ("POST", _RULES, automod.create_rule),
    ("GET", _RULE, automod.show_rule),
    ("PATCH", _RULE, automod.change_rule),
    ("DELETE", _RULE, automod.delete_rule),
    ("GET", _GUILD + "/members", members.list_members),
    ("GET", _GUILD + "/members/search", members.search_members),
    ("PATCH", _GUILD + "/members/@me", members.change_own_member),
    ("GET", _MEMBER, members.show_member),
    ("PATCH", _MEMBER, members.change_member),
    ("DELETE", _MEMBER, members.kick_member),
    ("PUT", _MEMBER + "/roles/{role_id}", members.add_role),
    ("DELETE", _MEMBER + "/roles/{role_id}", members.remove_role),
    ("GET", _GUILD + "/bans", bans.list_bans),
    ("GET", _BAN, bans.show_ban),
    ("PUT", _BAN, bans.ban),
    ("DELETE", _BAN, bans.unban),
    ("POST", _GUILD + "/bulk-ban", bans.bulk_ban),
)
"""What the bot's own token opens."""

_OPEN_ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/gateway", gateway.gateway),
    ("POST", "/interactions/{interaction_id}/{interaction_token}/callback", callbacks.answer_interaction),
    ("POST", _WEBHOOK, webhooks.follow_up),
    ("GET", _WEBHOOK + "/messages/@original", webhooks.show_message),
    ("PATCH", _WEBHOOK + "/messages/@original", webhooks.edit_message),
    ("DELETE", _WEBHOOK + "/messages/@original", webhooks.delete_message),
    ("GET", _WEBHOOK + "/messages/{message_id}", webhooks.show_message),
    ("PATCH", _WEBHOOK + "/messages/{message_id}", webhooks.edit_message),
    ("DELETE", _WEBHOOK + "/messages/{message_id}", webhooks.delete_message),
    ("GET", "/oauth2/@me", by_kind_of_token(person=bearer.my_authorization)),
    ("GET", "/users/@me", by_kind_of_token(person=bearer.me, scope="identify", bot=users.me)),
    (
        "GET",
        "/users/@me/guilds",
        by_kind_of_token(person=bearer.my_guilds, scope="guilds", bot=bearer.bots_guilds),
    ),
    (
        "GET",
        "/users/@me/guilds/{guild_id}/member",
        by_kind_of_token(person=bearer.my_member, scope="guilds.members.read"),
    ),
)
"""What asks for another proof than the bot's token, or for none; their handlers see to it."""

TABLE: tuple[Row, ...] = (
    *((method, path, bot_only(handler)) for method, path, handler in _BOT_ROUTES),
    *(
        (method, place + below, bot_only(handler))
        for place in (_GLOBAL_COMMANDS, _GUILD_COMMANDS)
        for method, below, handler in _COMMAND_ROUTES
    ),
    *_OPEN_ROUTES,
)
"""Every route: method, template below `BASE`, handler."""

API = Router(BASE, TABLE)

ROUTES = [
    Route(
        "/attachments/{channel_id}/{attachment_id}/{filename}", attachments.show_attachment, methods=["GET"]
    ),
    Mount("/api", API, middleware=[Middleware(RequestBodyLimitMiddleware, max_body_size=FILES_BYTES)]),
]
