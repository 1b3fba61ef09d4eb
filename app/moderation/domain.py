"""The rules of cases, from plain values. No database, no Discord."""

from collections.abc import Iterable, Mapping, Sequence
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


_AT_ONCE: Final = timedelta(minutes=1)
"""A sanction that lasts longer by no more than this is the same: two moderators chose one length at once."""


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


class Source(StrEnum):
    """Where a case comes from. The values are kept and shown."""

    MANUAL = "manual"
    AUTOMOD = "automod"
    DISCORD = "discord"
    API = "api"


class DmStatus(StrEnum):
    """What has become of the direct message about a case. The values are kept and shown."""

    NONE = "none"
    """None is due."""
    PENDING = "pending"
    SENDING = "sending"
    """Discord was asked, and nobody has noted the answer: look before sending another."""
    SENT = "sent"
    CLOSED = "closed"
    """The member takes no direct messages from the bot."""
    FAILED = "failed"
    """There is no telling, or no sending any more."""


LASTING: Final = frozenset({CaseAction.WARN, CaseAction.TIMEOUT, CaseAction.BAN, CaseAction.MASSBAN})
"""What is active after it was carried out; everything else is done."""

TIMEOUTS: Final = frozenset({CaseAction.TIMEOUT})
BANS: Final = frozenset({CaseAction.BAN, CaseAction.MASSBAN})

LIFTED_BY: Final[Mapping[CaseAction, frozenset[CaseAction]]] = MappingProxyType(
    {CaseAction.UNTIMEOUT: TIMEOUTS, CaseAction.UNBAN: BANS}
)
"""What ends a sanction before its time -> the sanctions it ends."""

COUNTER: Final[Mapping[CaseAction, CaseAction]] = MappingProxyType(
    {sanction: lifts for lifts, sanctions in LIFTED_BY.items() for sanction in sanctions}
)
"""A sanction -> what takes it back in Discord. Nothing takes back what is not here: undoing it marks it."""

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
        timeout=_desired(newest_first, TIMEOUTS, CaseAction.UNTIMEOUT, now),
        ban=_desired(newest_first, BANS, CaseAction.UNBAN, now),
    )


def _desired(
    newest_first: list[OpenCase], imposes: frozenset[CaseAction], lifts: CaseAction, now: datetime
) -> Sanction:
    imposed: list[OpenCase] = []
    for case in newest_first:
        if case.action is lifts:
            if not imposed:
                return Sanction(Desired.ABSENT, case_number=case.number)
            break  # what was decided before has been lifted
        if case.action in imposes:
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


@dataclass(frozen=True, slots=True)
class InForce:
    """What a new order finds: the open case that says the same or more already."""

    case: OpenCase

    @property
    def is_under_way(self) -> bool:
        """Tell whether it is not carried out yet."""
        return self.case.status is CaseStatus.PENDING


def in_force(
    action: CaseAction, ends_at: datetime | None, cases: Iterable[OpenCase], now: datetime
) -> InForce | None:
    """Tell which open case makes a new one about the same member needless, None if it is due.

    A sanction is replaced only by one that lasts longer: so of two moderators at once the second is told,
    and nobody shortens a ban by a slip. What was decided before its opposite does not count: whoever
    sanctions somebody whose sanction is about to be lifted means it. Warnings and notes are never needless.
    """
    oldest_first = sorted(cases, key=lambda each: each.number)
    if action is CaseAction.KICK or action in LIFTED_BY:
        alike = [each for each in oldest_first if each.action is action and _waits(each)]
    else:
        lasting = [each for each in oldest_first if each.action in _alike(action) and not each.is_over(now)]
        alike = [each for each in lasting if not _lasts_longer(ends_at, each.ends_at)]
    opposite = LIFTED_BY.get(action) or {COUNTER.get(action)}
    since = max((each.number for each in oldest_first if each.action in opposite), default=0)
    return next((InForce(each) for each in alike if each.number > since), None)


def _alike(action: CaseAction) -> frozenset[CaseAction]:
    return next((group for group in (TIMEOUTS, BANS) if action in group), frozenset())


def _lasts_longer(new: datetime | None, old: datetime | None) -> bool:
    return old is not None and (new is None or new > old + _AT_ONCE)


def closes(case: OpenCase, cases: Iterable[OpenCase]) -> list[OpenCase]:
    """Tell which older cases are over once `case` is carried out: what it lifts, replaces, or overtakes."""
    ended = LIFTED_BY.get(case.action) or _alike(case.action)
    if case.action in COUNTER:  # a lift that nobody carried out before would lift what came after it
        ended |= {COUNTER[case.action]}
    return [each for each in cases if each.action in ended and each.number < case.number]


def next_due(cases: Sequence[OpenCase], now: datetime) -> OpenCase | None:
    """Tell which case about a member is to be carried out next, or ended because its time is over.

    Of decisions about the same sanction only the newest is carried out: what came before it is replaced or
    lifted with it. None: there is nothing to do.
    """
    oldest_first = sorted(cases, key=lambda each: each.number)
    pending = {_same_thing(each): each for each in oldest_first if _waits(each)}
    if pending:
        return min(pending.values(), key=lambda each: each.number)
    over = [each for each in cases if each.status is CaseStatus.ACTIVE and each.is_over(now)]
    return min(over, key=lambda each: each.number, default=None)


def _waits(case: OpenCase) -> bool:
    return case.status is CaseStatus.PENDING and case.action is not CaseAction.PURGE


def _same_thing(case: OpenCase) -> object:
    """Give what cases have in common of which only the newest is carried out."""
    for lifts, sanctions in LIFTED_BY.items():
        if case.action is lifts or case.action in sanctions:
            return lifts
    return case.number
