"""The sets of rules to begin with."""

import pytest

from app.automod.compiled import compile_rules
from app.automod.judge import judge
from app.automod.observation import Kind, Observation
from app.automod.presets import PRESETS
from app.automod.rule import Mode, Rule, check_examples
from app.automod.windows import Windows
from app.ids import new_id, snowflake_time

INNOCENT = (
    "hello",
    "Good morning! Has anybody seen https://github.com/python/cpython/issues today?",
    "the invite is in the pinned message, discord has been slow since noon :(",
    "Grüße aus Köln, привет, 안녕하세요",
    "a.k.a. the b e s t one",
)


@pytest.mark.parametrize("name", PRESETS)
class TestEachPreset:
    def test_only_records_has_names_of_its_own_and_can_be_kept(self, name: str) -> None:
        rules = PRESETS[name]
        assert {rule.mode for rule in rules} == {Mode.SHADOW}
        assert len({rule.name for rule in rules}) == len(rules)
        for rule in rules:
            assert Rule.model_validate_json(rule.model_dump_json()) == rule

    def test_is_as_its_examples_say(self, name: str) -> None:
        assert [(rule.name, check_examples(rule)) for rule in PRESETS[name] if check_examples(rule)] == []

    def test_hits_nobody_who_writes_what_people_write(self, name: str) -> None:
        rules, windows = compile_rules([(new_id(), rule) for rule in PRESETS[name]]), Windows()
        assert rules.take_broken() == []
        ada = 80_351_110_224_678_912
        now = snowflake_time(1_400_000_000_000_000_000)
        for number, content in enumerate(INNOCENT):
            seen = Observation(
                Kind.MESSAGE, 1, ada, now, channel_id=2, message_id=number, content=content, joined_at=now
            )
            assert judge(rules, seen, windows) == [], content
        assert judge(rules, Observation(Kind.JOIN, 1, ada, now, username="ada"), windows) == []
