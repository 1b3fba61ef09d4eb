"""Patterns in messages and names."""

from typing import Any

import pytest
from pydantic import ValidationError

from app.automod.observation import Kind
from app.automod.text import Form
from app.automod.trigger import TriggerType
from app.automod.triggers import message_regex, username_regex
from app.automod.triggers.message_regex import MessageRegex
from tests.support.trying import said, tried

TRIGGERS = [message_regex.TRIGGER, username_regex.TRIGGER]


@pytest.mark.parametrize("trigger", TRIGGERS, ids=lambda trigger: trigger.name)
class TestPatterns:
    def test_the_first_pattern_that_is_found_is_said_with_what_it_found(
        self, trigger: TriggerType[Any]
    ) -> None:
        match = tried(trigger, "get FREE  nitro now", patterns=("never", r"free\s+nitro", "now"))
        assert match is not None
        assert (match.form, match.what) == (Form.WRITTEN, "FREE  nitro")
        assert said(match) == "the pattern \u201cfree\\s+nitro\u201d"

    def test_case_counts_only_when_asked_for(self, trigger: TriggerType[Any]) -> None:
        assert tried(trigger, "FREE", patterns=("free",), case_sensitive=True) is None
        assert tried(trigger, "free", patterns=("free",), case_sensitive=True) is not None
        assert tried(trigger, "FREE", patterns=("never|free",)) is not None

    def test_look_alikes_are_read_only_when_asked_for(self, trigger: TriggerType[Any]) -> None:
        text = "fr\u0435\u0435 n\u200bitro"
        assert tried(trigger, text, patterns=("free nitro",)) is None
        match = tried(trigger, text, patterns=("free nitro",), look_alikes=True)
        assert match is not None
        assert (match.form, match.what) == (Form.FOLDED, "free nitro")

    def test_of_another_alphabet_or_in_capitals_is_found_as_it_is_written_with_look_alikes_too(
        self, trigger: TriggerType[Any]
    ) -> None:
        word = "\u0441\u0443\u043a\u0430"
        for text, pattern in ((f"\u0436 {word} \u0436", word), ("so FREE", "FREE")):
            match = tried(trigger, text, patterns=(pattern,), look_alikes=True, case_sensitive=True)
            assert match is not None
            assert (match.form, match.what) == (Form.WRITTEN, pattern)

    def test_what_was_found_is_cut(self, trigger: TriggerType[Any]) -> None:
        match = tried(trigger, "x" * 500, patterns=("x+",))
        assert match is not None
        assert match.what == "x" * 100

    @pytest.mark.parametrize("patterns", [(), ("",), ("a",) * 11, ("x" * 261,), ("a(",), (r"(a)\1",)])
    def test_patterns_that_cannot_be_used_are_refused(
        self, trigger: TriggerType[Any], patterns: tuple[str, ...]
    ) -> None:
        with pytest.raises(ValidationError):
            trigger.settings(patterns=patterns)


def test_the_place_in_a_refused_pattern_is_said() -> None:
    with pytest.raises(ValidationError, match="At character 2"):
        MessageRegex(patterns=("a(",))


def test_messages_and_names_are_looked_at_by_one_each() -> None:
    assert message_regex.TRIGGER.kinds == {Kind.MESSAGE, Kind.EDIT}
    assert username_regex.TRIGGER.kinds == {Kind.JOIN, Kind.NAME}
