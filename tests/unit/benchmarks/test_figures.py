"""Medians, ratios of the same round, and honest verdicts."""

import pytest

from benchmarks.figures import Claim, Series, Verdict


class TestASeries:
    def test_is_reported_by_its_median_with_the_least_and_the_most(self) -> None:
        assert Series((120.0, 99.6, 1250.4)).written() == "120 [100-1,250]"

    def test_is_divided_round_by_round_so_that_a_slow_round_falls_out(self) -> None:
        ours, theirs = Series((100.0, 300.0, 110.0)), Series((150.0, 450.0, 165.0))

        assert theirs.per(ours).values == (1.5, 1.5, 1.5)

    def test_is_divided_by_one_of_the_same_rounds_only(self) -> None:
        with pytest.raises(ValueError, match="zip"):
            Series((1.0, 2.0)).per(Series((1.0,)))


class TestAClaim:
    @pytest.mark.parametrize(
        ("median", "verdict"),
        [(1.299, Verdict.MISSED), (1.3, Verdict.HOLDS), (1.499, Verdict.HOLDS), (1.5, Verdict.STRETCH)],
    )
    def test_holds_from_its_target_on_where_more_is_better(self, median: float, verdict: Verdict) -> None:
        assert Claim("speed", Series((median,)), 1.3, 1.5).verdict is verdict

    @pytest.mark.parametrize(
        ("median", "verdict"),
        [(0.451, Verdict.MISSED), (0.45, Verdict.HOLDS), (0.36, Verdict.HOLDS), (0.35, Verdict.STRETCH)],
    )
    def test_holds_up_to_its_target_where_less_is_better(self, median: float, verdict: Verdict) -> None:
        assert Claim("cost", Series((median,)), 0.45, 0.35, at_least=False).verdict is verdict

    def test_is_not_rounded_into_holding(self) -> None:
        claim = Claim("speed", Series((1.2999,)), 1.3)

        assert claim.series.written(2).startswith("1.30")
        assert claim.verdict is Verdict.MISSED

    def test_says_what_it_has_to_be(self) -> None:
        memory = Claim("memory", Series((80.0,)), 90, at_least=False, unit="MiB")

        assert memory.bound(memory.target) == "at most 90 MiB"
        assert memory.bound(memory.stretch) == ""
