"""Which rooms hand out roles, and what they say together. An explicit tuple: nothing registers itself."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import Final

from app.bytes import rewards
from app.database.tx import Tx
from app.features import BYTES, SQUADS
from app.guilds.domain import GuildRecord
from app.roles.domain import Wants
from app.squads import claims as squads


@dataclass(frozen=True, slots=True)
class Room:
    """A room that hands out roles.

    Attributes:
        why: How its grants name it.
        claim_roles: Tells what one member should have, None where the room is switched off.
        claimed_roles: Tells which roles it has anything to say about, None where it is switched off.
        due_roles: Tells what each of some members should have; without those who should have nothing.
        guilds: Tells which guilds use it.
    """

    why: str
    claim_roles: Callable[[Tx, GuildRecord, int], Awaitable[Wants | None]]
    claimed_roles: Callable[[Tx, GuildRecord], Awaitable[frozenset[int] | None]]
    due_roles: Callable[[Tx, GuildRecord, Collection[int]], Awaitable[dict[int, frozenset[int]]]]
    guilds: Callable[[Tx], Awaitable[list[int]]]


ROOMS: Final = (
    Room(
        BYTES.name, rewards.claim_roles, rewards.claimed_roles, rewards.due_roles, rewards.guilds_with_rewards
    ),
    Room(SQUADS.name, squads.claim_roles, squads.claimed_roles, squads.due_roles, squads.guilds_with_squads),
)
"""In the order in which they are asked: of two who want the same role, the first is its reason."""


async def ask_about(tx: Tx, guild: GuildRecord, user_id: int) -> list[Wants]:
    """Ask every room that is switched on what a member should have."""
    asked = [await room.claim_roles(tx, guild, user_id) for room in ROOMS]
    return [wants for wants in asked if wants is not None]


async def claimed_by_room(tx: Tx, guild: GuildRecord) -> dict[str, frozenset[int]]:
    """Tell which roles each room that is switched on has anything to say about."""
    asked = {room.why: await room.claimed_roles(tx, guild) for room in ROOMS}
    return {why: role_ids for why, role_ids in asked.items() if role_ids is not None}


async def due_roles(tx: Tx, guild: GuildRecord, user_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """Tell which of these members should have which roles; without those who should have none."""
    due: dict[int, frozenset[int]] = {}
    for room in ROOMS:
        for user_id, role_ids in (await room.due_roles(tx, guild, user_ids)).items():
            due[user_id] = due.get(user_id, frozenset()) | role_ids
    return due


async def guilds_to_sweep(tx: Tx) -> list[int]:
    """Tell in which guilds any room hands out roles."""
    return sorted({guild_id for room in ROOMS for guild_id in await room.guilds(tx)})
