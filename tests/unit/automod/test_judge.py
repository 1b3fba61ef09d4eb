"""Judging one observation by all rules of a guild."""

import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.automod.compiled import SPELLED, compile_rules
from app.automod.judge import Verdict, judge
from app.automod.observation import Kind, Observation
from app.automod.patterns import compile_own
from app.automod.rule import Mode, Rule
from app.automod.text import Form, Forms
from app.automod.triggers.message_rate import MessageRate
from app.automod.triggers.message_regex import MessageRegex
from app.automod.windows import Windows
from app.wording import fill, plain

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
SEEN = Observation(
    Kind.MESSAGE, 1, 80_351_110_224_678_912, NOON, username="ada", channel_id=10, message_id=100
)


def rule(trigger: dict[str, Any] | None = None, /, **more: Any) -> Rule:
    given = trigger or {"type": "keywords", "words": ["spam"]}
    return Rule.model_validate({"name": "x", "trigger": given, "actions": [{"type": "alert"}], **more})


def patterns(*texts: str, look_alikes: bool = False, **more: Any) -> Rule:
    trigger = {"type": "message_regex", "patterns": texts, "look_alikes": look_alikes}
    return rule(trigger, **more)


def judged(rules: list[Rule], seen: Observation | str, windows: Windows | None = None) -> list[Verdict]:
    """Judge by rules whose ids are their places."""
    compiled = compile_rules([(UUID(int=place), each) for place, each in enumerate(rules)])
    if isinstance(seen, str):
        seen = replace(SEEN, content=seen)
    verdicts = judge(compiled, seen, windows or Windows())
    assert compiled.take_broken() == []
    return verdicts


def places(verdicts: list[Verdict]) -> list[int]:
    return [each.rule_id.int for each in verdicts]


def broken(trigger: MessageRate | MessageRegex) -> Rule:
    """Make a rule as an older version may have left it, which nobody could save today."""
    return rule().model_copy(update={"trigger": trigger})


class TestVerdicts:
    def test_come_in_the_order_of_the_rules_from_all_forms_and_from_those_without_needles(self) -> None:
        rules = [
            rule({"type": "mention_spam", "mentions": 2}),
            patterns("nothing of the kind"),
            rule(),
            patterns("SPAM|unheard of"),
            rule({"type": "invite_links"}),
            patterns("^sp4m", look_alikes=True),
        ]
        seen = replace(SEEN, content="SP\u0410M s.p.a.m discord.gg/abc", mentioned_user_ids=frozenset({1, 2}))
        assert places(judged(rules, seen)) == [0, 2, 4]
        seen = replace(seen, content="sp4m spam", mentioned_user_ids=frozenset())
        assert places(judged(rules, seen)) == [2, 3, 5]

    def test_say_why_whom_they_are_about_and_which_messages(self) -> None:
        [verdict] = judged([patterns("spa+m", look_alikes=True)], "sp\u0430\u0430m!")
        assert (verdict.match.form, verdict.match.what) == (Form.FOLDED, "spaam")
        assert fill(verdict.match.reason, verdict.match.facts, plain) == "the pattern “spa+m”"
        assert verdict.user_ids == (SEEN.user_id,)
        assert verdict.messages == ((10, 100),)

    def test_come_from_rules_in_shadow_and_not_from_those_that_are_off(self) -> None:
        rules = [rule(mode=mode) for mode in ("off", "shadow", "on")]
        assert [each.rule.mode for each in judged(rules, "spam")] == [Mode.SHADOW, Mode.ON]
        assert len(compile_rules([(UUID(int=1), rules[0])]).rules) == 0

    def test_need_the_conditions_to_hold(self) -> None:
        rules = [rule(conditions={"channels_only": ["11"]}), rule(conditions={"roles_except": ["5"]})]
        assert places(judged(rules, "spam")) == [1]
        assert judged(rules, replace(SEEN, content="spam", role_ids=frozenset({5}))) == []
        edited = replace(SEEN, kind=Kind.EDIT, content="spam")
        assert places(judged([rule(conditions={"on": "new"}), rule()], edited)) == [1]

    @pytest.mark.parametrize("immune", [{"is_bot": True}, {"is_staff": True}])
    def test_are_never_about_bots_and_staff_who_are_not_counted_either(self, immune: dict[str, bool]) -> None:
        rate = rule({"type": "message_rate", "messages": 2, "seconds": 60})
        windows = Windows()
        assert judged([rule(), rate], replace(SEEN, content="spam", **immune), windows) == []  # type: ignore[arg-type]  # flags
        assert len(windows) == 0

    def test_of_names_come_once_whichever_name_it_is(self) -> None:
        rules = [
            rule({"type": "username_regex", "patterns": ["^evil$"]}),
            rule({"type": "new_account", "hours": 1}),
        ]
        joined = replace(SEEN, kind=Kind.JOIN, channel_id=None, message_id=None)
        for names in ({"username": "evil"}, {"global_name": "Evil"}, {"nick": "EVIL"}):
            assert places(judged(rules, replace(joined, **names))) == [0]  # type: ignore[arg-type]  # names
        every = replace(joined, kind=Kind.NAME, username="evil", global_name="evil", nick="Evil")
        assert places(judged(rules, every)) == [0]
        assert judged(rules, replace(joined, nick="evil but not only")) == []

    def test_of_no_rules_are_none(self) -> None:
        assert judged([], "spam") == []


