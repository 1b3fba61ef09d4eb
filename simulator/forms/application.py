"""When Discord refuses a change of the application or of the bot's account. Pure."""

from simulator.forms import fields, tree
from simulator.wire import JsonObject

EVENT_TYPES = (
    "APPLICATION_AUTHORIZED", "APPLICATION_DEAUTHORIZED", "ENTITLEMENT_CREATE", "ENTITLEMENT_DELETE",
    "ENTITLEMENT_UPDATE", "GAME_DIRECT_MESSAGE_CREATE", "GAME_DIRECT_MESSAGE_DELETE",
    "GAME_DIRECT_MESSAGE_UPDATE", "LOBBY_MESSAGE_CREATE", "LOBBY_MESSAGE_DELETE", "LOBBY_MESSAGE_UPDATE",
    "QUEST_USER_ENROLLMENT",
)  # fmt: skip

_NOT_IN_NAMES = ("@", "#", ":", "```", "discord")
_NOBODYS_NAMES = ("everyone", "here")


def _address(value: object) -> JsonObject:
    errors = tree.text(value, 0, 2048)
    if errors or not value or str(value).startswith(("http://", "https://")):
        return errors
    return tree.leaf("URL_TYPE_INVALID_URL", "Not a well formed URL.")


def _username(value: object) -> JsonObject:
    errors = tree.text(value, 2, 32)
    if errors or not isinstance(value, str):
        return errors
    if value.lower() in _NOBODYS_NAMES:
        return tree.leaf("USERNAME_INVALID_EXACT", "This username cannot be used.")
    taken = next((each for each in _NOT_IN_NAMES if each in value.lower()), None)
    if taken is None:
        return {}
    return tree.leaf("USERNAME_INVALID_CONTAINS", f"Username cannot contain {tree.short(taken)}")


CHANGE: fields.Fields = {
    "description": fields.text(0, 400),
    "tags": fields.listed(fields.text(1, 20), 0, 5, unique=True),
    "interactions_endpoint_url": _address,
    "event_webhooks_url": _address,
    "event_webhooks_types": fields.listed(fields.choice(*EVENT_TYPES), 0, 20, unique=True),
}
NOT_HERE = (
    "icon", "cover_image", "team_id", "flags", "explicit_content_filter", "max_participants", "type",
    "custom_install_url", "install_params", "role_connections_verification_url", "integration_types_config",
)  # fmt: skip
"""What this Discord does not keep about an application."""

ACCOUNT: fields.Fields = {"username": _username}
ACCOUNT_NOT_HERE = ("avatar", "banner")
