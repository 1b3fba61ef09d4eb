"""What keeps us from asking Discord when it said not to."""

import pytest

from app.discord.guard import MOST_INVALID, PER_SECOND, WINDOW, Guard
from app.discord.port import DiscordRateLimitedError, DiscordUnauthorizedError


class Clock:
    seconds = 1000.0

    def monotonic(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def guard(clock: Clock) -> Guard:
    return Guard(clock.monotonic)


def test_a_route_is_not_asked_before_its_time_and_then_it_is(guard: Guard, clock: Clock) -> None:
    guard.wait("roles 1", 2.0, everywhere=False)
    clock.seconds += 1.5
    with pytest.raises(DiscordRateLimitedError) as refused:
        guard.check("roles 1")
    assert refused.value.retry_after == pytest.approx(0.5)
    guard.check("roles 2")
    clock.seconds += 0.5
    guard.check("roles 1")


def test_a_global_wait_is_for_every_route(guard: Guard, clock: Clock) -> None:
    guard.wait("roles 1", 1.0, everywhere=True)
    for route in ("roles 1", "messages 2"):
        with pytest.raises(DiscordRateLimitedError):
            guard.check(route)
    clock.seconds += 1.0
    guard.check("messages 2")


def test_a_shorter_wait_does_not_end_a_longer_one(guard: Guard, clock: Clock) -> None:
    guard.wait("roles 1", 10.0, everywhere=False)
    guard.wait("roles 1", 1.0, everywhere=False)
    clock.seconds += 5
    with pytest.raises(DiscordRateLimitedError):
        guard.check("roles 1")


def test_nothing_is_asked_after_a_refused_token(guard: Guard, clock: Clock) -> None:
    guard.refuse_token()
    clock.seconds += 1_000_000
    with pytest.raises(DiscordUnauthorizedError):
        guard.check("anything")


def test_the_breaker_opens_before_discord_bans_us_and_closes_again(guard: Guard, clock: Clock) -> None:
    for _ in range(MOST_INVALID):
        guard.check("roles 1")
        guard.count_invalid()
    with pytest.raises(DiscordRateLimitedError) as refused:
        guard.check("messages 2")
    assert refused.value.retry_after == pytest.approx(WINDOW)
    clock.seconds += WINDOW
    guard.check("messages 2")


def test_no_second_has_more_requests_than_we_allow_ourselves(guard: Guard, clock: Clock) -> None:
    began = clock.seconds
    sent = []
    for _ in range(5 * PER_SECOND):
        sent.append(clock.seconds + guard.pause())
        clock.seconds += 0.001
    for first, later in zip(sent, sent[PER_SECOND:], strict=False):
        assert later - first >= 1.0 - 1e-9
    assert sent[-1] - began == pytest.approx(4, abs=0.1)


def test_few_requests_wait_for_nothing(guard: Guard, clock: Clock) -> None:
    for _ in range(200):
        assert guard.pause() == 0
        clock.seconds += 1 / (PER_SECOND - 1)
