"""What a guild chose in one room, kept as one document with a version: loading it, and writing the next.

A room's table has the columns `guild_id`, `document`, `version` and `updated_at`; its schema says what may
stand in the document.
"""

from typing import Any, TypeVar

from pydantic import BaseModel
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from app.database.tx import Tx

Config = TypeVar("Config", bound=BaseModel)


async def find_document(
    tx: Tx,
    table: Any,  # noqa: ANN401 - a model with those columns
    schema: type[Config],
    guild_id: int,
    *,
    lock: bool,
) -> tuple[Config, int]:
    """Load a guild's config and its version; the defaults and version 0 if it never chose.

    Args:
        tx: The transaction.
        table: The room's table.
        schema: What the document is.
        guild_id: Whose.
        lock: Keep others from changing it until the `tx` ends.
    """
    statement = select(table.document, table.version).where(table.guild_id == guild_id)
    if lock:
        statement = statement.with_for_update(key_share=True)
    row = (await tx.execute(statement)).one_or_none()
    if row is None:
        return schema(), 0
    return schema.model_validate(row.document), row.version


async def save_document(
    tx: Tx,
    table: Any,  # noqa: ANN401 - the same
    guild_id: int,
    config: BaseModel,
    version: int,
) -> bool:
    """Write the config as `version`; False if somebody else has written that version meanwhile."""
    document = config.model_dump(mode="json")
    if version == 1:
        first = insert(table).values(guild_id=guild_id, document=document, version=1)
        return (await tx.execute(first.on_conflict_do_nothing())).rowcount == 1
    result = await tx.execute(
        update(table)
        .where(table.guild_id == guild_id, table.version == version - 1)
        .values(document=document, version=version, updated_at=func.now())
    )
    return result.rowcount == 1
