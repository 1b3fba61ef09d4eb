"""What several warnings lead to."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.moderation.config import Step
from app.moderation.domain import CaseAction, CaseStatus
from app.moderation.escalation import Warned, reached_step

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
TIMEOUT = Step(warnings=3, within_days=30, action=CaseAction.TIMEOUT, minutes=60)
KICK = Step(warnings=4, within_days=60, action=CaseAction.KICK)
BAN = Step(warnings=6, within_days=365, action=CaseAction.BAN)
LADDER = (BAN, TIMEOUT, KICK)


def warned(*days_ago: int, status: CaseStatus = CaseStatus.ACTIVE) -> list[Warned]:
    return [Warned(NOW - timedelta(days=days), status) for days in days_ago]


class TestTheLadder:
    @pytest.mark.parametrize(
        ("days_ago", "step"),
        [
            ((), None),
            ((0, 1), None),
            ((0, 1, 29), TIMEOUT),
            ((0, 1, 30), None),
            ((0, 1, 2, 59), KICK),
            ((0, 1, 2, 60), TIMEOUT),
            ((0, 1, 2, 3, 4), KICK),
            ((0, 100, 110, 120, 130, 364), BAN),
            ((0, 100, 110, 120, 130, 365), None),
        ],
    )
    def test_leads_to_the_highest_step_that_is_reached(
        self, days_ago: tuple[int, ...], step: Step | None
    ) -> None:
        assert reached_step(LADDER, warned(*days_ago), NOW, None) == step

    def test_without_steps_leads_nowhere(self) -> None:
        assert reached_step((), warned(*range(50)), NOW, None) is None

    @pytest.mark.parametrize("status", [each for each in CaseStatus if each is not CaseStatus.ACTIVE])
    def test_counts_only_active_warnings(self, status: CaseStatus) -> None:
        assert reached_step(LADDER, [*warned(0, 1), *warned(2, 3, 4, status=status)], NOW, None) is None

    def test_counts_no_warning_that_is_older_than_warnings_get(self) -> None:
        assert reached_step(LADDER, warned(0, 1, 9), NOW, 10) == TIMEOUT
        assert reached_step(LADDER, warned(0, 1, 10), NOW, 10) is None

    @given(
        ages=st.lists(st.integers(0, 400), max_size=12),
        more=st.lists(st.integers(0, 400), max_size=4),
        lifetime=st.none() | st.integers(1, 400),
    )
    def test_never_leads_lower_for_more_warnings(
        self, ages: list[int], more: list[int], lifetime: int | None
    ) -> None:
        fewer, all_ = (reached_step(LADDER, warned(*each), NOW, lifetime) for each in (ages, ages + more))
        assert (fewer.warnings if fewer else 0) <= (all_.warnings if all_ else 0)
