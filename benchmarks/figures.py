"""What was measured: one figure for each round, and what may be said of them."""

import statistics
from dataclasses import dataclass
from enum import Enum


class Verdict(Enum):
    """Whether a target was reached."""

    HOLDS = "holds"
    STRETCH = "holds, and so does the stretch"
    MISSED = "**not reached**"


@dataclass(frozen=True)
class Series:
    """The same figure, once for each round.

    Attributes:
        values: In the order of the rounds, so that two series of one run can be paired.
    """

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """What is reported: one bad round does not move it."""
        return statistics.median(self.values)

    def per(self, other: "Series") -> "Series":
        """Divide by another series, round by round: what both met in a round falls out of the ratio.

        Raises:
            ValueError: they are not of the same rounds.
        """
        return Series(tuple(mine / theirs for mine, theirs in zip(self.values, other.values, strict=True)))

    def written(self, digits: int = 0) -> str:
        """Write it as `median [least-most]`."""
        low, high = min(self.values), max(self.values)
        return f"{self.median:,.{digits}f} [{low:,.{digits}f}-{high:,.{digits}f}]"


@dataclass(frozen=True)
class Claim:
    """A figure beside what it has to be.

    Attributes:
        what: What was measured, in words.
        series: The figure of each round; its median is judged.
        target: What it has to be.
        stretch: What it should be, None if there is no such wish.
        at_least: Whether more is better; else it has to stay at or below.
        unit: What it is counted in; `x` for ratios.
        digits: Decimals to write.
    """

    what: str
    series: Series
    target: float
    stretch: float | None = None
    at_least: bool = True
    unit: str = "x"
    digits: int = 2

    @property
    def verdict(self) -> Verdict:
        """Judge the median, exactly as it was measured and not as it is rounded."""
        if not self._reaches(self.target):
            return Verdict.MISSED
        if self.stretch is not None and self._reaches(self.stretch):
            return Verdict.STRETCH
        return Verdict.HOLDS

    def bound(self, value: float | None) -> str:
        """Write a target."""
        if value is None:
            return ""
        return f"{'at least' if self.at_least else 'at most'} {value:g} {self.unit}"

    def _reaches(self, value: float) -> bool:
        return self.series.median >= value if self.at_least else self.series.median <= value
