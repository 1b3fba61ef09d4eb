"""Which events Discord is asked for: the least that does the work, each with its reason."""

from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Final

import hikari


@dataclass(frozen=True, slots=True)
class Wanted:
    """One intent.

    Attributes:
        intent: What Discord calls it.
        reason: What it is for.
        toggle: The switch in the developer portal that allows it (*Bot*, *Privileged Gateway Intents*);
            None if none is needed.
    """

    intent: hikari.Intents
    reason: str
    toggle: str | None = None


WANTED: Final = (
    Wanted(
        hikari.Intents.GUILDS,
        "that the bot was added to a guild, or removed, is told by nothing else; whose a guild is, and "
        "which of its roles make staff, whom no rule hits",
    ),
    Wanted(
        hikari.Intents.GUILD_MEMBERS,
        "rules about who joins and how members are called; time-outs of who left and came back; roles that "
        "somebody took by hand",
        toggle="Server Members Intent",
    ),
    Wanted(
        hikari.Intents.GUILD_MODERATION,
        "what moderators do in Discord's own pages becomes cases; told only where the bot may View Audit Log",
    ),
    Wanted(hikari.Intents.GUILD_MESSAGES, "rules about messages: who writes how much, and where"),
    Wanted(
        hikari.Intents.MESSAGE_CONTENT,
        "rules about what is written; without it every message comes empty",
        toggle="Message Content Intent",
    ),
)
"""No other is asked for: no presences, no typing, no direct messages, no voice."""


def bits(wanted: tuple[Wanted, ...] = WANTED) -> hikari.Intents:
    """Give them as Discord wants them."""
    return reduce(or_, (each.intent for each in wanted), hikari.Intents.NONE)


def toggles(wanted: tuple[Wanted, ...] = WANTED) -> tuple[str, ...]:
    """Name the switches in the developer portal that must be on."""
    return tuple(each.toggle for each in wanted if each.toggle is not None)
