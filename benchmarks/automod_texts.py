"""What auto-mod is measured with: the rules of a guild that uses everything, and what its members write."""

import random
from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from string import ascii_lowercase
from typing import Any, Final

from app.automod.observation import Kind, Observation
from app.automod.rule import Rule
from app.automod.sizes import MOST_OF_GUILD, size_of
from app.ids import snowflake_time

RULES: Final = 25
PATTERNS: Final = 100
LONGEST: Final = 4_000
"""Characters of a message; more Discord does not take."""

WORST: Final = (
    (r"(x+x+)+y", "x"),
    (r"(a+)+$", "a"),
    (r"(a|aa)+$", "a"),
    (r"(a|a?)+b", "a"),
    (r"([a-zA-Z]+)*\d$", "a"),
    (r"^(([a-z])+.)+[A-Z]([a-z])+$", "a"),
    (r"(.*a){20}b", "a"),
    (r"(?:.*?,){40}P", "1,"),
    (r"(\w+\s?)*!$", "ab "),
    (r"^(\d+)*(\.\d+)*x$", "1"),
)
"""A pattern that takes other libraries for ever, and what its text repeats."""

_MESSAGE_ID: Final = 1_400_000_000_000_000_000
_ADA: Final = 80_351_110_224_678_912
CLEAN: Final = (
    "Does anybody know how to read a large file line by line without loading all of it? I tried a generator "
    "and it works, but my tests take very long, and I would like to see how others do that here, thanks."
).ljust(200)[:200]
_PLAIN: Final = (
    *("the", "and", "is", "it", "python", "why", "does", "not", "work", "today", "thanks", "ok", "please"),
    *("look", "at", "this", "free", "code"),
)
ODD: Final = (
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


def largest_rules(number: int) -> list[dict[str, Any]]:
    """Make documents of rules that are about as large as can be saved; of each number others."""
    rules: list[dict[str, Any]] = []
    together = 0
    for signs in product(ascii_lowercase, repeat=2):
        patterns = [rf"{''.join(signs)}{number}{last}\pL{{20}}" for last in "xyz"]
        trigger = {"type": "message_regex", "patterns": patterns}
        document = {"name": "".join(signs), "trigger": trigger, "actions": [{"type": "alert"}]}
        together += size_of(Rule.model_validate(document))
        if together > MOST_OF_GUILD:
            break
        rules.append(document)
    return rules


def _pattern(number: int) -> str:
    """Write a pattern as people write them."""
    return (
        rf"\bbuy\s+cheap\s+thing{number}\b",
        rf"(?:free|cheap)\s*gift{number}",
        rf"w+a+n+t{number}",
        rf"scam{number}\.(?:com|net|org)",
        rf"^!raid{number}\s",
    )[number % 5]


def seen(number: int, content: str) -> Observation:
    """Make a message; each of 50 members writes every ten seconds."""
    at = snowflake_time(_MESSAGE_ID) + timedelta(milliseconds=200 * number)
    user_id = _ADA + (number % 50 << 22)
    return Observation(
        Kind.MESSAGE, 1, user_id, at, "ada", channel_id=2, message_id=_MESSAGE_ID + number, content=content
    )


def of_all_kinds(count: int, chance: random.Random) -> Iterator[str]:
    """Make texts of all kinds and lengths, as people write them."""
    for _ in range(count):
        [length] = chance.choices(*_LENGTHS)
        words = (chance.choice(ODD if chance.random() < _ODD_SHARE else _PLAIN) for _ in range(length))
        yield " ".join(words)[:length]
