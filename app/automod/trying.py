"""Trying a text against the rules of a guild: what each would say, and why. Nothing is noted or done."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.access.policy import Action
from app.access.service import require
from app.automod import repository
from app.automod.rule import try_trigger
from app.automod.service import by_name
from app.automod.stored import StoredRule
from app.automod.table import TRIGGERS
from app.automod.text import Match
from app.database.tx import Tx
from app.features import AUTOMOD
from app.guilds import service as guilds_service
from app.guilds.domain import Actor


@dataclass(frozen=True, slots=True)
class Tried:
    """What a rule says about a text.

    Attributes:
        stored: The rule.
        match: What it found; None if nothing.
        reads: Whether it looks at a text at all: if not, it was not asked.
    """

    stored: StoredRule
    match: Match | None
    reads: bool = True


async def find_rules(tx: Tx, actor: Actor, name: str | None = None) -> list[StoredRule]:
    """Load the rules that a text is tried against: all, or the one of a name.

    Raises:
        NotFoundError: there is no rule of that name.
        NotAllowedError, FeatureOffError: nothing was read.
    """
    await require(tx, actor, Action.VIEW_AUTOMOD)
    await guilds_service.enter_feature(tx, actor.guild_id, AUTOMOD)
    rules = await repository.find_rules(tx, actor.guild_id)
    return rules if name is None else [by_name(rules, name)]


def try_text(rules: Sequence[StoredRule], text: str) -> list[Tried]:
    """Tell what each rule's trigger says about a text, as a message, a name or a file's name.

    Conditions are not asked, and whether a rule is off does not matter: it is a draft, then.
    """
    return [
        Tried(stored, try_trigger(stored.rule, text))
        if TRIGGERS[stored.rule.trigger.type].reads
        else Tried(stored, None, reads=False)
        for stored in rules
    ]
