"""Looking at squads: which there are, how they stand, who is in them. What a server chose for all of them."""

from dataclasses import dataclass
from datetime import datetime
from math import ceil
from uuid import UUID

from app.access.policy import Action
from app.access.service import require
from app.database.tx import Tx
from app.errors import InvalidInputError, NotFoundError
from app.features import SQUADS
from app.guilds import service as guilds_service
from app.guilds.domain import Actor
from app.squads import repository
from app.squads.config import SquadsConfig
from app.squads.domain import Squad, cost_of
from app.wording import page_count

PAGE_SIZE = 20
"""Members on one page."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A squad as a member sees it.

    Attributes:
        squad: The squad.
        members: How many are in it.
        cost: What going there would cost the one who looks; None if they are in it.
    """

    squad: Squad
    members: int
    cost: int | None

    @property
    def free_places(self) -> int | None:
        """How many may still come, None if there is no limit."""
        most = self.squad.max_members
        return None if most is None else max(0, most - self.members)


@dataclass(frozen=True, slots=True)
class MembersView:
    """One page of the members of a squad.

    Attributes:
        standing: The squad.
        rows: (user id, since when), the oldest first.
        page: Which page this is, from 1.
        pages: How many there are, at least 1.
    """

    standing: Standing
    rows: list[tuple[int, datetime]]
    page: int
    pages: int


async def list_squads(tx: Tx, actor: Actor, *, closed: bool = False) -> list[Standing]:
    """Show a guild's squads in their order; closed ones only where wanted.

    Raises:
        NotAllowedError, FeatureOffError: nothing was read.
    """
    await require(tx, actor, Action.USE_SQUADS)
    await guilds_service.enter_feature(tx, actor.guild_id, SQUADS)
    squads = await repository.find_squads(tx, actor.guild_id)
    sizes = await repository.count_members(tx, actor.guild_id)
    current = await repository.find_membership(tx, actor.guild_id, actor.user_id)
    has_chosen = await repository.has_chosen(tx, actor.guild_id, actor.user_id)
    return [
        Standing(
            squad,
            sizes.get(squad.id, 0),
            None if squad.id == current else cost_of(squad, has_chosen=has_chosen),
        )
        for squad in squads
        if squad.is_active or closed
    ]


async def view_squad(tx: Tx, actor: Actor, squad_id: UUID) -> Standing:
    """Show one squad.

    Raises:
        NotFoundError: there is no such squad.
        NotAllowedError, FeatureOffError: nothing was read.
    """
    await require(tx, actor, Action.USE_SQUADS)
    found = await list_squads(tx, actor, closed=True)
    standing = next((each for each in found if each.squad.id == squad_id), None)
    if standing is None:
        raise _no_such_squad()
    return standing


async def find_squad(tx: Tx, actor: Actor, wanted: str) -> Standing:
    """Show the squad that somebody has named: by its id, as suggestions do, or by its name.

    Raises:
        NotFoundError: there is no such squad.
        NotAllowedError, FeatureOffError: nothing was read.
    """
    await require(tx, actor, Action.USE_SQUADS)
    found = await list_squads(tx, actor, closed=True)
    named = " ".join(wanted.split()).lower()
    for names in ([str(each.squad.id) for each in found], [each.squad.name.lower() for each in found]):
        if named in names:
            return found[names.index(named)]
    raise _no_such_squad()


async def view_members(tx: Tx, actor: Actor, squad_id: UUID, page: int) -> MembersView:
    """Show one page of the members of a squad.

    Raises:
        NotFoundError: there is no such squad.
        InvalidInputError: there is no such page.
        NotAllowedError, FeatureOffError: nothing was read.
    """
    await require(tx, actor, Action.USE_SQUADS)
    standing = await view_squad(tx, actor, squad_id)
    pages = max(1, ceil(standing.members / PAGE_SIZE))
    if not 1 <= page <= pages:
        raise InvalidInputError("This squad has {pages} of members.", pages=page_count(pages))
    rows = await repository.find_members(tx, squad_id, offset=(page - 1) * PAGE_SIZE, limit=PAGE_SIZE)
    return MembersView(standing, rows, page, pages)


async def current_squad(tx: Tx, guild_id: int, user_id: int) -> Squad | None:
    """Tell in which squad a member is, None if in none. Asks nobody."""
    squad_id = await repository.find_membership(tx, guild_id, user_id)
    return None if squad_id is None else await repository.find_squad(tx, guild_id, squad_id)


async def load_config(tx: Tx, guild_id: int) -> tuple[SquadsConfig, int]:
    """Read a guild's settings and their version; the defaults and 0 if it never chose."""
    return await repository.find_config(tx, guild_id)


async def load_squads(tx: Tx, guild_id: int) -> list[Squad]:
    """Read a guild's squads in their order. Asks nobody."""
    return await repository.find_squads(tx, guild_id)


def _no_such_squad() -> NotFoundError:
    return NotFoundError(
        "There is no such squad (any more). Nothing was changed; `/squads list` has them all."
    )
