"""Writing the audit log."""

from typing import Any

from simulator.deeds.actor import Actor
from simulator.happenings import AuditEntryAdded
from simulator.local_discord import LocalDiscord
from simulator.state.entities import AuditAction, AuditEntry, Guild
from simulator.wire import JsonObject


def record(
    discord: LocalDiscord,
    guild: Guild,
    action: AuditAction,
    actor: Actor,
    *,
    target_id: int | None,
    changes: tuple[JsonObject, ...] = (),
    options: JsonObject | None = None,
) -> None:
    """Write a line into the guild's audit log and tell it. The oldest lines are forgotten."""
    entry = AuditEntry(
        id=discord.snowflakes.make(),
        action=action,
        actor_id=actor.user_id,
        target_id=target_id,
        reason=actor.reason,
        changes=changes,
        options=options,
    )
    guild.audit_log.append(entry)
    discord.tell(AuditEntryAdded(guild.id, entry))


def change(key: str, old: Any, new: Any) -> JsonObject:  # noqa: ANN401 - any JSON value
    """Write one change as Discord does: a side that was not there is left out."""
    sides = {"old_value": old, "new_value": new}
    return {"key": key} | {side: value for side, value in sides.items() if value is not None}
