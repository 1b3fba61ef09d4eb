"""Changing which squads a guild has: saving, closing, deleting, and all of them at once from a file."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from app import clock
from app.access import service as access_service
from app.access.policy import Action
from app.access.service import require
from app.database.tx import Tx
from app.discord.port import DiscordGuild
from app.discord.ranks import Rank
from app.errors import ConflictError, InvalidInputError, NotFoundError
from app.features import SQUADS
from app.guilds import service as guilds_service
from app.guilds.domain import Actor, Via
from app.guilds.versions import save_versioned
from app.ids import SYSTEM_ID, new_id
from app.jobs import service as jobs_service
from app.jobs.kinds import ReconcileMember, SweepGuild
from app.live import service as live_service
from app.roles import domain as roles
from app.squads import repository
from app.squads.config import MOST_SQUADS, SquadDraft, SquadsConfig, SquadsSection, check_together
from app.squads.domain import PAUSES, Cause, Move, Pause, Squad
from app.wording import Term

_SUBJECT: Final = "squad"

_ONE_BY_ONE: Final = 100
"""Of more members who lose their squad at once a sweep finds whose roles have to go."""

WHY: Final = {
    roles.GONE: Pause.GONE,
    roles.MANAGED: Pause.MANAGED,
    roles.TOO_HIGH: Pause.TOO_HIGH,
    roles.TOO_POWERFUL: Pause.TOO_POWERFUL,
    roles.HAS_LEVEL: Pause.HAS_LEVEL,
}
"""Why a role must not be handed out -> what a squad is paused for."""


class Roles:
    """A guild's roles as Discord has them now, to be asked whether one may be handed out.

    Args:
        guild: The guild; None if nobody can ask Discord now: then each role is looked at when it is given.
        bot: How high the bot stands.
    """

    def __init__(self, guild: DiscordGuild | None, bot: Rank | None) -> None:
        self._guild = guild
        self._bot = bot

    @property
    def are_known(self) -> bool:
        """Whether Discord was asked."""
        return self._guild is not None and self._bot is not None

    def fault(self, role_id: int, with_level: frozenset[int]) -> Pause | None:
        """Tell what is wrong with a role, None if nothing is known to be."""
        if role_id in with_level:
            return Pause.HAS_LEVEL
        if self._guild is None or self._bot is None:
            return None
        why = roles.refusal(self._guild, role_id, self._bot, with_level)
        return None if why is None else WHY[why]


UNSEEN: Final = Roles(None, None)


async def save_config(tx: Tx, actor: Actor, config: SquadsConfig, *, expected_version: int) -> int:
    """Write what a guild chose for all its squads, and the audit entry; returns the new version.

    Raises:
        ConflictError: somebody else changed it since `expected_version` was read.
        NotAllowedError: nothing was written.
    """
    await require(tx, actor, Action.CONFIGURE)
    before, _ = await repository.find_config(tx, actor.guild_id)
    version = await save_versioned(
        tx, actor, repository, config, subject="squad_config", expected_version=expected_version
    )
    if before != config:
        await jobs_service.enqueue(tx, SweepGuild(actor.guild_id))
    return version


async def save_squad(
    tx: Tx,
    actor: Actor,
    draft: SquadDraft,
    squad_id: UUID | None = None,
    *,
    expected_version: int = 0,
    known: Roles,
    now: datetime,
) -> Squad:
    """Write a squad, a new one at the end, with the audit entry.

    A paused one takes people again if its role was looked at now, or is another one. Another role is given
    to all members, and the one before taken back. Closing ends every membership. Writing what is there
    already changes nothing, not even the version.

    Args:
        tx: The transaction.
        actor: Who.
        draft: What it is to be.
        squad_id: Which one is changed; None: a new one.
        expected_version: The version that was read before it was changed; 0 of a new one.
        known: The guild's roles, to look whether the squad's may be handed out.
        now: When.

    Raises:
        InvalidInputError: the role must not be handed out, or there are too many squads.
        ConflictError: another squad has the name or the role, or is the default, or somebody else changed
            this one since.
        NotFoundError: there is no such squad (any more).
        NotAllowedError, FeatureOffError: nothing was written.
    """
    await require(tx, actor, Action.CONFIGURE)
    await guilds_service.enter_feature(tx, actor.guild_id, SQUADS)
    await repository.lock_guild(tx, actor.guild_id)
    squads = await repository.find_squads(tx, actor.guild_id)
    before = next((each for each in squads if each.id == squad_id), None)
    if squad_id is not None and before is None:
        raise NotFoundError("This squad is gone. Nothing was saved; make it as a new one.")
    if before is None and len(squads) >= MOST_SQUADS:
        raise InvalidInputError(
            "A server can have {most} squads. Nothing was saved; delete one first.", most=MOST_SQUADS
        )
    if before is not None and before.version != expected_version:
        raise ConflictError(
            "Somebody else changed this squad meanwhile. Nothing was saved; look at theirs first."
        )
    position = max((each.position for each in squads), default=0) + 1 if before is None else before.position
    others = [_draft(each) for each in squads if each != before]
    _check_together([*others, draft])
    return await _write(tx, actor, draft, before, position, known=known, now=now)


async def delete_squad(tx: Tx, actor: Actor, squad_id: UUID, *, now: datetime) -> int:
    """Delete a squad, and tell how many memberships that ended. Bytes that were paid are not given back.

    One that is gone already stays gone.

    Raises:
        NotAllowedError: nothing was deleted.
    """
    await require(tx, actor, Action.CONFIGURE)
    await repository.lock_guild(tx, actor.guild_id)
    squad = await repository.find_squad(tx, actor.guild_id, squad_id)
    if squad is None:
        return 0
    ended = await _close(tx, squad, now)
    await repository.change_squad(tx, squad, deleted_at=now, is_active=False, is_default=False)
    await _record(tx, actor, squad.id, squad, None)
    return ended


async def replace_squads(tx: Tx, actor: Actor, wanted: SquadsSection, *, known: Roles = UNSEEN) -> None:
    """Make these the squads of a guild, in this order, as a file says; a squad is known by its name.

    Raises:
        InvalidInputError: a role must not be handed out.
        ConflictError: somebody else changed the settings meanwhile.
        NotAllowedError: nothing was written.
    """
    await require(tx, actor, Action.CONFIGURE)
    now = clock.now()
    _, version = await repository.find_config(tx, actor.guild_id)
    await save_config(tx, actor, wanted.config, expected_version=version)
    await repository.lock_guild(tx, actor.guild_id)
    there = {each.name.lower(): each for each in await repository.find_squads(tx, actor.guild_id)}
    names = {each.name.lower() for each in wanted.squads}
    for name, squad in there.items():
        if name not in names:
            await delete_squad(tx, actor, squad.id, now=now)
    kept = [squad for name, squad in there.items() if name in names]
    await repository.lock_squads(tx, actor.guild_id, [squad.id for squad in kept])  # as whoever switches does
    # Two may swap their roles, or one may become the default in another's place: what may stand only once is
    # set aside first.
    for aside, squad in enumerate(kept, start=1):
        await repository.change_squad(tx, squad, role_id=-aside, is_default=False)
    for position, draft in enumerate(wanted.squads, start=1):
        await _write(tx, actor, draft, there.get(draft.name.lower()), position, known=known, now=now)


async def load_section(tx: Tx, guild_id: int) -> SquadsSection:
    """Read a guild's squads and settings as its file has them. Asks nobody."""
    config, _ = await repository.find_config(tx, guild_id)
    squads = await repository.find_squads(tx, guild_id)
    return SquadsSection.model_construct(config=config, squads=tuple(map(_draft, squads)))


