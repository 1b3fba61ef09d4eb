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
    Wanted(hikari.Intents.GUILDS, "that the bot was added to a guild, or removed, is told by nothing else"),
    Wanted(hikari.Intents.GUILD_MESSAGES, "shows that messages arrive (not what is in them)"),
)
"""Nothing here is privileged, so the listener starts with any bot. Auto-moderation will want more:
GUILD_MEMBERS and MESSAGE_CONTENT (each with its toggle), GUILD_MODERATION, AUTO_MODERATION_EXECUTION."""


def bits(wanted: tuple[Wanted, ...] = WANTED) -> hikari.Intents:
    """Give them as Discord wants them."""
    return reduce(or_, (each.intent for each in wanted), hikari.Intents.NONE)


def toggles(wanted: tuple[Wanted, ...] = WANTED) -> tuple[str, ...]:
    """Name the switches in the developer portal that must be on."""
    return tuple(each.toggle for each in wanted if each.toggle is not None)
