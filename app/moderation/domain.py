"""The rules of cases, from plain values. No database, no Discord."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from app.roles.domain import Desired

MAX_REASON: Final = 512
"""Characters of a reason. Discord: so many of an audit log's reason."""

LONGEST_TIMEOUT: Final = timedelta(days=28)
"""Discord: a time-out ends at most 28 days from now."""

_CLOCKS_DIFFER: Final = timedelta(seconds=30)
"""By so much Discord's clock may be behind ours without refusing the longest time-out."""


class CaseAction(StrEnum):
    """What was decided. The values are kept and shown."""

    NOTE = "note"
    WARN = "warn"
    TIMEOUT = "timeout"
    UNTIMEOUT = "untimeout"
    KICK = "kick"
    BAN = "ban"
    UNBAN = "unban"
    PURGE = "purge"
    MASSBAN = "massban"


class CaseStatus(StrEnum):
    """What has become of it. The values are kept and shown."""

    PENDING = "pending"
    """Decided, not carried out yet."""
    ACTIVE = "active"
    """Carried out, and lasting."""
    DONE = "done"
    """Carried out, and over at once."""
    FAILED = "failed"
    EXPIRED = "expired"
    """Its time was over."""
    LIFTED = "lifted"
    """Ended, before its time, by another case."""
    UNDONE = "undone"
    """It should not have been."""


LASTING: Final = frozenset({CaseAction.WARN, CaseAction.TIMEOUT, CaseAction.BAN})
"""What is active after it was carried out; everything else is done."""

TRANSITIONS: Final[Mapping[CaseStatus, frozenset[CaseStatus]]] = MappingProxyType(
    {
        CaseStatus.PENDING: frozenset(
            {
                CaseStatus.ACTIVE,
                CaseStatus.DONE,
                CaseStatus.FAILED,
                CaseStatus.EXPIRED,  # nobody carried it out in time
                CaseStatus.LIFTED,
                CaseStatus.UNDONE,
            }
        ),
        CaseStatus.ACTIVE: frozenset({CaseStatus.EXPIRED, CaseStatus.LIFTED, CaseStatus.UNDONE}),
        CaseStatus.DONE: frozenset({CaseStatus.UNDONE}),
        CaseStatus.FAILED: frozenset({CaseStatus.PENDING}),  # staff tries again
        CaseStatus.EXPIRED: frozenset({CaseStatus.UNDONE}),
        CaseStatus.LIFTED: frozenset({CaseStatus.UNDONE}),
        CaseStatus.UNDONE: frozenset(),
    }
)
"""From each status to which others a case may go."""

_ONLY_LASTING: Final = frozenset({CaseStatus.ACTIVE, CaseStatus.EXPIRED, CaseStatus.LIFTED})


def can_become(action: CaseAction, status: CaseStatus, new: CaseStatus) -> bool:
    """Tell whether a case may go from one status to another."""
    if new not in TRANSITIONS[status]:
        return False
    if action in LASTING:
        return new is not CaseStatus.DONE
    return new not in _ONLY_LASTING


def status_once_carried_out(action: CaseAction) -> CaseStatus:
    """Tell what a case becomes when Discord has done it, or when there was nothing for Discord to do."""
    return CaseStatus.ACTIVE if action in LASTING else CaseStatus.DONE


def longest_possible(ends_at: datetime, now: datetime) -> datetime:
    """Tell until when Discord can be told to time somebody out; the rest is for a later call."""
    return min(ends_at, now + LONGEST_TIMEOUT - _CLOCKS_DIFFER)


@dataclass(frozen=True, slots=True)
class OpenCase:
    """A case of one member that is pending or active.

    Attributes:
        number: Its number in the guild: the later decision has the larger one.
        action: What was decided.
        status: Pending or active.
        ends_at: When it is over; None for never. A time-out has always an end.
    """

    number: int
    action: CaseAction
    status: CaseStatus
    ends_at: datetime | None = None

    def __post_init__(self) -> None:
        """Refuse what no open case can be."""
        if self.status not in {CaseStatus.PENDING, CaseStatus.ACTIVE}:
            raise ValueError(f"case {self.number} is {self.status}, not open")
        if self.action is CaseAction.TIMEOUT and self.ends_at is None:
            raise ValueError(f"case {self.number} is a time-out without an end")

    def is_over(self, now: datetime) -> bool:
        """Tell whether its time is up."""
        return self.ends_at is not None and self.ends_at <= now


@dataclass(frozen=True, slots=True)
class Sanction:
    """What should be of a time-out or a ban.

    Attributes:
        desired: Present, absent, or not ours to say.
        ends_at: If present, when it is over; None for never.
        case_number: The case that says so; None if none does.
    """

    desired: Desired
    ends_at: datetime | None = None
    case_number: int | None = None


@dataclass(frozen=True, slots=True)
class Sanctions:
    """What should be of one member."""

    timeout: Sanction
    ban: Sanction


NOT_OURS: Final = Sanction(Desired.NOT_OURS)


def desired_sanctions(cases: Iterable[OpenCase], now: datetime) -> Sanctions:
    """Work out what should be of a member, from all open cases about that member."""
    newest_first = sorted(cases, key=lambda case: case.number, reverse=True)
    return Sanctions(
        timeout=_desired(newest_first, CaseAction.TIMEOUT, CaseAction.UNTIMEOUT, now),
        ban=_desired(newest_first, CaseAction.BAN, CaseAction.UNBAN, now),
    )


def _desired(newest_first: list[OpenCase], imposes: CaseAction, lifts: CaseAction, now: datetime) -> Sanction:
    imposed: list[OpenCase] = []
    for case in newest_first:
        if case.action is lifts:
            if not imposed:
                return Sanction(Desired.ABSENT, case_number=case.number)
            break  # what was decided before has been lifted
        if case.action is imposes:
            imposed.append(case)
    if not imposed:
        return NOT_OURS
    newest = imposed[0]
    endless = next((case for case in imposed if case.ends_at is None), None)
    if endless is not None:  # a later, shorter one does not shorten it
        return Sanction(Desired.PRESENT, case_number=endless.number)
    if not newest.is_over(now):
        return Sanction(Desired.PRESENT, newest.ends_at, newest.number)
    if newest.status is CaseStatus.ACTIVE:
        return Sanction(Desired.ABSENT, case_number=newest.number)
    return NOT_OURS
