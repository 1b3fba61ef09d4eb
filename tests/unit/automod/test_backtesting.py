"""What rules would have said about messages of the past: the same as when they were written."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.automod.backtests.trial import Person, Trial, observe, says_nothing_about, shortened
from app.automod.backtests.values import DraftRule
from app.ids import first_snowflake, new_id
from tests.support.ruling import RAID, RATE, rule

GUILD, CHANNEL, OTHER, HELPERS = 1, 77, 79, 9
ADA, BOB = 11, 12
START = datetime(2026, 3, 1, 12, tzinfo=UTC)
SCAM = {"type": "message_regex", "patterns": ["free nitro"]}
AGAIN = {"type": "duplicate_messages", "messages": 3, "seconds": 30, "shortest": 20, "of_everybody": True}


def payload(after: float, content: str = "free nitro", user_id: int = ADA, **more: Any) -> dict[str, Any]:
    """Write a message as Discord lists it: without the author's membership."""
    message_id = first_snowflake(START + timedelta(seconds=after)) + user_id
    return {
        "id": str(message_id),
        "channel_id": str(CHANNEL),
        "type": 0,
        "content": content,
        "author": {"id": str(user_id), "username": "somebody"},
        "edited_timestamp": None,
    } | more


def hits(
    rules: list[Any],
    *pages: list[dict[str, Any]],
    people: dict[int, Person] | None = None,
    parent_id: int | None = None,
) -> set[tuple[int, str]]:
    """Show pages one after another; gives which second of which rule is hit."""
    trial = Trial([DraftRule(new_id(), each) for each in rules])
    found = set()
    for page in pages:
        suspicion = trial.show(observe(page, GUILD, parent_id))
        for each in trial.decide(suspicion, people or {}):
            after = (each.message_id - first_snowflake(START)) >> 22
            found.add((after // 1000, each.rule_name))
    assert trial.broken == ()
    return found


class TestMessages:
    def test_are_judged_by_rules_whatever_their_mode(self) -> None:
        rules = [rule("Off", "off", trigger=SCAM), rule("On", "on", trigger=SCAM)]
        assert hits(rules, [payload(1), payload(2, "hello")]) == {(1, "Off"), (1, "On")}

    @pytest.mark.parametrize(
        "more",
        [
            {"author": {"id": "5", "username": "bot", "bot": True}},
            {"webhook_id": "5"},
            {"type": 7},
        ],
    )
    def test_of_bots_webhooks_and_discord_itself_are_not_hit(self, more: dict[str, Any]) -> None:
        assert hits([rule(trigger=SCAM)], [payload(1, **more)]) == set()

    def test_of_staff_and_of_exempt_roles_are_not_hit(self) -> None:
        exempt = rule("Exempt", trigger=SCAM, conditions={"roles_except": [str(HELPERS)]})
        only = rule("Only", trigger=SCAM, conditions={"roles_only": [str(HELPERS)]})
        page = [payload(1), payload(2, user_id=BOB)]
        helpers = {ADA: Person(frozenset({HELPERS}))}
        assert hits([exempt, only], page, people=helpers) == {(2, "Exempt"), (1, "Only")}
        assert hits([exempt, only], page, people={ADA: Person(is_staff=True)}) == {(2, "Exempt")}

    def test_of_new_members_are_told_by_when_they_joined(self) -> None:
        new = rule("New", trigger=SCAM, conditions={"member_age_below_days": 2})
        for days, expected in ((1, {(1, "New")}), (3, set())):
            people = {ADA: Person(joined_at=START - timedelta(days=days))}
            assert hits([new], [payload(1)], people=people) == expected
        assert hits([new], [payload(1)]) == set()

    def test_that_were_edited_are_judged_as_both(self) -> None:
        edited = rule("Edited", trigger=SCAM, conditions={"on": "edited"})
        new = rule("New", trigger=SCAM, conditions={"on": "new"})
        page = [payload(1), payload(2, edited_timestamp="2026-03-01T12:00:10+00:00")]
        assert hits([edited, new], page) == {(2, "Edited"), (1, "New"), (2, "New")}

    def test_of_a_thread_belong_to_its_channel(self) -> None:
        there = rule("There", trigger=SCAM, conditions={"channels_only": [str(OTHER)]})
        assert hits([there], [payload(1)], parent_id=OTHER) == {(1, "There")}
        assert hits([there], [payload(1)]) == set()


class TestRulesThatCount:
    @pytest.mark.parametrize("size", [1, 2, 3, 5, 12])
    def test_find_the_same_however_the_messages_come(self, size: int) -> None:
        seconds = [0, 1, 2, 30, 33, 36, 60, 71, 82, 83, 84, 85]
        newest_first = [payload(each, "hello") for each in reversed(seconds)]
        pages = [newest_first[start : start + size] for start in range(0, len(seconds), size)]
        fast = rule("Fast", trigger=RATE)  # three within ten seconds
        wanted = {(each, "Fast") for each in (0, 1, 2, 30, 33, 36, 82, 83, 84, 85)}
        assert hits([fast], *pages) == wanted
        assert hits([fast], *reversed(pages)) == wanted

    def test_do_not_count_messages_of_staff(self) -> None:
        text = "the same text, long enough to count"
        page = [payload(1, text), payload(2, text.upper(), BOB), payload(3, text, 13)]
        again = rule("Again", trigger=AGAIN)
        assert hits([again], page) == {(each, "Again") for each in (1, 2, 3)}
        assert hits([again], page, people={BOB: Person(is_staff=True)}) == set()

    def test_do_not_count_texts_that_are_too_short(self) -> None:
        again = rule("Again", trigger=AGAIN)
        assert hits([again], [payload(each, "ok") for each in range(5)]) == set()
        assert hits([again], [payload(each, "x" * 20) for each in range(3)]) != set()

    def test_forget_what_nothing_is_near_any_more(self) -> None:
        trial = Trial([DraftRule(new_id(), rule("Fast", trigger=RATE))])
        trial.show(observe([payload(each, "hello") for each in (40, 30, 20)], GUILD, None))
        trial.forget(START + timedelta(seconds=25))
        suspicion = trial.show(observe([payload(19, "hello"), payload(18, "hello")], GUILD, None))
        assert [each.at for each in suspicion.together] == [
            START + timedelta(seconds=each) for each in (18, 19, 20)
        ]


class TestATextThatIsShortened:
    def test_is_gone_if_it_is_long_and_what_was_alike_still_is(self) -> None:
        texts = [
            "Free nitro for all of you, every day",
            "FREE  NITRO for all of you, every day",
            "another text altogether, and as long",
        ]
        seen = [shortened(each) for text in texts for each in observe([payload(1, text)], GUILD, None)]
        first, second, third = (each.content.split() for each in seen)
        assert first == second != third
        assert "nitro" not in str(seen).lower()
        assert [len(each.content) for each in seen] == [len(text) for text in texts]

    @pytest.mark.parametrize("text", ["", "!!!", "hi", "x" * 32, "!" * 40, "x" * 4_000])
    def test_is_as_long_as_before_as_far_as_a_rule_asks(self, text: str) -> None:
        (seen,) = observe([payload(1, text)], GUILD, None)
        assert len(shortened(seen).content) == min(len(text), 200)


def test_rules_about_joins_and_names_say_nothing_about_messages() -> None:
    about_joins = rule("Raid", trigger=RAID, actions=[{"type": "kick"}])
    assert says_nothing_about(about_joins)
    assert not says_nothing_about(rule("Scam", trigger=SCAM))
    assert hits([about_joins, rule("Scam", trigger=SCAM)], [payload(1)]) == {(1, "Scam")}
