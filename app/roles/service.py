"""What was handed out. Asked by the worker, which acts for nobody but the decisions it carries out."""

from collections.abc import Collection, Iterable

from app.database.tx import Tx
from app.roles import repository
from app.roles.domain import Claim


async def load_grants(tx: Tx, guild_id: int, user_id: int) -> frozenset[int]:
    """Tell which roles we gave a member."""
    return await repository.find_grants(tx, guild_id, user_id)


async def load_guild_grants(tx: Tx, guild_id: int) -> dict[int, frozenset[int]]:
    """Tell whom in a guild we gave which roles."""
    return await repository.find_members(tx, guild_id)


async def note_grants(tx: Tx, guild_id: int, user_id: int, claims: Iterable[Claim]) -> None:
    """Note that these roles are about to be given to a member who has none of them."""
    for claim in claims:
        await repository.add(tx, guild_id, user_id, claim.role_id, claim.why)


async def forget_grants(tx: Tx, guild_id: int, user_id: int, role_ids: Collection[int]) -> None:
    """Forget that we gave these roles: they were taken back, or are nobody's concern any more."""
    if role_ids:
        await repository.remove(tx, guild_id, user_id, role_ids)
