"""SQL of the moderation room."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    Text,
    and_,
    cast,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy import case as sql_case
from sqlalchemy.dialects.postgresql import insert

from app.database.documents import find_document, save_document
from app.database.tx import Tx
from app.ids import new_id
from app.moderation.cases import Case, CaseEvent, CaseFilter
from app.moderation.config import ModerationConfig
from app.moderation.domain import BANS, TIMEOUTS, CaseAction, CaseStatus, DmStatus, Source
from app.moderation.escalation import Warned
from app.moderation.models import (
    ModerationCase,
    ModerationCaseEvent,
    ModerationConfigRow,
    ModerationNumber,
)

Counted = Literal["cases", "incidents", "reports"]

_CASE = tuple(getattr(ModerationCase, name) for name in Case.__dataclass_fields__)


async def find_config(tx: Tx, guild_id: int, *, lock: bool = False) -> tuple[ModerationConfig, int]:
    """Load a guild's config and its version (`find_document`)."""
    return await find_document(tx, ModerationConfigRow, ModerationConfig, guild_id, lock=lock)


async def save_config(tx: Tx, guild_id: int, config: ModerationConfig, version: int) -> bool:
    """Write the config as `version` (`save_document`)."""
    return await save_document(tx, ModerationConfigRow, guild_id, config, version)


async def lock_member(tx: Tx, guild_id: int, user_id: int) -> None:
    """Have nobody else decide about this member until the `tx` ends."""
    await tx.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended('moderation:' || :guild || ':' || :member, 0))"),
        {"guild": str(guild_id), "member": str(user_id)},
    )


async def next_number(tx: Tx, guild_id: int, what: Counted, how_many: int = 1) -> int:
    """Give out the guild's next number of something, and of several the first.

    The row stays locked until the `tx` ends, so no number is left out.
    """
    column = getattr(ModerationNumber, what)
    first = insert(ModerationNumber).values({"guild_id": guild_id, what: how_many})
    counted = first.on_conflict_do_update(
        index_elements=[ModerationNumber.guild_id], set_={what: column + how_many}
    )
    last: int = (await tx.execute(counted.returning(column))).scalar_one()
    return last - how_many + 1


async def add_cases(tx: Tx, cases: Sequence[Case]) -> bool:
    """Write new cases, each with the first line of its timeline; False: one's key belongs to another."""
    new = insert(ModerationCase).values([asdict(case) for case in cases])
    taken = new.on_conflict_do_nothing(index_elements=[ModerationCase.idempotency_key])
    if (await tx.execute(taken)).rowcount != len(cases):
        return False
    await tx.execute(
        insert(ModerationCaseEvent).values(
            [
                {
                    "id": new_id(),
                    "guild_id": case.guild_id,
                    "case_id": case.id,
                    "created_at": case.created_at,
                    "actor_id": case.moderator_id,
                    "actor_tag": case.moderator_tag,
                    "what": "opened",
                }
                for case in cases
            ]
        )
    )
    return True


async def find_by_key(tx: Tx, idempotency_key: str) -> Case | None:
    """Load the case that was opened under a key, None if there is none."""
    return await _one(tx, select(*_CASE).where(ModerationCase.idempotency_key == idempotency_key))


async def find_case(tx: Tx, guild_id: int, number: int, *, lock: bool = False) -> Case | None:
    """Load a case by the number people know it by, None if this guild has none such."""
    statement = select(*_CASE).where(ModerationCase.guild_id == guild_id, ModerationCase.number == number)
    return await _one(tx, statement.with_for_update() if lock else statement)


async def find_by_id(tx: Tx, guild_id: int, case_id: UUID, *, lock: bool = False) -> Case | None:
    """Load a case by its id, None if this guild has none such."""
    statement = select(*_CASE).where(ModerationCase.guild_id == guild_id, ModerationCase.id == case_id)
    return await _one(tx, statement.with_for_update() if lock else statement)


async def find_open(tx: Tx, guild_id: int, user_id: int) -> list[Case]:
    """Load a member's cases that are pending or active, the oldest first."""
    return await _all(
        tx,
        select(*_CASE)
        .where(
            ModerationCase.guild_id == guild_id,
            ModerationCase.user_id == user_id,
            ModerationCase.status.in_((CaseStatus.PENDING, CaseStatus.ACTIVE)),
        )
        .order_by(ModerationCase.number),
    )


