"""Discord's own auto-moderation: what its rules do about a message.

Keyword rules match whole words, `*` at either end opens that end; patterns are read by RE2, which is
close to Rust for what people write. Mention-spam rules count unique mentions.
The other kinds are kept and never fire.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from simulator.deeds.actor import Actor
from simulator.deeds.audit import record
from simulator.forms.patterns import spans
from simulator.happenings import AutomodExecuted, MemberUpdated, MessageCreated
from simulator.local_discord import LocalDiscord
from simulator.permissions import Permission
from simulator.state.entities import AuditAction, Channel, Guild, Message, MessageType
from simulator.wire import JsonObject

KEYWORD, SPAM, KEYWORD_PRESET, MENTION_SPAM, MEMBER_PROFILE = 1, 3, 4, 5, 6
BLOCK_MESSAGE, SEND_ALERT, TIMEOUT, BLOCK_INTERACTION = 1, 2, 3, 4
_AUDITED = {
    BLOCK_MESSAGE: AuditAction.AUTO_MODERATION_BLOCK_MESSAGE,
    SEND_ALERT: AuditAction.AUTO_MODERATION_FLAG_TO_CHANNEL,
    TIMEOUT: AuditAction.AUTO_MODERATION_USER_COMMUNICATION_DISABLED,
}


@dataclass(frozen=True, slots=True)
class _Hit:
    """A rule that matched a message, on which keyword and words, and whether the message is stopped."""

    rule: JsonObject
    message: Message
    keyword: str
    words: str
    stops: bool


def blocks(discord: LocalDiscord, guild: Guild, channel: Channel, message: Message) -> bool:
    """Do what the guild's rules say about a message that is not there yet; tell whether it is blocked.

    Bots and who manages the guild are exempt, as with Discord.
    """
    if not guild.automod or discord.world.users[message.author_id].bot:
        return False
    if discord.world.permissions_of(guild, message.author_id) & Permission.MANAGE_GUILD:
        return False
    blocked = False
    for rule in list(guild.automod.values()):
        if not rule["enabled"] or _is_exempt(rule, guild, channel, message):
            continue
        found = matched(rule, message)
        if found is None:
            continue
        hit = _Hit(rule, message, *found, any(each["type"] == BLOCK_MESSAGE for each in rule["actions"]))
        for action in rule["actions"]:
            _carry_out(discord, guild, hit, action)
        blocked = blocked or hit.stops
    return blocked


def matched(rule: JsonObject, message: Message) -> tuple[str, str] | None:
    """Tell which keyword of the rule matched, and on which words. None if nothing did."""
    metadata = rule["trigger_metadata"]
    if rule["trigger_type"] == MENTION_SPAM:
        count = len(message.mentions.users) + len(message.mentions.roles)
        limit: int = metadata.get("mention_total_limit") or 0
        return ("", "") if count > limit else None
    if rule["trigger_type"] != KEYWORD:
        return None
    text = message.content
    allowed = [span for each in metadata.get("allow_list") or () for span in _keyword_spans(each, text)]
    rules = [
        *((each, _keyword_spans(each, text)) for each in metadata.get("keyword_filter") or ()),
        *((each, spans(each, text)) for each in metadata.get("regex_patterns") or ()),
    ]
    for keyword, found in rules:
        for start, end in found:
            if not any(first <= start and end <= last for first, last in allowed):
                return keyword, text[start:end]
    return None


def _keyword_spans(keyword: str, text: str) -> Iterator[tuple[int, int]]:
    return (match.span() for match in re.finditer(_keyword_pattern(keyword), text, re.IGNORECASE))


def _keyword_pattern(keyword: str) -> str:
    """Write a keyword with its wildcards as a pattern. A word ends where no letter or digit follows."""
    start = "" if keyword.startswith("*") else r"(?<!\w)"
    end = "" if keyword.endswith("*") else r"(?!\w)"
    return start + re.escape(keyword.strip("*")) + end


def _is_exempt(rule: JsonObject, guild: Guild, channel: Channel, message: Message) -> bool:
    roles = {str(each) for each in guild.members[message.author_id].roles}
    channels = {str(channel.id), str(channel.parent_id)}
    return bool(channels & set(rule["exempt_channels"])) or bool(roles & set(rule["exempt_roles"]))


def _carry_out(discord: LocalDiscord, guild: Guild, hit: _Hit, action: JsonObject) -> None:
    message, rule = hit.message, hit.rule
    data: JsonObject = {
        "guild_id": str(guild.id),
        "action": action,
        "rule_id": rule["id"],
        "rule_trigger_type": rule["trigger_type"],
        "user_id": str(message.author_id),
        "channel_id": str(message.channel_id),
        "content": message.content,
        "matched_keyword": hit.keyword or None,
        "matched_content": hit.words or None,
    }
    if not hit.stops:
        data["message_id"] = str(message.id)
    if action["type"] == TIMEOUT:
        _time_out(discord, guild, message.author_id, action["metadata"]["duration_seconds"])
    if action["type"] == SEND_ALERT:
        alert = _alert(discord, guild, hit, int(action["metadata"]["channel_id"]))
        if alert is not None:
            data["alert_system_message_id"] = str(alert.id)
    discord.tell(AutomodExecuted(guild.id, data))
    audited = _AUDITED.get(action["type"])
    if audited is not None:
        options = {
            "auto_moderation_rule_name": rule["name"],
            "auto_moderation_rule_trigger_type": str(rule["trigger_type"]),
            "channel_id": str(message.channel_id),
        }
        actor = Actor(message.author_id)
        record(discord, guild, audited, actor, target_id=message.author_id, options=options)


def _time_out(discord: LocalDiscord, guild: Guild, user_id: int, seconds: int) -> None:
    member = guild.members[user_id]
    member.timed_out_until = discord.clock.now().replace(microsecond=0) + timedelta(seconds=seconds)
    discord.tell(MemberUpdated(guild.id, member))


def _alert(discord: LocalDiscord, guild: Guild, hit: _Hit, channel_id: int) -> Message | None:
    """Write the alert into its channel, in the name of who is reported. None if the channel is gone."""
    if channel_id not in guild.channels:
        return None
    told = {
        "rule_name": hit.rule["name"],
        "channel_id": str(hit.message.channel_id),
        "decision_id": str(discord.snowflakes.make()),
        "keyword": hit.keyword,
        "keyword_matched_content": hit.words,
        "flagged_message_id": "" if hit.stops else str(hit.message.id),
    }
    embed: JsonObject = {
        "type": "auto_moderation_message",
        "description": hit.message.content,
        "fields": [{"name": name, "value": value, "inline": False} for name, value in told.items() if value],
    }
    alert = discord.world.post(
        Message(
            id=discord.snowflakes.make(),
            channel_id=channel_id,
            author_id=hit.message.author_id,
            created_at=discord.clock.now(),
            type=MessageType.AUTO_MODERATION_ACTION,
            embeds=[embed],
        )
    )
    discord.tell(MessageCreated(alert))
    return alert
