"""Files that moderators give with a case."""

from typing import Final

from sqlalchemy.dialects.postgresql import insert

from app.database.tx import Tx
from app.moderation.cases import Case, Evidence
from app.moderation.models import ModerationEvidence

LARGEST: Final = 10 * 1024 * 1024
"""Bytes of a file that is kept: what Discord lets a bot send along."""


async def keep(tx: Tx, case: Case, evidence: Evidence) -> None:
    """Note which file goes with a case; the worker fetches it before its address expires."""
    await tx.execute(
        insert(ModerationEvidence).values(
            case_id=case.id,
            guild_id=case.guild_id,
            filename=evidence.filename,
            content_type=evidence.content_type,
            size=evidence.size,
            url=evidence.url,
        )
    )
