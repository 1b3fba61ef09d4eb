"""The gateway's parts without a network: what a session remembers, and how often a bot may do something."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from simulator.gateway.admission import Ears
from simulator.gateway.intents import EVERY_INTENT, Intent, application_flags
from simulator.gateway.limits import Allowance, SessionStarts
from simulator.gateway.session import Session, Told

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def session(*, most_events: int = 5, most_bytes: int = 1_000) -> Session:
    return Session("s", Ears(0), most_events=most_events, most_bytes=most_bytes)


class TestSession:
    def test_numbers_events_and_writes_them_around_their_data(self) -> None:
        one = session()
        assert [one.record(Told(name, b'{"a":1}')) for name in ("A", "B")] == [1, 2]
        assert json.loads(one.frame(2)) == {"t": "B", "s": 2, "op": 0, "d": {"a": 1}}

    def test_remembers_only_the_last_events(self) -> None:
        one = session(most_events=3)
        for number in range(10):
            one.record(Told(str(number), b"{}"))
        assert [one.remembers_since(seq) for seq in (6, 7, 10, 11)] == [False, True, True, False]
        assert [json.loads(one.frame(seq))["t"] for seq in (8, 9, 10)] == ["7", "8", "9"]

    def test_remembers_only_so_many_bytes_but_always_the_last_event(self) -> None:
        one = session(most_bytes=10)
        for _ in range(3):
            one.record(Told("A", b"x" * 4))
        assert (one.remembers_since(0), one.remembers_since(1)) == (False, True)
        one.record(Told("B", b"x" * 100))
        assert (one.remembers_since(2), one.remembers_since(3)) == (False, True)


class TestEars:
    @pytest.mark.parametrize("guild_id", [820599495237566482, 1 << 22, 5 << 22])
    def test_a_guild_is_in_exactly_one_shard(self, guild_id: int) -> None:
        shards = [Ears(0, number, 7).in_shard(guild_id) for number in range(7)]
        assert sum(shards) == 1
        assert shards[(guild_id >> 22) % 7]

    def test_what_has_no_guild_is_the_firsts(self) -> None:
        assert [Ears(0, number, 3).in_shard(None) for number in range(3)] == [True, False, False]


class TestIntents:
    def test_are_those_of_discord(self) -> None:
        assert EVERY_INTENT == 0x1FFFF | 0x3 << 20 | 0x3 << 24

    def test_that_are_not_allowed_are_missing_from_the_applications_flags(self) -> None:
        assert application_flags(int(Intent.GUILD_MEMBERS)) == 1 << 13 | 1 << 19


class TestAllowance:
    def test_is_over_a_sliding_window(self) -> None:
        allowance = Allowance(2, 60)
        assert [allowance.take(at) for at in (0, 30, 59, 60, 61, 90)] == [
            True,
            True,
            False,
            True,
            False,
            True,
        ]


class TestSessionStarts:
    def test_are_counted_within_a_day_from_the_first(self) -> None:
        starts = SessionStarts(2)
        assert starts.state(NOW) == (2, 2, 0, 1)
        assert [starts.take(NOW), starts.take(NOW), starts.take(NOW)] == [True, True, False]
        assert starts.state(NOW + timedelta(hours=1)) == (2, 0, 23 * 3_600_000, 1)
        assert starts.take(NOW + timedelta(hours=24))
        assert starts.state(NOW + timedelta(hours=24)) == (2, 1, 24 * 3_600_000, 1)
