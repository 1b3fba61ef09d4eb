"""A case as it stands in its row: plain values. No database, no Discord."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.moderation.domain import CaseAction, CaseStatus, DmStatus, OpenCase, Source


@dataclass(frozen=True, slots=True)
class Case:
    """One thing that was decided about a member. Attributes as the columns of `moderation_cases`."""

    id: UUID
    guild_id: int
    number: int
    created_at: datetime
    user_id: int
    user_tag: str | None
    moderator_id: int
    moderator_tag: str | None
    action: CaseAction
    reason: str | None
    source: Source
    status: CaseStatus
    failure: str | None
    expires_at: datetime | None
    resolved_at: datetime | None
    resolved_by: int | None
    dm_status: DmStatus
    linked_id: UUID | None
    incident_id: UUID | None
    begun_at: datetime | None
    details: dict[str, Any]
    log_channel_id: int | None
    log_message_id: int | None
    logged_version: int
    version: int
    interaction_id: int | None
    idempotency_key: str

    @property
    def as_open(self) -> OpenCase:
        """Give what the rules ask of a case that is pending or active."""
        return OpenCase(self.number, self.action, self.status, self.expires_at)

    @property
    def mark(self) -> str:
        """Give what stands below a message about this case, and by which it is found again."""
        return f"Case #{self.number} · {self.id.hex[-12:]}"


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a case is about.

    Attributes:
        user_id: Discord's id.
        tag: The name as it is now, None if nobody told it.
        is_bot: Whether it is an application.
    """

    user_id: int
    tag: str | None
    is_bot: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """A file that a moderator gave with a case; the address expires."""

    filename: str
    content_type: str | None
    size: int
    url: str


@dataclass(frozen=True, slots=True)
class Order:
    """What a moderator asks for.

    Attributes:
        action: What is to be done.
        reason: Why, None if nobody said.
        duration: For how long, None for good (or where it has no meaning).
        delete_seconds: Of a ban: how far back the member's messages go, too.
        silent: Whether the member is not told.
        evidence: A file that goes with it, None without.
        quote: What was written, with the address of the message; None if it is not about a message.
        interaction_id: The interaction whose reply is edited with the outcome, None if there is none.
    """

    action: CaseAction
    reason: str | None = None
    duration: timedelta | None = None
    delete_seconds: int = 0
    silent: bool = False
    evidence: Evidence | None = None
    quote: str | None = None
    interaction_id: int | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """What became of an order.

    Attributes:
        case: The case that was opened, or the one that was in force already.
        was_in_force: Whether nothing new was opened, because that case says the same or more.
        follow_up: What the escalation ladder added, None if nothing.
    """

    case: Case
    was_in_force: bool = False
    follow_up: Case | None = None


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """One line of a case's timeline."""

    created_at: datetime
    actor_id: int
    what: str
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Which cases somebody looks for; what is None does not matter."""

    user_id: int | None = None
    moderator_id: int | None = None
    action: CaseAction | None = None
    status: CaseStatus | None = None
    text: str | None = None
    since: datetime | None = None
    without_notes: bool = False


@dataclass(frozen=True, slots=True)
class CasePage:
    """Some cases, the newest first.

    Attributes:
        cases: At most as many as were asked for.
        total: How many there are on all pages.
        page: Which page, from 1.
        pages: How many there are.
    """

    cases: tuple[Case, ...]
    total: int
    page: int
    pages: int = field(default=1)
