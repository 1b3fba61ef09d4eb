"""A second calculator of what one may do in a channel: bit by bit, and from the last word to the first.

Source: topics/permissions ("Permission Overwrites", "Implicit Permissions", "Permissions for Timed Out
Members"). A channel says for each target `+`, `-` or nothing to each bit; of what the steps say the last
counts, and what nobody says is as in the guild.
"""

from typing import Any

SEES, HISTORY = 10, 16
SENDS, SENDS_IN_THREADS = 11, 38
ONLY_WITH_SENDING = (12, 14, 15, 17)


def may(guild: dict[str, Any], who: dict[str, Any], channel: dict[str, Any], bit: int) -> bool:
    """Tell whether `who` has one bit in the channel."""
    if who["id"] == guild["owner_id"] or _in_guild(guild, who, 3):
        return True
    if bit != SEES and not may(guild, who, channel, SEES):
        return False
    sends = SENDS_IN_THREADS if channel["is_thread"] else SENDS
    if bit in ONLY_WITH_SENDING and not may(guild, who, channel, sends):
        return False
    return (bit in (SEES, HISTORY) or not who["is_timed_out"]) and _said(guild, who, channel, bit)


def _said(guild: dict[str, Any], who: dict[str, Any], channel: dict[str, Any], bit: int) -> bool:
    for targets in (
        [("member", who["id"])],
        [("role", each) for each in who["roles"]],
        [("role", guild["id"])],
    ):
        words = {_word(each, bit) for each in channel["overwrites"] if (each["type"], each["id"]) in targets}
        if words & {"+", "-"}:
            return "+" in words
    return _in_guild(guild, who, bit)


def _in_guild(guild: dict[str, Any], who: dict[str, Any], bit: int) -> bool:
    held = {guild["id"], *who["roles"]}
    return any(role["permissions"] >> bit & 1 for role in guild["roles"] if role["id"] in held)


def _word(overwrite: dict[str, Any], bit: int) -> str:
    if overwrite["allow"] >> bit & 1:
        return "+"
    return "-" if overwrite["deny"] >> bit & 1 else ""
