"""How long RE2 takes at worst is known from a pattern, and bounded."""

import random
import time
from datetime import UTC, datetime

import pytest

from app.automod.compiled import compile_rules
from app.automod.judge import judge
from app.automod.observation import Kind, Observation
from app.automod.patterns import MOST_PLACES, PatternError, compile_pattern
from app.automod.places import places_of
from app.automod.rule import Rule
from app.automod.sizes import MOST_PLACES as MOST_OF_ALL
from app.automod.sizes import check_sizes
from app.automod.windows import Windows
from app.errors import InvalidInputError
from app.ids import new_id

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
LETTERS = "abcdefghijklmnop"


@pytest.mark.parametrize(
    ("pattern", "places"),
    [
        ("free nitro", 0),
        (r"\bbuy\s+cheap\s+thing\d", 3),
        (r"[a-z]{2,20}x", 20),
        (r"\w{900}", 900),
        (r"(?:\pL\s){7}", 14),
        (r"((a|b){3}c){4}", 24),
        (r"(?i)(?P<name>.{5})+[^\]x]{3,}", 8),
        (r"[[:alpha:]]{6}[]a]{2}\p{Greek}{2}\.{3}", 13),
        (r"\Q.{9}\E\{9\}", 0),
        (r"a{1}b{0,1}", 0),
    ],
)
def test_places_are_counted_as_often_as_they_are_repeated(pattern: str, places: int) -> None:
    compile_pattern(pattern) if places < 60 else None
    assert places_of(pattern) == places


@pytest.mark.parametrize("pattern", [r"[a-h]\w{900}", r"(?:[a-h]\w{20}){3}", "." * 150, "(a?){200}"])
def test_a_pattern_with_too_many_is_refused(pattern: str) -> None:
    with pytest.raises(PatternError, match="repeats too much"):
        compile_pattern(pattern)


def rules_with(chance: random.Random, repeated: int) -> list[Rule]:
    patterns = [f"[{''.join(chance.sample(LETTERS, 8))}]\\w{{{repeated}}}Z{number}" for number in range(10)]
    return [
        Rule.model_validate(
            {
                "name": pattern,
                "trigger": {"type": "message_regex", "patterns": [pattern]},
                "actions": [{"type": "alert"}],
            }
        )
        for pattern in patterns
    ]


def test_the_worst_that_can_be_saved_takes_no_long_message_longer_than_a_tenth_of_a_second() -> None:
    """Patterns that may begin at every other letter, and a text in which they do: a new state at each."""
    chance = random.Random(5)
    rules = rules_with(chance, MOST_PLACES - 1)
    for place, each in enumerate(rules):
        check_sizes(each, rules[:place])
    many = [each for _ in range(MOST_OF_ALL // 500) for each in rules]
    with pytest.raises(InvalidInputError, match="too many places at once"):
        check_sizes(rules[0], many)
    ready = compile_rules([(new_id(), each) for each in rules])
    took = []
    for number in range(3):
        text = "".join(chance.choices(LETTERS, k=4_000))
        seen = Observation(Kind.MESSAGE, 1, 2, NOON, channel_id=1, message_id=number, content=text)
        started = time.process_time()
        judge(ready, seen, Windows())
        took.append(time.process_time() - started)
    print(took)
    assert min(took) < 0.1
