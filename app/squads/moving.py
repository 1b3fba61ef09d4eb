"""Going into a squad, into another, and out: membership, payment and history in one transaction."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.access.policy import Action
from app.access.service import require
from app.bytes import fees
from app.database.tx import Tx
from app.errors import ConflictError, NotFoundError
from app.features import SQUADS
from app.guilds import service as guilds_service
from app.guilds.domain import Actor
from app.ids import new_id
from app.jobs import service as jobs_service
from app.jobs.kinds import ReconcileMember
from app.live import service as live_service
from app.squads import repository
from app.squads.domain import (
    AlreadyMemberError,
    Cause,
    CostChangedError,
    Move,
    NotMemberError,
    Squad,
    check_open,
    check_room,
    cost_of,
)


@dataclass(frozen=True, slots=True)
class Quote:
    """What a move would be, before anybody decides.

    Attributes:
        squad: Where to.
        current: Where the member is, None if in no squad.
        cost: What it would cost now.
        balance: What the member has, if it costs something; else None.
        is_first: Whether it is free because the member has never chosen before.
    """

    squad: Squad
    current: Squad | None
    cost: int
    balance: int | None
    is_first: bool


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of a move: the same however often it is asked for.

    Attributes:
        move: As it was written down.
        left: The squad that was left, None if none was.
        entered: The squad that was entered, None after leaving.
        balance: What the member had left when it was paid, None if it cost nothing.
    """

    move: Move
    left: Squad | None
    entered: Squad | None
    balance: int | None = None


async def quote_move(tx: Tx, actor: Actor, squad_id: UUID, cause: Cause, *, now: datetime) -> Quote:
    """Tell what going into a squad would cost. Nothing is done but what any command with bytes does.

    Raises:
        NotFoundError: there is no such squad.
        AlreadyMemberError, NotMemberError, SquadClosedError, SquadFullError: it cannot be.
        CannotPayError: the actor has less than it costs.
        NotAllowedError, FeatureOffError: nothing was read.
    """
    await require(tx, actor, Action.USE_SQUADS)
    await guilds_service.enter_feature(tx, actor.guild_id, SQUADS)
    squad = await repository.find_squad(tx, actor.guild_id, squad_id)
    current_id = await repository.find_membership(tx, actor.guild_id, actor.user_id)
    current = None if current_id is None else await repository.find_squad(tx, actor.guild_id, current_id)
    if squad is None:
        raise _no_such_squad()
    _check_way(cause, squad, current)
    check_open(squad)
    check_room(squad, await repository.size_of(tx, squad.id))
    has_chosen = await repository.has_chosen(tx, actor.guild_id, actor.user_id)
    cost = cost_of(squad, has_chosen=has_chosen)
    balance = await fees.check_can_pay(tx, actor, cost, now=now) if cost else None
    return Quote(squad, current, cost, balance, not has_chosen)


async def go(
    tx: Tx,
    actor: Actor,
    squad_id: UUID,
    cause: Cause,
    *,
    most: int,
    idempotency_key: str,
    now: datetime,
) -> Moved:
    """Have the actor join a squad, or switch to it; once per key.

    Args:
        tx: The transaction.
        actor: Who goes.
        squad_id: Where to.
        cause: `JOIN` for whoever is in no squad, `SWITCH` for whoever is in another.
        most: What the actor agreed to pay; it may have become cheaper.
        idempotency_key: Names this move.
        now: When.

    Raises:
        NotFoundError: there is no such squad (any more).
        AlreadyMemberError, NotMemberError, SquadClosedError, SquadFullError: it cannot be.
        CostChangedError: it costs more than was agreed to.
        CannotPayError: the actor has less than it costs.
        NotAllowedError, FeatureOffError, ConflictError: nothing was changed.
    """
    await require(tx, actor, Action.USE_SQUADS)
    guild_id, user_id = actor.guild_id, actor.user_id
    await repository.lock_member(tx, guild_id, user_id)
    before = await _repeated(tx, actor, idempotency_key)
    if before is not None:
        return before
    await guilds_service.enter_feature(tx, guild_id, SQUADS)
    locked = await _lock(tx, actor, squad_id)
    squad, current = locked.wanted, locked.current
    if squad is None:
        raise _no_such_squad()
    _check_way(cause, squad, current)
    check_open(squad)
    check_room(squad, await repository.size_of(tx, squad.id))
    has_chosen = await repository.has_chosen(tx, guild_id, user_id)
    cost = cost_of(squad, has_chosen=has_chosen)
    if cost > most:
        raise CostChangedError(cost)
    paid = None
    if cost:
        key = f"squads:{idempotency_key}"
        paid = await fees.pay_fee(tx, actor, cost, what=squad.name, idempotency_key=key, now=now)
    await repository.put(tx, guild_id, user_id, squad.id, now)
    move = Move(
        id=new_id(),
        guild_id=guild_id,
        user_id=user_id,
        from_id=None if current is None else current.id,
        to_id=squad.id,
        cost=cost,
        transaction_id=None if paid is None else paid.id,
        cause=cause,
        moved_at=now,
    )
    await note_moves(tx, guild_id, [(move, idempotency_key)])
    return Moved(move, current, squad, None if paid is None else paid.giver_balance_after)


