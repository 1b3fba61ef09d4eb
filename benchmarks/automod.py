"""What auto-mod costs: one message judged by all rules of a guild, beside RE2 alone.

`python -m benchmarks.automod` measures on whatever else the machine does, in CPU time of this process.
"""

import random
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import click
import re2

from app.automod.compiled import GuildRules, compile_rules
from app.automod.judge import judge
from app.automod.observation import Kind, Observation
from app.automod.rule import Rule
from app.automod.windows import Windows
from app.ids import new_id, snowflake_time

RULES: Final = 25
PATTERNS: Final = 100
TARGET_MICROSECONDS: Final = 12.0
TARGET_MILLISECONDS: Final = 1.0
"""Of the slowest of a thousand messages."""

_MESSAGE_ID: Final = 1_400_000_000_000_000_000
_ADA: Final = 80_351_110_224_678_912
_CLEAN: Final = (
    "Does anybody know how to read a large file line by line without loading all of it? I tried a generator "
    "and it works, but my tests take very long, and I would like to see how others do that here, thanks."
).ljust(200)[:200]
_PLAIN: Final = (
    *("the", "and", "is", "it", "python", "why", "does", "not", "work", "today", "thanks", "ok", "please"),
    *("look", "at", "this", "free", "code"),
)
_ODD: Final = (
    *(
        "https://docs.python.org/3/library/re.html",
        "discord",
        "Grüße",
        "привет",
        "안녕하세요",
        "b e s t",
        "😀",
        "1,2,3",
    ),
    *(
        "[read](https://example.com)",
        "<@80351110224678912>",
        "nitro",
        "`code`",
        "h4ck",
        "é",
        "ﷺ",
        "\u200b",
        "http",
    ),
)
"""What makes judging look closer: links, other alphabets, letters that stand alone."""

_LENGTHS: Final = ((8, 30, 100, 400, 2_000, 4_000), (250, 450, 220, 70, 9, 1))
"""Characters of messages, and how many of a thousand have so many; more than 4,000 Discord does not take."""

_ODD_SHARE: Final = 0.05
"""How many of the words of an ordinary text are such."""

_CALLS: Final = 20_000


@dataclass(frozen=True)
class Measured:
    """What judging costs, in CPU time.

    Attributes:
        clean: Microseconds for a clean message of 200 ASCII characters; the median of the rounds.
        alone: Microseconds for RE2's search for the same patterns in it.
        p50: Milliseconds for messages of all kinds and lengths: half of them take less ...
        p999: ... and all but one in a thousand.
        odd: Milliseconds for one of 4,000 characters with nothing but words that make judging look closer.
        compiling: Milliseconds for making the rules ready.
    """

    clean: float
    alone: float
    p50: float
    p999: float
    odd: float
    compiling: float


def guild_rules() -> list[Rule]:
    """Make the rules of a guild that uses everything: 25, with 100 patterns."""
    triggers: list[dict[str, Any]] = [
        *(
            {"type": "message_regex", "patterns": [_pattern(rule * 10 + number) for number in range(10)]}
            for rule in range(9)
        ),
        *(
            {
                "type": "message_regex",
                "patterns": [_pattern(90 + rule * 5 + number) for number in range(5)],
                "look_alikes": True,
            }
            for rule in range(2)
        ),
        *(
            {"type": "keywords", "words": [f"unwanted{rule}{number}" for number in range(20)]}
            for rule in range(2)
        ),
        {"type": "invite_links"},
        {"type": "links", "domains": ["bad.example", "worse.example"]},
        {"type": "links", "listed": "allow", "domains": ["python.org", "example.com"]},
        {"type": "file_extension", "extensions": ["exe", "scr"]},
        {"type": "file_extension", "listed": "allow", "extensions": ["png", "txt"]},
        {"type": "mention_spam", "mentions": 6},
        {"type": "mention_spam", "mentions": 10},
        {"type": "message_rate", "messages": 8, "seconds": 5},
        {"type": "message_rate", "messages": 20, "seconds": 60, "across_channels": True},
        {"type": "message_rate", "messages": 40, "seconds": 300},
        {"type": "duplicate_messages", "messages": 4, "seconds": 60},
        {"type": "duplicate_messages", "messages": 6, "seconds": 60, "of_everybody": True, "shortest": 20},
    ]
    return [
        Rule.model_validate({"name": f"Rule {number}", "trigger": trigger, "actions": [{"type": "alert"}]})
        for number, trigger in enumerate(triggers)
    ]


