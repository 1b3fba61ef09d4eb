"""The REST API's table: which routes there are, and that only the bot may call them."""

from starlette.routing import Route

from simulator.rest import absent, commands, guilds, users
from simulator.rest.access import Handler, bot_only

_BASE = "/api/v10"
_GUILD = "/guilds/{guild_id}"
_GLOBAL_COMMANDS = "/applications/{application_id}/commands"
_GUILD_COMMANDS = "/applications/{application_id}/guilds/{guild_id}/commands"

_BOT_ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/users/@me", users.me),
    ("GET", "/users/{user_id}", users.user),
    ("GET", "/applications/@me", users.my_application),
    ("GET", "/oauth2/applications/@me", users.my_application),
    ("GET", _GLOBAL_COMMANDS, commands.list_commands),
    ("PUT", _GLOBAL_COMMANDS, commands.replace_commands),
    ("GET", _GUILD_COMMANDS, commands.list_commands),
    ("PUT", _GUILD_COMMANDS, commands.replace_commands),
    ("GET", _GUILD, guilds.guild),
    ("GET", _GUILD + "/roles", guilds.roles),
    ("GET", _GUILD + "/channels", guilds.channels),
    ("GET", _GUILD + "/members/{user_id}", guilds.member),
)

_ANY_METHOD = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

ROUTES = [
    *(Route(_BASE + path, bot_only(handler), methods=[method]) for method, path, handler in _BOT_ROUTES),
    Route("/api/{path:path}", absent.not_here, methods=_ANY_METHOD),
]
