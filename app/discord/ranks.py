"""Who stands above whom in a guild. Pure; Discord: topics/permissions, "Permission Hierarchy".

Discord itself checks only the bot against the target, never the person on whose behalf the bot acts.
"""

from collections.abc import Iterable
from functools import total_ordering

from app.discord.port import DiscordGuild, DiscordMember, DiscordRole


@total_ordering
class Rank:
    """How high somebody or something stands. Of two roles at one position the older one is higher."""

    __slots__ = ("_key",)

    def __init__(self, position: int, role_id: int, *, is_owner: bool = False) -> None:
        self._key = (is_owner, position, -role_id)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Rank) and self._key == other._key

    def __lt__(self, other: "Rank") -> bool:
        return self._key < other._key

    def __hash__(self) -> int:
        return hash(self._key)


def rank_of_role(role: DiscordRole) -> Rank:
    """Tell how high a role stands."""
    return Rank(role.position, role.role_id)


def rank_of(guild: DiscordGuild, user_id: int, role_ids: Iterable[int]) -> Rank:
    """Tell how high a member stands: by the highest role, and the owner above everybody.

    Roles the guild does not have (any longer) count for nothing.
    """
    everyone = rank_of_role(guild.roles[guild.guild_id])
    held = [rank_of_role(guild.roles[each]) for each in role_ids if each in guild.roles]
    if user_id == guild.owner_id:
        return Rank(0, 0, is_owner=True)
    return max([everyone, *held])


def permissions_of(guild: DiscordGuild, member: DiscordMember) -> int:
    """Tell a member's permission bits in the guild, as far as no channel says otherwise.

    The owner has all. A time-out takes nothing from this: whoever asks what a member may *do* now looks at
    `timed_out_until`, too.
    """
    if member.user_id == guild.owner_id:
        return (1 << 63) - 1
    bits = guild.roles[guild.guild_id].permissions
    for role_id in member.role_ids:
        if role_id in guild.roles:
            bits |= guild.roles[role_id].permissions
    return bits
