"""What can become of a job, and what Discord's answers mean for it. Pure.

A job that Discord keeps from being done is done later, or held for a person to look at; it is never dropped.
"""

import random
from dataclasses import dataclass
from typing import Final

from app.discord.port import (
    DiscordError,
    DiscordForbiddenError,
    DiscordNotFoundError,
    DiscordRateLimitedError,
    DiscordUnavailableError,
)
from app.errors import OutcomeUnknownError, UnavailableError

FIRST_DELAY: Final = 0.5
GROWTH: Final = 1.5
LONGEST_DELAY: Final = 60.0
"""Seconds between the first two tries, how they grow, and the most between any two: a ban must not wait long
for a Discord that is back."""

MOST_STARTS: Final = 8
"""How often a job may be begun without an end before it is held: it kills its worker (RELIABILITY: F19)."""


@dataclass(frozen=True, slots=True)
class Done:
    """It is as it should be. `notes` are for the log: what could not be done, and why that is final."""

    notes: tuple[str, ...] = ()
    changed: bool = True
    """False if everything was as it should be before."""


@dataclass(frozen=True, slots=True)
class Retry:
    """Not now.

    Attributes:
        why: A word for the figures: `rate_limited`, `unavailable`, `outcome_unknown`, `database`.
        after: Seconds; at least so long.
    """

    why: str
    after: float


@dataclass(frozen=True, slots=True)
class Hold:
    """Not without a person. `why` is a sentence for whoever is on call."""

    why: str


Outcome = Done | Retry | Hold

ALREADY_DONE: Final = Done(changed=False)


def outcome_of(error: Exception, attempts: int, lots: random.Random) -> Retry | Hold | None:
    """Tell what an error means for the job it came from, None if it is a defect of ours.

    Args:
        error: What the job raised. Never a refused token: that stops the process.
        attempts: How often the job was tried before.
        lots: Spreads the retries of many over time.
    """
    if isinstance(error, DiscordRateLimitedError):
        wait = error.retry_after or FIRST_DELAY
        return Retry("rate_limited", wait + lots.uniform(0, min(wait, FIRST_DELAY)))
    if isinstance(error, (DiscordUnavailableError, UnavailableError, OutcomeUnknownError)):
        return Retry(error.code, max(error_wait(error), delay(attempts, lots)))
    if isinstance(error, (DiscordForbiddenError, DiscordNotFoundError)):
        return Hold(str(error))
    return None


def error_wait(error: Exception) -> float:
    """Tell how long Discord wants us to wait, 0 if it said nothing."""
    return (isinstance(error, DiscordError) and error.retry_after) or 0.0


def delay(attempts: int, lots: random.Random) -> float:
    """Choose how long to wait before the next try: anything up to half as long again as the time before."""
    longest = FIRST_DELAY * GROWTH ** min(attempts, 32)
    return lots.uniform(FIRST_DELAY / 2, min(LONGEST_DELAY, longest))
