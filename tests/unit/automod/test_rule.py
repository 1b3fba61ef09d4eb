"""What a rule can be, and what is said of one that cannot."""

from typing import Any

import pytest
from pydantic import ValidationError

from app.automod.observation import Kind
from app.automod.rule import Mode, Rule, check_examples
from app.automod.table import TRIGGERS
from app.wording import fill, plain

WORDS = {"type": "keywords", "words": ["spam"]}
SETTINGS: dict[str, dict[str, Any]] = {
    "username_regex": {"patterns": ["evil"]},
    "file_extension": {"extensions": ["exe"]},
    "message_regex": {"patterns": ["evil"]},
    "keywords": {"words": ["spam"]},
    "links": {"domains": ["example.com"]},
}


def rule(trigger: dict[str, Any] = WORDS, *actions: dict[str, Any], **more: Any) -> Rule:
    return Rule.model_validate(
        {"name": "A rule", "trigger": trigger, "actions": actions or [{"type": "alert"}], **more}
    )


class TestARule:
    @pytest.mark.parametrize("name", TRIGGERS)
    def test_of_every_trigger_comes_back_as_it_was_written(self, name: str) -> None:
        made = rule({"type": name, **SETTINGS.get(name, {})})
        assert made.trigger.type == name
        assert made.mode is Mode.SHADOW
        assert Rule.model_validate_json(made.model_dump_json()) == made
        assert Rule.model_validate(made.model_dump(mode="json")) == made

    def test_with_every_action_comes_back_as_it_was_written(self) -> None:
        for sanction in (
            {"type": "warn"},
            {"type": "timeout", "minutes": 40_320},
            {"type": "kick"},
            {"type": "ban", "delete_days": 7},
        ):
            made = rule(
                WORDS,
                {"type": "delete_message"},
                sanction,
                {"type": "alert", "channel_id": str(2**62), "role_id": "7"},
                {"type": "slow_mode", "seconds": 21_600},
                {"type": "pause_invites", "minutes": 1_440},
                tell="Not here.",
            )
            assert Rule.model_validate_json(made.model_dump_json()) == made
            assert [each["type"] for each in made.model_dump(mode="json")["actions"]][2] == "alert"

    @pytest.mark.parametrize("name", TRIGGERS)
    def test_has_settings_that_cannot_be_changed_and_are_all_explained(self, name: str) -> None:
        settings = TRIGGERS[name].settings
        assert settings.model_config.get("frozen") is True
        assert settings.model_config.get("extra") == "forbid"
        for field, info in settings.model_fields.items():
            assert field == "type" or info.description, field


def test_a_trigger_is_explained_and_asked_of_something() -> None:
    for name, trigger in TRIGGERS.items():
        assert trigger.name == name
        assert trigger.title
        assert trigger.about.endswith(".")
        assert trigger.kinds <= set(Kind)
        assert trigger.kinds


