"""Patterns of people, as settings: what `message_regex` and `username_regex` have in common."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field

from app.automod.fields import FROZEN
from app.automod.patterns import LONGEST, MOST, PatternError, compile_own, compile_pattern
from app.automod.text import Form, Forms, Match
from app.automod.trigger import Needle
from app.wording import message


def _compiles(pattern: str) -> str:
    try:
        compile_pattern(pattern)
    except PatternError as refusal:
        raise ValueError(str(refusal)) from refusal
    return pattern


Pattern = Annotated[str, Field(min_length=1, max_length=LONGEST), AfterValidator(_compiles)]
"""A pattern that RE2 takes."""


class Regexes(BaseModel):
    """Patterns, and how they are read."""

    model_config = FROZEN
    patterns: tuple[Pattern, ...] = Field(
        min_length=1, max_length=MOST, description="RE2 patterns, of which one must be found."
    )
    case_sensitive: bool = Field(default=False, description="Whether upper and lower case differ.")
    look_alikes: bool = Field(
        default=False,
        description="Search where look-alike letters are replaced by the lower-case letters they look like.",
    )

    @property
    def form(self) -> Form:
        """The form in which is searched."""
        return Form.FOLDED if self.look_alikes else Form.WRITTEN


def needles_of(settings: Regexes) -> tuple[Needle, ...]:
    """List what must be found."""
    flags = "" if settings.case_sensitive else "(?i)"
    return tuple(Needle(settings.form, flags + pattern) for pattern in settings.patterns)


def find(settings: Regexes, forms: Forms) -> Match | None:
    """Find the first pattern, in the order in which they stand, that is found."""
    for pattern, needle in zip(settings.patterns, needles_of(settings), strict=True):
        found = compile_own(needle.pattern).search(forms.of(needle.form))
        if found is not None:
            return Match(
                reason=message("the pattern “{pattern}”"),
                facts={"pattern": pattern},
                form=needle.form,
                what=found[0],
            )
    return None
