"""Words that are not wanted, however they are written."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Final, Literal

from pydantic import BaseModel, Field, field_validator

from app.automod.fields import FROZEN
from app.automod.folding import fold, readings
from app.automod.keywords import is_word, key_of, literal_pattern, patterns_of, quoted
from app.automod.observation import Kind, Observation
from app.automod.patterns import compile_own, spans
from app.automod.text import Form, Forms, Match
from app.automod.trigger import Needle, TriggerType
from app.automod.windows import Windows
from app.wording import message

MOST: Final = 250
LONGEST: Final = 60

Word = Annotated[str, Field(min_length=1, max_length=LONGEST)]


class Keywords(BaseModel):
    """Which words are not wanted."""

    model_config = FROZEN
    type: Literal["keywords"] = "keywords"
    words: tuple[Word, ...] = Field(
        min_length=1, max_length=MOST, description="Words and phrases that are not wanted, in any case."
    )
    whole_word: bool = Field(
        default=True,
        description="Only where they stand by themselves. Otherwise inside other words, too.",
    )
    look_alikes: bool = Field(
        default=True,
        description="Also as look-alike letters, digits for letters, spelled or drawn out.",
    )
    allow: tuple[Word, ...] = Field(
        default=(), max_length=MOST, description="Words and phrases in which they do not count."
    )

    @field_validator("words", "allow")
    @classmethod
    def _can_be_searched(cls, words: tuple[str, ...]) -> tuple[str, ...]:
        for word in words:
            if not fold(word).strip():
                raise ValueError(f"{word!r} has nothing that can be searched")
        return words


@dataclass(frozen=True, slots=True)
class Search:
    """What is searched for one setting.

    Attributes:
        form: In which form.
        pattern: What; group 1 is the word itself.
        words: Key of what is found -> words; None if it is found as it was given.
        allow: What finds allowed words, None if there are none.
    """

    form: Form
    pattern: str
    words: Mapping[str, tuple[str, ...]] | None
    allow: str | None


@lru_cache(maxsize=1_024)
def searches(settings: Keywords) -> tuple[Search, ...]:
    """Make what is searched."""
    if not settings.look_alikes:
        allow = "(?i)" + "|".join(map(quoted, settings.allow)) if settings.allow else None
        pattern = literal_pattern(settings.words, whole_word=settings.whole_word)
        return (Search(Form.WRITTEN, pattern, None, allow),)
    found = patterns_of(settings.words, whole_word=settings.whole_word)
    read = [each.strip() for word in settings.allow for each in readings(word)]
    allow = "|".join(map(quoted, filter(None, read))) or None
    return (
        Search(Form.FOLDED, found.folded, found.words, allow),
        Search(Form.SQUEEZED, found.squeezed, found.words, allow),
    )


def _needles(settings: Keywords) -> tuple[Needle, ...]:
    return tuple(Needle(search.form, search.pattern) for search in searches(settings))


def _matches(settings: Keywords, _seen: Observation, forms: Forms, _windows: Windows) -> Match | None:
    for search in searches(settings):
        text = forms.of(search.form)
        found = _find(search, text) if text else None
        if found is not None:
            piece, word = found
            return Match(
                reason=message("the word “{word}”"), facts={"word": word}, form=search.form, what=piece
            )
    return None


def _find(search: Search, text: str) -> tuple[str, str] | None:
    """Find a piece that is one of the words, and which one."""
    pattern = compile_own(search.pattern)
    encoded = text.encode()  # once, and not at every step
    allowed = list(spans(compile_own(search.allow), encoded)) if search.allow else []
    at = passed = 0
    while (found := pattern.search(encoded, at)) is not None:
        start, end = found.span(1)
        piece = found[1].decode()
        word = _word(search, piece)
        if word is not None:
            while passed < len(allowed) and allowed[passed][1] < end:
                passed += 1
            if passed == len(allowed) or start < allowed[passed][0]:
                return piece, word
        at = max(start, found.start()) + 1
    return None


def _word(search: Search, piece: str) -> str | None:
    """Tell which word a piece is."""
    if search.words is None:
        return piece
    return next((word for word in search.words.get(key_of(piece), ()) if is_word(piece, word)), None)


TRIGGER: Final = TriggerType(
    name="keywords",
    title=message("Unwanted words"),
    about=message("A message has a word that is not wanted, also one that is written to hide it."),
    settings=Keywords,
    kinds=frozenset({Kind.MESSAGE, Kind.EDIT}),
    needles=_needles,
    matches=_matches,
)
