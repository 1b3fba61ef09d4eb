"""Which roles squads want members to have; the worker sees to the rest."""

from collections.abc import Collection, Mapping
from datetime import datetime

from app.database.tx import Tx
from app.features import SQUADS
from app.guilds.domain import GuildRecord
from app.roles.domain import Claim, Wants
from app.squads import moving, repository, saving
from app.squads.config import ByHand
from app.squads.domain import Squad

LOST = "No longer a member of a squad with this role"
"""In Discord's audit log, where the squad is gone or has another role."""


async def claim_roles(tx: Tx, guild: GuildRecord, user_id: int) -> Wants | None:
    """Tell of each squad's role whether a member should have it; None if squads are switched off there.

    A role that a squad once gave and no longer has is taken back.
    """
    if not guild.has(SQUADS):
        return None
    squads = await repository.find_squads(tx, guild.id)
    current = await repository.find_since(tx, guild.id, user_id) if squads else None
    return Wants(SQUADS.name, tuple(_claim(squad, current) for squad in squads), LOST)


async def claimed_roles(tx: Tx, guild: GuildRecord) -> frozenset[int] | None:
    """Tell which roles squads have anything to say about; None if squads are switched off there."""
    if not guild.has(SQUADS):
        return None
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


async def open_roles(tx: Tx, guild_id: int) -> frozenset[int]:
    """Tell the roles of the squads that are not known to have anything wrong with theirs."""
    return frozenset(squad.role_id for squad in await repository.find_squads(tx, guild_id) if squad.is_open)


async def end_if_it_counts(tx: Tx, guild_id: int, user_id: int, claim: Claim, now: datetime) -> bool:
    """End the membership a claim came from, whose role somebody took, if the server chose that this counts.

    Tells whether it is ended. Who has moved since is left alone.
    """
    config, _ = await repository.find_config(tx, guild_id)
    if config.roles_taken_by_hand is not ByHand.COUNTS:
        return False
    await repository.lock_member(tx, guild_id, user_id)
    current = await repository.find_since(tx, guild_id, user_id)
    squads = await repository.find_squads(tx, guild_id)
    squad = next((each for each in squads if each.role_id == claim.role_id), None)
    if squad is None or current != (squad.id, claim.since):
        return False
    return await moving.end_by_hand(tx, guild_id, user_id, squad.id, now)


async def note_faults(tx: Tx, guild_id: int, faults: Mapping[int, str | None]) -> None:
    """Pause squads whose role cannot be given, and open those again whose role is in order.

    Args:
        tx: The transaction.
        guild_id: Where.
        faults: Role -> why it must not be handed out, as `app.roles.domain` says it, None if it may be.
    """
    for role_id, why in faults.items():
        await saving.pause_squad(tx, guild_id, role_id, None if why is None else saving.WHY[why])


def _claim(squad: Squad, current: tuple[object, datetime] | None) -> Claim:
    is_due = current is not None and current[0] == squad.id
    said = "Member" if is_due else "No longer a member"
    since = current[1] if is_due and current is not None else None
    return Claim(squad.role_id, is_due, SQUADS.name, f"{said} of the squad {squad.name}", since)
