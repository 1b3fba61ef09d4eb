"""Channels are made, changed and removed; direct messages are opened."""

from simulator.deeds.actor import Actor, require, require_in
from simulator.deeds.audit import change, record
from simulator.deeds.overwrites import require_owned
from simulator.errors import DiscordError, ErrorKind
from simulator.happenings import ChannelCreated, ChannelDeleted, ChannelUpdated
from simulator.local_discord import LocalDiscord
from simulator.permissions import Permission, union
from simulator.state.entities import AuditAction, Channel, ChannelType, Guild
from simulator.wire import JsonObject

_WRITTEN = {
    "name": "name",
    "topic": "topic",
    "position": "position",
    "parent_id": "parent_id",
    "rate_limit_per_user": "slow_mode_seconds",
    "overwrites": "overwrites",
}
"""Discord's fields that can be changed, and what they are called here."""
_QUIET = ("overwrites", "parent_id")


def channel_of(discord: LocalDiscord, channel_id: int) -> Channel:
    """Find a channel of any kind. Raises `DiscordError` (10003) if there is none."""
    channel = discord.world.channels.get(channel_id)
    if channel is None:
        raise DiscordError(ErrorKind.UNKNOWN_CHANNEL)
    return channel


def create_channel(discord: LocalDiscord, guild: Guild, actor: Actor, wanted: JsonObject) -> Channel:
    """Make a text channel or a category, last among its like unless a position is wanted."""
    require(discord.world, guild, actor, Permission.MANAGE_CHANNELS)
    overwrites = wanted.get("overwrites") or ()
    touched = union(each.allow | each.deny for each in overwrites)
    require(discord.world, guild, actor, Permission(touched))
    position = wanted.get("position")
    channel = Channel(
        id=discord.snowflakes.make(),
        guild_id=guild.id,
        name=wanted["name"],
        position=len(guild.channels) if position is None else position,
        topic=wanted.get("topic"),
        overwrites=overwrites,
        type=ChannelType(wanted.get("type") or 0),
        parent_id=wanted.get("parent_id"),
        slow_mode_seconds=wanted.get("rate_limit_per_user") or 0,
    )
    discord.world.add_channel(channel)
    discord.tell(ChannelCreated(channel))
    changes = (change("name", None, channel.name), change("type", None, int(channel.type)))
    record(discord, guild, AuditAction.CHANNEL_CREATE, actor, target_id=channel.id, changes=changes)
    return channel


def change_channel(
    discord: LocalDiscord, guild: Guild, channel: Channel, actor: Actor, wanted: JsonObject
) -> Channel:
    """Change a channel; only the fields named in `wanted`. Overwrites need Manage Roles as well."""
    require_in(discord.world, channel, actor, Permission.MANAGE_CHANNELS)
    if "overwrites" in wanted:
        require_owned(discord, guild, channel, actor, wanted["overwrites"])
    before = {key: getattr(channel, name) for key, name in _WRITTEN.items()}
    changed = [key for key in _WRITTEN if key in wanted and wanted[key] != before[key]]
    for key in changed:
        setattr(channel, _WRITTEN[key], wanted[key])
    if changed:
        discord.tell(ChannelUpdated(channel))
        changes = tuple(change(key, before[key], wanted[key]) for key in changed if key not in _QUIET)
        record(discord, guild, AuditAction.CHANNEL_UPDATE, actor, target_id=channel.id, changes=changes)
    return channel


def delete_channel(discord: LocalDiscord, guild: Guild, channel: Channel, actor: Actor) -> None:
    """Remove a channel and all that was said there. What stood in a category stands on its own then."""
    require_in(discord.world, channel, actor, Permission.MANAGE_CHANNELS)
    discord.world.remove_channel(channel)
    for other in guild.channels.values():
        if other.parent_id == channel.id:
            other.parent_id = None
            discord.tell(ChannelUpdated(other))
    if guild.system_channel_id == channel.id:
        guild.system_channel_id = None
    discord.tell(ChannelDeleted(channel))
    changes = (change("name", channel.name, None),)
    record(discord, guild, AuditAction.CHANNEL_DELETE, actor, target_id=channel.id, changes=changes)


def open_direct(discord: LocalDiscord, one: int, other: int) -> Channel:
    """Give the direct messages of two, opening them at the first time.

    Raises:
        DiscordError: 50033 for an unknown person, 50007 for a bot or oneself.
    """
    world = discord.world
    recipient = world.users.get(other)
    if recipient is None:
        raise DiscordError(ErrorKind.INVALID_RECIPIENT)
    if one == other or (recipient.bot and world.users[one].bot):
        raise DiscordError(ErrorKind.CANNOT_MESSAGE_USER)
    known = world.find_direct_channel(one, other)
    if known is not None:
        return known
    channel = Channel(
        id=discord.snowflakes.make(),
        guild_id=None,
        name="",
        position=0,
        type=ChannelType.DM,
        recipients=(one, other),
    )
    world.add_channel(channel)
    discord.tell(ChannelCreated(channel))
    return channel


def require_can_message(discord: LocalDiscord, channel: Channel, author_id: int) -> None:
    """Refuse a direct message that would not arrive.

    Raises:
        DiscordError: 50278 without a guild in common, 50007 for who takes no direct messages.
    """
    world = discord.world
    for other in channel.recipients:
        if other == author_id:
            continue
        if not any(other in guild.members for guild in world.guilds_of(author_id)):
            raise DiscordError(ErrorKind.NO_MUTUAL_GUILD)
        if not world.users[other].accepts_dms:
            raise DiscordError(ErrorKind.CANNOT_MESSAGE_USER)
