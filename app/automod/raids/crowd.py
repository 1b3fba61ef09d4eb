"""Those whom an incident hit, as Discord knows them now: who can be acted on, who cannot, and why."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from app.access.ranks import RankFacts, outranked
from app.discord.port import Discord, DiscordGuild, DiscordMember
from app.discord.ranks import rank_of

_PAGE: Final = 1_000
"""Members Discord lists at once."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """Who of many is in a guild.

    Attributes:
        guild: Where.
        members: Those who are there, by id.
    """

    guild: DiscordGuild
    members: Mapping[int, DiscordMember]


@dataclass(frozen=True, slots=True)
class Sorted:
    """What many are sorted into.

    Attributes:
        wanted: Who can be acted on, in the order given.
        immune: How many stand too high, own the server, are the bot, or are oneself.
        gone: How many are not in the guild (any more).
        already: How many are under as much already.
    """

    wanted: tuple[int, ...]
    immune: int = 0
    gone: int = 0
    already: int = 0


async def look_up(discord: Discord, guild_id: int, user_ids: Iterable[int]) -> Crowd | None:
    """Look up who of these is in a guild, None if the bot is not. Those of a raid came together: few pages.

    Raises:
        DiscordError: it cannot be known now.
    """
    guild = await discord.find_guild(guild_id)
    if guild is None:
        return None
    found: dict[int, DiscordMember] = {}
    wanted = set(user_ids)
    seen = 0
    for user_id in sorted(wanted):
        if user_id <= seen:
            continue
        page = await discord.list_members(guild_id, after=user_id - 1, limit=_PAGE)
        found |= {member.user_id: member for member in page if member.user_id in wanted}
        if len(page) < _PAGE:
            break
        seen = page[-1].user_id
    return Crowd(guild, found)


def sort_out(
    user_ids: Sequence[int],
    actor_id: int,
    crowd: Crowd | None,
    *,
    ranks: RankFacts | None,
    already: Iterable[int],
) -> Sorted:
    """Tell who of these can be acted on, and how many cannot, each for one reason.

    Without a crowd nobody is known to have left, and of ranks only who owns the server and who is the bot;
    the worker looks again in any case.
    """
    there = set(already)
    wanted: list[int] = []
    immune = gone = under = 0
    for user_id in dict.fromkeys(user_ids):
        if user_id in there:
            under += 1
        elif crowd is not None and user_id not in crowd.members:
            gone += 1
        elif _is_immune(actor_id, user_id, crowd, ranks):
            immune += 1
        else:
            wanted.append(user_id)
    return Sorted(tuple(wanted), immune, gone, under)


def _is_immune(actor_id: int, user_id: int, crowd: Crowd | None, ranks: RankFacts | None) -> bool:
    if ranks is None:
        return user_id == actor_id
    member = None if crowd is None else crowd.members.get(user_id)
    target = None if crowd is None or member is None else rank_of(crowd.guild, user_id, member.role_ids)
    return outranked(actor_id, user_id, replace(ranks, target=target)) is not None
