"""What is remembered of a guild, for how long and how much of it."""

import random
import tracemalloc
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.automod.observation import Kind, Observation
from app.automod.windows import KEPT_JOINS, KEPT_MESSAGES, KEPT_PER_LANE, LONGEST, Windows, alike

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
ADA, BOB = 1, 2


def wrote(at: float, message_id: int, user_id: int = ADA, channel_id: int = 10) -> Observation:
    when = NOON + timedelta(seconds=at)
    return Observation(Kind.MESSAGE, 1, user_id, when, channel_id=channel_id, message_id=message_id)


def joined(at: float, user_id: int) -> Observation:
    return Observation(Kind.JOIN, 1, user_id, NOON + timedelta(seconds=at))


def ids(windows: Windows, seen: Observation, count: int, seconds: int, **only: int) -> list[int]:
    return [each.message_id for each in windows.messages(seen, count, seconds, **only)]  # type: ignore[arg-type]  # one is a number, two are flags


class TestMessages:
    def test_are_a_burst_only_if_less_than_the_time_is_between_first_and_last(self) -> None:
        windows = Windows()
        seen = [wrote(at, number) for number, at in enumerate((0.0, 4.999, 5.0, 9.998))]
        for each in seen:
            windows.note(each)
        assert [ids(windows, each, 3, 5) for each in seen] == [[], [1, 2, 3], [1, 2, 3], [1, 2, 3]]
        assert ids(windows, seen[3], 4, 5) == []

    def test_of_a_burst_are_all_named_also_beyond_the_number_that_makes_one(self) -> None:
        windows = Windows()
        seen = [wrote(number, number) for number in range(8)]
        for each in seen:
            windows.note(each)
        assert ids(windows, seen[-1], 3, 5) == [3, 4, 5, 6, 7]

    def test_that_are_repeated_count_once(self) -> None:
        windows = Windows()
        for _ in range(3):
            windows.note(wrote(0, 7), 5)
        assert ids(windows, wrote(0, 7), 2, 60) == []
        assert ids(windows, wrote(0, 7), 2, 60, alike=True, everybody=True) == []
        assert len(windows) == 2

    def test_of_others_and_of_other_channels_do_not_count(self) -> None:
        windows = Windows()
        for number in range(3):
            windows.note(wrote(number, number, channel_id=10 + number % 2))
            windows.note(wrote(number, 100 + number, user_id=BOB))
        last = wrote(2, 2, channel_id=10)
        assert ids(windows, last, 3, 60) == [0, 1, 2]
        assert ids(windows, last, 2, 60, channel_id=10) == [0, 2]
        assert ids(windows, last, 3, 60, channel_id=10) == []

    def test_with_the_same_content_count_across_channels_and_if_wanted_across_members(self) -> None:
        windows = Windows()
        for number, (user_id, content) in enumerate([(ADA, 5), (ADA, 6), (BOB, 5), (ADA, 5)]):
            windows.note(wrote(number, number, user_id, channel_id=number), content)
        last = wrote(3, 3, channel_id=3)
        assert ids(windows, last, 2, 60, alike=True) == [0, 3]
        assert ids(windows, last, 3, 60, alike=True) == []
        assert ids(windows, last, 3, 60, alike=True, everybody=True) == [0, 2, 3]

    @given(st.lists(st.integers(0, 40), min_size=1, max_size=12), st.integers(2, 5), st.randoms())
    def test_are_found_to_be_a_burst_in_whichever_order_they_come(
        self, times: list[int], count: int, chance: random.Random
    ) -> None:
        length = 10
        seen = [wrote(at, number) for number, at in enumerate(times)]
        there_is_one = any(sum(start <= at < start + length for at in times) >= count for start in times)
        chance.shuffle(seen)
        windows = Windows()
        named: set[int] = set()
        for each in seen:
            windows.note(each)
            burst = ids(windows, each, count, length)
            assert not burst or (len(burst) >= count and each.message_id in burst)
            named |= set(burst)
        assert bool(named) == there_is_one
        ordered = sorted(times)
        in_one = {
            number
            for number, at in enumerate(times)
            if any(
                ordered[first + count - 1] - ordered[first] < length
                and max(at, ordered[first + count - 1]) - min(at, ordered[first]) < length
                for first in range(len(times) - count + 1)
            )
        }
        assert named == in_one


