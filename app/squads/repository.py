"""SQL of the squads room."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from app.database.documents import find_document, save_document
from app.database.tx import Tx
from app.squads.config import SquadsConfig
from app.squads.domain import OWN_CHOICE, Cause, Move, Pause, Squad
from app.squads.models import SquadConfigRow, SquadMembership, SquadMove, SquadRow

_SQUAD: Final = tuple(getattr(SquadRow, name) for name in Squad.__dataclass_fields__)
_MOVE: Final = tuple(getattr(SquadMove, name) for name in Move.__dataclass_fields__)
_THERE: Final = SquadRow.deleted_at.is_(None)


async def find_config(tx: Tx, guild_id: int, *, lock: bool = False) -> tuple[SquadsConfig, int]:
    """Load a guild's config and its version (`find_document`)."""
    return await find_document(tx, SquadConfigRow, SquadsConfig, guild_id, lock=lock)


async def save_config(tx: Tx, guild_id: int, config: SquadsConfig, version: int) -> bool:
    """Write the config as `version` (`save_document`)."""
    return await save_document(tx, SquadConfigRow, guild_id, config, version)


async def lock_member(tx: Tx, guild_id: int, user_id: int) -> None:
    """Have nobody else move this member until the `tx` ends."""
    await tx.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended('squads:' || :guild || ':' || :member, 0))"),
        {"guild": str(guild_id), "member": str(user_id)},
    )


async def lock_guild(tx: Tx, guild_id: int) -> None:
    """Have nobody else change which squads a guild has until the `tx` ends."""
    await tx.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended('squads:' || :guild, 0))"),
        {"guild": str(guild_id)},
    )


async def find_squads(tx: Tx, guild_id: int) -> list[Squad]:
    """Load a guild's squads in their order, closed ones too."""
    return await _squads(tx, SquadRow.guild_id == guild_id, _THERE)


async def find_squad(tx: Tx, guild_id: int, squad_id: UUID) -> Squad | None:
    """Load a squad, None if the guild has none such (any more)."""
    found = await _squads(tx, SquadRow.guild_id == guild_id, SquadRow.id == squad_id, _THERE)
    return found[0] if found else None


async def find_named(tx: Tx, guild_id: int, squad_ids: Collection[UUID | None]) -> dict[UUID | None, Squad]:
    """Load squads that a move names, deleted ones too."""
    found = await _squads(
        tx, SquadRow.guild_id == guild_id, SquadRow.id.in_([each for each in squad_ids if each is not None])
    )
    return {squad.id: squad for squad in found}


async def lock_squads(tx: Tx, guild_id: int, squad_ids: Collection[UUID]) -> dict[UUID, Squad]:
    """Load squads, in the order of their ids; nobody else changes or enters them until the `tx` ends."""
    rows = await tx.execute(
        select(*_SQUAD)
        .where(SquadRow.guild_id == guild_id, SquadRow.id.in_(squad_ids), _THERE)
        .order_by(SquadRow.id)
        .with_for_update(key_share=True)
    )
    return {squad.id: squad for squad in map(_squad, rows)}


async def add_squad(tx: Tx, squad: Squad) -> None:
    """Write a new squad."""
    values = {name: getattr(squad, name) for name in Squad.__dataclass_fields__}
    await tx.execute(insert(SquadRow).values(**values))


async def change_squad(tx: Tx, squad: Squad, **values: object) -> None:
    """Write these columns of a squad."""
    await tx.execute(
        update(SquadRow).where(SquadRow.guild_id == squad.guild_id, SquadRow.id == squad.id).values(**values)
    )


async def count_members(tx: Tx, guild_id: int) -> dict[UUID, int]:
    """Count the members of each squad that has some."""
    rows = await tx.execute(
        select(SquadMembership.squad_id, func.count().label("members"))
        .where(SquadMembership.guild_id == guild_id)
        .group_by(SquadMembership.squad_id)
    )
    return {row.squad_id: row.members for row in rows}


async def size_of(tx: Tx, squad_id: UUID) -> int:
    """Count the members of a squad."""
    counted = select(func.count()).where(SquadMembership.squad_id == squad_id)
    return int((await tx.execute(counted)).scalar_one())


async def find_members(tx: Tx, squad_id: UUID, *, offset: int, limit: int) -> list[tuple[int, datetime]]:
    """Load some members of a squad with since when, the oldest first."""
    rows = await tx.execute(
        select(SquadMembership.user_id, SquadMembership.joined_at)
        .where(SquadMembership.squad_id == squad_id)
        .order_by(SquadMembership.joined_at, SquadMembership.user_id)
        .offset(offset)
        .limit(limit)
    )
    return [(row.user_id, row.joined_at) for row in rows]


async def find_membership(tx: Tx, guild_id: int, user_id: int) -> UUID | None:
    """Tell in which squad a member is, None if in none."""
    found = await tx.execute(
        select(SquadMembership.squad_id).where(
            SquadMembership.guild_id == guild_id, SquadMembership.user_id == user_id
        )
    )
    return found.scalar_one_or_none()


async def find_since(tx: Tx, guild_id: int, user_id: int) -> tuple[UUID, datetime] | None:
    """Tell in which squad a member is, and since when; None if in none."""
    row = (
        await tx.execute(
            select(SquadMembership.squad_id, SquadMembership.joined_at).where(
                SquadMembership.guild_id == guild_id, SquadMembership.user_id == user_id
            )
        )
    ).one_or_none()
    return None if row is None else (row.squad_id, row.joined_at)


