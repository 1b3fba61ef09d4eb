"""Users, members, roles, channels and guilds as Discord writes them."""

from simulator.permissions import Overwrite
from simulator.state.entities import Ban, Channel, ChannelType, Guild, Member, Role, User
from simulator.wire import JsonObject, iso, iso_or_none

_PREMIUM_MEMBERS = 250_000
_AFK_SECONDS = 300


def user(account: User) -> JsonObject:
    """Write a user; `bot` stands there only for bots."""
    payload: JsonObject = {
        "id": str(account.id),
        "username": account.username,
        "global_name": account.global_name,
        "discriminator": "0",
        "avatar": None,
        "avatar_decoration_data": None,
        "banner": None,
        "accent_color": None,
        "collectibles": None,
        "primary_guild": None,
        "public_flags": 0,
        "flags": 0,
    }
    if account.bot:
        payload["bot"] = True
    return payload


def own_user(account: User) -> JsonObject:
    """Write the user that a token belongs to."""
    return user(account) | {
        "mfa_enabled": True,
        "verified": True,
        "locale": "en-US",
        "email": None,
    }


def partial_member(member: Member) -> JsonObject:
    """Write a member as it stands among resolved ones: without user, deaf and mute."""
    return {
        "nick": member.nick,
        "avatar": None,
        "banner": None,
        "avatar_decoration_data": None,
        "collectibles": None,
        "roles": [str(role_id) for role_id in member.roles],
        "joined_at": iso(member.joined_at),
        "premium_since": None,
        "pending": False,
        "flags": 0,
        "communication_disabled_until": iso_or_none(member.timed_out_until),
    }


def member(member: Member) -> JsonObject:
    """Write a member with the user and the state in voice."""
    return partial_member(member) | {"user": user(member.user), "deaf": False, "mute": False}


def role(role: Role) -> JsonObject:
    """Write a role; the tags tell which bot a managed one belongs to."""
    payload: JsonObject = {
        "id": str(role.id),
        "name": role.name,
        "permissions": str(int(role.permissions)),
        "position": role.position,
        "color": role.color,
        "colors": {"primary_color": role.color, "secondary_color": None, "tertiary_color": None},
        "hoist": role.hoist,
        "managed": role.bot_id is not None,
        "mentionable": role.mentionable,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }
    if role.bot_id is not None:
        payload["tags"] = {"bot_id": str(role.bot_id)}
    return payload


def channel(channel: Channel, *, last_message_id: int | None = None) -> JsonObject:
    """Write a channel of a guild."""
    payload: JsonObject = {
        "id": str(channel.id),
        "type": int(channel.type),
        "guild_id": str(channel.guild_id),
        "name": channel.name,
        "position": channel.position,
        "parent_id": None if channel.parent_id is None else str(channel.parent_id),
        "nsfw": False,
        "flags": 0,
        "permission_overwrites": [_overwrite(each) for each in channel.overwrites],
    }
    if channel.type is ChannelType.GUILD_TEXT:
        payload |= {
            "topic": channel.topic,
            "rate_limit_per_user": channel.slow_mode_seconds,
            "last_message_id": None if last_message_id is None else str(last_message_id),
            "last_pin_timestamp": None,
        }
    return payload


def direct_channel(channel: Channel, recipients: list[User], *, last_message_id: int | None) -> JsonObject:
    """Write direct messages as one of the two sees them: the other is the recipient."""
    return {
        "id": str(channel.id),
        "type": int(channel.type),
        "flags": 0,
        "last_message_id": None if last_message_id is None else str(last_message_id),
        "recipients": [user(each) for each in recipients],
    }


def ban(ban: Ban) -> JsonObject:
    """Write a ban."""
    return {"user": user(ban.user), "reason": ban.reason}


def incidents(guild: Guild) -> JsonObject:
    """Write what a guild has paused during a raid."""
    return {
        "invites_disabled_until": iso_or_none(guild.incidents.invites_disabled_until),
        "dms_disabled_until": iso_or_none(guild.incidents.dms_disabled_until),
    }


def guild(guild: Guild) -> JsonObject:
    """Write a guild with its roles, as GET /guilds/{guild.id} does."""
    return {
        "id": str(guild.id),
        "name": guild.name,
        "owner_id": str(guild.owner_id),
        "icon": None,
        "description": None,
        "home_header": None,
        "splash": None,
        "discovery_splash": None,
        "banner": None,
        "features": list(guild.features),
        "application_id": None,
        "region": "deprecated",
        "afk_channel_id": None,
        "afk_timeout": _AFK_SECONDS,
        "system_channel_id": None if guild.system_channel_id is None else str(guild.system_channel_id),
        "system_channel_flags": 0,
        "widget_enabled": False,
        "widget_channel_id": None,
        "verification_level": 1,
        "default_message_notifications": 1,
        "explicit_content_filter": 2,
        "mfa_level": 0,
        "max_presences": None,
        "max_members": _PREMIUM_MEMBERS,
        "max_video_channel_users": 25,
        "max_stage_video_channel_users": 50,
        "vanity_url_code": None,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "premium_progress_bar_enabled": False,
        "preferred_locale": guild.locale,
        "rules_channel_id": None,
        "public_updates_channel_id": None,
        "safety_alerts_channel_id": None,
        "nsfw": False,
        "nsfw_level": 0,
        "emojis": [],
        "stickers": [],
        "incidents_data": incidents(guild) if _any_paused(guild) else None,
        "roles": [role(each) for each in guild.roles.values()],
    }


def _any_paused(guild: Guild) -> bool:
    paused = guild.incidents
    return paused.invites_disabled_until is not None or paused.dms_disabled_until is not None


def _overwrite(overwrite: Overwrite) -> JsonObject:
    return {
        "id": str(overwrite.id),
        "type": int(overwrite.target),
        "allow": str(int(overwrite.allow)),
        "deny": str(int(overwrite.deny)),
    }
