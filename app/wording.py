"""Sentences for people: English text with `{named}` gaps, and the facts that fill them.

The text is what translators see (a *message*); the facts stay facts until an edge renders them, because
a number, a time or a name is written differently in a log, in Discord and in another language. Only whole
`{named}` gaps are replaced, once: what people wrote is never read as a pattern.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Count:
    """A number and what is counted, such as "1,240 bytes".

    Attributes:
        n: How many.
        one: The message for one, with the gap `{n}`.
        many: The message for any other number.
    """

    n: int
    one: str
    many: str


@dataclass(frozen=True, slots=True)
class Mention:
    """A member, by id: 0 is the platform itself as a party, and whoever is erased has a negative one."""

    user_id: int


@dataclass(frozen=True, slots=True)
class Term:
    """A word of ours that is translated like a message, such as the title of a feature."""

    message: str


STRANGERS = (Term("a former member"), Term("the treasury"))
"""How those are called whom Discord cannot mention: whoever is erased, and the platform itself."""

Fact = int | str | datetime | Count | Mention | Term

_GAP = re.compile(r"\{([a-z_]+)\}")  # noqa: TID251 - ours, not a user's


def message(text: str, /) -> str:
    """Mark a message that stands somewhere else than where it is said, for whoever collects them."""
    return text


def fill(message: str, facts: Mapping[str, Fact], render: Callable[[Fact], str]) -> str:
    """Put the facts into the gaps. A gap without a fact stays as it is."""
    if not facts:
        return message
    return _GAP.sub(lambda gap: render(facts[gap[1]]) if gap[1] in facts else gap[0], message)


def plain(fact: Fact) -> str:
    """Write a fact in English, for logs and terminals; a time reads "on 2026-11-25 at 10:00 UTC"."""
    match fact:
        case int():
            return f"{fact:,}"
        case str():
            return fact
        case datetime():
            return f"{fact:on %Y-%m-%d at %H:%M} UTC"
        case Count():
            return fill(fact.one if fact.n == 1 else fact.many, {"n": fact.n}, plain)
        case Mention():
            return f"member {fact.user_id}" if fact.user_id > 0 else STRANGERS[fact.user_id == 0].message
        case Term():
            return fact.message


def byte_count(amount: int) -> Count:
    """Count bytes."""
    return Count(amount, "{n} byte", "{n} bytes")


def day_count(days: int) -> Count:
    """Count days."""
    return Count(days, "{n} day", "{n} days")


def page_count(pages: int) -> Count:
    """Count pages."""
    return Count(pages, "{n} page", "{n} pages")
