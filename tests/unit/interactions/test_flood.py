"""A member who asks for too much at once is refused for a while, and nobody else is."""

import pytest

from app import clock
from interactions.flood import MOST, WINDOW, Flood


def test_allows_so_many_and_no_more() -> None:
    limit = Flood()
    assert [limit.allows(7) for _ in range(MOST + 2)] == [True] * MOST + [False] * 2


def test_counts_each_member_alone() -> None:
    limit = Flood()
    for _ in range(MOST):
        limit.allows(7)
    assert limit.allows(8)
    assert not limit.allows(7)


def test_begins_anew_with_the_next_window(monkeypatch: pytest.MonkeyPatch) -> None:
    limit, now = Flood(), 1000.0
    monkeypatch.setattr(clock, "monotonic", lambda: now)
    for _ in range(MOST + 1):
        limit.allows(7)
    now += WINDOW
    assert limit.allows(7)
    assert len(limit._counts) == 1  # what was counted before is gone: a process keeps one window