@pytest.mark.parametrize(
    ("wrong", "where", "said"),
    [
        ({"name": "  "}, "name", "at least 1 character"),
        ({"name": "x" * 61}, "name", "at most 60 characters"),
        ({"name": "two\nlines"}, "name", "one line"),
        ({"trigger": {"type": "magic"}}, "trigger", "'username_regex', 'message_rate', 'file_extension'"),
        ({"trigger": {"words": ["x"]}}, "trigger", "'type'"),
        ({"trigger": {"type": "join_rate", "joins": 1}}, "trigger.join_rate.joins", "equal to 2"),
        ({"trigger": {"type": "join_rate", "seconds": 601}}, "trigger.join_rate.seconds", "equal to 600"),
        ({"trigger": {"type": "join_rate", "per": 1}}, "trigger.join_rate.per", "not permitted"),
        (
            {"trigger": {"type": "message_regex", "patterns": ["a(b"]}},
            "trigger.message_regex.patterns.0",
            "At character 2",
        ),
        ({"actions": []}, "actions", "at least one action"),
        ({"actions": [{"type": "warn"}] * 7}, "actions", "at most 6 items"),
        ({"actions": [{"type": "timeout", "minutes": 40_321}]}, "actions.0.timeout.minutes", "40320"),
        ({"actions": [{"type": "ban", "delete_days": 8}]}, "actions.0.ban.delete_days", "7"),
        ({"actions": [{"type": "slow_mode", "seconds": 0}]}, "actions.0.slow_mode.seconds", "1"),
        ({"actions": [{"type": "alert"}, {"type": "alert"}]}, "", "alert stands there twice: take one out"),
        (
            {"actions": [{"type": "warn"}, {"type": "alert"}, {"type": "ban"}]},
            "",
            "warn and ban would punish twice for one thing: keep one of them",
        ),
        ({"tell": "Gone."}, "", "this rule deletes none: add delete_message, or take “tell” out"),
        ({"tell": "x" * 301, "actions": [{"type": "delete_message"}]}, "tell", "at most 300"),
        (
            {"trigger": {"type": "join_rate"}, "actions": [{"type": "delete_message"}]},
            "",
            "looks at members, not at messages: delete_message cannot be done",
        ),
        (
            {"trigger": {"type": "new_account"}, "conditions": {"channels_only": ["1"]}},
            "",
            "can never hold, take them out",
        ),
        (
            {"trigger": {"type": "message_rate"}, "conditions": {"on": "edited"}},
            "",
            "does not look at edited messages: leave “on” out",
        ),
        (
            {"trigger": {"type": "message_rate"}, "examples": {"must_match": ["x"]}},
            "",
            "does not look at a text: it can have no examples",
        ),
        ({"examples": {"must_match": ["x"] * 11}}, "examples.must_match", "at most 10 items"),
        ({"examples": {"must_match": ["x" * 301]}}, "examples.must_match.0", "at most 300 characters"),
        ({"mode": "loud"}, "mode", "'off', 'shadow' or 'on'"),
        ({"color": "red"}, "color", "not permitted"),
    ],
)
def test_what_cannot_be_is_refused_with_where_and_what_to_do(
    wrong: dict[str, Any], where: str, said: str
) -> None:
    given = {"name": "x", "trigger": WORDS, "actions": [{"type": "alert"}], **wrong}
    with pytest.raises(ValidationError) as refused:
        Rule.model_validate(given)
    [fault, *_] = refused.value.errors(include_url=False)
    assert ".".join(map(str, fault["loc"])) == where
    assert said in fault["msg"]


@pytest.mark.parametrize("pattern", ["x*", "[A-Z]+", "hell?o", "^", "LL"])
def test_a_pattern_that_is_found_nearly_everywhere_must_be_confirmed(pattern: str) -> None:
    trigger = {"type": "message_regex", "patterns": ["fine", pattern]}
    with pytest.raises(ValidationError, match="make it narrower, or confirm that it is meant"):
        rule(trigger)
    assert rule(trigger, confirmed_broad=True).confirmed_broad
    if pattern in {"[A-Z]+", "LL"}:
        assert rule(trigger | {"case_sensitive": True}).mode is Mode.SHADOW


class TestExamples:
    def test_that_are_not_as_they_must_be_are_told(self) -> None:
        made = rule(
            WORDS,
            examples={"must_match": ["sp\u0430m", "ham"], "must_not_match": ["eggs", "no SPAM please"]},
        )
        failures = check_examples(made)
        assert [fill(each.message, each.facts, plain) for each in failures] == [
            "The rule must fire for “ham” and does not.",
            "The rule must not fire for “no SPAM please”, but finds “spam”.",
        ]

    def test_are_what_the_trigger_looks_at_whatever_the_conditions(self) -> None:
        for trigger, matching, other in (
            ({"type": "username_regex", "patterns": ["evil"]}, "Dr Evil", "ada"),
            ({"type": "file_extension", "extensions": ["exe"]}, "a.EXE", "a.png"),
            ({"type": "links", "domains": ["example.com"]}, "see https://example.com/x", "https://a.org"),
            ({"type": "invite_links"}, "https://discord.gg/abc", "discord"),
        ):
            examples = {"must_match": [matching], "must_not_match": [other]}
            made = rule(trigger, examples=examples, conditions={"roles_only": ["5"]})
            assert check_examples(made) == []
            turned = {"must_match": [other], "must_not_match": [matching]}
            assert len(check_examples(rule(trigger, examples=turned))) == 2
