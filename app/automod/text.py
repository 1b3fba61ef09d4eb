"""The forms of one text in which rules search, made when they are first asked for, and what a rule found."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from statistics import multimode
from typing import Final

from app.automod.addresses import Link, links_in
from app.automod.folding import fold
from app.automod.patterns import compile_own
from app.wording import Fact

SHOWN: Final = 100
"""Characters of what matched that are kept."""

_SPELLED: Final = r"(?:^|[^\pL\pN\pM@$])([\pL\pN@$](?:[^\pL\pN\pM@$]{1,3}[\pL\pN@$]){2,})(?:[^\pL\pN\pM@$]|$)"
"""At least three single letters in a row with little between them. Run by RE2, on all messages."""

_BETWEEN: Final = re.compile(r"[^\w@$]+|_+")  # noqa: TID251 - ours, not a user's


class Form(StrEnum):
    """How a text is read before something is searched in it."""

    WRITTEN = "written"
    """As it was written."""

    FOLDED = "folded"
    """In lower case, without what cannot be seen, look-alikes as the letters they look like."""

    SQUEEZED = "squeezed"
    """Only what is s p e l l e d or d.o.t.t.e.d, folded and put together, one a line; mostly empty."""


class Forms:
    """The forms of one text.

    Attributes:
        written: As it was written; what cannot be encoded is replaced.
    """

    __slots__ = ("_folded", "_links", "_squeezed", "written")

    def __init__(self, text: str) -> None:
        self.written = text if text.isascii() else text.encode("utf-8", "replace").decode()
        self._folded: str | None = None
        self._squeezed: str | None = None
        self._links: tuple[Link, ...] | None = None

    @property
    def folded(self) -> str:
        """The text with look-alikes folded (`app.automod.folding`)."""
        if self._folded is None:
            self._folded = fold(self.written)
        return self._folded

    @property
    def squeezed(self) -> str:
        """What is spelled letter by letter, put together."""
        if self._squeezed is None:
            spelled = compile_own(_SPELLED).finditer(self.folded)
            self._squeezed = "\n".join(join_letters(found[1]) for found in spelled)
        return self._squeezed

    @property
    def links(self) -> tuple[Link, ...]:
        """The links in it; several rules ask for them."""
        if self._links is None:
            self._links = tuple(links_in(self.written))
        return self._links

    def of(self, form: Form) -> str:
        """Give the text in a form."""
        return getattr(self, form.value)  # type: ignore[no-any-return]  # each form is an attribute by its value


def visible(text: str) -> str:
    """Write what cannot be seen, or turns what is read around, by its number: U+202E."""
    return "".join(sign if sign.isprintable() else f"[U+{ord(sign):04X}]" for sign in text)


def join_letters(spelled: str) -> str:
    """Put letters together; where the gap is wider than most are a word ends."""
    wide = max(multimode(len(gap) for gap in _BETWEEN.findall(spelled)))
    return _BETWEEN.sub(lambda gap: " " if len(gap[0]) > wide else "", spelled)


@dataclass(frozen=True)
class Match:
    """Why a rule fired.

    Attributes:
        reason: A message with gaps.
        facts: What fills them.
        form: In which form of the text something was found.
        what: The piece that was found, at most 100 characters of it.
    """

    reason: str
    facts: Mapping[str, Fact] = field(default_factory=dict)
    form: Form = Form.WRITTEN
    what: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "what", self.what[:SHOWN])
