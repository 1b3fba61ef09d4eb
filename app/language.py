"""Replies in the reader's language: messages from gettext catalogues, facts as that language writes them.

The catalogues stand in `locale/` and are written by `make docs`. English is the source: what has no
translation is said in English.
"""

import gettext
from collections.abc import Callable
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

from app.discord.text import literal
from app.wording import STRANGERS, Count, Fact, Mention, Term, fill

DOMAIN: Final = "smarterdev"
FOLDER: Final = Path(__file__).parent / "locale"

SOURCE: Final = "en"
SEPARATORS: Final = {"en": ",", "de": "."}
"""Every language there is -> what stands between thousands in it."""

LOCALES: Final = {"de": ("de",)}
"""Language -> the names Discord has for it (reference, "Locales"). English needs none: it is the source."""


class Language:
    """One language. Make it by `language_of`.

    Attributes:
        name: The key of `SEPARATORS`.
    """

    def __init__(self, name: str, translations: gettext.NullTranslations) -> None:
        self.name = name
        self._translate = translations.gettext
        self._translate_count = translations.ngettext
        self._separator = SEPARATORS[name]

    def say(self, message: str, /, **facts: Fact) -> str:
        """Write a message for Discord, in this language.

        Its facts cannot turn into markdown: text from people reads exactly as they wrote it.
        """
        return fill(self._translate(message), facts, self._render)

    def _render(self, fact: Fact) -> str:
        return _WRITERS[type(fact)](self, fact)

    def count(self, counted: Count) -> str:
        """Write a number and what is counted, in the form this language has for that number."""
        message = self._translate_count(counted.one, counted.many, counted.n)
        return fill(message, {"n": counted.n}, self._render)

    def mention(self, user_id: int) -> str:
        """Name a member so that the name can be clicked; nobody is pinged."""
        return _mention(self, Mention(user_id))

    def number(self, value: int) -> str:
        """Write a number with this language's separators: 1,240 or 1.240."""
        written = f"{value:,}"
        return written if self._separator == "," else written.replace(",", self._separator)


def timestamp(at: datetime, style: str = "R") -> str:
    """Write an instant so that Discord shows it in the reader's own time. `R` is relative, `f` in full."""
    return f"<t:{int(at.timestamp())}:{style}>"


def _mention(language: Language, fact: Mention) -> str:
    """Mention a member; nobody is pinged (`allowed_mentions`), so it is only a name that can be clicked."""
    if fact.user_id > 0:
        return f"<@{fact.user_id}>"
    return language.say(STRANGERS[fact.user_id == 0].message)


_WRITERS: Final[dict[type, Callable[[Language, Any], str]]] = {
    int: Language.number,
    str: lambda _language, fact: literal(fact),
    datetime: lambda _language, fact: timestamp(fact),
    Mention: _mention,
    Count: Language.count,
    Term: lambda language, fact: language.say(fact.message),
}
"""How each kind of fact is written in Discord."""


@cache
def load_language(name: str) -> Language:
    """Load one language of `SEPARATORS`.

    Raises:
        FileNotFoundError: its catalogue was not written.
    """
    if name == SOURCE:
        return Language(name, gettext.NullTranslations())
    return Language(name, gettext.translation(DOMAIN, FOLDER, languages=[name]))


@lru_cache(maxsize=64)  # Discord has about thirty
def language_of(locale: str) -> Language:
    """Choose the language for one of Discord's locales; English when there is no catalogue for it."""
    name = locale.partition("-")[0]
    return load_language(name if name in SEPARATORS else SOURCE)
