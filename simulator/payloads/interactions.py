"""Interactions as Discord sends them to a bot's endpoint. Building only; sending is `delivery`."""

from dataclasses import dataclass
from enum import IntEnum

from simulator.payloads import entities
from simulator.payloads.options import OptionType, ids_of_type
from simulator.state.entities import Channel, ChannelType, Guild, Interaction, Member, User
from simulator.state.world import World
from simulator.wire import JsonObject

_ATTACHMENT_BYTES = 10 * 1024 * 1024  # Discord: 10 MiB without boosts
_GUILD_CONTEXT = 0
_GUILD_INSTALL = "0"


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


@dataclass(frozen=True, slots=True)
class Scene:
    """Who does something, and where; `bot` is the application's own user."""

    world: World
    guild: Guild
    channel: Channel
    invoker: Member
    bot: User
    locale: str

    def permissions_of(self, user_id: int, channel: Channel | None = None) -> str:
        """Write what somebody may do in a channel (here, unless another is named)."""
        return str(int(self.world.permissions_in(self.guild, channel or self.channel, user_id)))


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


def command(
    scene: Scene,
    interaction: Interaction,
    *,
    schema: JsonObject | None,
    command_id: int,
    options: list[JsonObject],
) -> JsonObject:
    """Write a slash command's interaction; `schema` is the registered command, if there is one."""
    registered = schema or {"id": str(command_id), "type": int(CommandType.CHAT_INPUT)}
    data: JsonObject = {
        "id": registered["id"],
        "name": interaction.name.split(" ")[0],
        "type": registered["type"],
    }
    if options:
        data["options"] = options
    if "guild_id" in registered:
        data["guild_id"] = registered["guild_id"]
    if resolved := _resolved(scene, options):
        data["resolved"] = resolved
    return _envelope(scene, interaction) | {"data": data}


def _envelope(scene: Scene, interaction: Interaction) -> JsonObject:
    guild = scene.guild
    invoker_id = scene.invoker.user.id
    permissions = scene.permissions_of(invoker_id)
    newest = max((message.id for message in scene.world.messages(scene.channel.id)), default=None)
    channel = entities.channel(scene.channel, last_message_id=newest)
    del channel["permission_overwrites"]
    return {
        "id": str(interaction.id),
        "application_id": str(scene.bot.id),
        "type": interaction.type,
        "guild_id": str(guild.id),
        "guild": {
            "id": str(guild.id),
            "locale": guild.locale,
            "features": list(guild.features),
        },
        "guild_locale": guild.locale,
        "channel_id": str(scene.channel.id),
        "channel": channel | {"permissions": permissions},
        "member": entities.member(scene.invoker) | {"permissions": permissions},
        "locale": scene.locale,
        "token": interaction.token,
        "version": 1,
        "app_permissions": scene.permissions_of(scene.bot.id),
        "entitlements": [],
        "authorizing_integration_owners": {_GUILD_INSTALL: str(guild.id)},
        "context": _GUILD_CONTEXT,
        "attachment_size_limit": _ATTACHMENT_BYTES,
    }


def _resolved(scene: Scene, options: list[JsonObject]) -> JsonObject:
    """Write what the options refer to. Unknown ids are left out, as are empty maps."""
    guild = scene.guild
    people = ids_of_type(options, OptionType.USER, OptionType.MENTIONABLE)
    roles = ids_of_type(options, OptionType.ROLE, OptionType.MENTIONABLE)
    channels = ids_of_type(options, OptionType.CHANNEL)
    users = {str(each): scene.world.users[each] for each in people if each in scene.world.users}
    resolved: JsonObject = {
        "users": {key: entities.user(user) for key, user in users.items()},
        "members": {
            key: entities.partial_member(guild.members[user.id])
            | {"permissions": scene.permissions_of(user.id)}
            for key, user in users.items()
            if user.id in guild.members
        },
        "roles": {str(each): entities.role(guild.roles[each]) for each in roles if each in guild.roles},
        "channels": {
            str(each): _resolved_channel(scene, guild.channels[each])
            for each in channels
            if each in guild.channels
        },
    }
    return {kind: found for kind, found in resolved.items() if found}


def _resolved_channel(scene: Scene, channel: Channel) -> JsonObject:
    return {
        "id": str(channel.id),
        "name": channel.name,
        "type": int(ChannelType.GUILD_TEXT),
        "parent_id": None,
        "permissions": scene.permissions_of(scene.invoker.user.id, channel),
        "app_permissions": scene.permissions_of(scene.bot.id, channel),
    }
