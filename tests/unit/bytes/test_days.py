"""When a guild's day begins and ends, whatever its clocks do."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bytes import domain

ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata",
         "Pacific/Apia", "America/Havana", "Asia/Beirut", "Atlantic/Azores", "Africa/Casablanca"]  # fmt: skip

instants = st.datetimes(
    datetime(2015, 1, 1),  # noqa: DTZ001 - hypothesis wants naive bounds and makes aware values
    datetime(2035, 1, 1),  # noqa: DTZ001 - the same
    timezones=st.just(UTC),
)
zones = st.sampled_from(ZONES).map(ZoneInfo)
hours = st.integers(0, 23)


class TestLocalDay:
    @pytest.mark.parametrize(
        ("at", "zone", "hour", "day"),
        [
            ("2026-03-01T23:59:59", "UTC", 0, "2026-03-01"),
            ("2026-03-02T00:00:00", "UTC", 0, "2026-03-02"),
            ("2026-03-02T03:59:59", "UTC", 4, "2026-03-01"),
            ("2026-03-02T04:00:00", "UTC", 4, "2026-03-02"),
            ("2026-03-01T23:30:00", "Europe/Berlin", 0, "2026-03-02"),
            # Clocks jump from 02:00 to 03:00: an hour of reset that does not exist begins at the jump.
            ("2026-03-29T00:59:59", "Europe/Berlin", 2, "2026-03-28"),
            ("2026-03-29T01:00:00", "Europe/Berlin", 2, "2026-03-29"),
            # Clocks fall from 03:00 to 02:00: the day begins at the first 02:00 and not again.
            ("2026-10-24T23:59:59", "Europe/Berlin", 2, "2026-10-24"),
            ("2026-10-25T00:00:00", "Europe/Berlin", 2, "2026-10-25"),
            ("2026-10-25T01:00:00", "Europe/Berlin", 2, "2026-10-25"),
        ],
    )
    def test_follows_the_clock_on_the_wall(self, at: str, zone: str, hour: int, day: str) -> None:
        instant = datetime.fromisoformat(at).replace(tzinfo=UTC)
        assert domain.local_day(instant, ZoneInfo(zone), hour) == date.fromisoformat(day)

    @given(instants, zones, hours, st.integers(0, 72 * 3600))
    def test_never_goes_back(self, at: datetime, zone: ZoneInfo, hour: int, later: int) -> None:
        assert domain.local_day(at, zone, hour) <= domain.local_day(at + timedelta(seconds=later), zone, hour)

    @given(instants, zones, hours)
    def test_lasts_between_a_day_less_and_a_day_more_an_hour(
        self, at: datetime, zone: ZoneInfo, hour: int
    ) -> None:
        day = domain.local_day(at, zone, hour)
        begins = domain.day_begins(day, zone, hour)
        ends = domain.day_begins(day + timedelta(days=1), zone, hour)
        assert begins <= at < ends
        if zone.key != "Pacific/Apia":  # which once skipped a whole day
            assert timedelta(hours=23) <= ends - begins <= timedelta(hours=25)

    @given(instants, zones, hours)
    def test_the_next_claim_opens_exactly_when_the_day_changes(
        self, at: datetime, zone: ZoneInfo, hour: int
    ) -> None:
        day = domain.local_day(at, zone, hour)
        opens = domain.day_begins(day + timedelta(days=1), zone, hour)
        assert domain.local_day(opens, zone, hour) > day
        assert domain.local_day(opens - timedelta(seconds=1), zone, hour) == day


class TestStreak:
    def test_begins_with_one(self) -> None:
        assert domain.next_streak(None, 0, date(2026, 1, 1)) == 1

    def test_continues_on_the_next_day(self) -> None:
        assert domain.next_streak(date(2026, 1, 1), 7, date(2026, 1, 2)) == 8

    def test_begins_again_after_a_missed_day(self) -> None:
        assert domain.next_streak(date(2026, 1, 1), 7, date(2026, 1, 3)) == 1

    @given(st.lists(st.integers(1, 4), min_size=1, max_size=60))
    def test_counts_the_days_in_a_row(self, gaps: list[int]) -> None:
        day, last, streak = date(2026, 1, 1), None, 0
        run = 0
        for gap in gaps:
            streak = domain.next_streak(last, streak, day)
            run = run + 1 if last is not None and (day - last).days == 1 else 1
            assert streak == run
            last, day = day, day + timedelta(days=gap)

    @given(instants, zones, hours, st.integers(1, 40))
    def test_survives_daylight_saving(self, at: datetime, zone: ZoneInfo, hour: int, days: int) -> None:
        """Claiming whenever the next claim opens never loses the streak."""
        last, streak, now = None, 0, at
        for expected in range(1, days + 1):
            today = domain.local_day(now, zone, hour)
            streak = domain.next_streak(last, streak, today)
            assert streak == expected
            last, now = today, domain.day_begins(today + timedelta(days=1), zone, hour)

    def test_is_shown_until_the_day_after_has_passed(self) -> None:
        last = date(2026, 1, 1)
        assert domain.current_streak(last, 7, date(2026, 1, 1)) == 7
        assert domain.current_streak(last, 7, date(2026, 1, 2)) == 7
        assert domain.current_streak(last, 7, date(2026, 1, 3)) == 0


class TestMultiplier:
    @pytest.mark.parametrize(
        ("streak", "times"),
        [(1, 1), (7, 1), (8, 2), (15, 2), (16, 4), (31, 4), (32, 8), (63, 8), (64, 16), (5000, 16)],
    )
    def test_is_that_of_the_highest_threshold_reached(self, streak: int, times: int) -> None:
        assert domain.multiplier(streak, {8: 2, 16: 4, 32: 8, 64: 16}) == times

    @given(st.integers(1, 4000), st.dictionaries(st.integers(1, 3650), st.integers(1, 100)))
    def test_agrees_with_a_plain_search(self, streak: int, bonuses: dict[int, int]) -> None:
        best = 1
        for days in range(1, streak + 1):
            best = bonuses.get(days, best)
        assert domain.multiplier(streak, bonuses) == best
