"""Lines of the audit log as Discord writes them."""

from simulator.state.entities import AuditEntry
from simulator.wire import JsonObject


def entry(entry: AuditEntry) -> JsonObject:
    """Write a line; what it does not have is left out."""
    payload: JsonObject = {
        "id": str(entry.id),
        "action_type": int(entry.action),
        "user_id": None if entry.actor_id is None else str(entry.actor_id),
        "target_id": None if entry.target_id is None else str(entry.target_id),
    }
    if entry.changes:
        payload["changes"] = list(entry.changes)
    if entry.options is not None:
        payload["options"] = entry.options
    if entry.reason is not None:
        payload["reason"] = entry.reason
    return payload