async def pause_squad(tx: Tx, guild_id: int, role_id: int, because: Pause | None) -> bool:
    """Note what is wrong with the role of a squad, or that nothing is any more; tells whether that is new.

    Nobody loses a membership. Asked by what hears of it from Discord.
    """
    await repository.lock_guild(tx, guild_id)
    found = next(
        (each for each in await repository.find_squads(tx, guild_id) if each.role_id == role_id), None
    )
    if found is None or not found.is_active or found.paused_because is because:
        return False
    await repository.change_squad(tx, found, paused_because=None if because is None else because.value)
    nobody = Actor(guild_id, SYSTEM_ID, "", 0, Via.COMMAND)
    await _record(tx, nobody, found.id, found, replace(found, paused_because=because))
    return True


async def _write(
    tx: Tx,
    actor: Actor,
    draft: SquadDraft,
    before: Squad | None,
    position: int,
    *,
    known: Roles,
    now: datetime,
) -> Squad:
    await _check_role(tx, actor.guild_id, draft, known)
    values = draft.model_dump() | {"role_id": int(draft.role_id), "position": position}
    if before is None:
        squad = Squad(id=new_id(), guild_id=actor.guild_id, paused_because=None, version=1, **values)
        await repository.add_squad(tx, squad)
    else:
        is_looked_at = known.are_known or before.role_id != int(draft.role_id)
        paused_because = None if is_looked_at else before.paused_because
        squad = replace(before, paused_because=paused_because, **values)
        if squad != before:
            squad = replace(squad, version=before.version + 1)
        await repository.change_squad(
            tx, before, **values, paused_because=paused_because, version=squad.version
        )
        if before.is_active and not squad.is_active:
            await _close(tx, squad, now)
        elif before.role_id != squad.role_id:
            await jobs_service.enqueue(tx, SweepGuild(actor.guild_id))
    if squad != before:
        await _record(tx, actor, squad.id, before, squad)
    return squad


