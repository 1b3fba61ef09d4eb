"""Reading the rules of a guild, and pausing what broke."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from app.access.policy import Action
from app.access.service import require
from app.automod import repository
from app.automod.rule import Mode
from app.automod.stored import RuleHits, StoredRule, UnfitRule
from app.database.tx import Tx
from app.errors import NotFoundError
from app.features import AUTOMOD
from app.guilds import service as guilds_service
from app.guilds.domain import Actor
from app.wording import Fact, fill, message, plain

KEPT_DAYS: Final = 90
"""So long it is known what rules hit."""

LATELY: Final = timedelta(days=7)

_AT_ONCE: Final = 5_000

_UNFIT: Final = message(
    "This version cannot read the rule ({fault}), so it is not asked; the others go on. Save it anew."
)


@dataclass(frozen=True, slots=True)
class Overview:
    """How a guild's rules stand.

    Attributes:
        rules: All, in their order.
        hits: What each hit in the last seven days; a rule that hit nothing is missing.
        unfit: Those that this version cannot read, and so does not ask.
    """

    rules: list[StoredRule]
    hits: Mapping[UUID, RuleHits]
    unfit: Sequence[UnfitRule] = ()


async def load_rules(tx: Tx, guild_id: int) -> list[StoredRule]:
    """Read all rules of a guild in their order, also those that are off or paused."""
    return await repository.find_rules(tx, guild_id)


async def load_rules_to_ask(tx: Tx, guild_id: int) -> list[StoredRule]:
    """Read the rules that are to be asked: none that is off or paused; none while the feature is off.

    One that this version cannot read is paused, so that the others are asked and somebody sees it.
    """
    guild = await guilds_service.find_guild(tx, guild_id)
    if guild is None or not guild.has(AUTOMOD):
        return []
    rules, unfit = await repository.find_all_rules(tx, guild_id)
    for each in unfit:
        if each.paused_because is None:
            why = fill(_UNFIT, {"fault": each.fault}, plain)
            await repository.pause_rule(tx, guild_id, each.id, why, each.version)
    return [stored for stored in rules if stored.paused_because is None and stored.rule.mode is not Mode.OFF]


async def view_rules(tx: Tx, actor: Actor, *, now: datetime) -> Overview:
    """Show how the rules stand.

    Raises:
        NotAllowedError, FeatureOffError: nothing was read.
    """
    await require(tx, actor, Action.VIEW_AUTOMOD)
    await guilds_service.enter_feature(tx, actor.guild_id, AUTOMOD)
    rules, unfit = await repository.find_all_rules(tx, actor.guild_id)
    return Overview(rules, await repository.count_hits(tx, actor.guild_id, now - LATELY), unfit)


async def pause_rule(
    tx: Tx, guild_id: int, rule_id: UUID, *, version: int, reason: str, facts: Mapping[str, Fact]
) -> bool:
    """Have a rule not asked any more, because it broke; False if it was changed since, or is paused.

    Args:
        tx: The transaction.
        guild_id: Where.
        rule_id: Which.
        version: The version that broke.
        reason: Why, a message.
        facts: What fills its gaps.
    """
    why = fill(reason, facts, plain)
    paused = await repository.pause_rule(tx, guild_id, rule_id, why, version)
    if paused:
        tx.forget(guild_id)
    return paused


async def forget_old(tx: Tx, now: datetime) -> bool:
    """Delete what is known of old hits; True: there may be more of them."""
    gone = await repository.forget_hits(tx, now - timedelta(days=KEPT_DAYS), _AT_ONCE)
    return gone == _AT_ONCE


def by_name(rules: Sequence[StoredRule], name: str) -> StoredRule:
    """Give the rule of this name.

    Raises:
        NotFoundError: there is none.
    """
    found = next((stored for stored in rules if stored.rule.name == name), None)
    if found is None:
        raise NotFoundError(
            "There is no rule “{name}” here. Nothing was done; `/automod status` lists them.", name=name
        )
    return found
