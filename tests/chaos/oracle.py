"""What should be of everybody at the end, from what was decided. It knows nothing of the platform."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final, Literal

_THE_SAME: Final = timedelta(minutes=1)
"""What lasts longer by no more than this is no longer: two moderators chose the same at once."""

Kind = Literal["warn", "note", "timeout", "untimeout", "kick", "ban", "unban", "undo"]


@dataclass(frozen=True)
class Decision:
    """One thing that was decided about somebody.

    Attributes:
        at: When.
        kind: What.
        number: The case it has; of an undo: the case that is taken back.
        until: When it is over, None for never.
    """

    at: datetime
    kind: Kind
    number: int
    until: datetime | None = None

    def is_over(self, now: datetime) -> bool:
        return self.until is not None and self.until <= now

    def outlasts(self, other: "Decision") -> bool:
        if other.until is None or self.until is None:
            return self.until is None and other.until is not None
        return self.until > other.until + _THE_SAME


class There(Enum):
    """Whether somebody is in the guild."""

    YES = "yes"
    NO = "no"
    EITHER = "either"
    """A ban was decided, and was over before anybody knows whether it was carried out."""


@dataclass(frozen=True)
class Expected:
    """What should be of one person.

    Attributes:
        ban: The decision for which they are banned now, None if there is none.
        timeout: The decision for which they are timed out now, None if there is none.
        there: Whether they are a member.
    """

    ban: Decision | None
    timeout: Decision | None
    there: There


def standing(decisions: Sequence[Decision], now: datetime, imposes: Kind, lifts: Kind) -> Decision | None:
    """Tell which decision about a sanction is in force: the last word counts, but nothing is shortened."""
    found: Decision | None = None
    for each in decisions:
        if each.kind == imposes and (found is None or found.is_over(each.at) or each.outlasts(found)):
            found = each
        elif each.kind == lifts or (
            found is not None and each.kind == "undo" and each.number == found.number
        ):
            found = None
    return None if found is None or found.is_over(now) else found


def expect(decisions: Sequence[Decision], now: datetime, *, banned_by_hand: bool) -> Expected:
    """Tell what should be of somebody about whom this was decided."""
    ban = standing(decisions, now, "ban", "unban")
    kinds = {each.kind for each in decisions}
    if banned_by_hand:
        return Expected(None, None, There.NO)
    there = There.EITHER if "ban" in kinds else There.YES
    if ban is not None or "kick" in kinds:
        there = There.NO
    return Expected(ban, standing(decisions, now, "timeout", "untimeout"), there)
