"""The application as Discord writes it to its own bot."""

from simulator.config import SimulatorConfig
from simulator.payloads import entities
from simulator.state.entities import User
from simulator.wire import JsonObject


def application(config: SimulatorConfig, *, bot: User, owner: User, guilds: int) -> JsonObject:
    """Write the application, its public key among it."""
    payload: JsonObject = {
        "id": str(config.application_id),
        "name": config.application_name,
        "icon": None,
        "description": "",
        "type": None,
        "bot": entities.user(bot),
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": config.public_key,
        "flags": 0,
        "flags_new": "0",
        "owner": entities.user(owner),
        "team": None,
        "redirect_uris": list(config.redirect_uris),
        "interactions_endpoint_url": config.endpoint,
        "role_connections_verification_url": None,
        "approximate_guild_count": guilds,
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "eligible_oauth2_scopes": [],
        "integration_types_config": {"0": {}},
    }
    if config.events_url is not None:
        payload |= {
            "event_webhooks_url": config.events_url,
            "event_webhooks_status": 2,
            "event_webhooks_types": ["APPLICATION_AUTHORIZED", "APPLICATION_DEAUTHORIZED"],
        }
    return payload
