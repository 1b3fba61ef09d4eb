"""Something to look at: the demo's people have bytes and have thanked each other.

Booked by the same services as everything else, each under a key of its own, so that a second start
finds it done.
"""

from typing import Any, Final

import httpx2

from app import clock
from app.bytes import service as bytes_service
from app.bytes.domain import Member
from app.database.tx import Database
from app.discord.permissions import Permission
from app.guilds.domain import Actor, Via

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


async def seed(database: Database, simulator_url: str) -> None:
    """Give the people of every simulated guild their bytes, once."""
    async with httpx2.AsyncClient(base_url=simulator_url, timeout=10) as client:
        state = (await client.get("/_sim/state")).json()
    people = [person for person in state["people"] if not person["bot"]]
    for guild in state["guilds"]:
        await _seed_guild(database, int(guild["id"]), people)


async def _seed_guild(database: Database, guild_id: int, people: list[dict[str, Any]]) -> None:
    operator = Actor.operator(guild_id)
    members = [Member(int(person["id"]), person["username"]) for person in people]
    async with database.transaction() as tx:
        for member, amount in zip(members, _GRANTS, strict=False):
            await bytes_service.grant_bytes(
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
        actor = Actor(
            guild_id,
            members[giver].user_id,
            members[giver].username,
            Permission(0),
            Via.COMMAND,
        )
        async with database.transaction() as tx:
            await bytes_service.send_bytes(
                tx,
                actor,
                members[receiver],
                amount,
                reason=reason,
                idempotency_key=f"seed:{guild_id}:thanks:{number}",
                now=clock.now(),
            )
