"""Which schema this code was written for."""

from typing import Final

from sqlalchemy import text

from app.database.tx import Tx

SCHEMA_VERSION: Final = "0014"
"""The newest migration. A test holds it against `migrations/`."""


async def is_migrated(tx: Tx) -> bool:
    """Tell whether the database has this schema or a newer one; newer ones keep what older code needs."""
    found: str | None = (
        await tx.execute(text("SELECT version_num FROM alembic_version"))
    ).scalar_one_or_none()
    return found is not None and found >= SCHEMA_VERSION
