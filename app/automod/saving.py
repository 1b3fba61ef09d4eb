"""Changing the rules of a guild: saving, switching, deleting, and all of them at once from a file."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from app.access.policy import Action
from app.access.service import require
from app.automod import repository
from app.automod.rule import Mode, Rule, check_examples
from app.automod.service import by_name
from app.automod.sizes import check_sizes
from app.automod.stored import StoredRule, UnfitRule
from app.database.tx import Tx
from app.errors import ConflictError, InvalidInputError, NotFoundError
from app.features import AUTOMOD
from app.guilds import service as guilds_service
from app.guilds.domain import Actor
from app.ids import new_id

MOST_RULES: Final = 50
"""Rules of one guild."""

_SUBJECT: Final = "automod_rule"


async def save_rule(
    tx: Tx, actor: Actor, rule: Rule, *, rule_id: UUID | None = None, expected_version: int = 0
) -> StoredRule:
    """Write a rule, a new one at the end, and the audit entry of the change. It is paused no longer.

    Its examples are tried first. Writing what is there already changes nothing, not even the version.

    Args:
        tx: The transaction.
        actor: Who.
        rule: What it is to be.
        rule_id: Which one is changed; None: a new one.
        expected_version: The version that was read before it was changed; 0 of a new one.

    Raises:
        InvalidInputError: an example is not judged as it says, a pattern matches too much and nobody
            confirmed that, or there are too many rules, or they are too large (`app.automod.sizes`).
        ConflictError: somebody else changed it since, or there is one of that name.
        NotFoundError: there is no such rule (any more).
        NotAllowedError, FeatureOffError: nothing was written.
    """
    await require(tx, actor, Action.CONFIGURE)
    await guilds_service.enter_feature(tx, actor.guild_id, AUTOMOD)
    await repository.lock(tx, actor.guild_id, "rules")
    rules = await repository.find_rules(tx, actor.guild_id)
    before = None if rule_id is None else _by_id(rules, rule_id)
    if before is not None and before.rule == rule and before.paused_because is None:
        return before
    if before is not None and before.version != expected_version:
        raise ConflictError(
            "Somebody else changed this rule meanwhile. Nothing was saved; look at theirs first."
        )
    others = [stored.rule for stored in rules if stored != before]
    check_sizes(rule, others, None if before is None else before.rule)
    _check(rule)
    _check_place(rules, rule, before)
    return await _write(tx, actor, rule, before, position=_place(rules, before))


async def set_mode(tx: Tx, actor: Actor, name: str, mode: Mode) -> StoredRule:
    """Switch a rule off, to shadow, or on; one that was paused is asked again.

    Raises:
        NotFoundError: there is no rule of that name.
        ConflictError: this version cannot read it.
        InvalidInputError: an example is not judged as it says; nothing was switched.
        NotAllowedError, FeatureOffError: nothing was switched.
    """
    await require(tx, actor, Action.CONFIGURE)
    await guilds_service.enter_feature(tx, actor.guild_id, AUTOMOD)
    await repository.lock(tx, actor.guild_id, "rules")
    rules, unfit = await repository.find_all_rules(tx, actor.guild_id)
    if any(each.name == name for each in unfit):
        raise ConflictError(
            "This version cannot read the rule “{name}”, so it cannot be switched. Nothing was done; save it "
            "anew.",
            name=name,
        )
    before = by_name(rules, name)
    wanted = before.rule.model_copy(update={"mode": mode})
    if before.rule == wanted and before.paused_because is None:
        return before
    if mode is not Mode.OFF:
        _check(wanted)
    return await _write(tx, actor, wanted, before, position=before.position)


async def delete_rule(tx: Tx, actor: Actor, rule_id: UUID, *, expected_version: int) -> None:
    """Delete a rule; what it hit stays known. One that is gone already stays gone.

    Raises:
        ConflictError: somebody else changed it since.
        NotAllowedError: nothing was deleted.
    """
    await require(tx, actor, Action.CONFIGURE)
    await repository.lock(tx, actor.guild_id, "rules")
    rules, unfit = await repository.find_all_rules(tx, actor.guild_id)
    known: list[StoredRule | UnfitRule] = [*rules, *unfit]
    found = next((stored for stored in known if stored.id == rule_id), None)
    if found is None:
        return
    if found.version != expected_version:
        raise ConflictError(
            "Somebody else changed this rule meanwhile. Nothing was deleted; look at theirs first."
        )
    await repository.delete_rule(tx, actor.guild_id, rule_id)
    await _record(tx, actor, found, found, None)


async def replace_rules(tx: Tx, actor: Actor, wanted: Sequence[Rule]) -> None:
    """Make these the rules of a guild, in this order, as a file says; a rule is known by its name.

    Raises:
        InvalidInputError: one of them cannot be saved, or two have one name; nothing was written.
        NotAllowedError: nothing was written.
    """
    await require(tx, actor, Action.CONFIGURE)
    await guilds_service.make_known(tx, actor.guild_id)
    await repository.lock(tx, actor.guild_id, "rules")
    names = [rule.name for rule in wanted]
    if len(wanted) > MOST_RULES:
        raise _too_many()
    for place, rule in enumerate(wanted):
        if names.count(rule.name) > 1:
            raise InvalidInputError("Two rules are called “{name}”. Nothing was saved.", name=rule.name)
        check_sizes(rule, wanted[:place])
        _check(rule)
    rules, unfit = await repository.find_all_rules(tx, actor.guild_id)
    there = {stored.rule.name: stored for stored in rules}
    left_out: list[StoredRule | UnfitRule] = [there[name] for name in sorted(there.keys() - set(names))]
    for gone in unfit + left_out:
        await repository.delete_rule(tx, actor.guild_id, gone.id)
        await _record(tx, actor, gone, gone, None)
    for place, rule in enumerate(wanted, start=1):
        before = there.get(rule.name)
        if before is None or (before.rule, before.position, before.paused_because) != (rule, place, None):
            await _write(tx, actor, rule, before, position=place)


async def _write(tx: Tx, actor: Actor, rule: Rule, before: StoredRule | None, *, position: int) -> StoredRule:
    """Write a rule, new or changed, with its audit entry."""
    if before is None:
        for unfit in (await repository.find_all_rules(tx, actor.guild_id))[1]:
            if unfit.name == rule.name:  # nobody can read it, so this is what it is to be
                await repository.delete_rule(tx, actor.guild_id, unfit.id)
                await _record(tx, actor, unfit, unfit, None)
        written = StoredRule(new_id(), position, rule, 1)
        await repository.add_rule(tx, actor.guild_id, written)
    else:
        written = replace(
            before, rule=rule, position=position, version=before.version + 1, paused_because=None
        )
        await repository.change_rule(tx, actor.guild_id, written)
    await _record(tx, actor, written, before, written)
    return written


def _place(rules: Sequence[StoredRule], before: StoredRule | None) -> int:
    """Tell where a rule goes: where it is, a new one at the end."""
    return max((stored.position for stored in rules), default=0) + 1 if before is None else before.position


async def _record(
    tx: Tx,
    actor: Actor,
    stored: StoredRule | UnfitRule,
    before: StoredRule | UnfitRule | None,
    after: StoredRule | None,
) -> None:
    """Write the audit entry, and have everybody who asks rules load them again."""
    tx.forget(actor.guild_id)
    await guilds_service.record_change(
        tx,
        actor,
        subject=(_SUBJECT, str(stored.id)),
        before=_document(before),
        after=_document(after),
    )


def _document(stored: StoredRule | UnfitRule | None) -> dict[str, Any] | None:
    if stored is None:
        return None
    return dict(stored.document) if isinstance(stored, UnfitRule) else stored.rule.model_dump(mode="json")


def _check(rule: Rule) -> None:
    """Refuse a rule whose examples are not judged as they say."""
    failure = next(iter(check_examples(rule)), None)
    if failure is None:
        return
    if failure.match is None:
        raise InvalidInputError(
            "“{name}” must fire for its example “{example}” and does not. Nothing was saved; "
            "change the rule or the example.",
            name=rule.name,
            example=failure.example,
        )
    raise InvalidInputError(
        "“{name}” must not fire for its example “{example}”, but finds “{what}” in it. Nothing was saved; "
        "change the rule or the example.",
        name=rule.name,
        example=failure.example,
        what=failure.match.what,
    )


def _by_id(rules: Sequence[StoredRule], rule_id: UUID) -> StoredRule:
    found = next((stored for stored in rules if stored.id == rule_id), None)
    if found is None:
        raise NotFoundError("This rule is gone. Nothing was saved; make it as a new one.")
    return found


def _check_place(rules: Sequence[StoredRule], rule: Rule, before: StoredRule | None) -> None:
    """Refuse a name that another rule has, and one rule too many."""
    if any(stored.rule.name == rule.name and stored != before for stored in rules):
        raise ConflictError(
            "There is a rule “{name}” already. Nothing was saved; take another name.", name=rule.name
        )
    if before is None and len(rules) >= MOST_RULES:
        raise _too_many()


def _too_many() -> InvalidInputError:
    return InvalidInputError(
        "A server can have {most} rules. Nothing was saved; delete one first.", most=MOST_RULES
    )
