"""The triggers that count: messages, mentions, the same again, joins, and the age of accounts."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from app.automod.compiled import compile_rules
from app.automod.judge import Verdict, judge
from app.automod.observation import Kind, Observation
from app.automod.rule import Rule
from app.automod.windows import Windows
from app.wording import fill, plain

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
RULE_ID = UUID(int=1)
ADA, BOB = 1, 2


def wrote(number: int, content: str = "hello", **more: Any) -> Observation:
    """Make a message, one second after the one before."""
    at = NOON + timedelta(seconds=number)
    seen = Observation(Kind.MESSAGE, 1, ADA, at, channel_id=10, message_id=100 + number, content=content)
    return replace(seen, **more)


def joined(number: int, age: timedelta = timedelta(days=100)) -> Observation:
    at = NOON + timedelta(seconds=number)
    made = int((at - age - datetime(2015, 1, 1, tzinfo=UTC)).total_seconds() * 1000) << 22
    return Observation(Kind.JOIN, 1, made + number, at, username=f"raider_{number}")


def tried(trigger: dict[str, Any], seen: Iterable[Observation], **conditions: Any) -> list[Verdict | None]:
    """Judge observations by one rule, with one memory."""
    rule = Rule.model_validate(
        {"name": "x", "trigger": trigger, "actions": [{"type": "warn"}], "conditions": conditions}
    )
    rules, windows = compile_rules([(RULE_ID, rule)]), Windows()
    verdicts = []
    for each in seen:
        found = judge(rules, each, windows)
        assert rules.take_broken() == []
        verdicts.append(found[0] if found else None)
    return verdicts


def which(verdicts: list[Verdict | None]) -> list[int]:
    return [number for number, verdict in enumerate(verdicts) if verdict is not None]


def said(verdict: Verdict | None) -> str:
    assert verdict is not None
    return fill(verdict.match.reason, verdict.match.facts, plain)


class TestMessageRate:
    RATE = {"type": "message_rate", "messages": 3, "seconds": 5}  # noqa: RUF012 - a constant

    def test_fires_from_the_message_that_is_too_many_and_names_those_before(self) -> None:
        verdicts = tried(self.RATE, [wrote(number) for number in range(4)])
        assert which(verdicts) == [2, 3]
        assert said(verdicts[2]) == "3 messages within 5 s"
        assert verdicts[2] is not None
        assert verdicts[2].user_ids == (ADA,)
        assert verdicts[2].messages == ((10, 100), (10, 101), (10, 102))

    def test_counts_each_channel_alone_unless_wanted_across(self) -> None:
        seen = [wrote(number, channel_id=10 + number % 3) for number in range(4)]
        assert which(tried(self.RATE, seen)) == []
        assert which(tried(self.RATE | {"across_channels": True}, seen)) == [2, 3]

    def test_counts_neither_repeats_nor_edits_nor_those_who_wait(self) -> None:
        again = [wrote(0), wrote(0), wrote(1), wrote(0), wrote(1)]
        assert which(tried(self.RATE, again)) == []
        edits = [wrote(0), *(wrote(number, kind=Kind.EDIT, message_id=100) for number in range(1, 5))]
        assert which(tried(self.RATE, edits)) == []
        assert which(tried(self.RATE, [wrote(3 * number) for number in range(9)])) == []


class TestDuplicateMessages:
    SAME = {"type": "duplicate_messages", "messages": 3, "seconds": 60}  # noqa: RUF012 - a constant

    def test_fires_across_channels_however_the_letters_look(self) -> None:
        seen = [
            wrote(0, "Free nitro"),
            wrote(1, "something else"),
            wrote(2, "FREE  nitro", channel_id=11),
            wrote(3, "fr\u0435e ni\u200btro", channel_id=12),  # a Cyrillic letter, and one of no width
        ]
        verdicts = tried(self.SAME, seen)
        assert which(verdicts) == [3]
        assert said(verdicts[3]) == "The same text in 3 messages within 60 s"
        assert verdicts[3] is not None
        assert verdicts[3].messages == ((10, 100), (11, 102), (12, 103))

    def test_does_not_count_files_without_words_nor_short_texts(self) -> None:
        assert which(tried(self.SAME, [wrote(number, "", filenames=("a.png",)) for number in range(5)])) == []
        short = [wrote(number, "ok") for number in range(5)]
        assert which(tried(self.SAME | {"shortest": 3}, short)) == []
        assert which(tried(self.SAME | {"shortest": 2}, short)) == [2, 3, 4]

    def test_of_everybody_counts_together_only_if_wanted(self) -> None:
        seen = [wrote(number, user_id=number % 2 + 1) for number in range(3)]
        assert which(tried(self.SAME, seen)) == []
        verdicts = tried(self.SAME | {"of_everybody": True}, seen)
        assert which(verdicts) == [2]
        assert verdicts[2] is not None
        assert verdicts[2].user_ids == (ADA, BOB)

    def test_hits_nobody_else_who_has_an_exempt_role(self) -> None:
        seen = [
            wrote(0, user_id=BOB, role_ids=frozenset({7})),
            wrote(1, channel_id=99),
            wrote(2),
            wrote(3),
        ]
        verdicts = tried(self.SAME | {"of_everybody": True}, seen, roles_except=["7"], channels_except=["99"])
        assert which(verdicts) == [2, 3]
        assert verdicts[3] is not None
        assert verdicts[3].user_ids == (ADA,)
        assert verdicts[3].messages == ((10, 102), (10, 103))


class TestMentionSpam:
    def test_counts_different_members_and_roles_in_new_and_edited_messages_but_not_oneself(self) -> None:
        trigger = {"type": "mention_spam", "mentions": 3}
        seen = [
            wrote(0, mentioned_user_ids=frozenset({ADA, 5, 6})),
            wrote(1, mentioned_user_ids=frozenset({5, 6}), mentioned_role_ids=frozenset({7})),
            wrote(2, kind=Kind.EDIT, mentioned_user_ids=frozenset({4, 5, 6})),
        ]
        verdicts = tried(trigger, seen)
        assert which(verdicts) == [1, 2]
        assert said(verdicts[1]) == "3 different mentions in one message"


class TestNewAccount:
    @pytest.mark.parametrize(
        ("age", "text"),
        [
            (timedelta(hours=24), None),
            (timedelta(hours=23, minutes=59), "The account is 23 h old"),
            (timedelta(seconds=-5), "The account is 0 h old"),
        ],
    )
    def test_fires_only_when_a_young_one_joins(self, age: timedelta, text: str | None) -> None:
        [verdict] = tried({"type": "new_account", "hours": 24}, [joined(0, age)])
        assert (None if verdict is None else said(verdict)) == text
        named = replace(joined(0, age), kind=Kind.NAME)
        assert tried({"type": "new_account", "hours": 24}, [named]) == [None]


class TestJoinRate:
    RAID = {"type": "join_rate", "joins": 3, "seconds": 10}  # noqa: RUF012 - a constant

    def test_names_everybody_of_the_raid_and_goes_on_while_it_does(self) -> None:
        seen = [joined(number) for number in range(5)]
        verdicts = tried(self.RAID, [*seen, seen[1]])
        assert which(verdicts) == [2, 3, 4, 5]
        assert said(verdicts[4]) == "5 members joined within 10 s"
        assert verdicts[4] is not None
        assert verdicts[4].user_ids == tuple(each.user_id for each in seen)
        assert verdicts[4].messages == ()

    def test_spares_those_for_whom_the_conditions_do_not_hold(self) -> None:
        old, young = timedelta(days=900), timedelta(days=1)
        seen = [joined(0, old), joined(1, young), joined(2, old), joined(3, young)]
        verdicts = tried(self.RAID, seen, account_age_below_days=7)
        assert which(verdicts) == [3]
        assert verdicts[3] is not None
        assert verdicts[3].user_ids == (seen[1].user_id, seen[3].user_id)

    def test_counts_no_bots_that_staff_adds(self) -> None:
        seen = [replace(joined(number), is_bot=number % 2 == 1) for number in range(5)]
        assert which(tried(self.RAID, seen)) == [4]
