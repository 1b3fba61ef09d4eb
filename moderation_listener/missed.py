"""What was missed, and where it can be read again. Pure; knows no client library."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from app.automod.compiled import GuildRules
from app.automod.observation import Kind
from app.automod.observing import as_id, as_instant
from app.discord.effective import Overwrite, in_channel
from app.discord.permissions import Permission
from app.discord.port import DiscordGuild, DiscordMember, DiscordRole
from app.ids import snowflake_time

WINDOW: Final = timedelta(minutes=10)
"""What was written longer ago is not read again."""

OVERLAP: Final = timedelta(seconds=30)
"""By so much more is read than was missed: channels do not tell in one order, and clocks differ."""

_WITH_TEXT: Final = frozenset({0, 2, 5, 10, 11, 12, 13})
"""Discord's types of channels with messages: text, voice, announcements, threads of three kinds, stage."""

_NEEDED: Final = int(Permission.VIEW_CHANNEL | Permission.READ_MESSAGE_HISTORY)
_MESSAGES: Final = frozenset({Kind.MESSAGE, Kind.EDIT})


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel with messages that the bot can read.

    Attributes:
        channel_id: Which.
        parent_id: The channel a thread belongs to, None of others.
        last_at: When the last message was written there.
    """

    channel_id: int
    parent_id: int | None
    last_at: datetime


def channels_of(payload: Mapping[str, Any], own_id: int | None, now: datetime) -> tuple[Channel, ...]:
    """List the channels and active threads of a guild that have messages and that the bot can read.

    Args:
        payload: As GUILD_CREATE tells it, which tells of members at least the bot.
        own_id: The bot's own user.
        now: For a time-out of the bot's.
    """
    guild, me = _guild(payload), _own_member(payload, own_id)
    if guild is None:
        return ()
    overwrites = {each.get("id"): _overwrites(each) for each in payload.get("channels") or ()}
    found = []
    for each in (*(payload.get("channels") or ()), *(payload.get("threads") or ())):
        channel_id, last_id = as_id(each.get("id")), as_id(each.get("last_message_id"))
        if channel_id is None or last_id is None or each.get("type") not in _WITH_TEXT:
            continue
        is_thread = each.get("id") not in overwrites
        asked = overwrites.get(each.get("parent_id"), ()) if is_thread else overwrites[each["id"]]
        # Of whom we do not know what the bot may, Discord itself is asked.
        if me is None or in_channel(guild, me, asked, now, is_thread=is_thread) & _NEEDED == _NEEDED:
            parent_id = as_id(each.get("parent_id")) if is_thread else None
            found.append(Channel(channel_id, parent_id, snowflake_time(last_id)))
    return tuple(found)


def to_read(channels: Iterable[Channel], rules: GuildRules, since: datetime) -> list[Channel]:
    """List the channels in which something was written since then that a rule may be for."""
    asked = [each.rule.conditions for each in rules.rules if not _MESSAGES.isdisjoint(each.trigger.kinds)]

    def is_asked(channel: Channel) -> bool:
        places = {channel.channel_id, channel.parent_id}
        return any(
            (not each.channels_only or not each.channels_only.isdisjoint(places))
            and each.channels_except.isdisjoint(places)
            for each in asked
        )

    return [each for each in channels if each.last_at >= since and is_asked(each)]


def as_told(
    message: Mapping[str, Any], guild_id: int, member: Mapping[str, Any] | None, since: datetime
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Give the events in which the gateway would have told a message since then: new, changed, or both."""
    payload = {**message, "guild_id": str(guild_id)}
    if member is not None:
        payload["member"] = member
    message_id, edited_at = as_id(message.get("id")), as_instant(message.get("edited_timestamp"))
    if message_id is not None and snowflake_time(message_id) >= since:
        yield "MESSAGE_CREATE", payload
    if edited_at is not None and edited_at >= since:
        yield "MESSAGE_UPDATE", payload


def _guild(payload: Mapping[str, Any]) -> DiscordGuild | None:
    guild_id, owner_id = as_id(payload.get("id")), as_id(payload.get("owner_id"))
    if guild_id is None or owner_id is None:
        return None
    roles = {}
    for each in payload.get("roles") or ():
        role_id = as_id(each.get("id"))
        if role_id is not None:
            roles[role_id] = DiscordRole(role_id, "", 0, _bits(each.get("permissions")), is_managed=False)
    return DiscordGuild(guild_id, "", owner_id, roles)


def _own_member(payload: Mapping[str, Any], own_id: int | None) -> DiscordMember | None:
    for each in payload.get("members") or ():
        user = each.get("user") or {}
        if own_id is not None and as_id(user.get("id")) == own_id:
            return DiscordMember(
                guild_id=int(payload["id"]),
                user_id=own_id,
                username="",
                is_bot=True,
                role_ids=frozenset(filter(None, map(as_id, each.get("roles") or ()))),
                timed_out_until=as_instant(each.get("communication_disabled_until")),
            )
    return None


def _overwrites(channel: Mapping[str, Any]) -> tuple[Overwrite, ...]:
    return tuple(
        Overwrite(target_id, each.get("type") == 0, _bits(each.get("allow")), _bits(each.get("deny")))
        for each in channel.get("permission_overwrites") or ()
        if (target_id := as_id(each.get("id"))) is not None
    )


def _bits(value: object) -> int:
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else 0
