"""Webhook events as Discord posts them: one-way news that expect 204."""

from datetime import datetime
from enum import StrEnum

from simulator.payloads import entities
from simulator.state.entities import Guild, User
from simulator.wire import JsonObject, iso


class EventType(StrEnum):
    """The events that can be sent, and the PING that checks the address."""

    PING = "PING"
    APPLICATION_AUTHORIZED = "APPLICATION_AUTHORIZED"
    APPLICATION_DEAUTHORIZED = "APPLICATION_DEAUTHORIZED"


def event(
    application_id: int, event_type: EventType, *, guild: Guild, user: User, at: datetime
) -> JsonObject:
    """Write a webhook event. Only an authorization names the guild: that is Discord's own shape."""
    envelope: JsonObject = {"version": 1, "application_id": str(application_id)}
    if event_type is EventType.PING:
        return envelope | {"type": 0}
    data: JsonObject = {"user": entities.user(user)}
    if event_type is EventType.APPLICATION_AUTHORIZED:
        data |= {
            "integration_type": 0,
            "scopes": ["applications.commands", "bot"],
            "guild": entities.guild(guild),
        }
    return envelope | {
        "type": 1,
        "event": {"type": event_type.value, "timestamp": iso(at), "data": data},
    }
