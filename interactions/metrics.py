"""What is counted about interactions."""

from functools import cache

from prometheus_client import Counter, Histogram

INTERACTIONS = Counter(
    "smarterdev_interactions_total",
    "Interactions answered, by command (as typed, without options) and outcome.",
    ["command", "outcome"],
)
SECONDS = Histogram(
    "smarterdev_interaction_seconds",
    "Seconds from receiving a command to its answer. Discord gives up after 3.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3),
)
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


def count(name: str, outcome: str, seconds: float) -> None:
    """Count one interaction that was answered, and how long that took."""
    _counter(name, outcome).inc()
    SECONDS.observe(seconds)


@cache  # looking a labelled counter up costs more than counting
def _counter(name: str, outcome: str) -> Counter:
    return INTERACTIONS.labels(name, outcome)
