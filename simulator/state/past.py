"""What the demo guild's staff did before the start: bans, kicks, a timeout, a rule, and the log of it."""

from dataclasses import replace
from datetime import datetime, timedelta

from simulator.snowflakes import first_id_at
from simulator.state import strangers
from simulator.state.entities import AuditAction, AuditEntry, Ban, Guild, User
from simulator.state.talk.lines import Conversation
from simulator.state.world import World
from simulator.wire import JsonObject, iso

BANNED = 1290337710023319572
RULE_ID = 1290342218862202900

_SCAM = "The same scam link in three channels within a minute"
_LOUD = "The same stream link, six times, after being asked twice"
_TIMED_OUT_AGO = timedelta(minutes=237)
_TIMED_OUT_FOR = timedelta(minutes=541)


def happen(world: World, guild: Guild, now: datetime) -> tuple[Conversation, ...]:
    """Leave the guild as its staff has left it; gives what strangers wrote there, and who spoke of them."""
    ids = {member.user.username: member.user.id for member in guild.members.values()}
    banned = User(BANNED, "claim.airdrop_now", "Airdrop Support")
    world.users[BANNED] = banned
    guild.bans[BANNED] = Ban(banned, _SCAM)
    until = (now - _TIMED_OUT_AGO + _TIMED_OUT_FOR).replace(microsecond=0)
    guild.members[ids["diego_builds"]].timed_out_until = until
    guild.automod[RULE_ID] = _rule(guild, ids["tomasz.z"])
    visited = strangers.visit(world, guild, ids, now)
    entries = sorted((*_entries(guild, ids, until), *visited.entries), key=lambda each: -each[0])
    for place, (minutes, entry) in enumerate(entries):
        entry_id = first_id_at(now - timedelta(minutes=minutes)) | (1 << 20) | place
        guild.audit_log.append(replace(entry, id=entry_id))
    return visited.talk


def _rule(guild: Guild, creator_id: int) -> JsonObject:
    """Write a rule that blocks one phrase, and does nothing to who writes it."""
    custom = "This phrase is only seen in scams here. Write it another way if you meant it."
    return {
        "id": str(RULE_ID),
        "guild_id": str(guild.id),
        "name": "Airdrop scams",
        "creator_id": str(creator_id),
        "event_type": 1,
        "trigger_type": 1,
        "trigger_metadata": {
            "keyword_filter": ["claim your airdrop*"],
            "regex_patterns": [],
            "allow_list": [],
        },
        "actions": [{"type": 1, "metadata": {"custom_message": custom}}],
        "enabled": True,
        "exempt_roles": [],
        "exempt_channels": [],
    }


def _entries(guild: Guild, ids: dict[str, int], until: datetime) -> tuple[tuple[int, AuditEntry], ...]:
    """Write the log, oldest first: how many minutes ago, and what."""
    roles = {role.name: role.id for role in guild.roles.values()}
    channels = {channel.name: channel.id for channel in guild.channels.values()}
    helper = {"id": str(roles["Helper"]), "name": "Helper"}
    timeout = {"key": "communication_disabled_until", "new_value": iso(until)}
    topic = {
        "key": "topic",
        "old_value": "Ask away.",
        "new_value": "One question at a time, with the code and the error.",
    }
    slow_mode = {"key": "rate_limit_per_user", "old_value": 0, "new_value": 30}
    made = ({"key": "name", "new_value": "showcase"}, {"key": "type", "new_value": 0})
    in_general = {"channel_id": str(channels["general"]), "count": "1"}

    def did(
        who: str,
        action: AuditAction,
        target_id: int,
        reason: str | None = None,
        *,
        changes: tuple[JsonObject, ...] = (),
        options: JsonObject | None = None,
    ) -> AuditEntry:
        return AuditEntry(0, action, ids[who], target_id, reason, changes, options)

    return (
        (
            2870,
            did(
                "priya",
                AuditAction.MEMBER_ROLE_UPDATE,
                ids["linh.ng"],
                "Answers half of #help anyway",
                changes=({"key": "$add", "new_value": [helper]},),
            ),
        ),
        (2680, did("tomasz.z", AuditAction.CHANNEL_UPDATE, channels["help"], changes=(topic,))),
        (2083, did("kwame", AuditAction.MEMBER_BAN_ADD, BANNED, _SCAM)),
        (2077, did("tomasz.z", AuditAction.AUTO_MODERATION_RULE_CREATE, RULE_ID)),
        (1661, did("tomasz.z", AuditAction.CHANNEL_CREATE, channels["showcase"], changes=made)),
        (1660, did("tomasz.z", AuditAction.CHANNEL_UPDATE, channels["showcase"], changes=(slow_mode,))),
        (
            1302,
            did(
                "kwame",
                AuditAction.MESSAGE_DELETE,
                ids["diego_builds"],
                "The same link again",
                options=in_general,
            ),
        ),
        (237, did("leilani.k", AuditAction.MEMBER_UPDATE, ids["diego_builds"], _LOUD, changes=(timeout,))),
    )
