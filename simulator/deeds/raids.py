"""A raid happens: accounts join within a short time, some advertise, and some only came at a bad moment."""

import asyncio
import random
from datetime import timedelta
from typing import Final

from simulator.deeds import accounts, members, messages, patience
from simulator.deeds.actor import Actor
from simulator.deeds.messages import Draft
from simulator.errors import DiscordError
from simulator.happenings import RaidChanged
from simulator.local_discord import LocalDiscord
from simulator.permissions import Permission, Standing, in_channel
from simulator.state.entities import Channel, Guild, User
from simulator.state.names import free_name
from simulator.state.raids import Raid
from simulator.state.world import is_text

_FRIENDLY_EVERY: Final = 8
"""One of so many means no harm; the sixth is the first."""

_FRIENDLY_PLACE: Final = 5
_ADVERTISEMENT: Final = "This server is dead, everybody is moving to discord.gg/the-new-place now"
_HELLOS: Final = (
    "Hi! A friend told me about this place. Is this a bad moment?",
    "hello everybody 👋",
    "Good evening. I am new to Python, where do I begin?",
    "hey, what is going on here?",
    "Hello, I found you in a podcast about gardening and code.",
)
_OLDEST_RAIDER_HOURS: Final = 48
_WAITS: Final = (0.4, 2.5)
"""Seconds between joining and writing."""


def open_channel(guild: Guild) -> Channel | None:
    """Find the first channel that everybody may write into, None if there is none."""
    anybody = Standing(0, guild.id, guild.roles[guild.id].permissions, {})
    return next(
        (
            channel
            for channel in sorted(guild.channels.values(), key=lambda each: each.position)
            if is_text(channel) and in_channel(anybody, channel.overwrites) & Permission.SEND_MESSAGES
        ),
        None,
    )


def start(discord: LocalDiscord, guild: Guild, raid: Raid) -> None:
    """Let it begin. It goes on by itself, tells of each step, and forgets the one before it."""
    discord.raids[guild.id] = raid
    raid.task = asyncio.get_running_loop().create_task(_happen(discord, guild, raid))
    raid.task.add_done_callback(lambda _task: discord.tell(RaidChanged(guild.id)))


def stop(raid: Raid) -> None:
    """End it: nobody else comes or writes. Who is there stays."""
    if raid.is_running and raid.task is not None:
        raid.is_stopped = True
        raid.task.cancel()


async def _happen(discord: LocalDiscord, guild: Guild, raid: Raid) -> None:
    lots = random.Random(raid.accounts)  # noqa: S311 - to be repeated, not to be secret
    comers = [_Comer(place, raid, lots) for place in range(raid.accounts)]
    loud = [each for each in comers if not each.is_friendly][: raid.posts]
    taken = {user.username for user in discord.world.users.values()}
    writers = {each.place for each in loud} | {each.place for each in comers if each.is_friendly}
    steps = sorted(
        [(each.joins_at, each.place, False) for each in comers]
        + [(each.writes_at, each.place, True) for each in comers if each.place in writers]
    )
    began, in_it = discord.clock.monotonic(), dict[int, User]()
    for at, place, writes in steps:
        await asyncio.sleep(max(0, began + at - discord.clock.monotonic()))
        if not writes:
            user = _join(discord, guild, raid, comers[place], taken)
            if user is not None:
                in_it[place] = user
        elif place in in_it:
            _write(discord, raid, comers[place], in_it[place])


class _Comer:
    """One who comes: when, how old their account is, and whether they mean harm."""

    def __init__(self, place: int, raid: Raid, lots: random.Random) -> None:
        self.place = place
        self.is_friendly = place % _FRIENDLY_EVERY == _FRIENDLY_PLACE
        self.joins_at = raid.seconds * (place + lots.random()) / raid.accounts
        self.writes_at = self.joins_at + lots.uniform(*_WAITS)
        hours = lots.randrange(4_000, 40_000) if self.is_friendly else lots.randrange(_OLDEST_RAIDER_HOURS)
        self.age = timedelta(hours=hours)


def _join(discord: LocalDiscord, guild: Guild, raid: Raid, comer: _Comer, taken: set[str]) -> User | None:
    """Let one in, unless invites are paused."""
    paused = guild.incidents.invites_disabled_until
    if paused is not None and paused > discord.clock.now():
        raid.turned_away += 1
        discord.tell(RaidChanged(guild.id))
        return None
    username, name = free_name(len(taken), taken)
    taken.add(username)
    user = accounts.create(discord, username, name, comer.age)
    raid.joined += 1
    members.join(discord, guild, user)
    return user


def _write(discord: LocalDiscord, raid: Raid, comer: _Comer, user: User) -> None:
    """Let one write, if they still may."""
    channel = discord.world.channels.get(raid.channel_id)
    words = _HELLOS[comer.place % len(_HELLOS)] if comer.is_friendly else _ADVERTISEMENT
    try:
        if channel is None or patience.seconds_to_wait(discord, channel, user.id):
            raid.silenced += 1
        else:
            messages.write(discord, channel, Actor(user.id), Draft({"content": words}))
            raid.greeted += comer.is_friendly
            raid.posted += not comer.is_friendly
    except DiscordError:  # out again, timed out, or stopped by one of Discord's own rules
        raid.silenced += 1
    discord.tell(RaidChanged(raid.guild_id))
