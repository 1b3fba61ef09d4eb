"""Trying one trigger on one text, as it is judged: it is only asked if a needle was found."""

from datetime import UTC, datetime
from typing import Any

from app.automod.observation import Kind, Observation
from app.automod.patterns import compile_own
from app.automod.text import Forms, Match
from app.automod.trigger import TriggerType
from app.automod.windows import Windows
from app.wording import fill, plain

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


def tried(trigger: TriggerType[Any], text: str, **settings: Any) -> Match | None:
    """Ask a trigger about a text: a message, and the name of its one file."""
    chosen = trigger.settings.model_validate(settings)
    forms = Forms(text)
    needles = trigger.needles(chosen)
    if needles is not None and not any(
        compile_own(needle.pattern).search(forms.of(needle.form)) for needle in needles
    ):
        return None
    seen = Observation(Kind.MESSAGE, 1, 2, NOON, username=text, content=text, filenames=(text,))
    return trigger.matches(chosen, seen, forms, Windows())


def said(match: Match | None) -> str | None:
    """Write why a trigger fired."""
    return None if match is None else fill(match.reason, match.facts, plain)
