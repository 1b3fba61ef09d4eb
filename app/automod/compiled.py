"""The rules of one guild, made ready to be asked: one search for all their needles, the rest in order."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

import re2
from pydantic import BaseModel

from app.automod.conditions import Conditions
from app.automod.observation import Kind, Observation
from app.automod.patterns import LARGEST_OF_OURS, make_ready
from app.automod.rule import Mode, Rule
from app.automod.table import TRIGGERS
from app.automod.text import Form, Forms, Match
from app.automod.trigger import Needle, TriggerType
from app.automod.windows import Windows
from app.wording import Fact, Term, message

SPELLED: Final = r"(?:^|[^\pL\pN])[\pL\pN_@$][^\pL\pN]{1,3}[\pL\pN_@$][^\pL\pN]{1,3}[\pL\pN_@$]"
"""What a folded text must have if its squeezed form is to have anything: letters that stand alone.

To squeeze costs more than all searches together, and hardly any text has anything to squeeze.
"""

_GATE: Final = -1
"""The place of that needle."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that cannot be asked, or could not be answered. It is left out, and the others go on.

    Attributes:
        rule_id: Which.
        reason: Why, a message.
        facts: What fills its gaps.
        error: What was raised, for the log; it may quote what somebody wrote.
    """

    rule_id: UUID
    reason: str
    facts: Mapping[str, Fact]
    error: Exception


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """A rule, ready to be asked.

    Attributes:
        rule_id: Which.
        rule: It.
        trigger: Of what type.
        conditions: Which must hold, None if there are none.
        place: Its place among the rules.
        matches: Tells why its trigger fires, asked with ...
        settings: ... what the trigger is set to: both at hand, because every message asks for them.
    """

    rule_id: UUID
    rule: Rule
    trigger: TriggerType[Any]
    conditions: Conditions | None
    place: int
    matches: Callable[[Any, Observation, Forms, Windows], Match | None]
    settings: BaseModel


@dataclass(frozen=True, slots=True)
class Search:
    """One search for needles in one form of a text.

    Attributes:
        form_name: In which, as the attribute of `Forms`.
        gated: Whether it is only made if something was spelled.
        set: The search.
        places: Of each needle, the place of the rule it belongs to.
    """

    form_name: str
    gated: bool
    set: Any  # re2.Set, which brings no types
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class OfKind:
    """The rules that are asked of one kind of observation.

    Attributes:
        rules: Those of all kinds, by place.
        always: Those without needles, in order.
        searches: What finds the others.
    """

    rules: tuple[Asked, ...] = ()
    always: tuple[Asked, ...] = ()
    searches: tuple[Search, ...] = ()

    def asked(self, forms: Forms) -> Sequence[Asked]:
        """List the rules that may fire for a text, in order."""
        found: set[int] = set()
        for search in self.searches:
            if search.gated and _GATE not in found:
                continue
            hits = search.set.Match(getattr(forms, search.form_name))
            if hits:
                found.update([search.places[hit] for hit in hits])
        found.discard(_GATE)
        if not found:
            return self.always
        found.update(asked.place for asked in self.always)
        return [self.rules[place] for place in sorted(found)]


@dataclass(slots=True)
class GuildRules:
    """The rules of one guild, ready.

    Attributes:
        rules: All that are not off, in order.
        kinds: Which are asked of what.
        remembers: Whether one of them asks the windows.
        broken: Those that broke and were not taken yet.
        left_out: Places of those that broke.
    """

    rules: tuple[Asked, ...] = ()
    kinds: dict[Kind, OfKind] = field(default_factory=dict)
    remembers: bool = False
    broken: list[Broken] = field(default_factory=list)
    left_out: set[int] = field(default_factory=set)

    def leave_out(self, asked: Asked, error: Exception) -> None:
        """Ask a rule no more: it broke."""
        self.left_out.add(asked.place)
        self.broken.append(_broken(asked.rule_id, asked.trigger, error))

    def take_broken(self) -> list[Broken]:
        """List the rules that broke since this was last called, so that somebody is told of each once."""
        taken, self.broken = self.broken, []
        return taken


def compile_rules(rules: Sequence[tuple[UUID, Rule]]) -> GuildRules:
    """Make the rules of a guild ready. One that breaks is reported in `broken`, the others stay."""
    made = GuildRules()
    ready: list[tuple[Asked, tuple[Needle, ...] | None]] = []
    for rule_id, rule in rules:
        if rule.mode is Mode.OFF:
            continue
        trigger = TRIGGERS[rule.trigger.type]
        conditions = None if rule.conditions == Conditions() else rule.conditions
        asked = Asked(rule_id, rule, trigger, conditions, len(ready), trigger.matches, rule.trigger)
        try:
            needles = trigger.needles(rule.trigger)
            for needle in needles or ():
                make_ready(needle.pattern)  # what is found is looked at once more by its rule
            ready.append((asked, needles))
        except Exception as error:  # noqa: BLE001 - a rule that breaks must not take the others with it
            made.broken.append(_broken(rule_id, trigger, error))
    made.rules = tuple(asked for asked, _ in ready)
    made.remembers = any(asked.trigger.remembers for asked in made.rules)
    known: dict[tuple[int, ...], tuple[Search, ...]] = {}
    for kind in Kind:
        of_kind = [each for each in ready if kind in each[0].trigger.kinds]
        always = tuple(asked for asked, needles in of_kind if needles is None)
        searched = [(asked, needles) for asked, needles in of_kind if needles is not None]
        places = tuple(asked.place for asked, _ in searched)
        if places not in known:
            known[places] = _searches_of(searched, made)
        made.kinds[kind] = OfKind(made.rules, always, known[places])
    return made


def _searches_of(rules: Sequence[tuple[Asked, tuple[Needle, ...]]], made: GuildRules) -> tuple[Search, ...]:
    by_form: dict[Form, list[tuple[str, int]]] = {form: [] for form in Form}
    for asked, needles in rules:
        for needle in needles:
            by_form[needle.form].append((needle.pattern, asked.place))
    if by_form[Form.SQUEEZED]:
        by_form[Form.FOLDED].append((SPELLED, _GATE))
        _ = Forms("m a d e").squeezed  # and so made ready
    return tuple(search for form, needles in by_form.items() for search in _searches(form, needles, made))


def _searches(form: Form, needles: Sequence[tuple[str, int]], made: GuildRules) -> Iterator[Search]:
    """Make one search of all needles; of half of them each if RE2 refuses one, or needs too much memory."""
    if not needles:
        return
    try:
        found = _set([pattern for pattern, _ in needles])
    except re2.error as refusal:
        if len(needles) == 1:
            place = needles[0][1]
            if place not in made.left_out:
                made.leave_out(made.rules[place], refusal)
            return
        half = len(needles) // 2
        yield from _searches(form, needles[:half], made)
        yield from _searches(form, needles[half:], made)
    else:
        yield Search(form.value, form is Form.SQUEEZED, found, tuple(place for _, place in needles))


def _set(patterns: Sequence[str]) -> Any:  # noqa: ANN401 - re2 brings no types
    """Make a search. What it remembers of the texts it saw stays within its memory.

    Raises:
        re2.error: RE2 refuses one of the patterns, or they need too much memory.
    """
    options = re2.Options()
    options.log_errors = False
    options.max_mem = LARGEST_OF_OURS
    made = re2.Set.SearchSet(options)
    for pattern in patterns:
        made.Add(pattern)
    made.Compile()
    return made


def _broken(rule_id: UUID, trigger: TriggerType[Any], error: Exception) -> Broken:
    reason = message(
        "The rule broke ({trigger}: {error}), so it is not asked any more; the others go on. "
        "Save it again to have it asked again."
    )
    return Broken(rule_id, reason, {"trigger": Term(trigger.title), "error": type(error).__name__}, error)
