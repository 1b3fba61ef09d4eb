"""The rules of reports, from plain values: what a report may become, and what came of it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from uuid import UUID

from app.moderation.domain import CaseAction, CaseStatus, DmStatus


class ReportStatus(StrEnum):
    """What has become of a report. The values are kept and shown."""

    OPEN = "open"
    CLAIMED = "claimed"
    """A moderator looks at it."""
    ACTED = "acted"
    """A case came of it."""
    DISMISSED = "dismissed"
    """A moderator found nothing against the rules."""


TRANSITIONS: Final[Mapping[ReportStatus, frozenset[ReportStatus]]] = MappingProxyType(
    {
        ReportStatus.OPEN: frozenset({ReportStatus.CLAIMED, ReportStatus.ACTED, ReportStatus.DISMISSED}),
        # Whoever claimed it may be gone, so a claim keeps nobody else from deciding; it says who looks at it.
        ReportStatus.CLAIMED: frozenset({ReportStatus.ACTED, ReportStatus.DISMISSED}),
        ReportStatus.ACTED: frozenset(),
        ReportStatus.DISMISSED: frozenset(),
    }
)
"""From each status to which others a report may go."""

CLOSED: Final = frozenset(status for status, others in TRANSITIONS.items() if not others)


def can_become(status: ReportStatus, new: ReportStatus) -> bool:
    """Tell whether a report may go from one status to another."""
    return new in TRANSITIONS[status]


@dataclass(frozen=True, slots=True)
class Report:
    """A message that members brought before the moderators. Attributes as the columns, and of its case.

    `case_number`, `case_action` and `case_status` are None as long as no case came of it.
    """

    id: UUID
    guild_id: int
    number: int
    created_at: datetime
    channel_id: int
    message_id: int
    author_id: int
    author_tag: str | None
    content: str
    status: ReportStatus
    handled_by: int | None
    case_id: UUID | None
    log_channel_id: int | None
    log_message_id: int | None
    logged_version: int
    version: int
    case_number: int | None = None
    case_action: CaseAction | None = None
    case_status: CaseStatus | None = None

    @property
    def mark(self) -> str:
        """Give what stands below a message about this report, and by which it is found again."""
        return f"Report #{self.number} · {self.id.hex[-12:]}"

    @property
    def link(self) -> str:
        """Give the address of the message it is about."""
        return f"https://discord.com/channels/{self.guild_id}/{self.channel_id}/{self.message_id}"

    @property
    def is_closed(self) -> bool:
        """Tell whether a moderator has decided."""
        return self.status in CLOSED


@dataclass(frozen=True, slots=True)
class Reporter:
    """Who reported, and whether they were told what came of it."""

    user_id: int
    locale: str
    dm_status: DmStatus


@dataclass(frozen=True, slots=True)
class ReportedMessage:
    """What somebody reports: where it is, whose it is, what it says."""

    channel_id: int
    message_id: int
    author_id: int
    author_tag: str | None
    content: str


class Outcome(StrEnum):
    """What came of a report, as far as those who made it are told."""

    WARNED = "warned"
    TIMED_OUT = "timed_out"
    DEALT_WITH = "dealt_with"
    NOTHING = "nothing"


_TOLD: Final[dict[CaseAction, Outcome]] = {
    CaseAction.WARN: Outcome.WARNED,
    CaseAction.TIMEOUT: Outcome.TIMED_OUT,
}

_NOT_DONE: Final = frozenset({CaseStatus.FAILED, CaseStatus.UNDONE})


def outcome(report: Report) -> Outcome | None:
    """Tell what came of a report, None as long as that is not certain.

    Nobody is told of a time-out that Discord has refused, or that was taken back.
    """
    match report.status:
        case ReportStatus.OPEN | ReportStatus.CLAIMED:
            return None
        case ReportStatus.DISMISSED:
            return Outcome.NOTHING
        case ReportStatus.ACTED:
            if report.case_status is CaseStatus.PENDING:
                return None
            if report.case_action is None or report.case_status in _NOT_DONE:
                return Outcome.DEALT_WITH
            return _TOLD.get(report.case_action, Outcome.DEALT_WITH)
