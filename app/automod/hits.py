"""What a verdict means: which hits are noted, and what is done to a member. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from app.automod.actions import Ban, Kick, Timeout, Warn
from app.automod.judge import Verdict
from app.automod.observation import Observation
from app.automod.rule import Rule
from app.automod.stored import Hit
from app.automod.trigger import Burst
from app.ids import new_id, snowflake_time
from app.moderation.domain import CaseAction
from app.moderation.measures import Measure


def key_of(observation: Observation, rule_id: UUID) -> str:
    """Name a hit of a rule on an observation, the same however often and by whom it is brought.

    An edit that a rule hits after it had hit the message is the same hit.
    """
    if observation.message_id is not None:
        return f"message:{observation.message_id}:{rule_id}"
    at = observation.at.timestamp()
    return f"{observation.kind}:{observation.guild_id}:{observation.user_id}:{at:.3f}:{rule_id}"


def hits_of(observation: Observation, verdict: Verdict, known: Mapping[int, datetime]) -> list[Hit]:
    """List the hits of a verdict: on the observation, on each message of a burst, on each of its members.

    Args:
        observation: What was judged.
        verdict: What a rule says about it.
        known: Members whom this rule has hit lately, and when last: they need no hit again as one of many,
            nor does a join that was part of a raid before it came.
    """
    seen, match = observation.user_id, verdict.match
    wrote = {each.message_id: each.user_id for each in match.messages} if isinstance(match, Burst) else {}
    hits = []
    if observation.message_id is not None or seen not in known or known[seen] < observation.at:
        hits.append(_hit(observation, verdict, seen, observation.channel_id, observation.message_id))
    hits += [
        _hit(observation, verdict, wrote.get(message_id, seen), channel_id, message_id)
        for channel_id, message_id in verdict.messages
        if message_id != observation.message_id
    ]
    writers = {seen} | {hit.user_id for hit in hits}
    hits += [
        _hit(observation, verdict, user_id, None, None)
        for user_id in verdict.user_ids
        if user_id not in writers and user_id not in known
    ]
    return hits


def heaviest(rules: Iterable[Rule], now: datetime) -> Measure | None:
    """Tell what is done to a member whom these rules hit, None if nothing is."""
    measures = [measure for rule in rules if (measure := _measure(rule, now)) is not None]
    return max(measures, key=lambda each: (each.weight, each.expires_at or now), default=None)


def _measure(rule: Rule, now: datetime) -> Measure | None:
    for action in rule.actions:
        match action:
            case Warn():
                return Measure(CaseAction.WARN, rule.name)
            case Timeout(minutes=minutes):
                return Measure(CaseAction.TIMEOUT, rule.name, now + timedelta(minutes=minutes))
            case Kick():
                return Measure(CaseAction.KICK, rule.name)
            case Ban(delete_days=days):
                return Measure(CaseAction.BAN, rule.name, delete_seconds=days * 86_400)
    return None


def _hit(
    observation: Observation,
    verdict: Verdict,
    user_id: int,
    channel_id: int | None,
    message_id: int | None,
) -> Hit:
    rule, match, key = verdict.rule, verdict.match, key_of(observation, verdict.rule_id)
    if message_id is not None:
        key = f"message:{message_id}:{verdict.rule_id}"
    elif user_id != observation.user_id:
        key = f"burst:{user_id}:{key}"
    is_seen = message_id == observation.message_id
    return Hit(
        id=new_id(),
        guild_id=observation.guild_id,
        rule_id=verdict.rule_id,
        rule_name=rule.name,
        mode=rule.mode.value,
        kind=observation.kind.value,
        channel_id=channel_id,
        message_id=message_id,
        user_id=user_id,
        at=observation.at if is_seen or message_id is None else snowflake_time(message_id),
        reason=match.reason,
        facts={name: fact for name, fact in match.facts.items() if type(fact) is int},
        form=match.form.value,
        actions=[action.type for action in rule.actions],
        incident_id=None,
        case_id=None,
        deletion="none",
        dm_status="none",
        idempotency_key=key,
    )
