"""What events carry. Pure."""

from typing import Any

from simulator import happenings as hap
from simulator.gateway.admission import Ears
from simulator.gateway.ready import guild_create
from simulator.gateway.rules import Source
from simulator.gateway.stripping import without_content, without_matched_content
from simulator.payloads import audit, entities
from simulator.wire import JsonObject


def message(source: Source, happening: Any, _ears: Ears) -> JsonObject:  # noqa: ANN401 - any with a message
    """Write a whole message, also when it was only edited."""
    return source.messages.dispatched(happening.message)


def message_without_content(source: Source, payload: JsonObject) -> JsonObject:
    """Write a message for who may not read it."""
    return without_content(payload, source.bot_id, direct="guild_id" not in payload)


def deleted(_source: Source, happening: hap.MessagesDeleted, _ears: Ears) -> JsonObject:
    """Write which messages are gone: several at once as a list."""
    ids = [str(each) for each in happening.message_ids]
    which: JsonObject = {"ids": ids} if happening.bulk else {"id": ids[0]}
    return _with_guild(which | {"channel_id": str(happening.channel_id)}, happening.guild_id)


def typing(source: Source, happening: hap.TypingStarted, _ears: Ears) -> JsonObject:
    """Write who is writing; in a guild with their membership."""
    payload: JsonObject = {
        "channel_id": str(happening.channel_id),
        "user_id": str(happening.user_id),
        "timestamp": int(source.now().timestamp()),
    }
    guild = source.world.guilds.get(happening.guild_id or 0)
    if guild is not None and (member := guild.members.get(happening.user_id)) is not None:
        payload["member"] = entities.member(member)
    return _with_guild(payload, happening.guild_id)


def member(_source: Source, happening: Any, _ears: Ears) -> JsonObject:  # noqa: ANN401 - any with a member
    """Write a member with the guild."""
    return _with_guild(entities.member(happening.member), happening.guild_id)


def user(_source: Source, happening: Any, _ears: Ears) -> JsonObject:  # noqa: ANN401 - any with a user
    """Write a user with the guild they left, or are banned from, or are no longer."""
    return _with_guild({"user": entities.user(happening.user)}, happening.guild_id)


def role(_source: Source, happening: Any, _ears: Ears) -> JsonObject:  # noqa: ANN401 - any with a role
    """Write a role with the guild."""
    return _with_guild({"role": entities.role(happening.role)}, happening.guild_id)


def role_deleted(_source: Source, happening: hap.RoleDeleted, _ears: Ears) -> JsonObject:
    """Write which role is gone."""
    return _with_guild({"role_id": str(happening.role_id)}, happening.guild_id)


def channel(source: Source, happening: Any, _ears: Ears) -> JsonObject:  # noqa: ANN401 - any with a channel
    """Write a channel with the guild."""
    newest = source.world.newest_message_id(happening.channel.id)
    return entities.channel(happening.channel, last_message_id=newest)


def guild(_source: Source, happening: hap.GuildUpdated, _ears: Ears) -> JsonObject:
    """Write a guild's own record."""
    return entities.guild(happening.guild)


def whole_guild(source: Source, happening: hap.BotAdded, ears: Ears) -> JsonObject:
    """Write all of a guild that the bot came into."""
    return guild_create(source.world, happening.guild, ears)


def no_guild(_source: Source, happening: hap.BotRemoved, _ears: Ears) -> JsonObject:
    """Write which guild the bot is out of: not `unavailable`, which would be an outage."""
    return {"id": str(happening.guild.id)}


def entry(_source: Source, happening: hap.AuditEntryAdded, _ears: Ears) -> JsonObject:
    """Write a line of the audit log with the guild."""
    return _with_guild(audit.entry(happening.entry), happening.guild_id)


def automod_rule(_source: Source, happening: hap.AutomodRuleChanged, _ears: Ears) -> JsonObject:
    """Write one of Discord's own rules."""
    return happening.rule


def execution(_source: Source, happening: hap.AutomodExecuted, _ears: Ears) -> JsonObject:
    """Write what such a rule did."""
    return happening.data


def execution_without_content(_source: Source, payload: JsonObject) -> JsonObject:
    """Write what such a rule did, for who may not read messages."""
    return without_matched_content(payload)


def interaction(_source: Source, happening: hap.InteractionStarted, _ears: Ears) -> JsonObject:
    """Write an interaction as an endpoint would get it."""
    return happening.payload


def _with_guild(payload: JsonObject, guild_id: int | None) -> JsonObject:
    return payload if guild_id is None else payload | {"guild_id": str(guild_id)}
