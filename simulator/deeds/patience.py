"""Slow mode: how long somebody waits between two messages."""

from datetime import timedelta
from math import ceil

from simulator.local_discord import LocalDiscord
from simulator.permissions import Permission
from simulator.state.entities import Channel

_EXEMPT = Permission.MANAGE_MESSAGES | Permission.MANAGE_CHANNELS | Permission.BYPASS_SLOWMODE


def seconds_to_wait(discord: LocalDiscord, channel: Channel, user_id: int) -> int:
    """Tell in how many whole seconds somebody may write again; 0 for now. Bots and staff never wait."""
    world = discord.world
    if not channel.slow_mode_seconds or world.users[user_id].bot:
        return 0
    if world.may_in(channel, user_id) & _EXEMPT:
        return 0
    now = discord.clock.now()
    pause = timedelta(seconds=channel.slow_mode_seconds)
    for message in world.newest_first(channel.id):
        waited = now - message.created_at
        if waited >= pause:
            return 0
        if message.author_id == user_id and message.visible_to is None:
            return ceil((pause - waited).total_seconds())
    return 0
