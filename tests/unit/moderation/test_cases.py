"""What a case may become, and what should be of a member."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.moderation.domain import (
    TRANSITIONS,
    CaseAction,
    CaseStatus,
    OpenCase,
    Sanction,
    can_become,
    desired_sanctions,
    longest_possible,
    status_once_carried_out,
)
from app.roles.domain import Desired

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

ALLOWED = {
    "pending": "active done failed expired lifted undone",
    "active": "expired lifted undone",
    "done": "undone",
    "failed": "pending",
    "expired": "undone",
    "lifted": "undone",
    "undone": "",
}
NEVER_OF_WHAT_LASTS = {"done"}
NEVER_OF_WHAT_IS_OVER_AT_ONCE = {"active", "expired", "lifted"}
BANS = {"ban", "massban"}
LASTS = {"warn", "timeout", "ban", "massban"}


class TestACase:
    def test_is_of_one_of_nine_actions(self) -> None:
        nine = {"note", "warn", "timeout", "untimeout", "kick", "ban", "unban", "purge", "massban"}
        assert {action.value for action in CaseAction} == nine

    def test_has_a_line_for_every_status(self) -> None:
        assert set(TRANSITIONS) == set(CaseStatus)

    @pytest.mark.parametrize(("action", "old", "new"), list(product(CaseAction, CaseStatus, CaseStatus)))
    def test_becomes_what_the_table_says_and_nothing_else(
        self, action: CaseAction, old: CaseStatus, new: CaseStatus
    ) -> None:
        never = NEVER_OF_WHAT_LASTS if action.value in LASTS else NEVER_OF_WHAT_IS_OVER_AT_ONCE
        expected = new.value in ALLOWED[old.value].split() and new.value not in never
        assert can_become(action, old, new) is expected

    @pytest.mark.parametrize("action", CaseAction)
    def test_can_become_what_it_is_once_carried_out(self, action: CaseAction) -> None:
        done = status_once_carried_out(action)
        assert done.value == ("active" if action.value in LASTS else "done")
        assert can_become(action, CaseStatus.PENDING, done)

    @pytest.mark.parametrize("status", ["done", "failed", "expired", "lifted", "undone"])
    def test_that_is_closed_says_nothing_about_a_member(self, status: str) -> None:
        with pytest.raises(ValueError, match="not open"):
            OpenCase(1, CaseAction.BAN, CaseStatus(status))

    def test_of_a_timeout_has_an_end(self) -> None:
        with pytest.raises(ValueError, match="without an end"):
            OpenCase(1, CaseAction.TIMEOUT, CaseStatus.ACTIVE)


def case(number: int, action: str, status: str = "active", hours: int | None = None) -> OpenCase:
    ends_at = None if hours is None else NOW + hours * HOUR
    return OpenCase(number, CaseAction(action), CaseStatus(status), ends_at)


def ban(*cases: OpenCase) -> Sanction:
    return desired_sanctions(cases, NOW).ban


def timeout(*cases: OpenCase) -> Sanction:
    return desired_sanctions(cases, NOW).timeout


class TestABan:
    def test_that_nobody_decided_is_not_ours(self) -> None:
        assert ban() == Sanction(Desired.NOT_OURS)
        assert ban(case(1, "warn"), case(2, "timeout", hours=1), case(3, "kick", "pending")) == ban()

    @pytest.mark.parametrize("status", ["pending", "active"])
    def test_is_present_until_its_end(self, status: str) -> None:
        assert ban(case(1, "ban", status, hours=1)) == Sanction(Desired.PRESENT, NOW + HOUR, 1)
        assert ban(case(1, "ban", status)) == Sanction(Desired.PRESENT, None, 1)

    @pytest.mark.parametrize("hours", [0, -1])
    def test_is_absent_once_its_time_is_over(self, hours: int) -> None:
        assert ban(case(1, "ban", hours=hours)) == Sanction(Desired.ABSENT, case_number=1)

    def test_that_was_never_carried_out_in_time_is_not_ours(self) -> None:
        assert ban(case(1, "ban", "pending", hours=-1)) == Sanction(Desired.NOT_OURS)

    def test_is_absent_after_a_newer_unban(self) -> None:
        assert ban(case(1, "ban"), case(2, "unban", "pending")) == Sanction(Desired.ABSENT, case_number=2)

    def test_is_present_after_an_older_unban(self) -> None:
        assert ban(case(1, "unban", "pending"), case(2, "ban")) == Sanction(Desired.PRESENT, None, 2)

    def test_follows_the_newest_decision_in_both_directions(self) -> None:
        assert ban(case(1, "ban", hours=1), case(2, "ban", hours=5)).ends_at == NOW + 5 * HOUR
        assert ban(case(1, "ban", hours=5), case(2, "ban", hours=1)).ends_at == NOW + HOUR

    @pytest.mark.parametrize("hours", [1, -1])
    def test_for_ever_is_not_shortened_by_a_later_one(self, hours: int) -> None:
        assert ban(case(1, "ban"), case(2, "ban", hours=hours)) == Sanction(Desired.PRESENT, None, 1)

    def test_for_ever_that_was_lifted_before_does_not_lengthen_a_later_one(self) -> None:
        cases = (case(1, "ban"), case(2, "unban", "pending"), case(3, "ban", "pending", hours=1))
        assert ban(*cases) == Sanction(Desired.PRESENT, NOW + HOUR, 3)


class TestATimeout:
    def test_is_present_until_its_end_and_then_absent(self) -> None:
        assert timeout(case(1, "timeout", hours=1)) == Sanction(Desired.PRESENT, NOW + HOUR, 1)
        assert timeout(case(1, "timeout", hours=-1)) == Sanction(Desired.ABSENT, case_number=1)

    def test_is_absent_after_a_newer_untimeout(self) -> None:
        cases = (case(1, "timeout", hours=1), case(2, "untimeout", "pending"))
        assert timeout(*cases) == Sanction(Desired.ABSENT, case_number=2)

    def test_is_no_concern_of_a_ban(self) -> None:
        both = desired_sanctions((case(1, "timeout", hours=1), case(2, "unban", "pending")), NOW)
        assert (both.timeout.desired, both.ban.desired) == (Desired.PRESENT, Desired.ABSENT)


@st.composite
def open_cases(draw: st.DrawFn) -> list[OpenCase]:
    cases = []
    for number in range(1, draw(st.integers(0, 7)) + 1):
        action = draw(st.sampled_from(list(CaseAction)))
        hours = draw(st.integers(-5, 5))
        if action in BANS:
            ends_at = draw(st.sampled_from([None, NOW + hours * HOUR]))
        else:
            ends_at = NOW + hours * HOUR if action is CaseAction.TIMEOUT else None
        status = draw(st.sampled_from([CaseStatus.PENDING, CaseStatus.ACTIVE]))
        cases.append(OpenCase(number, action, status, ends_at))
    return cases


class TestAnyCases:
    @given(cases=open_cases(), data=st.data())
    def test_say_the_same_in_any_order(self, cases: list[OpenCase], data: st.DataObject) -> None:
        shuffled = data.draw(st.permutations(cases))
        assert desired_sanctions(shuffled, NOW) == desired_sanctions(cases, NOW)

    @given(cases=open_cases())
    def test_take_away_only_what_a_case_of_ours_brought_or_lifts(self, cases: list[OpenCase]) -> None:
        found = ban(*cases)
        if found.desired is Desired.ABSENT:
            says_so = next(each for each in cases if each.number == found.case_number)
            assert says_so.action is CaseAction.UNBAN or (
                says_so.action in BANS and says_so.status is CaseStatus.ACTIVE
            )

    @given(cases=open_cases())
    def test_keep_a_ban_for_ever_until_it_is_lifted(self, cases: list[OpenCase]) -> None:
        lifted = max((each.number for each in cases if each.action is CaseAction.UNBAN), default=0)
        is_endless = any(
            each.action in BANS and each.ends_at is None and each.number > lifted for each in cases
        )
        found = ban(*cases)
        assert (found.desired is Desired.PRESENT and found.ends_at is None) is is_endless


class TestWhatDiscordIsTold:
    def test_is_the_end_itself_if_it_is_near(self) -> None:
        assert longest_possible(NOW + DAY, NOW) == NOW + DAY

    def test_is_a_little_less_than_28_days_if_it_is_far(self) -> None:
        assert 0 < (NOW + 28 * DAY - longest_possible(NOW + 40 * DAY, NOW)).total_seconds() < 60
