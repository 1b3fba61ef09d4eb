"""A channel's exceptions for roles and members are put there and taken away."""

from collections.abc import Iterable

from simulator.deeds.actor import Actor, require_in
from simulator.deeds.audit import change, record
from simulator.errors import DiscordError, ErrorKind
from simulator.happenings import ChannelUpdated
from simulator.local_discord import LocalDiscord
from simulator.permissions import Overwrite, Permission
from simulator.state.entities import AuditAction, Channel, Guild
from simulator.wire import JsonObject

_SIDES = ("allow", "deny")


def set_overwrite(
    discord: LocalDiscord, guild: Guild, channel: Channel, actor: Actor, overwrite: Overwrite
) -> None:
    """Put one exception into a channel, in place of what was there for that role or member."""
    require_owned(discord, guild, channel, actor, (overwrite,))
    before = _find(channel, overwrite.id)
    if before == overwrite:
        return
    channel.overwrites = (*(each for each in channel.overwrites if each.id != overwrite.id), overwrite)
    discord.tell(ChannelUpdated(channel))
    action = AuditAction.CHANNEL_OVERWRITE_UPDATE if before else AuditAction.CHANNEL_OVERWRITE_CREATE
    changes = tuple(
        change(side, _bits(getattr(before, side, None)), _bits(getattr(overwrite, side)))
        for side in _SIDES
        if getattr(before, side, None) != getattr(overwrite, side)
    )
    options = _options(guild, overwrite)
    record(discord, guild, action, actor, target_id=channel.id, changes=changes, options=options)


def delete_overwrite(
    discord: LocalDiscord, guild: Guild, channel: Channel, actor: Actor, target_id: int
) -> None:
    """Take one exception out of a channel. Raises `DiscordError` (10009) if there is none."""
    require_in(discord.world, channel, actor, Permission.MANAGE_ROLES)
    before = _find(channel, target_id)
    if before is None:
        raise DiscordError(ErrorKind.UNKNOWN_OVERWRITE)
    channel.overwrites = tuple(each for each in channel.overwrites if each.id != target_id)
    discord.tell(ChannelUpdated(channel))
    changes = tuple(change(side, _bits(getattr(before, side)), None) for side in _SIDES)
    record(
        discord,
        guild,
        AuditAction.CHANNEL_OVERWRITE_DELETE,
        actor,
        target_id=channel.id,
        changes=changes,
        options=_options(guild, before),
    )


def require_owned(
    discord: LocalDiscord, guild: Guild, channel: Channel, actor: Actor, overwrites: Iterable[Overwrite]
) -> None:
    """Refuse who may not manage roles in a channel, or allows or denies what they may not do themselves."""
    require_in(discord.world, channel, actor, Permission.MANAGE_ROLES)
    touched = 0
    for each in overwrites:
        before = _find(channel, each.id) or Overwrite(each.id, each.target)
        touched |= (each.allow ^ before.allow) | (each.deny ^ before.deny)
    if touched & ~discord.world.permissions_of(guild, actor.user_id):
        raise DiscordError(ErrorKind.MISSING_PERMISSIONS)


def _find(channel: Channel, target_id: int) -> Overwrite | None:
    return next((each for each in channel.overwrites if each.id == target_id), None)


def _options(guild: Guild, overwrite: Overwrite) -> JsonObject:
    """Tell whose exception it is, as the audit log does."""
    options: JsonObject = {"id": str(overwrite.id), "type": str(int(overwrite.target))}
    role = guild.roles.get(overwrite.id)
    return options if role is None else options | {"role_name": role.name}


def _bits(value: int | None) -> str | None:
    return None if value is None else str(int(value))