def measure(*, rounds: int, messages: int, seed: int) -> Measured:
    """Measure it, in rounds of which the median counts."""
    rules = guild_rules()
    patterns = [pattern for rule in rules for pattern in getattr(rule.trigger, "patterns", ())]
    if (len(rules), len(patterns)) != (RULES, PATTERNS):
        raise ValueError("The rules are not as many as the report says.")
    keyed = [(new_id(), rule) for rule in rules]
    started = time.process_time_ns()
    ready = compile_rules(keyed)
    compiling = (time.process_time_ns() - started) / 1e6
    alone = re2.Set.SearchSet()
    for pattern in patterns:
        alone.Add(f"(?i){pattern}")
    alone.Compile()
    slow = sorted(_each(ready, messages, seed))
    return Measured(
        clean=statistics.median(_clean(ready) for _ in range(rounds)),
        alone=statistics.median(_per_call(lambda _: alone.Match(_CLEAN)) for _ in range(rounds)),
        p50=slow[len(slow) // 2],
        p999=slow[len(slow) * 999 // 1000],
        odd=statistics.median(_each_odd(ready, rounds, seed)),
        compiling=compiling,
    )


def _pattern(number: int) -> str:
    """Write a pattern as people write them."""
    return (
        rf"\bbuy\s+cheap\s+thing{number}\b",
        rf"(?:free|cheap)\s*gift{number}",
        rf"w+a+n+t{number}",
        rf"scam{number}\.(?:com|net|org)",
        rf"^!raid{number}\s",
    )[number % 5]


def _seen(number: int, content: str) -> Observation:
    """Make a message; each of 50 members writes every ten seconds."""
    at = snowflake_time(_MESSAGE_ID) + timedelta(milliseconds=200 * number)
    user_id = _ADA + (number % 50 << 22)
    return Observation(
        Kind.MESSAGE, 1, user_id, at, "ada", channel_id=2, message_id=_MESSAGE_ID + number, content=content
    )


def _clean(ready: GuildRules) -> float:
    """Judge the clean message, again and again in ever new messages by members who write at their leisure."""
    windows = Windows()
    seen = [_seen(number, f"{_CLEAN[:-6]} {number:05}") for number in range(_CALLS)]
    if judge(ready, seen[0], windows):
        raise ValueError("The clean message is hit by a rule.")
    return _per_call(lambda number: judge(ready, seen[number], windows))


def _per_call(call: Callable[[int], object]) -> float:
    started = time.process_time_ns()
    for number in range(_CALLS):
        call(number)
    return (time.process_time_ns() - started) / _CALLS / 1e3


def _each(ready: GuildRules, messages: int, seed: int) -> Iterator[float]:
    """Judge messages of all kinds and lengths, and tell the milliseconds of each."""
    chance, windows = random.Random(seed), Windows()  # noqa: S311 - nothing here is a secret
    for number in range(messages):
        [length] = chance.choices(*_LENGTHS)
        words = (chance.choice(_ODD if chance.random() < _ODD_SHARE else _PLAIN) for _ in range(length))
        yield _once(ready, _seen(number, " ".join(words)[:length]), windows)


def _each_odd(ready: GuildRules, rounds: int, seed: int) -> Iterator[float]:
    chance, windows = random.Random(seed), Windows()  # noqa: S311 - nothing here is a secret
    for number in range(rounds):
        yield _once(ready, _seen(number, " ".join(chance.choices(_ODD, k=4_000))[:4_000]), windows)


def _once(ready: GuildRules, seen: Observation, windows: Windows) -> float:
    started = time.process_time_ns()
    judge(ready, seen, windows)
    return (time.process_time_ns() - started) / 1e6


@click.command(context_settings={"show_default": True})
@click.option("--rounds", default=9, type=click.IntRange(1))
@click.option("--messages", default=20_000, type=click.IntRange(1_000))
@click.option("--seed", default=1, type=int)
def main(*, rounds: int, messages: int, seed: int) -> None:
    """Measure what judging a message costs."""
    found = measure(rounds=rounds, messages=messages, seed=seed)
    click.echo(
        f"{RULES} rules with {PATTERNS} patterns, made ready in {found.compiling:.1f} ms\n"
        f"a clean message of {len(_CLEAN)} characters: {found.clean:.2f} us "
        f"(target {TARGET_MICROSECONDS:g}); RE2 alone: {found.alone:.2f} us\n"
        f"{messages:,} messages of all kinds: half within {found.p50:.3f} ms, 99.9 % within "
        f"{found.p999:.3f} ms (target {TARGET_MILLISECONDS:g})\n"
        f"one of 4,000 characters with nothing but links, other alphabets and the like: {found.odd:.2f} ms"
    )


if __name__ == "__main__":
    main()
