"""The bot's messages that answer somebody: made, filled, edited and removed, and told to all who listen."""

from dataclasses import dataclass, replace

from simulator.deeds.mentions import PARSE_USERS
from simulator.deeds.messages import Upload, apply_edit, keep_uploads, resolved_mentions
from simulator.errors import DiscordError, ErrorKind
from simulator.forms.message import is_empty, message_flags
from simulator.happenings import MessageCreated, MessagesDeleted, MessageUpdated
from simulator.local_discord import LocalDiscord
from simulator.payloads.interactions import InteractionType
from simulator.state.entities import (
    Channel,
    Interaction,
    InteractionMetadata,
    Message,
    MessageFlag,
    MessageStatus,
    MessageType,
    Reference,
)
from simulator.wire import JsonObject

_SETTABLE = (
    MessageFlag.SUPPRESS_EMBEDS
    | MessageFlag.EPHEMERAL
    | MessageFlag.SUPPRESS_NOTIFICATIONS
    | MessageFlag.IS_COMPONENTS_V2
)


@dataclass(frozen=True, slots=True)
class Reply:
    """A message as the bot wants it; `data` was checked by `forms.message`."""

    data: JsonObject
    uploads: tuple[Upload, ...] = ()


def metadata_of(interaction: Interaction) -> InteractionMetadata:
    """Tell what a reply says about what it answers."""
    return interaction.metadata or InteractionMetadata(
        interaction.id, interaction.type, interaction.user_id, interaction.name
    )


def write(
    discord: LocalDiscord, interaction: Interaction, reply: Reply, *, follows: Message | None = None
) -> Message:
    """Write a reply; one that `follows` another replies to that one.

    Raises:
        DiscordError: 50006 if there is nothing in it, 10003 if its channel is gone.
    """
    _require_possible(reply.data)
    if is_empty(reply.data, files=len(reply.uploads)):
        raise DiscordError(ErrorKind.EMPTY_MESSAGE)
    channel = _channel_of(discord, interaction)
    message = _blank(discord, interaction, message_flags(reply.data) & _SETTABLE)
    if follows is not None:
        message.type = MessageType.REPLY
        message.reference = Reference(follows.id, follows.channel_id, interaction.guild_id)
        message.interaction = replace(metadata_of(interaction), original_message_id=follows.id)
    message.content = reply.data.get("content") or ""
    message.embeds = reply.data.get("embeds") or []
    message.components = reply.data.get("components") or []
    message.allowed_mentions = reply.data.get("allowed_mentions")
    message.mentions = resolved_mentions(discord, channel, message, default_parse=PARSE_USERS)
    message.attachments = keep_uploads(discord, reply.uploads, ephemeral=message.visible_to is not None)
    return _post(discord, message)


def begin_thinking(discord: LocalDiscord, interaction: Interaction, flags: int) -> Message:
    """Show that a reply is to come. Whether others will see it is settled here for good."""
    _channel_of(discord, interaction)
    message = _blank(discord, interaction, (flags & MessageFlag.EPHEMERAL) | MessageFlag.LOADING)
    message.status = MessageStatus.THINKING
    return _post(discord, message)


def note(
    discord: LocalDiscord,
    interaction: Interaction,
    status: MessageStatus,
    words: str,
    problem: str | None = None,
) -> Message:
    """Tell the person alone a word of the simulator's, or of Discord's own client."""
    _channel_of(discord, interaction)
    message = _blank(discord, interaction, int(MessageFlag.EPHEMERAL))
    message.status, message.content, message.problem = status, words, problem
    return _post(discord, message)


def edit(discord: LocalDiscord, message: Message, reply: Reply) -> Message:
    """Change a reply; only the fields named. A message that was still to come is there with it."""
    _require_possible(reply.data)
    thinking = message.status is MessageStatus.THINKING
    apply_edit(discord, message, reply.data, reply.uploads)
    channel = discord.world.channels[message.channel_id]
    message.mentions = resolved_mentions(discord, channel, message, default_parse=PARSE_USERS)
    if message.visible_to is not None:
        message.attachments = tuple(replace(each, ephemeral=True) for each in message.attachments)
    if thinking:
        message.flags &= ~MessageFlag.LOADING
        message.status = MessageStatus.SHOWN
    else:
        message.edited_at = discord.clock.now()
    discord.tell(MessageUpdated(discord.world.touch(message)))
    return message


def remove(discord: LocalDiscord, message: Message) -> None:
    """Take a reply away."""
    channel = discord.world.channels[message.channel_id]
    discord.world.remove_message(message)
    gone = (message.id,)
    discord.tell(MessagesDeleted(channel.guild_id, channel.id, gone, visible_to=message.visible_to))


def source_of(discord: LocalDiscord, interaction: Interaction) -> Message | None:
    """Find the message whose component was used. None if there is none, or it is gone."""
    if interaction.source_id is None:
        return None
    return discord.world.find_message(interaction.channel_id, interaction.source_id)


def original_of(discord: LocalDiscord, interaction: Interaction) -> Message | None:
    """Find the first answer's message. None if there is none, or it is gone."""
    if interaction.message_id is None:
        return None
    return discord.world.find_message(interaction.channel_id, interaction.message_id)


def _blank(discord: LocalDiscord, interaction: Interaction, flags: int) -> Message:
    message = Message(
        id=discord.snowflakes.make(),
        channel_id=interaction.channel_id,
        author_id=discord.bot.id,
        created_at=discord.clock.now(),
        type=_type_of(interaction),
        flags=flags,
        interaction=metadata_of(interaction),
        application_id=discord.world.application.id,
        interaction_token=interaction.token,
    )
    if flags & MessageFlag.EPHEMERAL:
        message.visible_to = interaction.user_id
    source = source_of(discord, interaction)
    if source is not None:
        message.type = MessageType.REPLY
        message.reference = Reference(source.id, source.channel_id, interaction.guild_id)
    return message


def _require_possible(data: JsonObject) -> None:
    """Refuse loudly what this Discord does not have, in place of a message that seems to be empty."""
    if data.get("poll"):
        raise DiscordError(ErrorKind.BAD_REQUEST, detail="The simulator does not have polls yet.")


def _type_of(interaction: Interaction) -> MessageType:
    if interaction.type != InteractionType.APPLICATION_COMMAND:
        return MessageType.DEFAULT
    metadata = metadata_of(interaction)
    targets = (metadata.target_user_id, metadata.target_message_id)
    return MessageType.CHAT_INPUT_COMMAND if targets == (None, None) else MessageType.CONTEXT_MENU_COMMAND


def _channel_of(discord: LocalDiscord, interaction: Interaction) -> Channel:
    channel = discord.world.channels.get(interaction.channel_id)
    if channel is None:
        raise DiscordError(ErrorKind.UNKNOWN_CHANNEL)
    return channel


def _post(discord: LocalDiscord, message: Message) -> Message:
    discord.world.post(message)
    discord.tell(MessageCreated(message))
    return message
