"""What the bot may still do with an interaction's token after its first answer."""

from simulator.delivery import replies
from simulator.delivery.replies import Reply
from simulator.errors import DiscordError, ErrorKind
from simulator.local_discord import LocalDiscord
from simulator.payloads.interactions import InteractionType
from simulator.state.entities import Interaction, Message, MessageStatus

ORIGINAL = "@original"


def answered(discord: LocalDiscord, application_id: int, token: str) -> Interaction:
    """Find the interaction of a token that may be used.

    Raises:
        DiscordError: 10015 for another application and before the first answer, 50027 once the token
            is over.
    """
    if application_id != discord.world.application.id:
        raise DiscordError(ErrorKind.UNKNOWN_WEBHOOK)
    interaction = discord.world.interaction_by_token(token)
    if interaction is None:
        raise DiscordError(ErrorKind.INVALID_WEBHOOK_TOKEN)
    if interaction.callback is None or interaction.type == InteractionType.AUTOCOMPLETE:
        raise DiscordError(ErrorKind.UNKNOWN_WEBHOOK)
    return interaction


def find(discord: LocalDiscord, interaction: Interaction, message_id: int | None) -> Message:
    """Find a message that the token reaches; None means the first answer's.

    Raises:
        DiscordError: 10008 for all other messages.
    """
    if message_id is None or message_id == interaction.message_id:
        message = replies.original_of(discord, interaction)
    elif message_id in interaction.follow_ups:
        message = discord.world.find_message(interaction.channel_id, message_id)
    else:
        message = None
    if message is None:
        raise DiscordError(ErrorKind.UNKNOWN_MESSAGE)
    return message


def follow(discord: LocalDiscord, interaction: Interaction, reply: Reply) -> Message:
    """Write another message, as a reply to the first answer; after a deferral, that answer itself."""
    original = replies.original_of(discord, interaction)
    if original is not None and original.status is MessageStatus.THINKING:
        return replies.edit(discord, original, reply)
    message = replies.write(discord, interaction, reply, follows=original)
    interaction.follow_ups.append(message.id)
    return message
