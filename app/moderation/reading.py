"""Looking at cases: one with its timeline, lists, and a member's own."""

from dataclasses import dataclass
from math import ceil
from typing import Final

from app.access.policy import Action, ModerationAction
from app.access.service import require
from app.database.tx import Tx
from app.errors import NotFoundError
from app.features import MODERATION
from app.guilds import service as guilds_service
from app.guilds.domain import Actor
from app.moderation import repository
from app.moderation.cases import Case, CaseEvent, CaseFilter, CasePage
from app.moderation.config import ModerationConfig

PAGE_SIZE: Final = 10
"""Cases on one page of a list."""

_OFFERED: Final = 25
"""Suggestions Discord shows at once."""


@dataclass(frozen=True, slots=True)
class CaseView:
    """One case, from its beginning.

    Attributes:
        case: As it is now.
        events: What happened to it, the oldest first.
        linked: The case it lifts, undoes, replaces or follows from; None if there is none.
    """

    case: Case
    events: list[CaseEvent]
    linked: Case | None


async def view_case(tx: Tx, actor: Actor, number: int) -> CaseView:
    """Show a case with its timeline.

    Raises:
        NotFoundError: this guild has no such case.
        NotAllowedError, FeatureOffError: nothing was read.
    """
    await require(tx, actor, ModerationAction.VIEW_CASES)
    await guilds_service.enter_feature(tx, actor.guild_id, MODERATION)
    case = await repository.find_case(tx, actor.guild_id, number)
    if case is None:
        raise NotFoundError(
            "This server has no case #{number}. `/case list` shows those there are.", number=str(number)
        )
    linked = None
    if case.linked_id is not None:
        linked = await repository.find_by_id(tx, actor.guild_id, case.linked_id)
    return CaseView(case, await repository.find_events(tx, case), linked)


async def list_cases(tx: Tx, actor: Actor, wanted: CaseFilter, page: int) -> CasePage:
    """Show a page of the cases that match, the newest first; a page too far is the last one.

    Raises:
        NotAllowedError, FeatureOffError: nothing was read.
    """
    await require(tx, actor, ModerationAction.VIEW_CASES)
    await guilds_service.enter_feature(tx, actor.guild_id, MODERATION)
    return await _page(tx, actor.guild_id, wanted, page)


async def own_cases(tx: Tx, actor: Actor, page: int) -> tuple[CasePage, ModerationConfig]:
    """Show a page of what was decided about the actor, without notes: those are between moderators.

    Raises:
        FeatureOffError: nothing was read.
    """
    await require(tx, actor, Action.VIEW_OWN_CASES)
    await guilds_service.enter_feature(tx, actor.guild_id, MODERATION)
    config, _ = await repository.find_config(tx, actor.guild_id)
    wanted = CaseFilter(user_id=actor.user_id, without_notes=True)
    return await _page(tx, actor.guild_id, wanted, page), config


async def suggest_cases(tx: Tx, actor: Actor, typed: str) -> list[Case]:
    """Offer cases whose number, member or reason has what was typed, the newest first.

    Raises:
        NotAllowedError, FeatureOffError: nothing was read.
    """
    await require(tx, actor, ModerationAction.VIEW_CASES)
    await guilds_service.enter_feature(tx, actor.guild_id, MODERATION)
    return await repository.suggest(tx, actor.guild_id, typed.strip().lstrip("#"), _OFFERED)


async def suggest_reasons(tx: Tx, guild_id: int, typed: str) -> list[str]:
    """Offer the guild's saved reasons that have what was typed; they are for whoever may give one."""
    config, _ = await repository.find_config(tx, guild_id)
    wanted = typed.strip().casefold()
    return [reason for reason in config.saved_reasons if wanted in reason.casefold()]


async def _page(tx: Tx, guild_id: int, wanted: CaseFilter, page: int) -> CasePage:
    total = await repository.count(tx, guild_id, wanted)
    pages = max(1, ceil(total / PAGE_SIZE))
    page = min(page, pages)
    found = await repository.search(tx, guild_id, wanted, offset=(page - 1) * PAGE_SIZE, limit=PAGE_SIZE)
    return CasePage(tuple(found), total, page, pages)
