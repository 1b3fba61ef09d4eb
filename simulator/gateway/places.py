"""Where things happened. Pure."""

from typing import Any

from simulator import happenings as hap
from simulator.gateway.rules import Source, Whereabouts
from simulator.state.entities import Message, MessageFlag, MessageStatus


def in_guild(_source: Source, happening: Any) -> Whereabouts:  # noqa: ANN401 - any happening that names its guild
    """Tell the place of what names its guild."""
    return Whereabouts(happening.guild_id)


def of_guild(_source: Source, happening: Any) -> Whereabouts:  # noqa: ANN401 - any happening that carries a guild
    """Tell the place of what carries its guild."""
    return Whereabouts(happening.guild.id)


def of_member(source: Source, happening: hap.MemberUpdated) -> Whereabouts:
    """Tell where a member changed; the bot hears about itself without any intent."""
    return Whereabouts(happening.guild_id, own=happening.member.user.id == source.bot_id)


def by_channel(source: Source, happening: Any) -> Whereabouts:  # noqa: ANN401 - any happening that names its channel
    """Tell the place of what names its channel."""
    return Whereabouts(happening.guild_id, source.world.channels.get(happening.channel_id))


def of_deleted(source: Source, happening: hap.MessagesDeleted) -> Whereabouts | None:
    """Tell where messages are gone. That an ephemeral one is, bots do not hear."""
    return None if happening.visible_to is not None else by_channel(source, happening)


def of_channel(_source: Source, happening: Any) -> Whereabouts:  # noqa: ANN401 - any happening that carries a channel
    """Tell whose channel changed. A bot hears of those it cannot look into, too; not of direct ones."""
    return Whereabouts(happening.channel.guild_id)


def of_message(source: Source, happening: Any) -> Whereabouts | None:  # noqa: ANN401 - any with a message
    """Tell where a message was written. An ephemeral one reaches the bot as if it were direct.

    What only a person sees and the bot did not write, such as "did not respond", is no message to Discord.
    """
    message: Message = happening.message
    channel = source.world.channels.get(message.channel_id)
    if channel is None or message.status in {MessageStatus.FAILED, MessageStatus.NOTE}:
        return None
    if message.visible_to is None and not message.flags & MessageFlag.EPHEMERAL:
        return Whereabouts(channel.guild_id, channel)
    return Whereabouts(None) if message.author_id == source.bot_id else None
