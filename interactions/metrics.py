"""What is counted about interactions."""

from bisect import bisect_left
from collections.abc import Iterator
from typing import Final

from prometheus_client import REGISTRY, Counter
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector

BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3)
"""Upper bounds in seconds."""


class Answered(Collector):
    """How many interactions were answered and how long that took.

    Counted in plain numbers, because it happens for each command and this process has one thread; the
    library's own counters take a lock for each. They are put into its form when somebody asks.
    """

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str], int] = {}
        self._within = [0] * (len(BUCKETS) + 1)
        self._seconds = 0.0

    def count(self, name: str, outcome: str, seconds: float) -> None:
        """Count one interaction.

        Args:
            name: The command as typed, without options, or the name of the control.
            outcome: `ok`, or the code of the error that was rendered.
            seconds: From receiving it to its answer.
        """
        key = (name, outcome)
        self._counts[key] = self._counts.get(key, 0) + 1
        self._within[bisect_left(BUCKETS, seconds)] += 1
        self._seconds += seconds

    def collect(self) -> Iterator[CounterMetricFamily | HistogramMetricFamily]:
        """Give the numbers in Prometheus' form."""
        interactions = CounterMetricFamily(
            "smarterdev_interactions",
            "Interactions answered, by command (as typed, without options) and outcome.",
            labels=["command", "outcome"],
        )
        for labels, count in self._counts.items():
            interactions.add_metric(labels, count)
        yield interactions
        total, buckets = 0, []
        for bound, count in zip((*map(str, BUCKETS), "+Inf"), self._within, strict=True):
            total += count
            buckets.append((bound, float(total)))
        seconds = HistogramMetricFamily(
            "smarterdev_interaction_seconds",
            "Seconds from receiving a command to its answer. Discord gives up after 3.",
        )
        seconds.add_metric([], buckets, self._seconds)
        yield seconds


ANSWERED: Final = Answered()
REGISTRY.register(ANSWERED)

REJECTED = Counter(
    "smarterdev_interactions_rejected_total",
    "Requests refused before they were looked at, by reason.",
    ["reason"],
)
SKEWED = Counter(
    "smarterdev_interactions_skewed_total",
    "Genuine requests whose timestamp was more than 5 seconds off this machine's clock.",
)
EVENTS = Counter("smarterdev_webhook_events_total", "Discord's webhook events received, by type.", ["type"])
