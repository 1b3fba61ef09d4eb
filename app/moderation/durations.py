"""Durations as people type them: `10m`, `1d12h`, `2w`. The grammar is a library's, the bounds are ours."""

from datetime import timedelta
from enum import StrEnum
from typing import Final

import pytimeparse2  # type: ignore[import-untyped]  # it brings no types

from app.errors import InvalidInputError
from app.moderation.domain import LONGEST_TIMEOUT

SHORTEST: Final = timedelta(minutes=1)
LONGEST_BAN: Final = timedelta(days=3650)
"""Longer ones are meant to be for ever, so nothing is gained by an end."""

_MAX_LENGTH: Final = 40
_TYPED: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789., ")
"""No colon and no sign: `1:30` is read in two ways, and nobody means -5 minutes."""

_UNITS: Final = (("w", 604_800), ("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1))


class Said(StrEnum):
    """What is said of a duration that cannot be used."""

    UNREADABLE = (
        "“{duration}” is not a duration. Nothing was done; write it like `10m`, `1d12h` or `2w`: "
        "weeks, days, hours, minutes."
    )
    TOO_SHORT = "{duration} is too short: it must be at least {shortest}. Nothing was done."
    TOO_LONG = "{duration} is too long: it must be at most {longest}. Nothing was done."


def parse_timeout(text: str) -> timedelta:
    """Read how long a time-out lasts.

    Raises:
        InvalidInputError: it is no duration, or shorter than a minute or longer than Discord's 28 days.
    """
    return parse_duration(text, longest=LONGEST_TIMEOUT)


def parse_duration(text: str, *, longest: timedelta = LONGEST_BAN) -> timedelta:
    """Read a duration, in whole seconds.

    Args:
        text: What somebody typed.
        longest: The most it may be.

    Raises:
        InvalidInputError: it is no duration, or shorter than a minute or longer than `longest`.
    """
    seconds = _seconds(text.strip().lower())
    if seconds is None:
        raise InvalidInputError(Said.UNREADABLE.value, duration=text[:_MAX_LENGTH])
    if seconds < SHORTEST.total_seconds():
        raise InvalidInputError(
            Said.TOO_SHORT.value, duration=text.strip(), shortest=format_duration(SHORTEST)
        )
    if seconds > longest.total_seconds():
        raise InvalidInputError(Said.TOO_LONG.value, duration=text.strip(), longest=format_duration(longest))
    return timedelta(seconds=int(seconds))


def format_duration(duration: timedelta) -> str:
    """Write a duration as people type it, such as "1d 12h"; `parse_duration` reads it back."""
    left = int(duration.total_seconds())
    parts = []
    for unit, length in _UNITS:
        count, left = divmod(left, length)
        if count:
            parts.append(f"{count}{unit}")
    return " ".join(parts) or "0s"


def _seconds(text: str) -> float | None:
    if len(text) > _MAX_LENGTH or not _TYPED.issuperset(text) or _is_number(text):
        return None
    seconds: int | float | None = pytimeparse2.parse(text)
    return seconds


def _is_number(text: str) -> bool:
    """Tell whether this is a bare number, also one like `1e5` or `inf`: nobody says of what."""
    try:
        float(text)
    except ValueError:
        return False
    return True
