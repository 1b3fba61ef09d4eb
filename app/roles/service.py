"""What was handed out. Asked by the worker, which acts for nobody but the decisions it carries out."""

from collections.abc import Collection, Iterable
from datetime import datetime

from app.database.tx import Tx
from app.roles import repository
from app.roles.domain import Claim, Grant


async def load_grants(tx: Tx, guild_id: int, user_id: int) -> dict[int, Grant]:
    """Tell which roles we gave a member."""
    return (await repository.find_grants(tx, guild_id, [user_id])).get(user_id, {})


async def load_grants_of(tx: Tx, guild_id: int, user_ids: Collection[int]) -> dict[int, dict[int, Grant]]:
    """Tell which roles we gave these members; without those whom we gave none."""
    return await repository.find_grants(tx, guild_id, user_ids)


async def has_grants(tx: Tx, guild_id: int) -> bool:
    """Tell whether we gave anybody in a guild a role."""
    return await repository.has_grants(tx, guild_id)


async def note_grants(tx: Tx, guild_id: int, user_id: int, claims: Iterable[Claim]) -> None:
    """Note that these roles are about to be given to a member who has none of them."""
    for claim in claims:
        await repository.add(tx, guild_id, user_id, claim.role_id, claim.why)


async def note_seen(tx: Tx, guild_id: int, pairs: Collection[tuple[int, int]], now: datetime) -> None:
    """Note that Discord shows these grants, each a member and a role."""
    if pairs:
        await repository.set_seen(tx, guild_id, pairs, now)


async def note_taking(tx: Tx, guild_id: int, user_id: int, role_ids: Collection[int]) -> None:
    """Note that we are about to take these roles: that they are not there then is nobody else's doing."""
    if role_ids:
        await repository.set_seen(tx, guild_id, [(user_id, role_id) for role_id in role_ids], None)


async def forget_grants(tx: Tx, guild_id: int, user_id: int, role_ids: Collection[int]) -> None:
    """Forget that we gave these roles: they were taken back, or are nobody's concern any more."""
    if role_ids:
        await repository.remove(tx, guild_id, user_id, role_ids)
