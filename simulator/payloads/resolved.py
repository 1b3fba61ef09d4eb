"""What an interaction refers to by id, written out: people, roles, channels, messages, files."""

from collections.abc import Iterable
from dataclasses import dataclass

from simulator.payloads import entities
from simulator.payloads.messages import MessageWriter
from simulator.permissions import Permission
from simulator.state.entities import Attachment, Channel, Guild, Member, Message, User
from simulator.state.world import World
from simulator.wire import JsonObject

_IN_BOTS_DIRECT_MESSAGES = (
    Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.MENTION_EVERYONE
    | Permission.USE_EXTERNAL_EMOJIS
)
"""What Discord says that the bot may do in its own direct messages."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Who does something, and where; `bot` is the application's own user. No guild: direct messages."""

    world: World
    messages: MessageWriter
    guild: Guild | None
    channel: Channel
    user: User
    bot: User
    locale: str

    @property
    def member(self) -> Member | None:
        """The invoker as a member of the guild; None in direct messages."""
        return None if self.guild is None else self.guild.members.get(self.user.id)

    def permissions_of(self, user_id: int, channel: Channel | None = None) -> str:
        """Write what somebody may do in a channel (here, unless another is named)."""
        if self.guild is None and user_id == self.bot.id:
            return str(int(_IN_BOTS_DIRECT_MESSAGES))
        return str(int(self.world.may_in(channel or self.channel, user_id)))


@dataclass(frozen=True, slots=True)
class Named:
    """Ids that something refers to. What nobody knows is left out; an id may be a person or a role."""

    people: Iterable[int] = ()
    roles: Iterable[int] = ()
    channels: Iterable[int] = ()
    messages: Iterable[Message] = ()
    attachments: Iterable[Attachment] = ()


def resolved(scene: Scene, named: Named) -> JsonObject:
    """Write what the ids name. Unknown ids are left out, as are empty maps."""
    guild, world = scene.guild, scene.world
    users = {str(each): world.users[each] for each in named.people if each in world.users}
    members = {} if guild is None else guild.members
    roles = {} if guild is None else guild.roles
    channels = {} if guild is None else guild.channels
    found: JsonObject = {
        "users": {key: entities.user(user) for key, user in users.items()},
        "members": {
            key: entities.partial_member(members[user.id]) | {"permissions": scene.permissions_of(user.id)}
            for key, user in users.items()
            if user.id in members
        },
        "roles": {str(each): entities.role(roles[each]) for each in named.roles if each in roles},
        "channels": {
            str(each): _channel(scene, channels[each]) for each in named.channels if each in channels
        },
        "messages": {str(each.id): scene.messages.message(each) for each in named.messages},
        "attachments": {
            str(each.id): scene.messages.attachment(scene.channel.id, each) for each in named.attachments
        },
    }
    return {kind: each for kind, each in found.items() if each}


def partial_channel(scene: Scene, channel: Channel) -> JsonObject:
    """Write a channel as it stands in an interaction: with what the invoker may do there."""
    newest = scene.world.newest_message_id(channel.id)
    if channel.guild_id is None:
        others = [each for each in channel.recipients if each != scene.bot.id]
        recipients = [scene.world.users[each] for each in others if each in scene.world.users]
        return entities.direct_channel(channel, recipients, last_message_id=newest)
    payload = entities.channel(channel, last_message_id=newest)
    del payload["permission_overwrites"]
    return payload | {"permissions": scene.permissions_of(scene.user.id, channel)}


def _channel(scene: Scene, channel: Channel) -> JsonObject:
    return partial_channel(scene, channel) | {"app_permissions": scene.permissions_of(scene.bot.id, channel)}