async def _close(tx: Tx, squad: Squad, now: datetime) -> int:
    """End every membership of a squad; tells how many."""
    await repository.lock_squads(tx, squad.guild_id, [squad.id])
    members = await repository.empty(tx, squad.id)
    moves = [
        Move(new_id(), squad.guild_id, user_id, squad.id, None, 0, None, Cause.CLOSED, now)
        for user_id in members
    ]
    await repository.add_moves(tx, [(move, f"closed:{move.id}") for move in moves])
    if len(members) > _ONE_BY_ONE:
        await jobs_service.enqueue(tx, SweepGuild(squad.guild_id))
    else:
        for user_id in members:
            await jobs_service.enqueue(tx, ReconcileMember(squad.guild_id, user_id))
    if members:
        live_service.emit(tx, squad.guild_id, "squads.moved", {"moves": len(members)})
    return len(members)


async def _check_role(tx: Tx, guild_id: int, draft: SquadDraft, known: Roles) -> None:
    access, _ = await access_service.load_config(tx, guild_id)
    fault = known.fault(int(draft.role_id), frozenset(int(role_id) for role_id in access.roles))
    if fault is not None:
        raise InvalidInputError(
            "“{squad}” cannot have the role {role}: {why}. Nothing was saved; choose another role.",
            squad=draft.name,
            role=draft.role_id,
            why=Term(PAUSES[fault]),
        )


def _check_together(drafts: Sequence[SquadDraft]) -> None:
    try:
        check_together(drafts)
    except ValueError as error:
        raise ConflictError("Nothing was saved: {why}.", why=Term(str(error))) from None


def _draft(squad: Squad) -> SquadDraft:
    fields = {name: getattr(squad, name) for name in SquadDraft.model_fields}
    return SquadDraft.model_construct(**{**fields, "role_id": str(squad.role_id)})


async def _record(tx: Tx, actor: Actor, squad_id: UUID, before: Squad | None, after: Squad | None) -> None:
    tx.forget(actor.guild_id)
    await guilds_service.record_change(
        tx,
        actor,
        subject=(_SUBJECT, str(squad_id)),
        before=_document(before),
        after=_document(after),
    )


def _document(squad: Squad | None) -> dict[str, Any] | None:
    if squad is None:
        return None
    facts = _draft(squad).model_dump(mode="json")
    return facts | {"paused_because": squad.paused_because}
