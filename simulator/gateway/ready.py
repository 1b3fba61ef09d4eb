"""The payloads by which a session gets to know where it is: READY and GUILD_CREATE. Pure."""

from simulator.gateway.admission import Ears
from simulator.gateway.intents import Intent, application_flags
from simulator.payloads import entities
from simulator.state.entities import Guild, User
from simulator.state.world import World
from simulator.wire import JsonObject, iso

_MOST_MEMBERS_LISTED = 75_000  # Discord: of a larger guild only the bot itself


def ready(world: World, ears: Ears, session_id: str, resume_url: str) -> JsonObject:
    """Write READY: who the bot is, and which guilds of this shard are about to follow."""
    return {
        "v": 10,
        "user_settings": {},
        "user": entities.own_user(world.bot),
        "session_type": "normal",
        "session_id": session_id,
        "resume_gateway_url": resume_url,
        "relationships": [],
        "private_channels": [],
        "presences": [],
        "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds_of(world, ears)],
        "guild_join_requests": [],
        "geo_ordered_rtc_regions": [],
        "auth": {},
        "shard": [ears.shard_id, ears.shard_count],
        "application": {
            "id": str(world.application.id),
            "flags": application_flags(world.application.disallowed_intents),
        },
    }


def guilds_of(world: World, ears: Ears) -> list[Guild]:
    """Tell the bot's guilds that belong to a shard."""
    return [guild for guild in world.bot_guilds() if ears.in_shard(guild.id)]


def guild_create(world: World, guild: Guild, ears: Ears) -> JsonObject:
    """Write all of a guild. Only who hears presences gets the list of members; others just the bot."""
    bot = guild.members[world.application.id]
    lists_all = bool(ears.intents & Intent.GUILD_PRESENCES) and len(guild.members) <= _MOST_MEMBERS_LISTED
    listed = list(guild.members.values()) if lists_all else [bot]
    return entities.guild(guild) | {
        "joined_at": iso(bot.joined_at),
        "large": len(guild.members) > ears.large_threshold,
        "unavailable": False,
        "member_count": len(guild.members),
        "members": [entities.member(each) for each in listed],
        "channels": [_channel(world, guild, channel_id) for channel_id in guild.channels],
        "threads": [],
        "presences": [presence(each.user) for each in listed] if lists_all else [],
        "voice_states": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def presence(user: User) -> JsonObject:
    """Write that somebody is online, as everybody here always is."""
    return {
        "user": {"id": str(user.id)},
        "status": "online",
        "activities": [],
        "client_status": {"desktop": "online"},
    }


def _channel(world: World, guild: Guild, channel_id: int) -> JsonObject:
    """Write a channel as it stands inside its guild: without the guild's id."""
    newest = world.newest_message_id(channel_id)
    payload = entities.channel(guild.channels[channel_id], last_message_id=newest)
    del payload["guild_id"]
    return payload
