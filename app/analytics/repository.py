"""SQL of the analytics room."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import delete, select, text

from app.analytics.domain import Invocation
from app.analytics.models import CommandInvocation, InvocationErasure
from app.database.tx import Tx

WRITING: Final = 0x496E766F63617469
"""Key of the advisory lock ("Invocati") that whoever writes invocations shares, and whoever erases has alone.

Not a lock of the table: a vacuum holds one that stands in its way, for longer than a command can wait.
"""

# One text for all rows: a parameter for each value costs ten times as much to write.
_ADD: Final = text(
    "INSERT INTO command_invocations (guild_id, user_id, command, outcome, duration_ms, created_at)"
    " SELECT (each->>0)::bigint, (each->>1)::bigint, each->>2, each->>3, (each->>4)::integer,"
    " (each->>5)::timestamptz FROM pg_advisory_xact_lock_shared(:lock),"
    " jsonb_array_elements(CAST(:rows AS jsonb)) AS each"
)
"""The columns in the order of an `Invocation`'s fields."""


async def add_invocations(tx: Tx, invocations: Collection[Invocation]) -> None:
    """Write invocations, in one statement. Waits for whoever erases a member."""
    await tx.execute(_ADD, {"lock": WRITING, "rows": msgspec.json.encode(invocations).decode()})


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


async def delete_erasures(tx: Tx, before: datetime) -> None:
    """Delete the fingerprints of members erased before an instant."""
    await tx.execute(delete(InvocationErasure).where(InvocationErasure.erased_at < before))
