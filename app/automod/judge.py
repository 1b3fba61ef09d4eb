"""Judging: what the rules of a guild say about one observation. Pure but for the windows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from app.automod.compiled import Asked, GuildRules
from app.automod.conditions import Conditions, holds, is_about_account, is_about_message
from app.automod.observation import Kind, Observation
from app.automod.rule import Rule
from app.automod.text import Forms, Match
from app.automod.trigger import Burst
from app.automod.windows import Windows, alike


@dataclass(frozen=True, slots=True)
class Verdict:
    """A rule fired.

    Attributes:
        rule_id: Which.
        rule: As it was then; its mode says whether anything is to be done.
        match: Why.
        user_ids: Everybody it is about: who was observed, in a burst also the others.
        messages: Channel and id of every message it is about, in a burst also the earlier ones.
    """

    rule_id: UUID
    rule: Rule
    match: Match
    user_ids: tuple[int, ...]
    messages: tuple[tuple[int, int], ...]


def judge(rules: GuildRules, observation: Observation, windows: Windows) -> list[Verdict]:
    """Tell which rules fire, in their order. One that breaks is added to `rules.broken` and not asked again.

    Bots and staff are never hit, nor remembered. Who has a role that is exempt from a rule is not hit by it.
    """
    if observation.is_bot or observation.is_staff:
        return []
    texts = _texts(observation)
    if rules.remembers:
        is_message = observation.kind is Kind.MESSAGE
        windows.note(observation, alike(texts[0].folded) if is_message else None)
    verdicts: list[Verdict] = []
    left_out = rules.left_out
    for forms, some in _candidates(rules, observation.kind, texts):
        for asked in some:
            if asked.place in left_out or (verdicts and verdicts[-1].rule_id == asked.rule_id):
                continue  # it broke, or another of the names was enough
            try:
                if asked.conditions is not None and not holds(asked.conditions, observation):
                    continue
                match = asked.matches(asked.settings, observation, forms, windows)
                if match is not None:
                    about = _about(match, asked.rule.conditions, observation)
                    verdicts.append(Verdict(asked.rule_id, asked.rule, match, *about))
            except Exception as error:  # noqa: BLE001 - a rule that breaks must not take the others with it
                rules.leave_out(asked, error)
    return verdicts


def _texts(observation: Observation) -> list[Forms]:
    """List what is looked at: what was written, or what somebody is called."""
    if observation.kind in (Kind.MESSAGE, Kind.EDIT):
        return [Forms(observation.content)]
    names = (observation.username, observation.global_name, observation.nick)
    return [Forms(name) for name in dict.fromkeys(names) if name] or [Forms("")]


def _candidates(rules: GuildRules, kind: Kind, texts: list[Forms]) -> Iterable[tuple[Forms, Sequence[Asked]]]:
    """List the rules that may fire, in order, with the texts in which a needle of them was found."""
    of_kind = rules.kinds.get(kind)
    if of_kind is None:
        return ()
    if len(texts) == 1:
        return ((texts[0], of_kind.asked(texts[0])),)
    found = {(asked.place, 0) for asked in of_kind.asked(texts[0])}
    for which, forms in enumerate(texts[1:], 1):
        found.update((asked.place, which) for asked in of_kind.asked(forms) if asked not in of_kind.always)
    return [(texts[which], (rules.rules[place],)) for place, which in sorted(found)]


def _about(
    match: Match, conditions: Conditions, seen: Observation
) -> tuple[tuple[int, ...], tuple[tuple[int, int], ...]]:
    """Tell whom and which messages a match is about: the conditions hold for the others of a burst, too."""
    if isinstance(match, Burst) and match.messages:
        noted = [each for each in match.messages if is_about_message(conditions, each, seen.at)]
        user_ids = tuple(dict.fromkeys(each.user_id for each in noted))
        return user_ids, tuple(
            (each.channel_id, each.message_id) for each in noted if each.channel_id is not None
        )
    joined = match.joined if isinstance(match, Burst) else ()
    user_ids = tuple(each for each in joined if is_about_account(conditions, each, seen.at))
    messages: tuple[tuple[int, int], ...] = ()
    if seen.channel_id is not None and seen.message_id is not None:
        messages = ((seen.channel_id, seen.message_id),)
    return user_ids or (seen.user_id,), messages
