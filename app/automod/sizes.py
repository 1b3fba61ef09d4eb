"""How large what is searched for a rule may be: RE2's steps, each of which takes time to make ready.

All rules of a guild are made ready whenever one of them changes, while the messages of all guilds wait.
So what takes long there is refused where it is saved.
"""

from collections.abc import Sequence
from typing import Final

import re2

from app.automod.patterns import compile_own
from app.automod.places import places_of
from app.automod.regexes import Regexes
from app.automod.rule import Rule
from app.automod.table import TRIGGERS
from app.errors import InvalidInputError

MOST_OF_RULE: Final = 200_000
"""Steps of one rule: RE2 searches so many at once, and 250 words have 30,000."""

MOST_OF_GUILD: Final = 500_000
"""Steps of all rules of a guild: ready in two thirds of a second. A pattern of words has 30."""


MOST_PLACES: Final = 2_000
"""Places (`app.automod.places`) of all patterns of a guild: for the longest message 0.2 seconds at worst."""

FREE_PLACES: Final = 10
"""So many places of each pattern do not count: what looks back no further has few states."""


def extra_places(rule: Rule) -> int:
    """Count the places of a rule's patterns that count, in each form in which they are searched."""
    settings: object = rule.trigger
    if not isinstance(settings, Regexes):
        return 0
    extra = sum(max(0, places_of(pattern) - FREE_PLACES) for pattern in settings.patterns)
    return extra * len(settings.forms)


def size_of(rule: Rule) -> int:
    """Count the steps of what is searched for a rule; more than it may have if RE2 does not take it."""
    needles = TRIGGERS[rule.trigger.type].needles(rule.trigger) or ()
    try:
        return sum(compile_own(needle.pattern).programsize for needle in needles)
    except re2.error:
        return MOST_OF_RULE + 1


def check_sizes(rule: Rule, others: Sequence[Rule], before: Rule | None = None) -> None:
    """Refuse a rule that is too large, or makes those of its guild too large together.

    Args:
        rule: What is to be saved.
        others: The other rules of its guild.
        before: What it was; one that grows no larger is not refused for the others.

    Raises:
        InvalidInputError: it is too large.
    """
    size = size_of(rule)
    if size > MOST_OF_RULE:
        raise InvalidInputError(
            "“{name}” is too large to be searched in every message: RE2 takes more than {most} steps for it. "
            "Nothing was saved; repeat less in its patterns, or list fewer or shorter words.",
            name=rule.name,
            most=MOST_OF_RULE,
        )
    places = extra_places(rule)
    if before is not None and size <= size_of(before) and places <= extra_places(before):
        return
    if places and places + sum(map(extra_places, others)) > MOST_PLACES:
        raise InvalidInputError(
            "With “{name}”, the patterns of this server would have to look in too many places at once. "
            "Nothing was saved; use + instead of {counts} in its patterns, or smaller numbers, or delete a "
            "rule.",
            name=rule.name,
            counts="{2,20}",
        )
    sizes = [(size, rule.name), *((size_of(other), other.name) for other in others)]
    together = sum(each for each, _ in sizes)
    if together > MOST_OF_GUILD:
        largest, name = max(sizes)
        raise InvalidInputError(
            "The rules of this server are too large together to be searched in every message: RE2 takes "
            "{together} steps for them, and {most} are the most. Nothing was saved; make “{name}” smaller, "
            "which takes {largest}, or delete a rule.",
            together=together,
            most=MOST_OF_GUILD,
            name=name,
            largest=largest,
        )
