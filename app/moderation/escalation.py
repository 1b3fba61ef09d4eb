"""The escalation ladder: what several warnings lead to. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.moderation.config import Step
from app.moderation.domain import CaseStatus


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning that a member was given."""

    at: datetime
    status: CaseStatus


def counts(warning: Warned, now: datetime, lifetime_days: int | None) -> bool:
    """Tell whether a warning is active: not lifted, not undone, and not older than warnings get."""
    if warning.status is not CaseStatus.ACTIVE:
        return False
    return lifetime_days is None or now - warning.at < timedelta(days=lifetime_days)


def reached_step(
    ladder: Sequence[Step], warnings: Iterable[Warned], now: datetime, lifetime_days: int | None
) -> Step | None:
    """Tell the step that a member reaches with the newest warning, None if none.

    Args:
        ladder: In any order; of several reached steps the one with the most warnings counts. Whoever is
            warned again after a step stands on it again.
        warnings: All of this member's, the newest among them.
        now: The present.
        lifetime_days: How old a warning gets; None for any age.
    """
    active = [warning for warning in warnings if counts(warning, now, lifetime_days)]
    reached = [
        step
        for step in ladder
        if sum(now - warning.at < timedelta(days=step.within_days) for warning in active) >= step.warnings
    ]
    return max(reached, key=lambda step: step.warnings, default=None)
