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
        description="Search also where look-alikes are replaced by the lower-case letters they look like.",
    )

    @property
    def forms(self) -> tuple[Form, ...]:
        """The forms in which is searched: a pattern of another alphabet is only found as it was written."""
        return (Form.WRITTEN, Form.FOLDED) if self.look_alikes else (Form.WRITTEN,)


def searched(settings: Regexes) -> list[str]:
    """List the patterns as they are searched."""
    flags = "" if settings.case_sensitive else "(?i)"
    return [flags + pattern for pattern in settings.patterns]


def needles_of(settings: Regexes) -> tuple[Needle, ...]:
    """List what must be found."""
    return tuple(Needle(form, pattern) for pattern in searched(settings) for form in settings.forms)


def find(settings: Regexes, forms: Forms) -> Match | None:
    """Find the first pattern, in the order in which they stand, that is found."""
    for pattern, wanted in zip(settings.patterns, searched(settings), strict=True):
        for form in settings.forms:
            found = compile_own(wanted).search(forms.of(form))
            if found is not None:
                return Match(
                    reason=message("the pattern “{pattern}”"),
                    facts={"pattern": pattern},
                    form=form,
                    what=found[0],
                )
    return None
