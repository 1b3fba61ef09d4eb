"""What events carry. Pure."""

from typing import Any

from simulator import happenings as hap
from simulator.gateway.admission import Ears
from simulator.gateway.ready import guild_create
from simulator.gateway.rules import Scene
from simulator.gateway.stripping import without_content, without_matched_content
from simulator.payloads import audit, entities
from simulator.wire import JsonObject


def message(scene: Scene, happening: Any, _ears: Ears) -> JsonObject:  # noqa: ANN401 - any with a message
    return scene.messages.dispatched(happening.message)


def message_without_content(scene: Scene, payload: JsonObject) -> JsonObject:
    return without_content(payload, scene.bot_id, direct="guild_id" not in payload)


def execution_without_content(_scene: Scene, payload: JsonObject) -> JsonObject:
    return without_matched_content(payload)


def deleted(_scene: Scene, happening: hap.MessagesDeleted, _ears: Ears) -> JsonObject:
    ids = [str(each) for each in happening.message_ids]
    which: JsonObject = {"ids": ids} if happening.bulk else {"id": ids[0]}
    return _with_guild(which | {"channel_id": str(happening.channel_id)}, happening.guild_id)


def typing(scene: Scene, happening: hap.TypingStarted, _ears: Ears) -> JsonObject:
    payload: JsonObject = {
        "channel_id": str(happening.channel_id),
        "user_id": str(happening.user_id),
        "timestamp": int(scene.now().timestamp()),
    }
    guild = scene.world.guilds.get(happening.guild_id or 0)
    if guild is not None and (member := guild.members.get(happening.user_id)) is not None:
        payload["member"] = entities.member(member)
    return _with_guild(payload, happening.guild_id)


def member(_scene: Scene, happening: Any, _ears: Ears) -> JsonObject:  # noqa: ANN401 - any with a member
    return _with_guild(entities.member(happening.member), happening.guild_id)


def user(_scene: Scene, happening: Any, _ears: Ears) -> JsonObject:  # noqa: ANN401 - any with a user
    return _with_guild({"user": entities.user(happening.user)}, happening.guild_id)


def role(_scene: Scene, happening: Any, _ears: Ears) -> JsonObject:  # noqa: ANN401 - any with a role
    return _with_guild({"role": entities.role(happening.role)}, happening.guild_id)


def role_deleted(_scene: Scene, happening: hap.RoleDeleted, _ears: Ears) -> JsonObject:
    return _with_guild({"role_id": str(happening.role_id)}, happening.guild_id)


def channel(scene: Scene, happening: Any, _ears: Ears) -> JsonObject:  # noqa: ANN401 - any with a channel
    newest = scene.world.newest_message_id(happening.channel.id)
    return entities.channel(happening.channel, last_message_id=newest)


def guild(_scene: Scene, happening: hap.GuildUpdated, _ears: Ears) -> JsonObject:
    return entities.guild(happening.guild)


def whole_guild(scene: Scene, happening: hap.BotAdded, ears: Ears) -> JsonObject:
    return guild_create(scene.world, happening.guild, ears)


def no_guild(_scene: Scene, happening: hap.BotRemoved, _ears: Ears) -> JsonObject:
    return {"id": str(happening.guild.id)}


def entry(_scene: Scene, happening: hap.AuditEntryAdded, _ears: Ears) -> JsonObject:
    return _with_guild(audit.entry(happening.entry), happening.guild_id)


def automod_rule(_scene: Scene, happening: hap.AutomodRuleChanged, _ears: Ears) -> JsonObject:
    return happening.rule


def execution(_scene: Scene, happening: hap.AutomodExecuted, _ears: Ears) -> JsonObject:
    return happening.data


def interaction(_scene: Scene, happening: hap.InteractionStarted, _ears: Ears) -> JsonObject:
    return happening.payload


def _with_guild(payload: JsonObject, guild_id: int | None) -> JsonObject:
    return payload if guild_id is None else payload | {"guild_id": str(guild_id)}
