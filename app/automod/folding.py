"""Look-alike text is folded to what people read: lower-case ASCII letters, as far as there are any.

What is not ASCII is normalised (NFKC); what cannot be seen (zero width, bidi, variation selectors) and marks
on letters are taken away; then letters that look like ASCII ones become those, by a table made from Unicode's
(`look_alikes.txt`). A word of another alphabet is not made Latin for a few letters that look so: only words
that have Latin letters are folded by the whole table, the others by what looks alike in both cases. Digits
for letters (h4ck) are not folded: what is searched says which digits it takes.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

_DATA: Final = Path(__file__).with_name("look_alikes.txt")
_REMEMBERED: Final = 20_000
"""Characters that are judged once. Somebody who sends all of Unicode does not fill the memory."""

_MARKS: Final = (
    (0x300, 0x370),
    (0x483, 0x48A),
    (0x1AB0, 0x1B00),
    (0x1DC0, 0x1E00),
    (0x20D0, 0x2100),
    (0xFE20, 0xFE30),
)
"""Combining marks that belong to no script of their own. Those of Hindi or Thai are letters of words."""

_SILENT: Final = ((0x591, 0x5BE), (0x64B, 0x653))
"""Hebrew and Arabic vowel signs, which people write or leave out."""

_SELECTORS: Final = ((0x180B, 0x1810), (0xFE00, 0xFE10), (0xE0100, 0xE01F0))
"""Variation selectors."""

_ACCENT: Final = range(0x300, 0x370)

_BREAKS: Final = "\n\r\x0b\x0c\x85"
"""What begins a new line."""

_CONTROLS: Final = bytes(sign for sign in (*range(0x20), 0x7F) if chr(sign) not in f"\t{_BREAKS}")
_LOWER: Final = bytes(ord("\n") if chr(sign) in _BREAKS else sign for sign in bytes(range(256)).lower())
"""What ASCII becomes: without controls, in lower case, and the same end of all lines."""

_UNSEEN: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\ufffd\u0640")
"""Fillers and blanks that are letters, symbols or marks by category."""

_APART: Final = "\n" * 4
"""Between two readings of one text: wide enough that nothing is spelled across."""

_BECOMES: Final = {"Zs": " ", "Zl": "\n", "Zp": "\n", "Cc": "", "Cf": "", "Co": "", "Cn": "", "Cs": ""}
"""Category -> what is left: spaces, ends of lines, nothing of what cannot be seen or means nothing."""

_FOREIGN: Final = re.compile(r"[^\W\x00-\x7f]")  # noqa: TID251 - ours, not a user's
_ODD: Final = re.compile(r"[^\t\n\x20-\x7e]+")  # noqa: TID251 - ours, not a user's
_ODD_WORD: Final = re.compile(r"(?<!\w)[A-Za-z0-9_]*+[^\W\x00-\x7f]\w*")  # noqa: TID251 - ours, not a user's
_LONG: Final = re.compile(r"\w(?:\W{0,3}\w){3}")  # noqa: TID251 - ours, not a user's
_LATIN: Final = re.compile(r"[A-Za-z]")  # noqa: TID251 - ours, not a user's
_GREEK: Final = re.compile(r"[\u0370-\u03ff]")  # noqa: TID251 - ours, not a user's
_CYRILLIC: Final = re.compile(r"[\u0400-\u052f]")  # noqa: TID251 - ours, not a user's
_RIDING: Final = re.compile(r"(?<=[A-Za-z0-9])[^\x00-\x7f\w\s]+")  # noqa: TID251 - ours, not a user's
_REVERSED: Final = re.compile(r"[\u202e\u2067]([^\u202c\u2069\n]*)")  # noqa: TID251 - ours, not a user's


class _Always(dict[int, str]):
    """What a character becomes wherever it stands; filled as characters are met."""

    def __init__(self, known: dict[int, str]) -> None:
        super().__init__(known)

    def __missing__(self, point: int) -> str:
        folded = _seen(chr(point))
        if len(self) < _REMEMBERED:
            self[point] = folded
        return folded


def _seen(character: str) -> str:
    """Tell what is left of a character that is in no table."""
    category = unicodedata.category(character)
    if character == "\t" or character in _BREAKS:
        return "\t" if character == "\t" else "\n"
    if category in _BECOMES:
        return _BECOMES[category]
    if character in _UNSEEN:
        return ""
    if category[0] == "M":
        point = ord(character)
        return "" if any(low <= point < high for low, high in _MARKS + _SILENT + _SELECTORS) else character
    pieces = unicodedata.normalize("NFD", character)
    return pieces[0] if all(ord(mark) in _ACCENT for mark in pieces[1:]) else character


@dataclass(frozen=True, slots=True)
class _Tables:
    """What characters become.

    Attributes:
        always: Wherever they stand.
        strict: In a word of another alphabet.
        full: In a word with Latin letters, or of several alphabets.
    """

    always: _Always
    strict: dict[int, str]
    full: dict[int, str]


@cache
def _tables() -> _Tables:
    """Read the table."""
    read: dict[str, dict[int, str]] = {"+": {}, "=": {}, "~": {}}
    for line in _DATA.read_text(encoding="ascii").splitlines():
        sign, target, *points = line.split(" ")
        if sign in read:
            read[sign].update((int(point, 16), target) for point in points)
    return _Tables(_Always(read["+"]), read["="], read["="] | read["~"])


def fold(text: str) -> str:
    """Fold a text for searching. ASCII costs hardly more than its lower case."""
    return text.encode().translate(_LOWER, _CONTROLS).decode() if text.isascii() else _fold(text)


def fold_whole(text: str) -> str:
    """Fold a text as if it stood among Latin words: by the whole table."""
    seen = _become(_tables().always, unicodedata.normalize("NFKC", text))
    return _become(_tables().full, seen).casefold()


def readings(text: str) -> list[str]:
    """List all that a text may be folded to, depending on what stands around it."""
    return list(dict.fromkeys((*fold(text).split(_APART), fold_whole(text))))


def _fold(text: str) -> str:
    """Fold a text that has more than ASCII."""
    turned = [turn[::-1] for turn in _REVERSED.findall(text)]
    if turned:
        text = _APART.join((text, *turned))
    tables = _tables()
    seen = _become(tables.always, unicodedata.normalize("NFKC", text))
    if not seen.isascii():
        seen = _RIDING.sub(_without_marks, seen)
        if _FOREIGN.search(seen):
            seen = _fold_words(seen, tables)
    return seen.casefold()


def _become(table: dict[int, str], text: str) -> str:
    """Translate what is not plain ASCII, which no table changes; to ask it of each character takes longer."""
    return _ODD.sub(lambda run: run[0].translate(table), text)


def _fold_words(text: str, tables: _Tables) -> str:
    """Fold the words of other alphabets."""
    full = _become(tables.full, text)
    if _FOREIGN.search(full) is None:  # nothing but look-alikes
        if _LATIN.search(text):
            return full
        if _LONG.search(full):  # it may be another alphabet or a disguise, so it is read as both
            return f"{_become(tables.strict, text)}{_APART}{full}"
    if not _LATIN.search(text) and not (_GREEK.search(text) and _CYRILLIC.search(text)):
        return _become(tables.strict, text)

    def fold_word(match: re.Match[str]) -> str:
        word = match[0]
        mixed = _LATIN.search(word) or (_GREEK.search(word) and _CYRILLIC.search(word))
        return word.translate(tables.full if mixed else tables.strict)

    return _ODD_WORD.sub(fold_word, text)


def _without_marks(match: re.Match[str]) -> str:
    """Take away marks of any script that ride on a Latin letter."""
    return "".join(piece for piece in match[0] if unicodedata.category(piece)[0] != "M")
