"""The application as Discord writes it to its own bot."""

from simulator.payloads import entities
from simulator.state.entities import Application, User
from simulator.wire import JsonObject


def application(application: Application, *, bot: User, owner: User, guilds: int) -> JsonObject:
    """Write the application, its public key among it."""
    payload: JsonObject = {
        "id": str(application.id),
        "name": application.name,
        "icon": None,
        "description": application.description,
        "type": None,
        "bot": entities.user(bot),
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": application.public_key,
        "flags": 0,
        "flags_new": "0",
        "owner": entities.user(owner),
        "team": None,
        "tags": list(application.tags),
        "redirect_uris": list(application.redirect_uris),
        "interactions_endpoint_url": application.endpoint,
        "role_connections_verification_url": None,
        "approximate_guild_count": guilds,
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "eligible_oauth2_scopes": [],
        "integration_types_config": {"0": {}},
    }
    if application.events_endpoint is not None:
        payload |= {
            "event_webhooks_url": application.events_endpoint,
            "event_webhooks_status": 2,
            "event_webhooks_types": list(application.event_types),
        }
    return payload
