"""A rule: one trigger, conditions of which all must hold, and actions in order."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, Field, StringConstraints, create_model, model_validator

from app.automod.actions import NEEDS_MESSAGE, SANCTIONS, Action
from app.automod.conditions import Conditions
from app.automod.fields import FROZEN
from app.automod.observation import Kind, Observation
from app.automod.patterns import compile_own, matches_too_much
from app.automod.regexes import Regexes, searched
from app.automod.table import TRIGGERS
from app.automod.text import Forms, Match
from app.automod.trigger import TriggerType
from app.automod.windows import Windows
from app.wording import Fact, message

MAX_EXAMPLES: Final = 10
MAX_EXAMPLE: Final = 300
MAX_ACTIONS: Final = 6

_MESSAGES: Final = frozenset({Kind.MESSAGE, Kind.EDIT})
_ON: Final = {"new": Kind.MESSAGE, "edited": Kind.EDIT}
_ANY_DAY: Final = datetime(2026, 1, 1, tzinfo=UTC)
_ANYBODY: Final = 1


class Mode(StrEnum):
    """How far a rule goes. The values are kept and shown."""

    OFF = "off"
    SHADOW = "shadow"
    """It only records what would have happened."""
    ON = "on"


if TYPE_CHECKING:

    class Settings(BaseModel):
        """What a trigger is set to, with the trigger's name."""

        type: str
else:

    def _named(trigger: TriggerType[Any]) -> type[BaseModel]:
        if "type" in trigger.settings.model_fields:
            return trigger.settings
        name = (Literal[trigger.name], trigger.name)
        return create_model(
            trigger.settings.__name__, __base__=trigger.settings, __doc__=trigger.settings.__doc__, type=name
        )

    Settings = Annotated[
        reduce(or_, [_named(trigger) for trigger in TRIGGERS.values()]), Field(discriminator="type")
    ]


def _one_line(text: str) -> str:
    if not text.isprintable():
        raise ValueError("must be one line of visible characters")
    return text


def _not_empty(actions: tuple[Action, ...]) -> tuple[Action, ...]:
    """Tell so only if none was given: a `min_length` also counts those that are wrong as missing."""
    if not actions:
        raise ValueError("a rule needs at least one action")
    return actions


Example = Annotated[str, StringConstraints(min_length=1, max_length=MAX_EXAMPLE)]


class Examples(BaseModel):
    """Texts that are tried at every save: a message, a name or a file's name, as the trigger looks at."""

    model_config = FROZEN

    must_match: tuple[Example, ...] = Field(
        (), max_length=MAX_EXAMPLES, description="Texts for which the rule must fire."
    )
    must_not_match: tuple[Example, ...] = Field(
        (), max_length=MAX_EXAMPLES, description="Texts for which the rule must not fire."
    )


class Rule(BaseModel):
    """One rule of a guild."""

    model_config = FROZEN

    name: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=60),
        AfterValidator(_one_line),
    ] = Field(description="What staff calls it.")
    trigger: Settings = Field(description="What it looks for, and how that is set.")
    conditions: Conditions = Field(Conditions(), description="What must hold besides; all of it.")
    actions: Annotated[tuple[Action, ...], AfterValidator(_not_empty)] = Field(
        max_length=MAX_ACTIONS,
        description="What is done, in this order; at most one of warn, timeout, kick and ban.",
    )
    mode: Mode = Field(Mode.SHADOW, description="off; shadow: it only records what would have happened; on.")
    tell: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)] | None = (
        Field(None, description="What a member is told whose message vanished; none: nothing.")
    )
    examples: Examples = Field(Examples(), description="Texts that are tried at every save.")
    confirmed_broad: bool = Field(
        default=False,
        description="That a pattern is meant although it is found in nearly every text.",
    )

    @model_validator(mode="after")
    def _does_each_thing_once(self) -> Self:
        types = [action.type for action in self.actions]
        for each in types:
            if types.count(each) > 1:
                raise ValueError(f"{each} stands there twice: take one out")
        if len(sanctions := [each for each in types if each in SANCTIONS]) > 1:
            raise ValueError(f"{' and '.join(sanctions)} would punish twice for one thing: keep one of them")
        if self.tell is not None and "delete_message" not in types:
            raise ValueError(
                "“tell” is what a member reads whose message vanished, and this rule deletes none: "
                "add delete_message, or take “tell” out"
            )
        return self

    @model_validator(mode="after")
    def _can_be_done_and_can_hold(self) -> Self:
        trigger = TRIGGERS[self.trigger.type]
        if trigger.kinds.isdisjoint(_MESSAGES):
            for action in self.actions:
                if action.type in NEEDS_MESSAGE:
                    raise ValueError(
                        f"{trigger.name} looks at members, not at messages: {action.type} cannot be done, "
                        "take it out"
                    )
            if self.conditions.are_about_messages:
                raise ValueError(
                    f"{trigger.name} looks at members, not at messages: conditions about channels, "
                    "attachments and new or edited messages can never hold, take them out"
                )
        on = self.conditions.on
        if on is not None and _ON[on] not in trigger.kinds:
            raise ValueError(f"{trigger.name} does not look at {on} messages: leave “on” out")
        return self

    @model_validator(mode="after")
    def _is_meant(self) -> Self:
        trigger = TRIGGERS[self.trigger.type]
        if not trigger.reads and (self.examples.must_match or self.examples.must_not_match):
            raise ValueError(f"{trigger.name} does not look at a text: it can have no examples")
        settings: object = self.trigger
        if not self.confirmed_broad and isinstance(settings, Regexes):
            for pattern, wanted in zip(settings.patterns, searched(settings), strict=True):
                if matches_too_much(wanted):
                    raise ValueError(
                        f"the pattern {pattern!r} is found even in an empty text or in “hello”, so in nearly "
                        "every one: make it narrower, or confirm that it is meant (confirmed_broad)"
                    )
        return self


@dataclass(frozen=True, slots=True)
class Failure:
    """An example that is not as it must be.

    Attributes:
        example: The text.
        match: What matched although nothing must; None if something must and nothing did.
    """

    example: str
    match: Match | None

    @property
    def message(self) -> str:
        """Tell what is wrong; the facts fill the gaps."""
        if self.match is None:
            return message("The rule must fire for “{example}” and does not.")
        return message("The rule must not fire for “{example}”, but finds “{what}”.")

    @property
    def facts(self) -> Mapping[str, Fact]:
        """Tell of which example."""
        what = {} if self.match is None else {"what": self.match.what}
        return {"example": self.example, **what}


def check_examples(rule: Rule) -> list[Failure]:
    """List the examples that are not as they must be; conditions are not asked."""
    return [
        Failure(text, match)
        for texts, must in ((rule.examples.must_match, True), (rule.examples.must_not_match, False))
        for text in texts
        if ((match := try_trigger(rule, text)) is not None) is not must
    ]


def try_trigger(rule: Rule, text: str) -> Match | None:
    """Tell whether a rule's trigger fires for a text, taken as whatever the trigger looks at."""
    trigger = TRIGGERS[rule.trigger.type]
    kind = next(each for each in Kind if each in trigger.kinds)
    seen = Observation(
        kind,
        1,
        _ANYBODY,
        _ANY_DAY,
        username=text,
        channel_id=1,
        message_id=1,
        content=text,
        filenames=(text,),
    )
    forms = Forms(text)
    needles = trigger.needles(rule.trigger)
    if needles is not None and not any(
        compile_own(needle.pattern).search(forms.of(needle.form)) for needle in needles
    ):
        return None
    return trigger.matches(rule.trigger, seen, forms, Windows())
