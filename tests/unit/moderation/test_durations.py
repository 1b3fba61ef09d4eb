"""Durations as people type them."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import InvalidInputError
from app.moderation.durations import format_duration, parse_duration, parse_timeout

MINUTE, HOUR, DAY, WEEK = 60, 3_600, 86_400, 604_800


class TestParse:
    @pytest.mark.parametrize(
        ("text", "seconds"),
        [
            ("10m", 10 * MINUTE),
            ("1d12h", DAY + 12 * HOUR),
            ("2w", 2 * WEEK),
            ("1h 30m", HOUR + 30 * MINUTE),
            (" 1H30M ", HOUR + 30 * MINUTE),
            ("90 seconds", 90),
            ("1.5h", 90 * MINUTE),
            ("1 week, 2 days", WEEK + 2 * DAY),
            ("1m", MINUTE),
            ("28d", 28 * DAY),
        ],
    )
    def test_reads_what_people_type(self, text: str, seconds: int) -> None:
        assert parse_timeout(text) == timedelta(seconds=seconds)

    @pytest.mark.parametrize(
        "text",
        ["", " ", "10", "1e5", "inf", "nan", "infinity", "soon", "m10", "1:30", "-5m", "+5m", "1d 1d",
         "1..5h", "\uff11\uff10m", "10m\n5h", "1d" + " " * 50 + "x", "1" * 41 + "m", "{duration}"],
    )  # fmt: skip
    def test_refuses_what_is_none_or_could_be_two(self, text: str) -> None:
        with pytest.raises(InvalidInputError, match=r"is not a duration\. Nothing was done; write it like"):
            parse_timeout(text)

    @pytest.mark.parametrize("text", ["0m", "59s", "0.9m", "500ms"])
    def test_refuses_less_than_a_minute(self, text: str) -> None:
        with pytest.raises(InvalidInputError, match=r"is too short: it must be at least 1m\."):
            parse_timeout(text)

    @pytest.mark.parametrize("text", ["28d1s", "29d", "1y", "99999999999999999d"])
    def test_refuses_more_than_discords_28_days_for_a_timeout(self, text: str) -> None:
        with pytest.raises(InvalidInputError, match=r"(too long: it must be at most 4w\.|is not a duration)"):
            parse_timeout(text)

    def test_takes_ten_years_for_anything_else_and_no_more(self) -> None:
        assert parse_duration("3650d") == timedelta(days=3650)
        with pytest.raises(InvalidInputError, match="too long"):
            parse_duration("3651d")


class TestAnyDuration:
    @given(st.integers(MINUTE, 28 * DAY))
    def test_is_read_back_as_it_was_written(self, seconds: int) -> None:
        duration = timedelta(seconds=seconds)
        assert parse_timeout(format_duration(duration)) == duration

    @given(st.text(max_size=50) | st.text("0123456789.wdhms ,:-+e", max_size=50))
    def test_is_within_the_bounds_or_refused_with_a_sentence(self, text: str) -> None:
        try:
            found = parse_timeout(text)
        except InvalidInputError as error:
            assert "Nothing was done" in str(error)  # noqa: PT017 - either way is right
        else:
            assert timedelta(minutes=1) <= found <= timedelta(days=28)
            assert found.microseconds == 0
