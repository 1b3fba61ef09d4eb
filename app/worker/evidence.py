"""The file of a case: fetched right before the log's first message about the case, which it goes with."""

from typing import Final

from app import clock
from app.discord.port import DiscordMessage, DiscordUnavailableError, Unfetched
from app.moderation.cases import Case
from app.moderation.evidence import LARGEST, LIFE, PATIENCE, EvidenceFailure, EvidenceFile
from app.worker.work import Work

_FAILURES: Final = {
    Unfetched.FOREIGN: EvidenceFailure.FOREIGN,
    Unfetched.GONE: EvidenceFailure.GONE,
    Unfetched.TOO_LARGE: EvidenceFailure.TOO_LARGE,
}


async def fetch(
    work: Work, case: Case, evidence: EvidenceFile, sent: DiscordMessage | None
) -> tuple[EvidenceFile, bytes | None]:
    """Give what becomes of a file, and its content if there is any.

    Args:
        work: What there is to work with.
        case: What it goes with.
        evidence: As it was given.
        sent: The log's message, if an earlier try got so far: then what counts is the file that it has.

    Raises:
        DiscordUnavailableError: not now, and the case is young enough to wait.
    """
    url = evidence.url
    if sent is not None:
        url = sent.files[0].url if sent.files else None
    elif clock.now() - case.created_at > LIFE:
        return evidence.failed(EvidenceFailure.TOO_LATE), None
    if url is None:
        return evidence.failed(EvidenceFailure.NOT_ATTACHED), None
    try:
        content = await work.discord.fetch_file(url, at_most=LARGEST)
    except DiscordUnavailableError:
        if waits(case):
            raise
        return evidence.failed(EvidenceFailure.UNREACHABLE), None
    if isinstance(content, Unfetched):
        return evidence.failed(_FAILURES[content]), None
    return evidence.fetched(content), content


def waits(case: Case) -> bool:
    """Tell whether the message about a case may still wait for its file."""
    return clock.now() - case.created_at < PATIENCE