async def leave(tx: Tx, actor: Actor, *, idempotency_key: str, now: datetime) -> Moved:
    """Have the actor be in no squad; once per key. Whoever comes back pays what it costs then.

    Raises:
        NotMemberError: the actor is in none.
        NotAllowedError, FeatureOffError, ConflictError: nothing was changed.
    """
    await require(tx, actor, Action.USE_SQUADS)
    guild_id, user_id = actor.guild_id, actor.user_id
    await repository.lock_member(tx, guild_id, user_id)
    before = await _repeated(tx, actor, idempotency_key)
    if before is not None:
        return before
    await guilds_service.enter_feature(tx, guild_id, SQUADS)
    current = (await _lock(tx, actor, None)).current
    if current is None or not await repository.take_out(tx, guild_id, user_id, current.id):
        raise NotMemberError
    move = Move(new_id(), guild_id, user_id, current.id, None, 0, None, Cause.LEAVE, now)
    await note_moves(tx, guild_id, [(move, idempotency_key)])
    return Moved(move, current, None)


async def appear(tx: Tx, guild_id: int, user_id: int, now: datetime) -> bool:
    """Have somebody who was never in a squad here begin in the default one; tells whether they do.

    Nothing happens where squads are off, or where the default squad takes nobody. Asks nobody: it is what
    the server chose for everybody.
    """
    guild = await guilds_service.find_guild(tx, guild_id)
    if guild is None or not guild.has(SQUADS):
        return False
    default = next((each for each in await repository.find_squads(tx, guild_id) if each.is_default), None)
    if default is None or not default.is_open or await repository.has_moved(tx, guild_id, user_id):
        return False
    await repository.lock_member(tx, guild_id, user_id)
    squad = (await repository.lock_squads(tx, guild_id, [default.id])).get(default.id)
    if squad is None or not squad.is_open or await repository.has_moved(tx, guild_id, user_id):
        return False
    if squad.max_members is not None and await repository.size_of(tx, squad.id) >= squad.max_members:
        return False
    await repository.put(tx, guild_id, user_id, squad.id, now)
    move = Move(new_id(), guild_id, user_id, None, squad.id, 0, None, Cause.DEFAULT, now)
    await note_moves(tx, guild_id, [(move, f"default:{guild_id}:{user_id}")])
    return True


async def end_by_hand(tx: Tx, guild_id: int, user_id: int, squad_id: UUID, now: datetime) -> bool:
    """End a membership because somebody took its role in Discord; tells whether there was one.

    Whether that counts is the caller's to know (`SquadsConfig.roles_taken_by_hand`).
    """
    await repository.lock_member(tx, guild_id, user_id)
    if not await repository.take_out(tx, guild_id, user_id, squad_id):
        return False
    move = Move(new_id(), guild_id, user_id, squad_id, None, 0, None, Cause.BY_HAND, now)
    await note_moves(tx, guild_id, [(move, f"by_hand:{move.id}")])
    return True


async def note_moves(tx: Tx, guild_id: int, moves: Iterable[tuple[Move, str]]) -> None:
    """Write moves down, have the roles follow, and tell everybody who is looking."""
    listed = list(moves)
    await repository.add_moves(tx, listed)
    for move, _ in listed:
        await jobs_service.enqueue(tx, ReconcileMember(guild_id, move.user_id))
    if listed:
        live_service.emit(tx, guild_id, "squads.moved", {"moves": len(listed)})


@dataclass(frozen=True, slots=True)
class _Locked:
    wanted: Squad | None
    current: Squad | None


async def _lock(tx: Tx, actor: Actor, wanted_id: UUID | None) -> _Locked:
    """Lock the squad that is wanted and the one the actor is in, so that neither changes meanwhile.

    The membership is looked at again then: the squad may have been closed while its lock was waited for.
    """
    guild_id, user_id = actor.guild_id, actor.user_id
    asked_id = await repository.find_membership(tx, guild_id, user_id)
    ids = {each for each in (wanted_id, asked_id) if each is not None}
    squads = await repository.lock_squads(tx, guild_id, ids)
    current_id = await repository.find_membership(tx, guild_id, user_id)
    return _Locked(
        None if wanted_id is None else squads.get(wanted_id),
        None if current_id is None else squads.get(current_id),
    )


async def _repeated(tx: Tx, actor: Actor, idempotency_key: str) -> Moved | None:
    """Give what a key has done before, None if nothing."""
    move = await repository.find_by_key(tx, idempotency_key)
    if move is None:
        return None
    if (move.guild_id, move.user_id) != (actor.guild_id, actor.user_id):
        raise ConflictError("This request was already used for something else. Nothing was changed.")
    known = await repository.find_named(tx, actor.guild_id, [move.from_id, move.to_id])
    paid = None
    if move.transaction_id is not None:
        paid = await fees.find_payment(tx, actor.guild_id, move.transaction_id)
    left = None if paid is None else paid.giver_balance_after
    return Moved(move, known.get(move.from_id), known.get(move.to_id), left)


def _check_way(cause: Cause, squad: Squad, current: Squad | None) -> None:
    if current is not None and current.id == squad.id:
        raise AlreadyMemberError("You are in “{squad}” already. Nothing was changed.", squad=squad.name)
    if cause is Cause.JOIN and current is not None:
        raise AlreadyMemberError(
            "You are in “{squad}”. Nothing was changed; `/squads switch` takes you to another one.",
            squad=current.name,
        )
    if cause is Cause.SWITCH and current is None:
        raise NotMemberError


def _no_such_squad() -> NotFoundError:
    return NotFoundError(
        "There is no such squad (any more). Nothing was changed; `/squads list` has them all."
    )
