"""Instants as they travel. Pure."""

from datetime import UTC, datetime


def parse_instant(value: object) -> datetime | None:
    """Read an instant, in UTC. None for anything else, also for one without an offset."""
    if not isinstance(value, str):
        return None
    try:
        instant = datetime.fromisoformat(value)
        return None if instant.tzinfo is None else instant.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
