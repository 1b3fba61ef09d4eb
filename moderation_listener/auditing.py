"""From a line of Discord's audit log to what a case is about. Pure; knows no client library."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from app.automod.observing import as_id, as_instant
from app.moderation.domain import CaseAction
from app.moderation.from_discord import DiscordAction

_ACTIONS: Final = {20: CaseAction.KICK, 22: CaseAction.BAN, 23: CaseAction.UNBAN}
"""Discord: MEMBER_KICK, MEMBER_BAN_ADD, MEMBER_BAN_REMOVE."""

_MEMBER_UPDATE: Final = 24
_TIMED_OUT_UNTIL: Final = "communication_disabled_until"


def discord_action(payload: Mapping[str, Any], own_id: int | None) -> DiscordAction | None:
    """Read a line of the audit log; None of what is no case, and of what the bot itself did.

    Args:
        payload: As GUILD_AUDIT_LOG_ENTRY_CREATE carries it.
        own_id: The bot's own user.
    """
    entry_id, guild_id = as_id(payload.get("id")), as_id(payload.get("guild_id"))
    user_id, moderator_id = as_id(payload.get("target_id")), as_id(payload.get("user_id"))
    if entry_id is None or guild_id is None or user_id is None or moderator_id in (None, own_id):
        return None
    action, until = _action(payload)
    if action is None or moderator_id is None:
        return None
    reason = payload.get("reason")
    return DiscordAction(
        entry_id=entry_id,
        guild_id=guild_id,
        action=action,
        user_id=user_id,
        moderator_id=moderator_id,
        reason=reason if isinstance(reason, str) else None,
        until=until,
    )


def _action(payload: Mapping[str, Any]) -> tuple[CaseAction | None, datetime | None]:
    """Tell what was done, and of a time-out when it ends."""
    kind = payload.get("action_type")
    if kind != _MEMBER_UPDATE:
        return (_ACTIONS.get(kind) if isinstance(kind, int) else None), None
    for change in payload.get("changes") or ():
        if change.get("key") == _TIMED_OUT_UNTIL:
            until = as_instant(change.get("new_value"))
            return (CaseAction.UNTIMEOUT if until is None else CaseAction.TIMEOUT), until
    return None, None
