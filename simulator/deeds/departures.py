"""What goes with somebody who is banned: their latest messages."""

from datetime import datetime

from simulator.happenings import MessagesDeleted
from simulator.local_discord import LocalDiscord
from simulator.state.entities import Guild


def forget_messages_of(discord: LocalDiscord, guild: Guild, user_id: int, since: datetime) -> None:
    """Delete what somebody wrote in a guild since then, channel by channel, without audit entries."""
    world = discord.world
    for channel_id in guild.channels:
        written = [
            each
            for each in world.messages(channel_id)
            if each.author_id == user_id and each.created_at >= since
        ]
        for message in written:
            world.remove_message(message)
        if written:
            ids = tuple(each.id for each in written)
            discord.tell(MessagesDeleted(guild.id, channel_id, ids, bulk=len(ids) > 1))
