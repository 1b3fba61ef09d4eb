"""Words as they are written by those who do not want them found: one RE2 pattern for all words of a rule.

What look-alike folding leaves is taken by the pattern: digits and signs for letters (`h4ck`, `a$$`), what is
drawn out (`baaad`), signs inside a word (`b.a.d`, `f**u**ck`). Nothing here takes a letter away, so a word
never finds one that has fewer: "ass" is not in "as".
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from app.automod.folding import readings

_INSTEAD: Final = {
    "a": "4@",
    "b": "8",
    "e": "3",
    "g": "69",
    "i": "1!|",
    "l": "1|",
    "o": "0",
    "s": "5$",
    "t": "7+",
    "z": "2",
}
"""Letter -> what is written instead of it."""

_WITHIN: Final = r"[._*~|\\`-]*"
"""What may stand inside a word: marks of Discord's formats, which are not shown, and dots."""

_GAP: Final = r"[\s._*~|\\`-]*"
"""What may stand between two words of a phrase."""

_IGNORED: Final = str.maketrans("", "", " \t\n._*~|\\`-")

_SAME: Final = str.maketrans(
    {sign: letter for letter, signs in _INSTEAD.items() for sign in signs} | dict.fromkeys("1!|l", "i")
)
"""What may stand for the same letter, as one; an l and an i share some signs."""

_SHORT: Final = 3
"""A word of so few letters is drawn out by three at least: "god" is not found in "good"."""

_BESIDE: Final = r"[^\pL\pN\pM]|\p{Han}|\p{Hiragana}|\p{Katakana}|\p{Thai}"
"""What ends a word. Han and Thai have no ends, so a Latin word may stand right beside them ..."""

_PARTICLES: Final = r"|\p{Hangul}"
"""... and what Korean puts behind a Latin one begins no word; but a word of Hangul may be part of another."""

_HANGUL: Final = re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")  # noqa: TID251 - ours, not a user's

_LED: Final = r"(?:^|\s)(?:ur?a?|im?a?|a|r)?"
_TRAILED: Final = r"(?:ur?|s)?(?:\s|$)"
"""What may be spelled along with a word, and is no word for a reader: "I", "a", "u r a"."""


@dataclass(frozen=True, slots=True)
class Patterns:
    """What finds the words of one rule. Group 1 is the word itself.

    Attributes:
        folded: In the folded text.
        squeezed: In what is spelled, put together.
        words: Key of what may be found -> the words it may be, as they were given.
    """

    folded: str
    squeezed: str
    words: Mapping[str, tuple[str, ...]]


def patterns_of(words: Iterable[str], *, whole_word: bool) -> Patterns:
    """Write the patterns for words. Words that fold to nothing are left out."""
    folded: list[str] = []
    squeezed: list[str] = []
    keys: dict[str, tuple[str, ...]] = {}
    for word in words:
        for form in dict.fromkeys(map(str.strip, readings(word))):
            if not form:
                continue
            folded.append(_pattern(form, _WITHIN, _GAP))
            squeezed.append(_pattern(form, "", " ?"))
            keys[key_of(form)] = (*keys.get(key_of(form), ()), word)
    return Patterns(
        _any_of(folded, *_ends(folded, whole_word=whole_word)),
        _any_of(squeezed, _LED if whole_word else "", _TRAILED if whole_word else ""),
        keys,
    )


def literal_pattern(words: Iterable[str], *, whole_word: bool) -> str:
    """Write the pattern that finds words as they are given, in any case."""
    written = [quoted(word) for word in words]
    return "(?i)" + _any_of(written, *_ends(written, whole_word=whole_word))


def key_of(piece: str) -> str:
    """Make the same of everything that a pattern finds for one word."""
    same = piece.translate(_IGNORED).translate(_SAME)
    return "".join(letter for letter, _ in groupby(same))


def is_word(piece: str, word: str) -> bool:
    """Tell whether a reader would read the word in what was found: a number is none, and "A55" is a road."""
    bare = piece.translate(_IGNORED)
    letters = sum(map(str.isalpha, bare))
    if letters == len(bare) or not any(map(str.isalpha, word)):
        return True
    digits = sum(map(str.isdigit, bare)) - sum(map(str.isdigit, word))
    return letters > 0 and digits <= max(1, len(bare) - 2)


def quoted(text: str) -> str:
    """Write a text so that RE2 reads it as itself."""
    return "".join(f"\\{sign}" if sign.isascii() and not sign.isalnum() else sign for sign in text)


def _ends(patterns: list[str], *, whole_word: bool) -> tuple[str, str]:
    """Write what must stand before and behind words."""
    if not whole_word:
        return "", ""
    beside = _BESIDE if any(map(_HANGUL.search, patterns)) else _BESIDE + _PARTICLES
    return f"(?:^|{beside})", f"(?:{beside}|$)"


def _any_of(patterns: list[str], before: str, after: str) -> str:
    return f"{before}({'|'.join(dict.fromkeys(patterns))}){after}"


def _pattern(word: str, within: str, gap: str) -> str:
    """Write the pattern of one folded word."""
    long = sum(map(str.isalpha, word)) > _SHORT
    return gap.join(
        within.join(_run(letter, len(list(run)), within, long=long) for letter, run in groupby(part))
        for part in word.split()
    )


def _run(letter: str, times: int, within: str, *, long: bool) -> str:
    """Write a letter that stands so many times in a row, and may be drawn out."""
    one = f"[{letter}{_INSTEAD[letter]}]" if letter in _INSTEAD else quoted(letter)
    if not letter.isalpha():
        return within.join([one] * times)
    if long or times > 1:
        return within.join([one] * times) + "+"
    return f"{one}(?:{one}{one}+)?"
