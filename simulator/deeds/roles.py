"""Roles are made, changed, moved and removed."""

from dataclasses import fields

from simulator.deeds.actor import Actor, require, require_role_below, top_of
from simulator.deeds.audit import change, record
from simulator.errors import DiscordError, ErrorKind
from simulator.happenings import MemberUpdated, RoleCreated, RoleDeleted, RoleUpdated
from simulator.local_discord import LocalDiscord
from simulator.permissions import Permission
from simulator.state.entities import AuditAction, Guild, Role
from simulator.wire import JsonObject

_MOST_ROLES = 250  # Discord's own
_WRITTEN = {field.name for field in fields(Role)} & {"name", "permissions", "color", "hoist", "mentionable"}


def create_role(discord: LocalDiscord, guild: Guild, actor: Actor, wanted: JsonObject) -> Role:
    """Make a role above @everyone; the others move up. Its permissions may be only what the actor has."""
    require(discord.world, guild, actor, Permission.MANAGE_ROLES)
    if len(guild.roles) >= _MOST_ROLES:
        raise DiscordError(ErrorKind.TOO_MANY_ROLES)
    permissions = wanted.get("permissions")
    given = guild.roles[guild.id].permissions if permissions is None else permissions
    _require_owned(discord, guild, actor, 0, given)
    for other in guild.roles.values():
        if other.position >= 1:
            other.position += 1
    role = Role(
        id=discord.snowflakes.make(),
        name=wanted.get("name") or "new role",
        position=1,
        permissions=given,
        color=wanted.get("color") or 0,
        hoist=bool(wanted.get("hoist")),
        mentionable=bool(wanted.get("mentionable")),
    )
    guild.roles[role.id] = role
    discord.tell(RoleCreated(guild.id, role))
    changes = tuple(change(key, None, _told(role, key)) for key in sorted(_WRITTEN))
    record(discord, guild, AuditAction.ROLE_CREATE, actor, target_id=role.id, changes=changes)
    return role


def change_role(discord: LocalDiscord, guild: Guild, actor: Actor, role: Role, wanted: JsonObject) -> Role:
    """Change a role below the actor's own; only the fields named in `wanted`."""
    require(discord.world, guild, actor, Permission.MANAGE_ROLES)
    require_role_below(guild, actor, role)
    wanted = {key: value for key, value in wanted.items() if key in _WRITTEN and value is not None}
    if "permissions" in wanted:
        _require_owned(discord, guild, actor, role.permissions, wanted["permissions"])
    before = {key: _told(role, key) for key in wanted}
    for key, value in wanted.items():
        setattr(role, key, value)
    changes = tuple(
        change(key, before[key], _told(role, key)) for key in wanted if before[key] != _told(role, key)
    )
    if changes:
        discord.tell(RoleUpdated(guild.id, role))
        record(discord, guild, AuditAction.ROLE_UPDATE, actor, target_id=role.id, changes=changes)
    return role


def move_roles(discord: LocalDiscord, guild: Guild, actor: Actor, positions: dict[int, int]) -> None:
    """Put roles at new positions. Nobody moves a role from above or to above their own highest."""
    require(discord.world, guild, actor, Permission.MANAGE_ROLES)
    moved = [role for role in guild.roles.values() if positions.get(role.id, role.position) != role.position]
    for role in moved:
        require_role_below(guild, actor, role)
        if role.id == guild.id:
            raise DiscordError(ErrorKind.INVALID_ROLE)
    places = _places(guild, positions)
    if actor.user_id != guild.owner_id:
        top, _ = top_of(guild, actor.user_id)
        if any(places[role.id] >= top for role in moved):
            raise DiscordError(ErrorKind.MISSING_PERMISSIONS)
    for role in sorted(guild.roles.values(), key=lambda each: places[each.id]):
        before, role.position = role.position, places[role.id]
        if before == role.position:
            continue
        discord.tell(RoleUpdated(guild.id, role))
        if role in moved:
            changes = (change("position", before, role.position),)
            record(discord, guild, AuditAction.ROLE_UPDATE, actor, target_id=role.id, changes=changes)


def delete_role(discord: LocalDiscord, guild: Guild, actor: Actor, role: Role) -> None:
    """Remove a role from the guild and from everybody who had it."""
    require(discord.world, guild, actor, Permission.MANAGE_ROLES)
    require_role_below(guild, actor, role)
    if role.id == guild.id or role.bot_id is not None:
        raise DiscordError(ErrorKind.INVALID_ROLE)
    del guild.roles[role.id]
    for other in guild.roles.values():
        other.position -= other.position > role.position
    for channel in guild.channels.values():
        channel.overwrites = tuple(each for each in channel.overwrites if each.id != role.id)
    for member in guild.members.values():
        if role.id in member.roles:
            member.roles = tuple(each for each in member.roles if each != role.id)
            discord.tell(MemberUpdated(guild.id, member))
    discord.tell(RoleDeleted(guild.id, role.id))
    changes = (change("name", role.name, None),)
    record(discord, guild, AuditAction.ROLE_DELETE, actor, target_id=role.id, changes=changes)


def _places(guild: Guild, positions: dict[int, int]) -> dict[int, int]:
    """Tell where every role stands afterwards, without gaps. Who is moved goes before who stands there."""

    def rank(role: Role) -> tuple[int, int, int, int]:
        after = positions.get(role.id, role.position)
        direction = (after > role.position) - (after < role.position)
        return (role.id != guild.id) * (after + 1), direction, role.position, -role.id

    return {role.id: place for place, role in enumerate(sorted(guild.roles.values(), key=rank))}


def _require_owned(discord: LocalDiscord, guild: Guild, actor: Actor, before: int, after: int) -> None:
    """Refuse to hand out what the actor does not have."""
    if (after & ~before) & ~discord.world.permissions_of(guild, actor.user_id):
        raise DiscordError(ErrorKind.MISSING_PERMISSIONS)


def _told(role: Role, key: str) -> object:
    """Write a role's field as the audit log does: permissions as a string."""
    value = getattr(role, key)
    return str(int(value)) if key == "permissions" else value
