"""Regular expressions that people write: RE2, Rust's close relative, in time linear in the text. Pure."""

from collections.abc import Iterator

import re2

_OPTIONS = re2.Options()
_OPTIONS.case_sensitive = False
_OPTIONS.log_errors = False
_OPTIONS.max_mem = 1 << 20


def problem_with(pattern: str) -> str | None:
    """Tell why a pattern cannot be used (look-around, for example, which Rust lacks too). None if it can."""
    try:
        re2.compile(pattern, _OPTIONS)
    except re2.error as error:
        reason = error.args[0]
        return reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)
    return None


def spans(pattern: str, text: str) -> Iterator[tuple[int, int]]:
    """Tell where a usable pattern matches, upper and lower case alike."""
    for match in re2.compile(pattern, _OPTIONS).finditer(text):
        yield match.span()