class TestARuleThatBreaks:
    def test_is_told_once_and_not_asked_again_and_the_others_go_on(self) -> None:
        wrong = broken(MessageRate.model_construct(messages="many"))  # type: ignore[arg-type]  # that is what breaks
        rules = compile_rules([(UUID(int=1), rule()), (UUID(int=2), wrong), (UUID(int=3), rule())])
        assert rules.take_broken() == []
        seen = replace(SEEN, content="spam")
        for told in ([2], []):
            assert [each.rule_id.int for each in judge(rules, seen, Windows())] == [1, 3]
            broke = rules.take_broken()
            assert [each.rule_id.int for each in broke] == told
            for each in broke:
                assert fill(each.reason, each.facts, plain) == (
                    "The rule broke (Too many messages: TypeError), so it is not asked any more; "
                    "the others go on. Save it again to have it asked again."
                )

    def test_when_it_is_made_ready_is_told_and_left_out(self) -> None:
        wrong = broken(MessageRegex.model_construct(patterns=("a(b",)))
        rules = compile_rules([(UUID(int=1), wrong), (UUID(int=2), rule())])
        assert [each.rule_id.int for each in rules.take_broken()] == [1]
        assert places(judge(rules, replace(SEEN, content="spam"), Windows())) == [2]

    @pytest.mark.parametrize("content", ["spam \ud800", "\udfff", "\0spam", "\u202espam", "x" * 4_000, ""])
    def test_is_not_broken_by_what_somebody_writes(self, content: str) -> None:
        rules = [
            rule(),
            patterns("z+", look_alikes=True),
            rule({"type": "invite_links"}),
            rule({"type": "links", "domains": ["example.com"]}),
            rule({"type": "file_extension", "extensions": ["exe"]}),
            rule({"type": "message_rate", "messages": 2}),
            rule({"type": "duplicate_messages", "messages": 2}),
            rule({"type": "username_regex", "patterns": ["zz"]}),
        ]
        for kind in Kind:
            seen = replace(
                SEEN, kind=kind, content=content, username=content, nick=content, filenames=(content,)
            )
            for verdict in judged(rules, seen):
                verdict.match.what.encode()


class TestManyRules:
    def test_are_asked_in_order_however_many_they_are(self) -> None:
        rules = [rule({"type": "mention_spam", "mentions": 2}), *[patterns("nothing")] * 14, *[rule()] * 20]
        seen = replace(SEEN, content="s p a m", mentioned_user_ids=frozenset({1, 2}))
        assert places(judged(rules, seen)) == [0, *range(15, 35)]
        few = [patterns("nothing"), rule(), *[patterns("nothing")] * 6, rule()]
        assert places(judged(few, "spam")) == [1, 8]

    def test_are_searched_in_parts_where_they_need_too_much_memory(self) -> None:
        large = [patterns(rf"{sign}\pL{{20}}{sign}x") for sign in "abcdefghijklmnop"]
        rules = compile_rules([(UUID(int=place), each) for place, each in enumerate(large)])
        assert rules.take_broken() == []
        assert len(rules.kinds[Kind.MESSAGE].searches) > 1
        seen = replace(SEEN, content="f" + "x" * 20 + "fx")
        assert places(judge(rules, seen, Windows())) == [5]

    @example("a   b . c")
    @example("a _ b   c")
    @given(st.text(st.sampled_from("abI _@$.-*1\u0301\u0916\u00bd\u4e00\n"), max_size=24))
    def test_look_for_spelled_words_only_where_letters_stand_alone(self, text: str) -> None:
        forms = Forms(text)
        if forms.squeezed:
            assert compile_own(SPELLED).search(forms.folded) is not None

    def test_share_their_searches_between_new_and_edited_messages(self) -> None:
        rules = compile_rules([(UUID(int=1), rule())])
        assert rules.kinds[Kind.MESSAGE].searches is rules.kinds[Kind.EDIT].searches

    def test_of_the_worst_kind_take_no_more_than_a_moment(self) -> None:
        worst = (
            r"(a+)+$ (x+x+)+y (a|aa)+$ (a|a?)+$ (.*a){12} ^(([a-z])+.)+[A-Z]([a-z])+$ ([a-zA-Z]+)*$ "
            r"(a*)*b (\w+\s?)*! (.*?,){11}P"
        )
        rules = compile_rules([(UUID(int=1), patterns(*worst.split(" "), confirmed_broad=True))])
        assert rules.take_broken() == []
        texts = ("a" * 4_000, "x" * 4_000, "ab " * 1_333, "1,2," * 1_000)
        judge(rules, replace(SEEN, content="warm"), Windows())
        for text in texts:
            started = time.process_time()
            judge(rules, replace(SEEN, content=text), Windows())
            assert time.process_time() - started < 0.05, text[:8]
