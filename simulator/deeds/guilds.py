"""Guilds appear and change, pause what a raid uses, and the bot comes and goes."""

from datetime import datetime, timedelta

from simulator.deeds.actor import Actor, require
from simulator.deeds.audit import change, record
from simulator.errors import DiscordError, ErrorKind
from simulator.forms.tree import leaf
from simulator.happenings import (
    BotAdded,
    GuildAppeared,
    GuildUpdated,
    RoleUpdated,
)
from simulator.local_discord import LocalDiscord
from simulator.permissions import Permission
from simulator.state.entities import AuditAction, Channel, Guild, Incidents, Member, Role, User
from simulator.wire import JsonObject

_LONGEST_PAUSE = timedelta(hours=24)  # Discord: incident actions
_EVERYONE = (
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.CHANGE_NICKNAME
)
INVITED_WITH = (
    _EVERYONE
    | Permission.KICK_MEMBERS
    | Permission.BAN_MEMBERS
    | Permission.MODERATE_MEMBERS
    | Permission.MANAGE_MESSAGES
    | Permission.MANAGE_ROLES
    | Permission.MANAGE_GUILD
    | Permission.MANAGE_CHANNELS
    | Permission.VIEW_AUDIT_LOG
)
"""What the bot's own role may do where nobody has chosen otherwise."""
_WRITTEN = {
    "name": "name",
    "locale": "preferred_locale",
    "features": "features",
    "system_channel_id": "system_channel_id",
}
"""What can be changed about a guild, and what the audit log calls it."""


def create_guild(discord: LocalDiscord, name: str, owner: User, *, bot: bool) -> Guild:
    """Make a guild with one channel, its owner in it, and the bot if wanted."""
    guild_id = discord.snowflakes.make()
    channel = Channel(discord.snowflakes.make(), guild_id, "general", 0)
    guild = Guild(
        id=guild_id,
        name=name,
        owner_id=owner.id,
        roles={guild_id: Role(guild_id, "@everyone", 0, _EVERYONE)},
        channels={channel.id: channel},
        members={owner.id: Member(owner, discord.clock.now())},
        system_channel_id=channel.id,
    )
    discord.world.add_guild(guild)
    discord.tell(GuildAppeared(guild))
    if bot:
        add_bot(discord, guild, Actor(owner.id))
    return guild


def add_bot(discord: LocalDiscord, guild: Guild, actor: Actor, permissions: int = int(INVITED_WITH)) -> None:
    """Bring the bot into a guild with a managed role of its own; where it is already, that role changes."""
    bot = discord.bot
    require(discord.world, guild, actor, Permission.MANAGE_GUILD)
    if bot.id in guild.bans:
        raise DiscordError(ErrorKind.USER_BANNED)
    if bot.id in guild.members:
        for role in guild.roles.values():
            if role.bot_id == bot.id and role.permissions != permissions:
                role.permissions = permissions
                discord.tell(RoleUpdated(guild.id, role))
        return
    top = max(role.position for role in guild.roles.values())
    role = Role(discord.snowflakes.make(), bot.display_name, top + 1, permissions, bot_id=bot.id)
    guild.roles[role.id] = role
    guild.members[bot.id] = Member(bot, discord.clock.now(), (role.id,))
    discord.tell(BotAdded(guild))
    record(discord, guild, AuditAction.BOT_ADD, actor, target_id=bot.id)


def change_guild(discord: LocalDiscord, guild: Guild, actor: Actor, wanted: JsonObject) -> Guild:
    """Change a guild's record: any of `name`, `locale`, `features`, `system_channel_id`."""
    require(discord.world, guild, actor, Permission.MANAGE_GUILD)
    changes = []
    for key, written in _WRITTEN.items():
        before = getattr(guild, key)
        if key in wanted and wanted[key] != before:
            setattr(guild, key, wanted[key])
            changes.append(change(written, _told(before), _told(wanted[key])))
    if changes:
        discord.tell(GuildUpdated(guild))
        record(discord, guild, AuditAction.GUILD_UPDATE, actor, target_id=guild.id, changes=tuple(changes))
    return guild


def pause(discord: LocalDiscord, guild: Guild, actor: Actor, wanted: dict[str, datetime | None]) -> None:
    """Pause invites or direct messages until an instant, or (None) let them go on.

    Raises:
        DiscordError: 50013 without Manage Server, 50035 for more than 24 hours.
    """
    require(discord.world, guild, actor, Permission.MANAGE_GUILD)
    limit = discord.clock.now() + _LONGEST_PAUSE + timedelta(minutes=1)
    errors = {
        name: leaf("INCIDENT_ACTION_TOO_LONG", "Must be at most 24 hours in the future.")
        for name, until in wanted.items()
        if until is not None and until > limit
    }
    if errors:
        raise DiscordError(ErrorKind.INVALID_FORM, errors)
    paused = guild.incidents
    guild.incidents = Incidents(
        wanted.get("invites_disabled_until", paused.invites_disabled_until),
        wanted.get("dms_disabled_until", paused.dms_disabled_until),
    )
    discord.tell(GuildUpdated(guild))


def _told(value: object) -> object:
    """Write a field's value as the audit log does: ids as strings."""
    if isinstance(value, tuple):
        return list(value)
    return str(value) if isinstance(value, int) else value
