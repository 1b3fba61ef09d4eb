"""Where Discord and the memberships differ, and why; nothing is changed by looking.

The list of members is read page by page, and of the database what is about the members of the page, in
transactions of their own: Discord is asked between them.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from uuid import UUID

from app.access import service as access_service
from app.access.policy import Action
from app.access.service import require
from app.database.tx import Database, Tx
from app.discord.cache import Place, Places
from app.discord.port import DiscordMember
from app.errors import NotFoundError
from app.features import SQUADS
from app.guilds import service as guilds_service
from app.guilds.domain import Actor
from app.jobs import service as jobs_service
from app.jobs.kinds import SweepGuild
from app.roles import service as roles_service
from app.roles.domain import Grant, refusal
from app.squads import repository
from app.squads.domain import Pause, Squad
from app.squads.saving import WHY

MOST_ROWS: Final = 500
"""That are shown; all are counted."""

_PAGE: Final = 1000
"""Members of one answer (Discord: resources/guild, "List Guild Members")."""


class Drift(StrEnum):
    """How a member's roles differ from the membership."""

    MISSING = "missing"
    """The role is due; the next look gives it."""
    REFUSED = "refused"
    """The role is due and must not be handed out."""
    LEFT_OVER = "left_over"
    """We gave the role and it is not due any more; the next look takes it."""
    BY_HAND = "by_hand"
    """Somebody gave the role in Discord; it is left alone."""
    NOT_THERE = "not_there"
    """The member is not in the server any more, and still in the squad if they come back."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One member's one role.

    Attributes:
        user_id: Who.
        username: Their name as Discord says it now; None for whoever is not there.
        role_id: Which role.
        squad: Whose role it is; None if it is of a squad that is gone.
        drift: How it differs.
        why: What is wrong with the role, if that is why.
    """

    user_id: int
    username: str | None
    role_id: int
    squad: Squad | None
    drift: Drift
    why: Pause | None = None


@dataclass(slots=True)
class Report:
    """Who differs.

    Attributes:
        rows: The first `MOST_ROWS`, by the members' ids.
        counts: How many differ in which way, those that are not among the rows, too.
        members: How many members were looked at.
    """

    rows: list[Difference] = field(default_factory=list)
    counts: Counter[Drift] = field(default_factory=Counter)
    members: int = 0

    @property
    def total(self) -> int:
        """How many differ."""
        return self.counts.total()

    def add(self, difference: Difference) -> None:
        """Count a difference, and keep it if there is room."""
        self.counts[difference.drift] += 1
        if len(self.rows) < MOST_ROWS:
            self.rows.append(difference)


@dataclass(frozen=True, slots=True)
class Setting:
    """What is the same for all members of a guild: its squads, and the roles that carry an access level."""

    guild_id: int
    squads: tuple[Squad, ...]
    with_level: frozenset[int]


async def begin(tx: Tx, actor: Actor) -> Setting:
    """Read what the members are held against.

    Raises:
        NotAllowedError, FeatureOffError: nothing was read.
    """
    await require(tx, actor, Action.CONFIGURE)
    await guilds_service.enter_feature(tx, actor.guild_id, SQUADS)
    squads = await repository.find_squads(tx, actor.guild_id)
    access, _ = await access_service.load_config(tx, actor.guild_id)
    return Setting(actor.guild_id, tuple(squads), frozenset(map(int, access.roles)))


async def read_drift(database: Database, places: Places, actor: Actor) -> Report:
    """Compare every member with what is due.

    Raises:
        NotFoundError: the bot is not in the server.
        DiscordError: Discord did not answer.
        NotAllowedError, FeatureOffError: nothing was read.
    """
    async with database.transaction() as tx:
        setting = await begin(tx, actor)
    places.drop(setting.guild_id)
    place = await places.find(setting.guild_id)
    if place is None:
        raise NotFoundError("The bot is not on this server (any more). Nobody was looked at.")
    faults = _faults(setting, place)
    report, after, is_last = Report(), 0, False
    while not is_last:
        page = await places.discord.list_members(setting.guild_id, after=after, limit=_PAGE)
        is_last = len(page) < _PAGE
        upto = None if is_last else page[-1].user_id
        async with database.transaction() as tx:
            await _compare(tx, setting, faults, page, between=(after, upto), report=report)
        after = upto or after
    return report


async def reconcile_now(tx: Tx, actor: Actor) -> None:
    """Have the worker look at every member now instead of within the hour; once if asked twice.

    Raises:
        NotAllowedError, FeatureOffError: nothing is looked at.
    """
    await require(tx, actor, Action.CONFIGURE)
    await guilds_service.enter_feature(tx, actor.guild_id, SQUADS)
    await jobs_service.enqueue_missing(tx, [SweepGuild(actor.guild_id)])


def _faults(setting: Setting, place: Place) -> dict[int, Pause]:
    """Tell which roles of squads cannot be given, and why."""
    asked = {
        squad.role_id: refusal(place.guild, squad.role_id, place.bot, setting.with_level)
        for squad in setting.squads
    }
    return {role_id: WHY[why] for role_id, why in asked.items() if why is not None}


async def _compare(
    tx: Tx,
    setting: Setting,
    faults: Mapping[int, Pause],
    page: Collection[DiscordMember],
    *,
    between: tuple[int, int | None],
    report: Report,
) -> None:
    """Add who of a page differs, and who should be on it and is not."""
    user_ids = [member.user_id for member in page]
    memberships = await repository.find_memberships(tx, setting.guild_id, user_ids)
    grants = await roles_service.load_grants_of(tx, setting.guild_id, user_ids)
    report.members += len(page)
    for member in page:
        own = grants.get(member.user_id, {})
        for each in _differences(setting, faults, member, memberships.get(member.user_id), own):
            report.add(each)
    squads = {squad.id: squad for squad in setting.squads}
    gone, how_many = await repository.find_members_between(
        tx, setting.guild_id, between, without=user_ids, limit=MOST_ROWS
    )
    listed = 0
    for user_id, squad_id in gone:
        squad = squads.get(squad_id)
        if squad is not None:
            report.add(Difference(user_id, None, squad.role_id, squad, Drift.NOT_THERE))
            listed += 1
    if listed == MOST_ROWS:
        report.counts[Drift.NOT_THERE] += how_many - listed


def _differences(
    setting: Setting,
    faults: Mapping[int, Pause],
    member: DiscordMember,
    squad_id: UUID | None,
    grants: Mapping[int, Grant],
) -> Iterator[Difference]:
    def one(role_id: int, squad: Squad | None, drift: Drift, why: Pause | None = None) -> Difference:
        return Difference(member.user_id, member.username, role_id, squad, drift, why)

    known = set()
    for squad in setting.squads:
        role_id = squad.role_id
        known.add(role_id)
        has_it, grant = role_id in member.role_ids, grants.get(role_id)
        if squad.id == squad_id:
            if not has_it:
                why = faults.get(role_id)
                yield one(role_id, squad, Drift.MISSING if why is None else Drift.REFUSED, why)
        elif has_it and grant is None:
            yield one(role_id, squad, Drift.BY_HAND)
        elif has_it and grant is not None and grant.why == SQUADS.name:
            yield one(role_id, squad, Drift.LEFT_OVER)
    for role_id, grant in grants.items():
        if grant.why == SQUADS.name and role_id not in known and role_id in member.role_ids:
            yield one(role_id, None, Drift.LEFT_OVER)
