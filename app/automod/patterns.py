"""Patterns of people run in RE2, which takes time linear in the text whatever they are."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Self

import re2

from app.automod.places import places_of
from app.errors import InvalidInputError
from app.wording import Term, message

LONGEST: Final = 260
"""Characters of one pattern: as many as Discord's own auto-mod takes."""

MOST: Final = 10
"""Patterns of one rule: as many as Discord's own auto-mod takes."""

LARGEST: Final = 1 << 19
"""Bytes that one pattern of a person's may need: 20 times `\\pL` fits and is made in a few milliseconds,
30 times does not. An automaton that grows past it is slower, never longer."""

MOST_PLACES: Final = 60
"""Places of one pattern (`app.automod.places`): ten of such take 50 milliseconds for the longest message."""

LARGEST_OF_OURS: Final = 16 << 20
"""Bytes for what we make of lists of words and hosts."""

_INNOCENT: Final = ("", "hello")
"""What an ordinary message may well be. A pattern that is found in these is found in everything."""


@dataclass(frozen=True, slots=True)
class Hint:
    """What RE2 says of a pattern it does not take, and what we say.

    Attributes:
        says: How its sentence begins.
        hint: A message.
    """

    says: str
    hint: str


HINTS: Final = (
    Hint("invalid perl operator", message("RE2 looks neither ahead nor back; write what should be found.")),
    Hint(
        "invalid escape sequence",
        message(
            "RE2 does not know this escape. It has no back-references; a plain backslash is written twice."
        ),
    ),
    Hint("invalid repetition size", message("Something may be repeated at most 1,000 times in all.")),
    Hint(
        "no argument for repetition",
        message("There is nothing before it to repeat; a plain sign needs a backslash."),
    ),
    Hint(
        "bad repetition operator",
        message("Two signs of repetition follow each other; put brackets in between."),
    ),
    Hint("missing )", message("A bracket is opened and not closed; a plain one needs a backslash.")),
    Hint("unexpected )", message("A bracket is closed that was not opened; a plain one needs a backslash.")),
    Hint("missing ]", message("A set is opened and not closed; a plain bracket needs a backslash.")),
    Hint("invalid character class range", message("A range runs from the lower to the higher character.")),
    Hint("invalid named capture", message("A name is written (?P<name>...), in letters and digits.")),
    Hint("trailing \\", message("A backslash needs something after it; a plain one is written twice.")),
    Hint("pattern too large", message("It repeats too much; \\w is smaller than \\pL, and + than a number.")),
)
"""What RE2 does not take -> what to do instead."""

_OTHERWISE: Final = message("Patterns are read by RE2; its syntax is not quite that of other libraries.")


class PatternError(InvalidInputError):
    """A pattern cannot be used.

    Attributes:
        position: Where in the pattern, from 0; None if all of it is meant.
    """

    position: int | None = None

    def at(self, position: int) -> Self:
        """Say where, and give the error back."""
        self.position = position
        return self


def compile_pattern(pattern: str) -> Any:  # noqa: ANN401 - google-re2 brings no types
    """Compile a pattern that a person wrote.

    Raises:
        PatternError: it is empty, too long, or not RE2's.
    """
    if not pattern:
        raise PatternError(
            "A pattern is empty. Nothing was saved; write what should be found, or take it out."
        )
    if len(pattern) > LONGEST:
        raise PatternError(
            "A pattern has {length} characters. Nothing was saved; it may have at most {longest}.",
            length=len(pattern),
            longest=LONGEST,
        ).at(LONGEST)
    try:
        compiled = _compile(pattern, LARGEST)
    except re2.error as refusal:
        raise _explained(pattern, _said(refusal)) from None
    except UnicodeEncodeError as refusal:
        raise PatternError(
            "At character {at}, “{pattern}” has half a character. Nothing was saved; write it anew.",
            at=refusal.start + 1,
            pattern=pattern.encode("utf-8", "replace").decode(),
        ).at(refusal.start) from None
    if (places := places_of(pattern)) > MOST_PLACES:
        raise PatternError(
            "“{pattern}” repeats too much: it has {places} places where several characters may stand, and "
            "{most} are the most. Nothing was saved; repeat less, or use + instead of a number.",
            pattern=pattern,
            places=places,
            most=MOST_PLACES,
        )
    return compiled


def compile_own(pattern: str) -> Any:  # noqa: ANN401 - google-re2 brings no types
    """Compile a pattern that we made of words and hosts."""
    return _compile(pattern, LARGEST_OF_OURS)


def make_ready(pattern: str) -> None:
    """Do now what RE2 puts off until a pattern is found for the first time, when a message waits for it.

    Raises:
        re2.error: RE2 does not take it.
    """
    _ = compile_own(pattern).reverseprogramsize  # with this it looks for where a find begins


def matches_too_much(pattern: str) -> bool:
    """Tell whether a pattern, as it is searched, is found in what anybody may write."""
    return any(compile_own(pattern).search(text) is not None for text in _INNOCENT)


def spans(compiled: Any, text: str | bytes) -> Iterator[tuple[int, int]]:  # noqa: ANN401 - google-re2 brings no types
    """Find where a pattern is found, from left to right, without overlap."""
    for found in compiled.finditer(text):
        yield found.span()


@lru_cache(maxsize=4_096)
def _compile(pattern: str, most: int) -> Any:  # noqa: ANN401 - google-re2 brings no types
    options = re2.Options()
    options.log_errors = False
    options.max_mem = most
    return re2.compile(pattern, options)


def _said(refusal: Exception) -> str:
    """Read RE2's sentence, which is bytes."""
    said = refusal.args[0] if refusal.args else ""
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)


def _explained(pattern: str, said: str) -> PatternError:
    """Make the error of RE2's sentence: `what is wrong: the piece that is`."""
    what, _, piece = said.partition(": ")
    hint = next((hint.hint for hint in HINTS if what.startswith(hint.says)), _OTHERWISE)
    position = pattern.find(piece) if piece else -1
    if what.startswith(("missing )", "unexpected )")):
        position = unbalanced(pattern)
    elif what.startswith("trailing"):
        position = len(pattern) - 1
    if position < 0:
        return PatternError(
            "“{pattern}” is no pattern RE2 takes ({said}). Nothing was saved. {hint}",
            pattern=pattern,
            said=what,
            hint=Term(hint),
        )
    return PatternError(
        "At character {at}, “{pattern}” is no pattern RE2 takes ({said}). Nothing was saved. {hint}",
        at=position + 1,
        pattern=pattern,
        said=what,
        hint=Term(hint),
    ).at(position)


def unbalanced(pattern: str) -> int:
    """Find the round bracket that has no other; the length of the pattern if there is none."""
    opened: list[int] = []
    at, in_set = 0, False
    while at < len(pattern):
        sign = pattern[at]
        if sign == "\\":
            at += 1
        elif in_set:
            in_set = sign != "]" or pattern[at - 1] == "[" or pattern[at - 2 : at] == "[^"
        elif sign == "[":
            in_set = True
        elif sign == "(":
            opened.append(at)
        elif sign == ")":
            if not opened:
                return at
            opened.pop()
        at += 1
    return opened[-1] if opened else len(pattern)
