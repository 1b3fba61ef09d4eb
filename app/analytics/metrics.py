"""What is counted about the log of invocations."""

from prometheus_client import Counter

LOST = Counter(
    "smarterdev_invocations_lost_total",
    "Invocations that were not written down, or perhaps not, because the database did not take them.",
)
