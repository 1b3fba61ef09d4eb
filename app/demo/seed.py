"""Something to look at: people have bytes, teams and have thanked each other; moderators a log and rules.

Booked by the same services as everything else, in a guild where nobody has bytes yet. What people have
changed since (an economy switched off, say) is theirs, and no reason not to start.
"""

import logging
from typing import Any, Final

import httpx2

from app import clock
from app.automod import saving as automod_service
from app.bytes import service as bytes_service
from app.bytes import treasury as bytes_treasury
from app.bytes.domain import Member
from app.database.tx import Database
from app.demo.rules import demo_rules
from app.errors import RefusedError
from app.guilds.domain import Actor, Via
from app.moderation import service as moderation_service
from app.moderation.config import ModerationConfig
from app.squads import moving, saving
from app.squads import service as squads_service
from app.squads.config import SquadDraft
from app.squads.domain import Cause

log = logging.getLogger(__name__)

_GRANTS: Final = (1240, 860, 615, 540, 480, 420, 350, 275, 210, 160, 120, 90)
_THANKS: Final = (
    (0, 1, 35, "the review of my pull request"),
    (1, 2, 20, "explaining closures until it clicked"),
    (2, 0, 15, "the tip about git bisect"),
    (3, 4, 50, "winning the weekly challenge"),
    (4, 1, 10, "the reading list"),
    (5, 3, 25, "pairing on the parser"),
)
"""Giver, receiver (places among the people), amount, what for."""

_REWARD: Final = ("Verified", 100)
"""A role, by its name, and the bytes that unlock it: the newest member lacks ten of them, a day's claim."""

_SQUADS: Final[tuple[dict[str, Any], ...]] = (
    {"name": "Red Pandas", "description": "Slow, steady and first to help. Everybody begins here."}
    | {"is_default": True},
    {"name": "Blue Herons", "description": "Stand still, then ship. Changing your mind has a price."}
    | {"switch_cost": 50},
    {"name": "Green Geckos", "description": "Stick to every wall. There is one place left."}
    | {"max_members": 4},
    {"name": "Golden Owls", "description": "Review by night."},
)
"""Each has the role of its name."""
_CHOSEN: Final = (0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2)
"""Where people (by their places) went; whoever comes after them has not chosen."""

_LOG: Final = "mod-log"
_MODERATION: Final = {
    "saved_reasons": ("Spam", "Advertising without asking", "Rude to others, after a friendly word"),
    "ladder": ({"warnings": 3, "within_days": 30, "action": "timeout", "minutes": 1440},),
}


async def seed(database: Database, simulator_url: str) -> None:
    """Give the people of every simulated guild that has the bot their bytes, once."""
    async with httpx2.AsyncClient(base_url=simulator_url, timeout=10) as client:
        state = (await client.get("/_sim/state")).json()
    for guild in state["guilds"]:
        if not guild.get("has_bot", True):
            continue
        people = [
            person
            for person in state["people"]
            if not person["bot"] and person.get("guild_id", guild["id"]) == guild["id"]
        ]
        roles = {role["name"]: role["id"] for role in guild["roles"]}
        channels = {channel["name"]: channel["id"] for channel in guild["channels"]}
        try:
            await _seed_guild(database, int(guild["id"]), people, roles.get(_REWARD[0]))
            # Before anybody is given a role: with the first news of a member the listener reads the rules.
            await _seed_moderation(database, int(guild["id"]), channels.get(_LOG))
            await _seed_squads(database, int(guild["id"]), people, roles)
        except RefusedError as refusal:
            log.info("the guild was not given a past: %s", refusal)


async def _seed_moderation(database: Database, guild_id: int, log_channel_id: str | None) -> None:
    """Choose a log, reasons, a ladder and rules, in a guild that has chosen nothing yet."""
    async with database.transaction() as tx:
        config, version = await moderation_service.load_config(tx, guild_id)
        if version or log_channel_id is None:
            return
        chosen = ModerationConfig.model_validate(
            config.model_dump() | {"log_channel_id": log_channel_id} | _MODERATION
        )
        operator = Actor.operator(guild_id)
        await moderation_service.save_config(tx, operator, chosen, expected_version=version)
        for rule in demo_rules():
            await automod_service.save_rule(tx, operator, rule)


async def _seed_squads(
    database: Database, guild_id: int, people: list[dict[str, Any]], roles: dict[str, str]
) -> None:
    """Make the squads and have people choose, in a guild that has their roles and no squads yet."""
    operator = Actor.operator(guild_id)
    if any(each["name"] not in roles for each in _SQUADS):
        return
    async with database.transaction() as tx:
        if await squads_service.load_squads(tx, guild_id):
            return
        drafts = [SquadDraft.model_validate(each | {"role_id": roles[each["name"]]}) for each in _SQUADS]
        squads = [
            await saving.save_squad(tx, operator, draft, known=saving.UNSEEN, now=clock.now())
            for draft in drafts
        ]
        for person, chosen in zip(people, _CHOSEN, strict=False):
            user_id = int(person["id"])
            await moving.go(
                tx,
                Actor(guild_id, user_id, person["username"], permissions=0, via=Via.COMMAND),
                squads[chosen].id,
                Cause.JOIN,
                most=0,
                idempotency_key=f"seed:{guild_id}:squad:{user_id}",
                now=clock.now(),
            )


async def _seed_guild(
    database: Database, guild_id: int, people: list[dict[str, Any]], reward_id: str | None
) -> None:
    operator = Actor.operator(guild_id)
    members = [Member(int(person["id"]), person["username"]) for person in people]
    async with database.transaction() as tx:
        if (await bytes_service.view_leaderboard(tx, operator, 1)).members:
            return  # somebody has bytes: this guild is no longer new
        if reward_id is not None:
            config, version = await bytes_service.load_config(tx, guild_id)
            rewarding = config.model_copy(update={"role_rewards": {reward_id: _REWARD[1]}})
            await bytes_service.save_config(tx, operator, rewarding, expected_version=version)
    for member, amount in zip(members, _GRANTS, strict=False):
        async with database.transaction() as tx:
            await bytes_treasury.grant_bytes(
                tx,
                operator,
                member,
                amount,
                reason="Carried over from last season",
                idempotency_key=f"seed:{guild_id}:grant:{member.user_id}",
            )
    for number, (giver, receiver, amount, reason) in enumerate(_THANKS):
        if max(giver, receiver) >= len(members):
            continue
        who = members[giver]
        async with database.transaction() as tx:
            await bytes_service.send_bytes(
                tx,
                Actor(guild_id, who.user_id, who.username, permissions=0, via=Via.COMMAND),
                members[receiver],
                amount,
                reason=reason,
                idempotency_key=f"seed:{guild_id}:thanks:{number}",
                now=clock.now(),
            )
