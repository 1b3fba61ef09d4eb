"""How many requests Discord still takes, held against a Discord of a few lines that counts by itself."""

import math
import random
from dataclasses import dataclass

import pytest

from app.discord.buckets import Bucket, Sending, Standing


def told(remaining: int, *, reset: float, after: float, limit: int = 5) -> Standing:
    return Standing(limit, remaining, reset, after)


@pytest.fixture
def bucket() -> Bucket:
    """Give one that has four of five left until 110, at 100."""
    bucket = Bucket()
    bucket.hear(bucket.send(100.0), told(4, reset=1010.0, after=10.0), 100.0)
    return bucket


def test_of_an_unknown_bucket_one_request_is_under_way_at_a_time() -> None:
    bucket = Bucket()
    first = bucket.send(0.0)
    assert bucket.wait(0.0) == math.inf
    bucket.lose(first, 5.0)
    assert bucket.wait(5.0) == 0.0


def test_what_is_under_way_is_used_up(bucket: Bucket) -> None:
    for _ in range(4):
        assert bucket.wait(101.0) == 0.0
        bucket.send(101.0)
    assert bucket.wait(101.0) == pytest.approx(9.0)
    assert bucket.awaits_answers()


def test_a_lost_answer_counts_until_the_window_ends(bucket: Bucket) -> None:
    for _ in range(4):
        bucket.lose(bucket.send(101.0), 106.0)
    assert bucket.wait(106.0) == pytest.approx(4.0)
    assert not bucket.awaits_answers()
    assert bucket.wait(110.0) == 0.0


def test_what_was_lost_before_is_in_the_next_figure_of_discord(bucket: Bucket) -> None:
    bucket.lose(bucket.send(101.0), 102.0)
    bucket.hear(bucket.send(103.0), told(2, reset=1010.0, after=7.0), 103.0)
    for _ in range(2):
        assert bucket.wait(103.0) == 0.0
        bucket.send(103.0)
    assert bucket.wait(103.0) > 0


def test_a_request_lost_after_the_end_may_have_begun_another_window(bucket: Bucket) -> None:
    bucket.lose(bucket.send(111.0), 116.0)
    for _ in range(4):
        bucket.lose(bucket.send(117.0), 117.0)
    assert bucket.wait(120.0) == pytest.approx(6.0), "ten seconds from when it was lost"


def test_answers_that_overtake_each_other_do_not_make_room(bucket: Bucket) -> None:
    first, second = bucket.send(101.0), bucket.send(101.0)
    bucket.hear(second, told(0, reset=1010.0, after=8.0), 102.0)
    bucket.hear(first, told(3, reset=1010.0, after=9.0), 102.0)
    assert bucket.wait(102.0) == pytest.approx(8.0)


def test_an_answer_from_a_window_that_is_over_says_nothing(bucket: Bucket) -> None:
    late, sooner = bucket.send(109.0), bucket.send(111.0)
    bucket.hear(sooner, told(0, reset=1021.0, after=10.0), 111.0)
    bucket.hear(late, told(4, reset=1010.0, after=1.0), 112.0)
    assert bucket.wait(112.0) == pytest.approx(9.0)


def test_a_window_that_slides_gives_back_what_discord_says(bucket: Bucket) -> None:
    bucket.hear(bucket.send(101.0), told(0, reset=1010.0, after=9.0), 101.0)
    sliding = bucket.send(105.0)
    bucket.hear(sliding, told(2, reset=1012.0, after=7.0), 105.0)
    assert bucket.wait(105.0) == 0.0


def test_what_is_over_and_answered_may_be_forgotten(bucket: Bucket) -> None:
    assert not bucket.is_idle(109.0)
    sending = bucket.send(109.0)
    assert not bucket.is_idle(111.0)
    bucket.hear(sending, told(0, reset=1010.0, after=1.0), 111.0)
    assert bucket.is_idle(111.0)


@dataclass
class Discord:
    """One fixed window, counted by whoever grants it."""

    limit: int
    seconds: float
    ends: float = -1.0
    used: int = 0
    refused: int = 0

    def take(self, now: float) -> Standing:
        if now >= self.ends:
            self.ends, self.used = now + self.seconds, 0
        if self.used >= self.limit:
            self.refused += 1
        self.used = min(self.used + 1, self.limit)
        return Standing(self.limit, self.limit - self.used, 50_000.0 + self.ends, self.ends - now)


@pytest.mark.parametrize("seed", range(40))
def test_whoever_asks_when_there_is_room_is_never_refused(seed: int) -> None:
    """Requests take up to 3 s there and 3 s back, overtake each other, and a third of the answers is lost.

    What is asked before the first answer is not counted: nobody could know.
    """
    lots = random.Random(seed)
    discord, bucket = Discord(lots.randint(1, 10), lots.choice((1.0, 5.0, 10.0))), Bucket()
    arriving: list[tuple[float, Sending]] = []
    returning: list[tuple[float, Sending, Standing | None]] = []
    now, sent, is_known = 0.0, 0, False
    while now < 200.0:
        for at, sending in sorted(arriving, key=lambda each: each[0]):
            if at <= now:
                arriving.remove((at, sending))
                standing = discord.take(at)
                back = at + lots.choice((0.01, 0.1, 3.0))
                returning.append((back, sending, standing if lots.random() > 0.33 else None))
        for back, sending, heard in sorted(returning, key=lambda each: each[0]):
            if back <= now:
                returning.remove((back, sending, heard))
                if heard is None:
                    bucket.lose(sending, now)
                else:
                    bucket.hear(sending, heard, now)
                    if not is_known:
                        is_known, discord.refused = True, 0
        if bucket.wait(now) <= 0 and lots.random() < 0.7:
            arriving.append((now + lots.choice((0.01, 0.1, 3.0)), bucket.send(now)))
            sent += 1
        now += 0.02
    assert discord.refused == 0
    assert sent >= 0.25 * 200.0 / discord.seconds, "and does ask"
