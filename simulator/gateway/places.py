"""Where things happened. Pure."""

from typing import Any

from simulator import happenings as hap
from simulator.gateway.rules import Place, Scene
from simulator.state.entities import Message, MessageFlag, MessageStatus


def in_guild(_scene: Scene, happening: Any) -> Place:  # noqa: ANN401 - any happening that names its guild
    """Tell the place of what names its guild."""
    return Place(happening.guild_id)


def of_guild(_scene: Scene, happening: Any) -> Place:  # noqa: ANN401 - any happening that carries a guild
    """Tell the place of what carries its guild."""
    return Place(happening.guild.id)


def of_member(scene: Scene, happening: hap.MemberUpdated) -> Place:
    """Tell where a member changed; the bot hears about itself without any intent."""
    return Place(happening.guild_id, own=happening.member.user.id == scene.bot_id)


def by_channel(scene: Scene, happening: Any) -> Place:  # noqa: ANN401 - any happening that names its channel
    """Tell the place of what names its channel."""
    return Place(happening.guild_id, scene.world.channels.get(happening.channel_id))


def of_deleted(scene: Scene, happening: hap.MessagesDeleted) -> Place | None:
    """Tell where messages are gone. That an ephemeral one is, bots do not hear."""
    return None if happening.visible_to is not None else by_channel(scene, happening)


def of_channel(_scene: Scene, happening: Any) -> Place:  # noqa: ANN401 - any happening that carries a channel
    """Tell whose channel changed. A bot hears of those it cannot look into, too; not of direct ones."""
    return Place(happening.channel.guild_id)


def of_message(scene: Scene, happening: Any) -> Place | None:  # noqa: ANN401 - any with a message
    """Tell where a message was written. An ephemeral one reaches the bot as if it were direct.

    What only a person sees and the bot did not write, such as "did not respond", is no message to Discord.
    """
    message: Message = happening.message
    channel = scene.world.channels.get(message.channel_id)
    if channel is None or message.status in {MessageStatus.FAILED, MessageStatus.NOTE}:
        return None
    if message.visible_to is None and not message.flags & MessageFlag.EPHEMERAL:
        return Place(channel.guild_id, channel)
    return Place(None) if message.author_id == scene.bot_id else None
