"""Interactions as Discord sends them to a bot. Building only; sending is `delivery`."""

from enum import IntEnum

from simulator.payloads import entities
from simulator.payloads.resolved import Scene, partial_channel
from simulator.sizes import FILE_BYTES
from simulator.state.entities import Interaction, Message, MessageFlag, User
from simulator.wire import JsonObject

_GUILD_INSTALL = "0"
_WRITTEN_OUT = (4, 7)  # the callbacks that make or change a message at once


class InteractionType(IntEnum):
    """Discord's kinds of interaction."""

    PING = 1
    APPLICATION_COMMAND = 2
    MESSAGE_COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL_SUBMIT = 5


class CommandType(IntEnum):
    """Discord's kinds of command."""

    CHAT_INPUT = 1
    USER = 2
    MESSAGE = 3
    PRIMARY_ENTRY_POINT = 4


class Context(IntEnum):
    """Where an interaction happens, numbered as Discord does."""

    GUILD = 0
    BOT_DM = 1
    PRIVATE_CHANNEL = 2


def context_of(guild_id: int | None) -> Context:
    """Tell where something happens: in a guild, or in the bot's direct messages."""
    return Context.BOT_DM if guild_id is None else Context.GUILD


def ping(application_id: int, interaction_id: int, token: str, user: User) -> JsonObject:
    """Write the PING by which Discord checks an endpoint."""
    return {
        "id": str(interaction_id),
        "application_id": str(application_id),
        "type": int(InteractionType.PING),
        "token": token,
        "user": entities.user(user),
        "entitlements": [],
        "version": 1,
    }


def interaction(
    scene: Scene, started: Interaction, data: JsonObject, source: Message | None = None
) -> JsonObject:
    """Write an interaction; `source` is the message whose component was used, or that led to the modal."""
    payload = _envelope(scene, started) | {"data": data}
    if source is not None:
        payload["message"] = scene.messages.message(source)
    return payload


def callback_response(started: Interaction, callback_type: int, message: JsonObject | None) -> JsonObject:
    """Write what `with_response` gives back: which message came of the answer, and that message.

    A message that was only announced, or not changed yet, is named but not written out.
    """
    about: JsonObject = {
        "id": str(started.id),
        "type": started.type,
        "channel_id": str(started.channel_id),
    }
    if started.guild_id is not None:
        about["guild_id"] = str(started.guild_id)
    if message is None:
        return {"interaction": about}
    flags = message["flags"]
    about |= {
        "response_message_id": message["id"],
        "response_message_loading": bool(flags & MessageFlag.LOADING),
        "response_message_ephemeral": bool(flags & MessageFlag.EPHEMERAL),
    }
    if callback_type not in _WRITTEN_OUT:
        return {"interaction": about}
    return {"interaction": about, "resource": {"type": callback_type, "message": message}}


def command_data(
    name: str,
    *,
    schema: JsonObject | None,
    unregistered: JsonObject,
    options: list[JsonObject],
    resolved: JsonObject,
    target_id: int | None = None,
) -> JsonObject:
    """Write a command's data.

    `schema` is the registered command; where there is none, `unregistered` has the id and the type.
    """
    registered = schema or unregistered
    data: JsonObject = {"id": registered["id"], "name": name, "type": registered["type"]}
    if options:
        data["options"] = options
    if "guild_id" in registered:
        data["guild_id"] = registered["guild_id"]
    if target_id is not None:
        data["target_id"] = str(target_id)
    if resolved:
        data["resolved"] = resolved
    return data


def _envelope(scene: Scene, started: Interaction) -> JsonObject:
    guild, member = scene.guild, scene.member
    envelope: JsonObject = {
        "id": str(started.id),
        "application_id": str(scene.bot.id),
        "type": started.type,
        "channel_id": str(scene.channel.id),
        "channel": partial_channel(scene, scene.channel),
        "locale": scene.locale,
        "token": started.token,
        "version": 1,
        "app_permissions": scene.permissions_of(scene.bot.id),
        "entitlements": [],
        "authorizing_integration_owners": {_GUILD_INSTALL: "0" if guild is None else str(guild.id)},
        "context": int(context_of(scene.channel.guild_id)),
        "attachment_size_limit": FILE_BYTES,
    }
    if guild is None or member is None:
        return envelope | {"user": entities.user(scene.user)}
    return envelope | {
        "guild_id": str(guild.id),
        "guild": {"id": str(guild.id), "locale": guild.locale, "features": list(guild.features)},
        "guild_locale": guild.locale,
        "member": entities.member(member) | {"permissions": scene.permissions_of(scene.user.id)},
    }
