"""The guilds of a storm: who is there, who may do what, and what was done by hand before."""

import random
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from app.access.ranks import RankFacts
from app.discord.permissions import Permission
from app.discord.ranks import Rank
from app.guilds.domain import Actor, Via
from tests.chaos.control import Control

BY_HAND_SECONDS = 86_400
"""Of a time-out that somebody gave in Discord's own pages."""

_MODERATES = Permission.MODERATE_MEMBERS | Permission.KICK_MEMBERS | Permission.BAN_MEMBERS
_EVERYTHING = (1 << 63) - 1


@dataclass
class Person:
    """A member, and what was done to them before the storm."""

    guild_id: int
    user_id: int
    name: str
    role_by_hand: bool
    sanction_by_hand: Literal["ban", "timeout"] | None
    takes_messages: bool
    granted: UUID | None = None
    """The grant that has unlocked the role, None after it was undone."""


@dataclass(frozen=True)
class Place:
    """A guild."""

    guild_id: int
    role_id: int
    """The one that is earned."""
    log_channel_id: int
    moderators: tuple[Actor, ...]
    """Each with the facts about ranks below, at the same place."""
    ranks: tuple[RankFacts, ...]


async def found(control: Control, number: int, bot_id: int) -> Place:
    """Found a guild with a role to be earned, a moderator above it and the bot above that."""
    owner = (await control.state())["everybody"][0]
    guild = await control.ask(
        "POST", "/_sim/guilds", {"name": f"Guild {number}", "owner_id": owner["id"], "bot": True}
    )
    made: dict[str, dict[str, Any]] = {}
    for name, permissions in (("Moderator", _MODERATES), ("Regular", 0)):  # the later one is the lower one
        wanted = {"name": name, "permissions": str(int(permissions))}
        made[name] = await control.ask("POST", f"/api/v10/guilds/{guild['id']}/roles", wanted, as_bot=True)
    name = f"moderator_{number}"
    moderator = await control.ask(
        "POST", "/_sim/members", {"guild_id": guild["id"], "action": "join", "username": name}
    )
    await give(control, guild["id"], owner["id"], moderator["id"], made["Moderator"]["id"])
    guild_id, owner_id = int(guild["id"]), int(owner["id"])
    roles = (frozenset({int(made["Moderator"]["id"])}), frozenset[int]())
    actors = (
        Actor(guild_id, int(moderator["id"]), name, int(_MODERATES), Via.COMMAND, roles[0]),
        Actor(guild_id, owner_id, owner["username"], _EVERYTHING, Via.COMMAND),
    )
    standing = (Rank(2, int(made["Moderator"]["id"])), Rank(0, 0, is_owner=True))
    return Place(
        guild_id,
        int(made["Regular"]["id"]),
        int(guild["channels"][0]["id"]),
        actors,
        tuple(
            RankFacts(owner_id, bot_id, bot=Rank(3, 0), actor=rank, target=Rank(1, 0)) for rank in standing
        ),
    )


async def let_in(control: Control, place: Place, name: str, lots: random.Random) -> Person:
    """Let somebody in, to whom somebody may have done something already."""
    owner = str(place.moderators[1].user_id)
    guild = str(place.guild_id)
    entry = {"guild_id": guild, "action": "join", "username": name, "account_age_days": 900}
    user = (await control.ask("POST", "/_sim/members", entry))["id"]
    role_by_hand = lots.random() < 0.1
    if role_by_hand:
        await give(control, guild, owner, user, str(place.role_id))
    takes_messages = lots.random() >= 0.2
    if not takes_messages:
        await control.ask("POST", "/_sim/people", {"user_id": user, "accepts_dms": False})
    sanction = lots.choices(("ban", "timeout", None), (4, 4, 92))[0]
    if sanction is not None:
        await control.ask(
            "POST",
            "/_sim/moderation",
            {
                "guild_id": guild,
                "moderator_id": owner,
                "user_id": user,
                "action": sanction,
                "reason": "by hand",
            }
            | ({"seconds": BY_HAND_SECONDS} if sanction == "timeout" else {}),
        )
    return Person(place.guild_id, int(user), name, role_by_hand, sanction, takes_messages)  # type: ignore[arg-type] # one of three


async def give(control: Control, guild: str, owner: str, user: str, role: str) -> None:
    """Have the owner give somebody a role."""
    given = {"guild_id": guild, "moderator_id": owner, "user_id": user, "role_id": role, "action": "add"}
    await control.ask("POST", "/_sim/roles", given)
