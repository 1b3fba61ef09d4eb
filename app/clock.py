"""The only place that asks what time it is."""

from datetime import UTC, datetime
from time import monotonic
from time import thread_time as processor

__all__ = ["monotonic", "now", "processor"]


def now() -> datetime:
    """Tell the present instant, aware, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 - this is the clock
