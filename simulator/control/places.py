"""How the control API writes guilds and channels: as one person sees them, and as they are."""

from simulator.control import shapes, views
from simulator.local_discord import LocalDiscord
from simulator.permissions import Permission
from simulator.snowflakes import instant_of
from simulator.state.entities import AuditEntry, Channel, Guild, Incidents, Member, User
from simulator.state.raids import Raid
from simulator.state.world import World, is_text
from simulator.wire import iso, iso_or_none


def state(discord: LocalDiscord) -> shapes.State:
    """Write the whole world."""
    world = discord.world
    guilds = list(world.guilds.values())
    return {
        "epoch": world.epoch,
        "revision": world.revision,
        "now": iso(discord.clock.now()),
        "guilds": [whole_guild(world, each) for each in guilds],
        "people": [views.person(world, each, member) for each in guilds for member in each.members.values()],
        "everybody": [views.account(world, each) for each in world.users.values()],
        "dms": [
            {"channel_id": str(each.id), "user_ids": [str(one) for one in each.recipients]}
            for each in world.channels.values()
            if each.guild_id is None
        ],
        "messages": [
            views.message(discord, each)
            for channel_id in world.channels
            for each in world.messages(channel_id)
        ],
        "application": views.application(discord),
        "commands": [each for scope in world.commands.values() for each in scope],
    }


def directory(discord: LocalDiscord, one: Guild, viewer: Member) -> shapes.Directory:
    """Write what stands around the messages: only channels the viewer sees, and who is there."""
    world = discord.world
    user_id = viewer.user.id
    return {
        "epoch": world.epoch,
        "now": iso(discord.clock.now()),
        "commands_revision": world.commands_revision,
        "application": views.application(discord),
        "guilds": [{"id": str(each.id), "name": each.name} for each in world.guilds_of(user_id)],
        "dms": [direct(world, each, viewer.user, one) for each in world.direct_channels(user_id)],
        "guild": guild(world, one, user_id),
        "viewer": views.person(world, one, viewer),
        "people": [views.person(world, one, each) for each in one.members.values()],
        "everybody": [views.account(world, each) for each in world.users.values()],
        "commands": world.commands_in(one.id) if world.bot.id in one.members else [],
        "raid": None if (last := discord.raids.get(one.id)) is None else raid(last),
    }


def raid(raid: Raid) -> shapes.Raid:
    """Write how far a raid has got."""
    return {
        "guild_id": str(raid.guild_id),
        "channel_id": str(raid.channel_id),
        "accounts": raid.accounts,
        "seconds": raid.seconds,
        "posts": raid.posts,
        "joined": raid.joined,
        "turned_away": raid.turned_away,
        "posted": raid.posted,
        "greeted": raid.greeted,
        "silenced": raid.silenced,
        "running": raid.is_running,
        "stopped": raid.is_stopped,
    }


def direct(world: World, channel: Channel, viewer: User, guild: Guild | None = None) -> shapes.Direct:
    """Write direct messages as one of the two sees them."""
    other = next(each for each in channel.recipients if each != viewer.id)
    return {
        "channel_id": str(channel.id),
        "person": views.person_anywhere(world, world.users[other], guild),
    }


def guild(world: World, guild: Guild, user_id: int) -> shapes.Guild:
    """Write a guild as one person sees it."""
    return {
        "id": str(guild.id),
        "name": guild.name,
        "owner_id": str(guild.owner_id),
        "locale": guild.locale,
        "has_bot": world.application.id in guild.members,
        "channels": _seen_channels(world, guild, user_id),
        "roles": [views.role(each) for each in guild.roles.values()],
    }


def whole_guild(world: World, guild: Guild) -> shapes.WholeGuild:
    """Write a guild with everything in it."""
    return {
        "id": str(guild.id),
        "name": guild.name,
        "owner_id": str(guild.owner_id),
        "locale": guild.locale,
        "has_bot": world.application.id in guild.members,
        "channels": [_whole_channel(each) for each in guild.channels.values()],
        "roles": [views.role(each) for each in guild.roles.values()],
        "bans": [
            {"user_id": str(each.user.id), "name": each.user.display_name, "reason": each.reason}
            for each in guild.bans.values()
        ],
        "audit_log": [_audit_entry(each) for each in guild.audit_log],
        "incidents": _incidents(guild.incidents),
        "automod_rules": list(guild.automod.values()),
    }


def _seen_channels(world: World, guild: Guild, user_id: int) -> list[shapes.Channel]:
    """Write the channels somebody sees, and the categories that one of these stands in."""
    allowed = {each.id: world.may_in(each, user_id) for each in guild.channels.values()}
    seen = [each for each in guild.channels.values() if allowed[each.id] & Permission.VIEW_CHANNEL]
    used = {each.parent_id for each in seen if is_text(each)}
    return [
        {
            "id": str(each.id),
            "name": each.name,
            "type": int(each.type),
            "topic": each.topic,
            "position": each.position,
            "parent_id": None if each.parent_id is None else str(each.parent_id),
            "slow_mode_seconds": each.slow_mode_seconds,
            "can_write": is_text(each) and bool(allowed[each.id] & Permission.SEND_MESSAGES),
        }
        for each in seen
        if is_text(each) or each.id in used
    ]


def _whole_channel(channel: Channel) -> shapes.WholeChannel:
    return {
        "id": str(channel.id),
        "name": channel.name,
        "type": int(channel.type),
        "topic": channel.topic,
        "position": channel.position,
        "parent_id": None if channel.parent_id is None else str(channel.parent_id),
        "slow_mode_seconds": channel.slow_mode_seconds,
        "overwrites": [
            {
                "id": str(each.id),
                "type": int(each.target),
                "allow": str(int(each.allow)),
                "deny": str(int(each.deny)),
            }
            for each in channel.overwrites
        ],
    }


def _audit_entry(entry: AuditEntry) -> shapes.AuditEntry:
    return {
        "id": str(entry.id),
        "action": int(entry.action),
        "action_name": entry.action.name,
        "user_id": None if entry.actor_id is None else str(entry.actor_id),
        "target_id": None if entry.target_id is None else str(entry.target_id),
        "reason": entry.reason,
        "changes": list(entry.changes),
        "options": entry.options,
        "created_at": iso(instant_of(entry.id)),
    }


def _incidents(incidents: Incidents) -> shapes.Incidents:
    return {
        "invites_disabled_until": iso_or_none(incidents.invites_disabled_until),
        "dms_disabled_until": iso_or_none(incidents.dms_disabled_until),
    }
