"""What rules would have said about messages of the past. Pure: the same `judge`, and windows of its own.

A message that is read again says nothing of its author's membership. So it is judged twice: first by rules
that ask for no role and no time of joining, which finds everybody who may be hit; and once those are known,
they alone, by the rules as they are.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from app.automod.actions import SANCTIONS
from app.automod.backtests.values import DraftRule, Found
from app.automod.compiled import GuildRules, compile_rules
from app.automod.judge import Verdict, judge
from app.automod.observation import Kind, Observation
from app.automod.observing import observe_message
from app.automod.rule import Mode, Rule
from app.automod.table import TRIGGERS
from app.automod.text import Forms
from app.automod.windows import LONGEST, Windows, alike

_MESSAGES: Final = frozenset({Kind.MESSAGE, Kind.EDIT})
_SHORT: Final = 32
"""Characters that every number of a text fits into."""

_LONGEST: Final = 200
"""More characters no rule asks for."""

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
    """Rules on trial. They are shown messages in whatever order, some at once.

    What rules that count find among some messages they find among more, too. So it is enough that they see
    every message together with all that are near it in time, however the messages come.

    Attributes:
        reach: How far from each other messages can be that count together; None if no rule counts.
    """

    def __init__(self, rules: Sequence[DraftRule]) -> None:
        self._rules = {each.id: each.rule.model_copy(update={"mode": Mode.SHADOW}) for each in rules}
        asked = {rule_id: rule for rule_id, rule in self._rules.items() if not says_nothing_about(rule)}
        counting = {each: rule for each, rule in asked.items() if TRIGGERS[rule.trigger.type].remembers}
        self._reading = _Both({each: rule for each, rule in asked.items() if each not in counting})
        self._counting = _Both(counting)
        self._kept: list[Observation] = []
        self._broken: dict[str, None] = {}
        seconds = [getattr(rule.trigger, "seconds", LONGEST) for rule in counting.values()]
        self.reach = timedelta(seconds=max(seconds)) if seconds else None

    @property
    def broken(self) -> tuple[str, ...]:
        """Name the rules that broke."""
        for asked in (self._reading, self._counting):
            for rules in (asked.loose, asked.exact):
                self._broken |= {self._rules[each.rule_id].name: None for each in rules.take_broken()}
        return tuple(self._broken)

    def show(self, seen: Sequence[Observation]) -> "Suspicion":
        """Show messages; gives those that may be hit, whose authors have to be known."""
        nothing = Windows()
        suspicious = [each for each in seen if judge(self._reading.loose, each, nothing)]
        near = self._near(seen)
        windows = Windows()
        counted = {
            user_id
            for each in near
            for verdict in judge(self._counting.loose, each, windows)
            for user_id in verdict.user_ids
        }
        return Suspicion(suspicious, near if counted else [], counted | {each.user_id for each in suspicious})

    def decide(self, suspicion: "Suspicion", people: Mapping[int, Person]) -> list[Found]:
        """Tell what is hit of what may be, now that the authors are known."""
        found: dict[tuple[int, UUID], Found] = {}
        authors = {each.message_id: each.user_id for each in (*suspicion.alone, *suspicion.together)}
        for rules, messages in (
            (self._reading.exact, suspicion.alone),
            (self._counting.exact, suspicion.together),
        ):
            windows = Windows()
            for each in messages:
                for verdict in judge(rules, _known(each, people), windows):
                    self._add(found, verdict, authors)
        return list(found.values())

    def forget(self, after: datetime) -> None:
        """Forget messages that are newer: all that are near them have been shown."""
        del self._kept[bisect_right(self._kept, after, key=_when) :]

    def _near(self, seen: Sequence[Observation]) -> list[Observation]:
        """Keep messages for rules that count; gives those near to them in time, the oldest first."""
        new = [shortened(each) for each in seen if each.kind is Kind.MESSAGE]
        if self.reach is None or not new:
            return []
        self._kept += new
        self._kept.sort(key=lambda each: (each.at, each.message_id or 0))
        oldest, newest = min(map(_when, new)), max(map(_when, new))
        start = bisect_left(self._kept, oldest - self.reach, key=_when)
        return self._kept[start : bisect_right(self._kept, newest + self.reach, key=_when)]

    def _add(
        self, found: dict[tuple[int, UUID], Found], verdict: Verdict, authors: Mapping[int | None, int]
    ) -> None:
        rule = self._rules[verdict.rule_id]
        for channel_id, message_id in verdict.messages:
            key = (message_id, verdict.rule_id)
            if key not in found:
                found[key] = Found(
                    message_id,
                    verdict.rule_id,
                    channel_id,
                    authors[message_id],
                    rule.name,
                    sanction_of(rule),
                )


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Messages that may be hit.

    Attributes:
        alone: Each by itself.
        together: Of rules that count, the oldest first; with others that are near.
        user_ids: Whose they are.
    """

    alone: Sequence[Observation]
    together: Sequence[Observation]
    user_ids: Collection[int]


class _Both:
    """Rules ready to be asked: as they are, and without what needs the author's membership."""

    def __init__(self, rules: Mapping[UUID, Rule]) -> None:
        loose = {each: _loose(rule) for each, rule in rules.items()}
        self.exact: GuildRules = compile_rules(list(rules.items()))
        self.loose = self.exact if loose == rules else compile_rules(list(loose.items()))


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


def shortened(seen: Observation) -> Observation:
    """Make a message that counts as this one does and needs little memory: many are held at once.

    What is alike stays alike, and as long as it was, as far as a rule asks.
    """
    content = seen.content
    if len(content) > _SHORT:
        number = alike(Forms(content).folded)
        letters = "" if number is None else str(number).translate(_LETTERS)
        content = letters.ljust(min(len(content), _LONGEST))
    return replace(
        seen,
        content=content,
        filenames=("",) if seen.filenames else (),
        mentioned_user_ids=frozenset(),
        mentioned_role_ids=frozenset(),
    )


def _when(seen: Observation) -> datetime:
    return seen.at
