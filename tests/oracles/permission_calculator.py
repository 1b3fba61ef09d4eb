"""A second calculator of ranks and permissions: from Discord's documentation alone, and made otherwise.

Sources: resources/guild ("Role object": position, ties by id), topics/permissions ("Permission Hierarchy").
"""

from typing import Any


def standing(guild: dict[str, Any], user_id: int, role_ids: set[int]) -> list[int]:
    """Sort every role of the guild from top to bottom; a member stands where the first held role is."""
    if user_id == guild["owner_id"]:
        return [-1]
    ladder = sorted(guild["roles"], key=lambda role: role["id"])  # of equals the older one is above
    ladder = sorted(ladder, key=lambda role: role["position"], reverse=True)
    held = role_ids | {guild["id"]}
    return [place for place, role in enumerate(ladder) if role["id"] in held]


def is_above(guild: dict[str, Any], one: tuple[int, set[int]], other: tuple[int, set[int]]) -> bool:
    return min(standing(guild, *one)) < min(standing(guild, *other))


def may(guild: dict[str, Any], user_id: int, role_ids: set[int], bit: int) -> bool:
    if user_id == guild["owner_id"]:
        return True
    return any(
        role["permissions"] >> bit & 1
        for role in guild["roles"]
        if role["id"] in role_ids or role["id"] == guild["id"]
    )
