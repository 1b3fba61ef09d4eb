"""SQL of the analytics room."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from sqlalchemy import BigInteger, DateTime, Integer, Text, bindparam, delete, func, insert, select
from sqlalchemy.dialects.postgresql import ARRAY

from app.analytics.domain import Invocation
from app.analytics.models import CommandInvocation
from app.database.tx import Tx

_COLUMNS: Final[dict[str, ARRAY[Any]]] = {
    "guild_id": ARRAY(BigInteger),
    "user_id": ARRAY(BigInteger),
    "command": ARRAY(Text),
    "outcome": ARRAY(Text),
    "duration_ms": ARRAY(Integer),
    "created_at": ARRAY(DateTime(timezone=True)),
}
"""In the order of an `Invocation`'s fields."""

# One array per column: a statement with each row's own values costs several times as much to write.
_ADD: Final = insert(CommandInvocation).from_select(
    list(_COLUMNS),
    select(*(func.unnest(bindparam(name, type_=values)) for name, values in _COLUMNS.items())),
)


async def add_invocations(tx: Tx, invocations: Collection[Invocation]) -> None:
    """Write invocations, in one statement."""
    await tx.execute(_ADD, dict(zip(_COLUMNS, map(list, zip(*invocations, strict=True)), strict=True)))


async def delete_invocations(tx: Tx, before: datetime, most: int) -> int:
    """Delete what is older than `before` among the `most` rows written first; gives how many.

    Looks at the first rows and not at all of them: rows are written in about the order of their time, and
    only the key has an index.
    """
    first = select(CommandInvocation.id).order_by(CommandInvocation.id).limit(most)
    old = delete(CommandInvocation).where(
        CommandInvocation.id.in_(first), CommandInvocation.created_at < before
    )
    return (await tx.execute(old)).rowcount
