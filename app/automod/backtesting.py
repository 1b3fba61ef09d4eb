"""What rules would have said about messages of the past. Pure: the same `judge`, and windows of its own.

A message that is read again says nothing of its author's membership. So it is judged twice: first by rules
that ask for no role and no time of joining, which finds everybody who may be hit; and once those are known,
they alone, by the rules as they are.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from app.automod.actions import SANCTIONS
from app.automod.backtest_values import DraftRule, Found
from app.automod.compiled import GuildRules, compile_rules
from app.automod.judge import Verdict, judge
from app.automod.observation import Kind, Observation
from app.automod.observing import observe_message
from app.automod.rule import Mode, Rule
from app.automod.table import TRIGGERS
from app.automod.text import Forms
from app.automod.windows import Windows, alike

_MESSAGES: Final = frozenset({Kind.MESSAGE, Kind.EDIT})
_AT_ONCE: Final = 250
"""Messages after which whoever counts is let go for a moment."""

_LONGEST: Final = 200
"""More characters no rule counts."""

_LETTERS: Final = str.maketrans("0123456789-", "abcdefghijk")


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of an author.

    Attributes:
        role_ids: Without @everyone; none of somebody who has left.
        joined_at: Since when a member; None if nobody knows.
        is_staff: Whether it is the owner, or has Administrator or Manage Server.
    """

    role_ids: frozenset[int] = frozenset()
    joined_at: datetime | None = None
    is_staff: bool = False


NOBODY_KNOWN: Final = Person()
"""Somebody who has left, or whom nobody has looked for: no role, no staff."""


def says_nothing_about(rule: Rule) -> bool:
    """Tell whether a rule looks at no messages, so that messages of the past say nothing about it."""
    return TRIGGERS[rule.trigger.type].kinds.isdisjoint(_MESSAGES)


def sanction_of(rule: Rule) -> str | None:
    """Tell what a rule does to a member, None if nothing."""
    return next((action.type for action in rule.actions if action.type in SANCTIONS), None)


def observe(payloads: Iterable[Mapping[str, Any]], guild_id: int, parent_id: int | None) -> list[Observation]:
    """Make observations of messages as Discord lists them: of one that was edited two, as of both events."""
    seen: list[Observation] = []
    for payload in payloads:
        for kind in (Kind.MESSAGE, Kind.EDIT):
            found = observe_message(kind, guild_id, payload)
            if found is not None:
                seen.append(found if parent_id is None else replace(found, parent_id=parent_id))
    return seen


