"""Files that moderators give with a case.

The address of one is over within a day. Before that it is fetched and sent along with the case's message in
the log channel, which keeps it; what is known here is what it is called, how large it is and its SHA-256.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final, Self
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from app.database.tx import Tx
from app.language import Language
from app.moderation.cases import Case, Evidence
from app.moderation.models import ModerationEvidence
from app.wording import Fact, Term, message

LARGEST: Final = 10 * 1024 * 1024
"""Bytes of a file that is kept: what Discord lets a bot send along."""

LIFE: Final = timedelta(hours=24)
"""How long the address of a file leads anywhere (Discord: reference, "Signed Attachment CDN URLs")."""

PATIENCE: Final = timedelta(minutes=5)
"""How long the message about a case may wait for a file that cannot be fetched now."""

_UNNAMED: Final = Term("a file")
"""What a file is called once its name was erased."""

_SHOWN_DIGITS: Final = 12
_KIB: Final = 1024


class EvidenceFailure(StrEnum):
    """Why a file was not kept. The values are."""

    FOREIGN = "foreign"
    GONE = "gone"
    TOO_LARGE = "too_large"
    UNREACHABLE = "unreachable"
    TOO_LATE = "too_late"
    NO_LOG = "no_log"
    LOG_CLOSED = "log_closed"
    NOT_ATTACHED = "not_attached"


SENTENCES: Final[dict[EvidenceFailure, str]] = {
    EvidenceFailure.FOREIGN: message(
        "Its address is not one of Discord's for files, so it was neither fetched nor kept."
    ),
    EvidenceFailure.GONE: message("Discord did not have the file any more, so it was not kept."),
    EvidenceFailure.TOO_LARGE: message("The file is larger than 10 MiB, so it was not kept."),
    EvidenceFailure.UNREACHABLE: message(
        "For some minutes the file could not be fetched or sent along, so it was not kept. "
        "Whoever has it can post it here."
    ),
    EvidenceFailure.TOO_LATE: message(
        "The file is more than a day old and its address is over, so it was not kept."
    ),
    EvidenceFailure.NO_LOG: message("There is no log channel to keep it in. Set one, and give it again."),
    EvidenceFailure.LOG_CLOSED: message("The bot cannot write in the log channel, so there it was not kept."),
    EvidenceFailure.NOT_ATTACHED: message(
        "Discord did not take the file: the bot may not attach files here, or the file is too large. "
        "It was not kept."
    ),
}
"""What is kept -> the sentence."""

_MAY_STILL_BE: Final = frozenset({EvidenceFailure.NO_LOG, EvidenceFailure.LOG_CLOSED})
"""What somebody can change: the address is not forgotten, and the next message about the case tries again."""


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """A file that was given with a case, and what became of it.

    Attributes:
        case_id: With which case.
        guild_id: Where.
        filename: As its sender called it.
        content_type: What kind it is, None if nobody knows.
        size: In bytes: as Discord said until it was fetched, then as it is.
        url: Where it can be fetched; None if that is done or hopeless.
        sha256: Of what stands in the log channel; None if nothing does.
        failure: Why it was not kept, None if it was or may still be.
    """

    case_id: UUID
    guild_id: int
    filename: str
    content_type: str | None
    size: int
    url: str | None
    sha256: str | None
    failure: str | None

    def fetched(self, content: bytes) -> Self:
        """Say what it is once it stands in the log channel."""
        return replace(self, size=len(content), sha256=sha256(content).hexdigest(), url=None, failure=None)

    def failed(self, failure: EvidenceFailure) -> Self:
        """Say what it is if it cannot be kept."""
        url = self.url if failure in _MAY_STILL_BE else None
        return replace(self, failure=failure.value, sha256=None, url=url)


_COLUMNS: Final = tuple(getattr(ModerationEvidence, name) for name in EvidenceFile.__dataclass_fields__)


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


async def find(tx: Tx, case: Case) -> EvidenceFile | None:
    """Load the file that goes with a case, None if there is none."""
    found = await tx.execute(
        select(*_COLUMNS).where(
            ModerationEvidence.guild_id == case.guild_id, ModerationEvidence.case_id == case.id
        )
    )
    row = found.one_or_none()
    return None if row is None else EvidenceFile(**row._asdict())


async def note(tx: Tx, evidence: EvidenceFile) -> None:
    """Note what became of a file. What was kept, or given up, stays so."""
    await tx.execute(
        update(ModerationEvidence)
        .where(
            ModerationEvidence.guild_id == evidence.guild_id,
            ModerationEvidence.case_id == evidence.case_id,
            ModerationEvidence.url.is_not(None),
        )
        .values(size=evidence.size, url=evidence.url, sha256=evidence.sha256, failure=evidence.failure)
    )


def evidence_line(language: Language, evidence: EvidenceFile) -> str:
    """Write what became of a file, for the case's message in the log channel."""
    name: Fact = evidence.filename or _UNNAMED
    if evidence.sha256 is not None:
        return language.say(
            "{name}, {size} KiB, SHA-256 {digest}…",
            name=name,
            size=-(-evidence.size // _KIB),
            digest=evidence.sha256[:_SHOWN_DIGITS],
        )
    if evidence.failure is not None:
        why = Term(SENTENCES[EvidenceFailure(evidence.failure)])
        return language.say("{name}: {why}", name=name, why=why)
    if evidence.url is None:
        return language.say("{name}, not kept", name=name)
    return language.say("{name}, not fetched yet", name=name)