async def find_warnings(tx: Tx, guild_id: int, user_id: int) -> list[Warned]:
    """Load every warning of a member, whatever became of it."""
    rows = await tx.execute(
        select(ModerationCase.created_at, ModerationCase.status).where(
            ModerationCase.guild_id == guild_id,
            ModerationCase.user_id == user_id,
            ModerationCase.action == CaseAction.WARN,
        )
    )
    return [Warned(row.created_at, CaseStatus(row.status)) for row in rows]


async def find_of_interaction(tx: Tx, guild_id: int, interaction_id: int) -> list[Case]:
    """Load the cases that one interaction opened, the oldest first."""
    return await _all(
        tx,
        select(*_CASE)
        .where(ModerationCase.guild_id == guild_id, ModerationCase.interaction_id == interaction_id)
        .order_by(ModerationCase.number),
    )


async def find_where(
    tx: Tx, guild_id: int, *conditions: ColumnElement[bool], lock: bool = False
) -> list[Case]:
    """Load a guild's cases that meet all conditions, the oldest first.

    Args:
        tx: The transaction.
        guild_id: Whose.
        conditions: On columns of `ModerationCase`.
        lock: Keep others from changing them until the `tx` ends.
    """
    statement = select(*_CASE).where(ModerationCase.guild_id == guild_id, *conditions)
    statement = statement.order_by(ModerationCase.number)
    return await _all(tx, statement.with_for_update() if lock else statement)


async def find_over(tx: Tx, now: datetime, not_tried_since: datetime, limit: int) -> list[Case]:
    """Load active cases whose time is over, the longest over first.

    Those that could not be ended since `not_tried_since` are left out.
    """
    tried_at = func.coalesce(cast(ModerationCase.details["not_ended_at"].astext, BigInteger), 0)
    return await _all(
        tx,
        select(*_CASE)
        .where(
            ModerationCase.status == CaseStatus.ACTIVE,
            ModerationCase.expires_at <= now,
            tried_at <= int(not_tried_since.timestamp()),
        )
        .order_by(ModerationCase.expires_at)
        .limit(limit),
    )


async def find_old_warnings(tx: Tx, now: datetime, limit: int) -> list[Case]:
    """Load active warnings that are older than warnings get in their guild, the oldest first.

    A guild that never chose has the default; one that chose none keeps warnings for good.
    """
    days = sql_case(
        (ModerationConfigRow.guild_id.is_(None), ModerationConfig().warning_lifetime_days),
        else_=cast(ModerationConfigRow.document["warning_lifetime_days"].astext, Integer),
    )
    return await _all(
        tx,
        select(*_CASE)
        .join(ModerationConfigRow, ModerationConfigRow.guild_id == ModerationCase.guild_id, isouter=True)
        .where(
            ModerationCase.action == CaseAction.WARN,
            ModerationCase.status == CaseStatus.ACTIVE,
            ModerationCase.created_at <= now - func.make_interval(0, 0, 0, days),
        )
        .order_by(ModerationCase.created_at)
        .limit(limit),
    )


async def find_active_sanctions(tx: Tx, guild_id: int) -> list[Case]:
    """Load a guild's time-outs and bans that last, the oldest first."""
    return await _all(
        tx,
        select(*_CASE)
        .where(
            ModerationCase.guild_id == guild_id,
            ModerationCase.status == CaseStatus.ACTIVE,
            ModerationCase.action.in_(TIMEOUTS | BANS),
        )
        .order_by(ModerationCase.number),
    )


async def guilds_with_sanctions(tx: Tx) -> list[int]:
    """Tell in which guilds a time-out or a ban of ours lasts."""
    rows = await tx.execute(
        select(ModerationCase.guild_id)
        .where(ModerationCase.status == CaseStatus.ACTIVE, ModerationCase.action.in_(TIMEOUTS | BANS))
        .distinct()
    )
    return list(rows.scalars())


async def count(tx: Tx, guild_id: int, wanted: CaseFilter) -> int:
    """Count the cases that match."""
    matching = and_(ModerationCase.guild_id == guild_id, *_conditions(wanted))
    found: int = (
        await tx.execute(select(func.count()).select_from(ModerationCase).where(matching))
    ).scalar_one()
    return found


async def search(tx: Tx, guild_id: int, wanted: CaseFilter, *, offset: int, limit: int) -> list[Case]:
    """Load some of the cases that match, the newest first."""
    matching = and_(ModerationCase.guild_id == guild_id, *_conditions(wanted))
    page = select(*_CASE).where(matching).order_by(ModerationCase.number.desc())
    return await _all(tx, page.offset(offset).limit(limit))