class TestJoins:
    def test_name_everybody_of_the_raid_whoever_came_last(self) -> None:
        for order in permutations([joined(0, 1), joined(1, 2), joined(2, 3)]):
            windows = Windows()
            found = []
            for each in order:
                windows.note(each)
                found.append(windows.joins(each, 3, 10))
            assert found == [(), (), (1, 2, 3)]

    def test_keep_matching_while_the_raid_goes_on(self) -> None:
        windows = Windows()
        sizes = []
        for number in range(1, 7):
            windows.note(joined(number, number))
            sizes.append(len(windows.joins(joined(number, number), 3, 4)))
        assert sizes == [0, 0, 3, 4, 4, 4]

    def test_of_one_who_comes_and_goes_count_once_from_the_last_time(self) -> None:
        windows = Windows()
        for at in (0, 1, 2, 1, 2):
            windows.note(joined(at, ADA))
        windows.note(joined(11, BOB))
        assert windows.joins(joined(11, BOB), 2, 10) == (ADA, BOB)
        assert windows.joins(joined(11, BOB), 3, 10) == ()
        assert len(windows) == 2

    def test_that_were_not_noted_are_no_burst(self) -> None:
        windows = Windows()
        windows.note(joined(0, ADA))
        windows.note(joined(0, BOB))
        assert windows.joins(joined(0, 3), 2, 10) == ()
        assert ids(windows, wrote(0, 7), 1, 10) == []


class TestMemory:
    def test_of_what_is_too_long_ago_goes(self) -> None:
        windows = Windows()
        for user_id in (ADA, BOB):
            windows.note(wrote(user_id, user_id, user_id), user_id)
            windows.note(joined(user_id, user_id))
        windows.note(wrote(LONGEST + 1.2, 3, 3), 3)
        windows.note(joined(LONGEST + 1.5, 3))
        assert len(windows) == 2 + 2 + 2  # of Bob's, a second later, and of the new one's
        windows.note(wrote(0, 4, 4), 4)
        windows.note(joined(0, 4))
        assert len(windows) == 2 + 2 + 2

    @pytest.mark.parametrize("writers", [1, 50, 100_000])
    def test_of_a_flood_is_bounded(self, writers: int) -> None:
        tracemalloc.start()
        try:
            windows = Windows()
            for number in range(11_000):
                user_id = 1_000_000 + number % writers
                windows.note(wrote(number / 100, number, user_id, 10 + number % 7), number % writers)
                windows.note(joined(number / 100, 9_000_000 + number))
            size, _ = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        kept = min(KEPT_MESSAGES, writers * KEPT_PER_LANE)
        assert 2 * (kept - KEPT_PER_LANE) + KEPT_JOINS <= len(windows) <= 2 * kept + KEPT_JOINS
        assert size < 8 * 2**20

    def test_keeps_those_who_wrote_last(self) -> None:
        windows = Windows()
        windows.note(wrote(0, 1, ADA))
        windows.note(wrote(0, 2, BOB))
        for number in range(KEPT_MESSAGES - 1):
            windows.note(wrote(0, 10 + number, 1_000 + number))
            if number == KEPT_MESSAGES // 2:
                windows.note(wrote(0, 3, BOB))
        assert ids(windows, wrote(0, 1, ADA), 1, 10) == []
        assert ids(windows, wrote(0, 2, BOB), 1, 10) == [2, 3]


def test_contents_are_alike_whatever_spaces_they_have() -> None:
    assert alike("free  nitro\n") == alike("free nitro") == alike("fre e\tnitro") != alike("free nitr0")
    assert alike(" \n") is None
