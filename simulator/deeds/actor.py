"""Who does something, what they may do, and whom and what they stand above."""

from dataclasses import dataclass

from simulator.errors import DiscordError, ErrorKind
from simulator.permissions import Permission
from simulator.state.entities import Channel, Guild, Member, Role
from simulator.state.world import World


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who does something, and the reason they give for the audit log."""

    user_id: int
    reason: str | None = None


def require(world: World, guild: Guild, actor: Actor, permission: Permission) -> None:
    """Refuse who lacks a permission in the guild. Raises `DiscordError` (50013)."""
    if world.permissions_of(guild, actor.user_id) & permission != permission:
        raise DiscordError(ErrorKind.MISSING_PERMISSIONS)


def require_in(world: World, channel: Channel, actor: Actor, permission: Permission) -> None:
    """Refuse who cannot see a channel (50001), or lacks a permission there (50013)."""
    allowed = world.may_in(channel, actor.user_id)
    if not allowed & Permission.VIEW_CHANNEL:
        raise DiscordError(ErrorKind.MISSING_ACCESS)
    if allowed & permission != permission:
        raise DiscordError(ErrorKind.MISSING_PERMISSIONS)


def require_above(guild: Guild, actor: Actor, target: Member) -> None:
    """Refuse who does not stand above the target. Raises `DiscordError` (50013).

    The owner stands above everybody and nobody above the owner.
    """
    if not stands_above(guild, actor.user_id, target):
        raise DiscordError(ErrorKind.MISSING_PERMISSIONS)


def require_role_below(guild: Guild, actor: Actor, role: Role) -> None:
    """Refuse who does not stand above the role. Raises `DiscordError` (50013)."""
    if actor.user_id != guild.owner_id and _height(role) >= top_of(guild, actor.user_id):
        raise DiscordError(ErrorKind.MISSING_PERMISSIONS)


def stands_above(guild: Guild, actor_id: int, target: Member) -> bool:
    """Tell whether somebody's highest role is above the target's. Nobody stands above themselves."""
    if target.user.id in {guild.owner_id, actor_id}:
        return False
    return actor_id == guild.owner_id or top_of(guild, actor_id) > top_of(guild, target.user.id)


def top_of(guild: Guild, user_id: int) -> tuple[int, int]:
    """Tell how high somebody's highest role stands."""
    member = guild.members.get(user_id)
    held = member.roles if member is not None else ()
    return max((_height(guild.roles[role_id]) for role_id in held), default=_height(guild.roles[guild.id]))


def _height(role: Role) -> tuple[int, int]:
    """Tell where a role stands. Discord: of two with one position the older one is higher."""
    return role.position, -role.id