async def find_memberships(tx: Tx, guild_id: int, user_ids: Collection[int]) -> dict[int, UUID]:
    """Tell in which squad each of these members is; without those who are in none."""
    rows = await tx.execute(
        select(SquadMembership.user_id, SquadMembership.squad_id).where(
            SquadMembership.guild_id == guild_id, SquadMembership.user_id.in_(user_ids)
        )
    )
    return {row.user_id: row.squad_id for row in rows}


async def find_members_between(
    tx: Tx,
    guild_id: int,
    between: tuple[int, int | None],
    *,
    without: Collection[int],
    limit: int,
) -> tuple[list[tuple[int, UUID]], int]:
    """Load members of squads above an id and up to another, but for some: the first ones, and how many.

    Args:
        tx: The transaction.
        guild_id: Where.
        between: Above the first; up to the second, None if there is no end.
        without: Whom to leave out.
        limit: So many at most.
    """
    after, upto = between
    which = [SquadMembership.guild_id == guild_id, SquadMembership.user_id > after]
    if upto is not None:
        which.append(SquadMembership.user_id <= upto)
    rows = (
        await tx.execute(
            select(
                SquadMembership.user_id, SquadMembership.squad_id, func.count().over().label("all_of_them")
            )
            .where(*which, SquadMembership.user_id.not_in(without))
            .order_by(SquadMembership.user_id)
            .limit(limit)
        )
    ).all()
    return [(row.user_id, row.squad_id) for row in rows], rows[0].all_of_them if rows else 0


async def put(tx: Tx, guild_id: int, user_id: int, squad_id: UUID, now: datetime) -> None:
    """Have a member be in this squad and in no other."""
    entered = insert(SquadMembership).values(
        guild_id=guild_id, user_id=user_id, squad_id=squad_id, joined_at=now
    )
    await tx.execute(
        entered.on_conflict_do_update(
            index_elements=[SquadMembership.guild_id, SquadMembership.user_id],
            set_={"squad_id": squad_id, "joined_at": now},
        )
    )


async def take_out(tx: Tx, guild_id: int, user_id: int, squad_id: UUID) -> bool:
    """Have a member be in no squad; False if they were not in this one (any more)."""
    gone = await tx.execute(
        delete(SquadMembership).where(
            SquadMembership.guild_id == guild_id,
            SquadMembership.user_id == user_id,
            SquadMembership.squad_id == squad_id,
        )
    )
    return bool(gone.rowcount)


async def empty(tx: Tx, squad_id: UUID) -> list[int]:
    """Have nobody be in a squad; tells who was."""
    gone = await tx.execute(
        delete(SquadMembership).where(SquadMembership.squad_id == squad_id).returning(SquadMembership.user_id)
    )
    return sorted(gone.scalars())


async def has_chosen(tx: Tx, guild_id: int, user_id: int) -> bool:
    """Tell whether a member has ever gone into a squad by their own choice."""
    return await _moved(tx, guild_id, user_id, SquadMove.cause.in_(OWN_CHOICE))


async def has_moved(tx: Tx, guild_id: int, user_id: int) -> bool:
    """Tell whether a member was ever in a squad here."""
    return await _moved(tx, guild_id, user_id)


async def find_by_key(tx: Tx, idempotency_key: str) -> Move | None:
    """Load the move that a key has made, None if none."""
    row = (await tx.execute(select(*_MOVE).where(SquadMove.idempotency_key == idempotency_key))).one_or_none()
    return None if row is None else _move(row)


async def add_moves(tx: Tx, moves: Sequence[tuple[Move, str]]) -> None:
    """Write moves, each with its idempotency key."""
    if moves:
        await tx.execute(
            insert(SquadMove).values(
                [
                    {name: getattr(move, name) for name in Move.__dataclass_fields__}
                    | {"idempotency_key": key}
                    for move, key in moves
                ]
            )
        )


async def guilds_with_squads(tx: Tx) -> list[int]:
    """Tell which guilds have squads."""
    rows = await tx.execute(select(SquadRow.guild_id).where(_THERE).distinct().order_by(SquadRow.guild_id))
    return list(rows.scalars())


async def _moved(tx: Tx, guild_id: int, user_id: int, *which: ColumnElement[bool]) -> bool:
    asked = select(1).where(SquadMove.guild_id == guild_id, SquadMove.user_id == user_id, *which).limit(1)
    return (await tx.execute(asked)).scalar_one_or_none() is not None


async def _squads(tx: Tx, *which: ColumnElement[bool]) -> list[Squad]:
    rows = await tx.execute(select(*_SQUAD).where(*which).order_by(SquadRow.position, SquadRow.id))
    return [_squad(row) for row in rows]


def _squad(row: Any) -> Squad:  # noqa: ANN401 - a row of `_SQUAD`
    values = row._asdict()
    because = values["paused_because"]
    return Squad(**{**values, "paused_because": None if because is None else Pause(because)})


def _move(row: Any) -> Move:  # noqa: ANN401 - a row of `_MOVE`
    return Move(**{**row._asdict(), "cause": Cause(row.cause)})
