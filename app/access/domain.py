"""Access levels of ours: what a guild may let its roles do without a permission of Discord's. Pure."""

from collections.abc import Iterable, Mapping
from enum import Enum
from functools import total_ordering


@total_ordering
class Level(Enum):
    """How far a role's members may go; each includes the ones before. The values are kept and shown."""

    VIEWER = "viewer"
    MODERATOR = "moderator"
    MANAGER = "manager"

    def __lt__(self, other: "Level") -> bool:
        order = list(Level)
        return order.index(self) < order.index(other)


def highest(grants: Mapping[int, Level], role_ids: Iterable[int]) -> Level | None:
    """Tell the highest level these roles carry, None if they carry none.

    Args:
        grants: Role -> level, of the one guild in question.
        role_ids: A member's roles in that same guild.
    """
    return max((grants[role_id] for role_id in role_ids if role_id in grants), default=None)
