"""Gathering who stands where: the one thing about rights that is not in a signed interaction."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import Final

from app.access.ranks import RankFacts
from app.discord.cache import Places
from app.discord.port import Discord, DiscordError
from app.discord.ranks import rank_of
from app.guilds.domain import Actor

log = logging.getLogger(__name__)

PATIENCE: Final = 1.5
"""Seconds Discord may take. After that nobody knows, and nothing is done to anybody."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Somebody who is acted on, as far as it is known already.

    Attributes:
        user_id: Who.
        role_ids: Their roles; None if Discord has to be asked, also whether they are there.
        is_member: Whether they are in the guild; only read if the roles are known.
    """

    user_id: int
    role_ids: Collection[int] | None = None
    is_member: bool = True


class RankFinder:
    """Finds ranks through whatever knows guilds.

    Args:
        places: Gives it, when the first rank is asked for.
    """

    def __init__(self, places: Callable[[], Awaitable[Places]]) -> None:
        self._places = places

    async def discord(self) -> Discord:
        """Give the way to Discord, for whoever has to ask more.

        Raises:
            DiscordUnauthorizedError: there is nothing to call Discord with.
        """
        return (await self._places()).discord

    async def find(self, actor: Actor, target: Standing) -> RankFacts | None:
        """Tell who stands where; None if that cannot be known now."""
        try:
            async with asyncio.timeout(PATIENCE):
                places = await self._places()
                place = await places.find(actor.guild_id)
                if place is None:
                    return None
                roles: Collection[int] | None = target.role_ids if target.is_member else None
                if target.role_ids is None:
                    member = await places.discord.find_member(actor.guild_id, target.user_id)
                    roles = None if member is None else member.role_ids
                return RankFacts(
                    owner_id=place.guild.owner_id,
                    bot_id=await places.discord.bot_id(),
                    bot=place.bot,
                    actor=rank_of(place.guild, actor.user_id, actor.role_ids),
                    target=None if roles is None else rank_of(place.guild, target.user_id, roles),
                )
        except (DiscordError, TimeoutError) as error:
            log.warning("ranks are not known: %s", error)
            return None