async def suggest(tx: Tx, guild_id: int, typed: str, limit: int) -> list[Case]:
    """Load cases whose number begins with what was typed, or whose member or reason has it; newest first."""
    matching = or_(
        cast(ModerationCase.number, Text).startswith(typed, autoescape=True),
        ModerationCase.reason.icontains(typed, autoescape=True),
        ModerationCase.user_tag.icontains(typed, autoescape=True),
    )
    page = select(*_CASE).where(ModerationCase.guild_id == guild_id, matching)
    return await _all(tx, page.order_by(ModerationCase.number.desc()).limit(limit))


def _conditions(wanted: CaseFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.user_id is not None:
        found.append(ModerationCase.user_id == wanted.user_id)
    if wanted.moderator_id is not None:
        found.append(ModerationCase.moderator_id == wanted.moderator_id)
    if wanted.action is not None:
        found.append(ModerationCase.action == wanted.action)
    if wanted.status is not None:
        found.append(ModerationCase.status == wanted.status)
    if wanted.without_notes:
        found.append(ModerationCase.action != CaseAction.NOTE)
    if wanted.since is not None:
        found.append(ModerationCase.created_at >= wanted.since)
    if wanted.text is not None:
        found.append(
            or_(
                ModerationCase.reason.icontains(wanted.text, autoescape=True),
                ModerationCase.user_tag.icontains(wanted.text, autoescape=True),
            )
        )
    return found


async def change_case(tx: Tx, case: Case, *, unseen: bool = False, **values: Any) -> None:  # noqa: ANN401 - values of columns
    """Write some columns of a case.

    Args:
        tx: The transaction.
        case: Which.
        unseen: Whether nobody can see the change, so that no message of it is out of date.
        values: The columns.
    """
    seen = {} if unseen else {"version": ModerationCase.version + 1}
    await tx.execute(
        update(ModerationCase)
        .where(ModerationCase.guild_id == case.guild_id, ModerationCase.id == case.id)
        .values(values | seen)
    )


async def change_if(
    tx: Tx,
    case: Case,
    statuses: Collection[CaseStatus],
    *,
    unseen: bool = False,
    **values: Any,  # noqa: ANN401 - values of columns
) -> bool:
    """Write some columns of a case if it still has one of these statuses; False: it has not."""
    seen = {} if unseen else {"version": ModerationCase.version + 1}
    result = await tx.execute(
        update(ModerationCase)
        .where(
            ModerationCase.guild_id == case.guild_id,
            ModerationCase.id == case.id,
            ModerationCase.status.in_(statuses),
        )
        .values(values | seen)
    )
    return result.rowcount == 1


async def add_event(
    tx: Tx,
    case: Case,
    what: str,
    *,
    actor: tuple[int, str | None],
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Append a line to a case's timeline."""
    await tx.execute(
        insert(ModerationCaseEvent).values(
            id=new_id(),
            guild_id=case.guild_id,
            case_id=case.id,
            actor_id=actor[0],
            actor_tag=actor[1],
            what=what,
            before=before,
            after=after,
        )
    )


async def find_events(tx: Tx, case: Case) -> list[CaseEvent]:
    """Load a case's timeline, from its beginning: that it was opened is first, whatever clocks say."""
    rows = await tx.execute(
        select(
            ModerationCaseEvent.created_at,
            ModerationCaseEvent.actor_id,
            ModerationCaseEvent.what,
            ModerationCaseEvent.before,
            ModerationCaseEvent.after,
        )
        .where(ModerationCaseEvent.guild_id == case.guild_id, ModerationCaseEvent.case_id == case.id)
        .order_by(
            ModerationCaseEvent.what != "opened", ModerationCaseEvent.created_at, ModerationCaseEvent.id
        )
    )
    return [CaseEvent(row.created_at, row.actor_id, row.what, row.before, row.after) for row in rows]


async def _one(tx: Tx, statement: Select[Any]) -> Case | None:
    row = (await tx.execute(statement)).one_or_none()
    return None if row is None else _case(row)


async def _all(tx: Tx, statement: Select[Any]) -> list[Case]:
    return [_case(row) for row in await tx.execute(statement)]


def _case(row: Any) -> Case:  # noqa: ANN401 - a row of `_CASE`
    values = dict(zip(Case.__dataclass_fields__, row, strict=True))
    return Case(
        **values
        | {
            "action": CaseAction(values["action"]),
            "status": CaseStatus(values["status"]),
            "source": Source(values["source"]),
            "dm_status": DmStatus(values["dm_status"]),
        }
    )