class Trial:
    """Rules on trial. Each message is shown once; those that count are asked when all were shown.

    Attributes:
        counts: Whether one of the rules counts what happened lately.
        broken: Names of rules that broke.
    """

    def __init__(self, rules: Sequence[DraftRule]) -> None:
        self._rules = {each.id: each.rule.model_copy(update={"mode": Mode.SHADOW}) for each in rules}
        asked = {rule_id: rule for rule_id, rule in self._rules.items() if not says_nothing_about(rule)}
        counting = {rule_id for rule_id, rule in asked.items() if TRIGGERS[rule.trigger.type].remembers}
        self._reading = _Both({rule_id: asked[rule_id] for rule_id in asked if rule_id not in counting})
        self._counting = _Both({rule_id: asked[rule_id] for rule_id in asked if rule_id in counting})
        self._kept: list[Observation] = []
        self.counts = bool(counting)
        self._note_broken()

    @property
    def broken(self) -> tuple[str, ...]:
        """Name the rules that broke."""
        return tuple(self._broken)

    def show(self, seen: Sequence[Observation]) -> list[Observation]:
        """Show messages; gives those that may be hit, whose authors have to be known."""
        if self.counts:
            self._kept += [without_text(each) for each in seen if each.kind is Kind.MESSAGE]
        nothing = Windows()
        suspicious = [each for each in seen if judge(self._reading.loose, each, nothing)]
        self._note_broken()
        return suspicious

    def decide(self, suspicious: Iterable[Observation], people: Mapping[int, Person]) -> list[Found]:
        """Tell what is hit of what may be, now that the authors are known."""
        found: dict[tuple[int, UUID], Found] = {}
        nothing = Windows()
        for each in suspicious:
            for verdict in judge(self._reading.exact, _known(each, people), nothing):
                self._add(found, verdict, {each.message_id: each.user_id})
        self._note_broken()
        return list(found.values())

    def suspects_of_counting(self) -> Iterator[set[int]]:
        """Tell whose messages rules that count may hit, in several steps."""
        self._kept.sort(key=lambda each: (each.at, each.message_id or 0))
        windows = Windows()
        for some in _pieces(self._kept):
            yield {
                user_id
                for each in some
                for verdict in judge(self._counting.loose, each, windows)
                for user_id in verdict.user_ids
            }
        self._note_broken()

    def decide_counting(self, people: Mapping[int, Person]) -> Iterator[list[Found]]:
        """Tell what rules that count hit, in several steps, once the suspects are known."""
        authors = {each.message_id: each.user_id for each in self._kept}
        found: dict[tuple[int, UUID], Found] = {}
        windows = Windows()
        for some in _pieces(self._kept):
            before = len(found)
            for each in some:
                for verdict in judge(self._counting.exact, _known(each, people), windows):
                    self._add(found, verdict, authors)
            yield list(found.values())[before:]
        self._note_broken()

    def _add(
        self, found: dict[tuple[int, UUID], Found], verdict: Verdict, authors: Mapping[int | None, int]
    ) -> None:
        for channel_id, message_id in verdict.messages:
            key = (message_id, verdict.rule_id)
            if key not in found:
                rule = self._rules[verdict.rule_id]
                found[key] = Found(
                    message_id,
                    verdict.rule_id,
                    channel_id,
                    authors[message_id],
                    rule.name,
                    sanction_of(rule),
                )

    def _note_broken(self) -> None:
        self._broken = getattr(self, "_broken", {})
        for asked in (self._reading, self._counting):
            for rules in (asked.loose, asked.exact):
                self._broken |= {self._rules[each.rule_id].name: None for each in rules.take_broken()}


class _Both:
    """Rules ready to be asked: as they are, and without what needs the author's membership."""

    def __init__(self, rules: Mapping[UUID, Rule]) -> None:
        self.exact: GuildRules = compile_rules(list(rules.items()))
        self.loose: GuildRules = compile_rules([(each, _loose(rule)) for each, rule in rules.items()])


def _loose(rule: Rule) -> Rule:
    anybody = {
        "roles_only": frozenset[int](),
        "roles_except": frozenset[int](),
        "member_age_below_days": None,
    }
    return rule.model_copy(update={"conditions": rule.conditions.model_copy(update=anybody)})


def _known(seen: Observation, people: Mapping[int, Person]) -> Observation:
    person = people.get(seen.user_id, NOBODY_KNOWN)
    return replace(seen, role_ids=person.role_ids, joined_at=person.joined_at, is_staff=person.is_staff)


def without_text(seen: Observation) -> Observation:
    """Make a message that counts as this one does, and of which nobody can tell what was written.

    What is alike stays alike, and as long as it was, as far as a rule asks.
    """
    number = alike(Forms(seen.content).folded)
    letters = "" if number is None else str(number).translate(_LETTERS)
    length = min(len(seen.content), _LONGEST)
    return replace(
        seen,
        content=letters.ljust(length),
        filenames=("",) if seen.filenames else (),
        mentioned_user_ids=frozenset(),
        mentioned_role_ids=frozenset(),
    )


def _pieces(seen: Sequence[Observation]) -> Iterator[Sequence[Observation]]:
    for start in range(0, len(seen), _AT_ONCE):
        yield seen[start : start + _AT_ONCE]
