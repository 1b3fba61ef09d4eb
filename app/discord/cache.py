"""What a process remembers of guilds for some seconds: their roles, how high the bot stands, who acts there.

Never those who are acted on: what is done to one is decided on what Discord says of them now.
"""

from dataclasses import dataclass
from typing import Final

from cachetools import TTLCache

from app.clock import monotonic
from app.discord.port import Discord, DiscordGuild, DiscordMember
from app.discord.ranks import Rank, rank_of

SECONDS: Final = 5.0
"""Long enough for a burst in one guild, and too short for a role that was made powerful to be handed out."""
_MOST: Final = 2_000


@dataclass(frozen=True, slots=True)
class Place:
    """A guild, and the bot's rank in it."""

    guild: DiscordGuild
    bot: Rank


class Places:
    """The guilds that were asked for lately."""

    def __init__(self, discord: Discord) -> None:
        self.discord = discord
        self._known: TTLCache[int, Place] = TTLCache(_MOST, SECONDS, timer=monotonic)
        self._actors: TTLCache[tuple[int, int], DiscordMember] = TTLCache(_MOST, SECONDS, timer=monotonic)

    async def find(self, guild_id: int) -> Place | None:
        """Give a guild as it was at most 5 s ago; None if it is not there for us.

        Raises:
            DiscordError: it had to be asked for, and Discord did not answer.
        """
        known = self._known.get(guild_id)
        if known is not None:
            return known
        guild = await self.discord.find_guild(guild_id)
        bot_id = await self.discord.bot_id()
        bot = None if guild is None else await self.discord.find_member(guild_id, bot_id)
        if guild is None or bot is None:
            return None
        place = Place(guild, rank_of(guild, bot_id, bot.role_ids))
        self._known[guild_id] = place
        return place

    async def find_actor(self, guild_id: int, user_id: int) -> DiscordMember | None:
        """Give whoever acts, as of at most 5 s ago; None if they are not in the guild.

        Raises:
            DiscordError: as `find`.
        """
        known = self._actors.get((guild_id, user_id))
        if known is None:
            known = await self.discord.find_member(guild_id, user_id)
            if known is not None:
                self._actors[guild_id, user_id] = known
        return known

    def drop(self, guild_id: int) -> None:
        """Forget a guild: something was not as remembered."""
        self._known.pop(guild_id, None)
        for key in [key for key in self._actors if key[0] == guild_id]:
            del self._actors[key]
