"""When a connection counts as dead."""

from dataclasses import dataclass
from math import nan

import pytest

from moderation_listener.pulse import SILENCE, Pulse


@dataclass
class Shard:
    id: int = 0
    is_connected: bool = True
    heartbeat_latency: float = nan


class Time:
    def __init__(self) -> None:
        self.now = 1000.0

    def pulse(self, *shards: Shard) -> Pulse:
        return Pulse(lambda: shards, lambda: self.now)


@pytest.fixture
def time() -> Time:
    return Time()


def test_a_shard_that_is_heard_is_not_silent(time: Time) -> None:
    shard = Shard()
    pulse = time.pulse(shard)
    for _ in range(10):
        pulse.sign(shard.id)
        time.now += SILENCE * 0.9
        assert not pulse.is_silent()


def test_a_new_latency_is_a_sign_and_an_old_one_is_not(time: Time) -> None:
    shard = Shard()
    pulse = time.pulse(shard)
    for latency in (0.1, 0.2, 0.1):
        shard.heartbeat_latency = latency
        pulse.look()
        time.now += SILENCE * 0.9
        assert not pulse.is_silent()
    pulse.look()
    time.now += SILENCE * 0.2
    assert pulse.is_silent()


def test_a_shard_that_was_never_heard_has_its_time_too(time: Time) -> None:
    pulse = time.pulse(Shard())
    assert not pulse.is_silent()
    time.now += SILENCE * 1.1
    assert pulse.is_silent()


def test_one_that_is_not_connected_is_waiting_not_silent(time: Time) -> None:
    shard = Shard(is_connected=False)
    pulse = time.pulse(shard)
    time.now += SILENCE * 10
    assert not pulse.is_silent()


def test_one_silent_shard_among_many_is_enough(time: Time) -> None:
    pulse = time.pulse(Shard(0), Shard(1))
    pulse.sign(1)
    time.now += SILENCE * 1.1
    pulse.sign(0)
    assert pulse.is_silent()
