"""Using what works a single time."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from app.components.models import ComponentUse
from app.database.tx import Tx

KEPT: Final = timedelta(days=1)
"""How long a use is remembered; what works once has expired within the hour."""


async def use_once(tx: Tx, guild_id: int, issued_id: int, interaction_id: int) -> bool:
    """Use up the one-time components of a reply; False if another interaction has done so.

    The same interaction may come again: it is repeated, not used a second time. A concurrent use waits
    until the `tx` that came first has ended, and is refused only if that one was committed.
    """
    claim = (
        insert(ComponentUse)
        .values(issued_id=issued_id, guild_id=guild_id, interaction_id=interaction_id)
        .on_conflict_do_nothing()
    )
    if (await tx.execute(claim)).rowcount == 1:
        return True
    used_by = select(ComponentUse.interaction_id).where(ComponentUse.issued_id == issued_id)
    found: int | None = (await tx.execute(used_by)).scalar_one_or_none()
    return found == interaction_id


async def forget_old(tx: Tx, now: datetime) -> bool:
    """Delete uses of what has long expired; False: there are no more."""
    await tx.execute(delete(ComponentUse).where(ComponentUse.used_at < now - KEPT))
    return False
