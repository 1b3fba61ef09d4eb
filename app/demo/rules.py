"""The rules that the demo's server begins with: something that acts, and something that only watches."""

from typing import Any, Final

from app.automod.presets import RAID, STARTER, STRICT
from app.automod.rule import Mode, Rule

_OWN_INVITE: Final = "beginner-codes"
"""What members of the demo's server post of their own."""

_RAID: Final = "A raid"


def demo_rules() -> list[Rule]:
    """List them: Starter is on, Strict and Raid only watch, and staff is told of a raid.

    Nobody is punished for a raid before somebody has decided so.
    """
    ours = [_changed(rule, mode=Mode.ON) for rule in STARTER]
    names = {rule.name for rule in ours}
    for rule in STRICT:
        if rule not in STARTER:
            name = f"Strict: {rule.name}" if rule.name in names else rule.name
            ours.append(_changed(_with_own_invite(rule), name=name))
    for rule in RAID:
        told = [action for action in rule.actions if action.type == "alert"]
        ours.append(_changed(rule, mode=Mode.ON, actions=told) if rule.name == _RAID else rule)
    return ours


def _with_own_invite(rule: Rule) -> Rule:
    if rule.trigger.type != "invite_links":
        return rule
    return _changed(rule, trigger=rule.trigger.model_dump() | {"allowed_codes": (_OWN_INVITE,)})


def _changed(rule: Rule, **changes: Any) -> Rule:  # noqa: ANN401 - fields of a rule
    return Rule.model_validate(rule.model_dump() | changes)
