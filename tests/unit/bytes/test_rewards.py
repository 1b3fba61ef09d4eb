"""Which rewards a change of somebody's bytes crosses."""

from hypothesis import given, settings
from hypothesis import strategies as st

from app.bytes.rewards import rewards_crossed

REWARDS = {"1": 100, "2": 250, "3": 250}


class TestRewardsCrossed:
    def test_are_those_that_are_reached(self) -> None:
        assert rewards_crossed(REWARDS, 99, 100) == {"1"}
        assert rewards_crossed(REWARDS, 0, 1000) == {"1", "2", "3"}

    def test_are_those_that_are_lost(self) -> None:
        assert rewards_crossed(REWARDS, 250, 249) == {"2", "3"}

    def test_are_none_above_below_and_between_them(self) -> None:
        for before, after in ((0, 99), (100, 249), (250, 10**9), (100, 100)):
            assert rewards_crossed(REWARDS, before, after) == frozenset()

    def test_are_none_without_rewards(self) -> None:
        assert rewards_crossed({}, 0, 10**9) == frozenset()

    @settings(deadline=None)  # a machine under load is no fault of the rule
    @given(
        st.dictionaries(st.text("0123456789", min_size=1), st.integers(1, 50)),
        st.integers(0, 60),
        st.integers(0, 60),
    )
    def test_are_what_differs_between_what_was_and_what_is_unlocked(
        self, rewards: dict[str, int], before: int, after: int
    ) -> None:
        def unlocked(basis: int) -> set[str]:
            return {role_id for role_id, needed in rewards.items() if needed <= basis}

        assert rewards_crossed(rewards, before, after) == unlocked(before) ^ unlocked(after)
