"""What Discord's answers mean for a job."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.discord.port import (
    DiscordForbiddenError,
    DiscordNotFoundError,
    DiscordOutcomeUnknownError,
    DiscordRateLimitedError,
    DiscordRefusedError,
    DiscordUnavailableError,
)
from app.errors import OutcomeUnknownError, UnavailableError
from app.worker.outcomes import LONGEST_DELAY, Hold, Retry, delay, outcome_of

LOTS = random.Random(7)


@pytest.mark.parametrize(
    "error",
    [
        DiscordUnavailableError("Away."),
        DiscordOutcomeUnknownError("Lost."),
        UnavailableError("Away."),
        OutcomeUnknownError("Lost."),
    ],
)
def test_what_passes_is_tried_again(error: Exception) -> None:
    outcome = outcome_of(error, 0, LOTS)
    assert isinstance(outcome, Retry)
    assert 0 < outcome.after <= 1


@pytest.mark.parametrize("error", [DiscordForbiddenError("No."), DiscordNotFoundError("Gone.")])
def test_what_is_final_is_held_with_its_sentence(error: Exception) -> None:
    assert outcome_of(error, 0, LOTS) == Hold(str(error))


@pytest.mark.parametrize("error", [DiscordRefusedError("Odd."), RuntimeError("defect"), KeyError("x")])
def test_what_is_a_defect_of_ours_is_said_to_be_one(error: Exception) -> None:
    assert outcome_of(error, 0, LOTS) is None


@given(st.floats(0.01, 3600), st.integers(0, 50), st.integers())
def test_a_limit_is_waited_for_and_a_little_more(seconds: float, attempts: int, seed: int) -> None:
    outcome = outcome_of(DiscordRateLimitedError("Wait.", retry_after=seconds), attempts, random.Random(seed))
    assert isinstance(outcome, Retry)
    assert seconds <= outcome.after <= seconds + 1


@given(st.integers(0, 10_000), st.integers())
def test_waits_grow_and_have_an_end(attempts: int, seed: int) -> None:
    assert 0 < delay(attempts, random.Random(seed)) <= min(LONGEST_DELAY, 0.5 * 1.5 ** min(attempts, 32))


def test_waits_of_many_are_spread() -> None:
    waits = [delay(20, random.Random(seed)) for seed in range(200)]
    assert max(waits) - min(waits) > 50
