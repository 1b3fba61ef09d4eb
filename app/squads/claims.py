"""Which roles squads want members to have; the worker sees to the rest."""

from collections.abc import Collection

from app.database.tx import Tx
from app.features import SQUADS
from app.guilds.domain import GuildRecord
from app.roles.domain import Claim
from app.squads import repository


async def claim_roles(tx: Tx, guild: GuildRecord, user_id: int) -> list[Claim] | None:
    """Tell of each squad's role whether a member should have it; None if squads are switched off there."""
    if not guild.has(SQUADS):
        return None
    squads = await repository.find_squads(tx, guild.id)
    current = await repository.find_membership(tx, guild.id, user_id) if squads else None
    return [
        Claim(squad.role_id, squad.id == current, SQUADS.name, f"the squad {squad.name}") for squad in squads
    ]


async def claimed_roles(tx: Tx, guild: GuildRecord) -> frozenset[int]:
    """Tell which roles squads have anything to say about; none where they are switched off."""
    if not guild.has(SQUADS):
        return frozenset()
    return frozenset(squad.role_id for squad in await repository.find_squads(tx, guild.id))


async def due_roles(tx: Tx, guild: GuildRecord, user_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """Tell which of these members should have which role; without those who should have none."""
    if not guild.has(SQUADS):
        return {}
    roles = {squad.id: squad.role_id for squad in await repository.find_squads(tx, guild.id)}
    memberships = await repository.find_memberships(tx, guild.id, user_ids) if roles else {}
    return {
        user_id: frozenset({roles[squad_id]})
        for user_id, squad_id in memberships.items()
        if squad_id in roles
    }


async def guilds_with_squads(tx: Tx) -> list[int]:
    """Tell which guilds have squads."""
    return await repository.guilds_with_squads(tx)
