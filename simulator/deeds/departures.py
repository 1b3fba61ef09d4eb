"""Somebody is gone from a guild: a person, or the bot with its role; perhaps their messages, too."""

from datetime import datetime

from simulator.happenings import BotRemoved, MemberLeft, MessagesDeleted, RoleDeleted
from simulator.local_discord import LocalDiscord
from simulator.state.entities import Guild, Member


def depart(discord: LocalDiscord, guild: Guild, member: Member) -> None:
    """Let a member go. With the bot goes its role, and it hears that it is out of the guild."""
    user, users = member.user, discord.world.users
    del guild.members[user.id]
    users[user.id] = users.pop(user.id)  # who left last stands last, and is offered to come back first
    if user.id == discord.bot.id:
        for role_id in [role.id for role in guild.roles.values() if role.bot_id == user.id]:
            del guild.roles[role_id]
            discord.tell(RoleDeleted(guild.id, role_id))
        discord.tell(BotRemoved(guild))
    discord.tell(MemberLeft(guild.id, user))


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
