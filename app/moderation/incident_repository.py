"""SQL of incidents: their rows, their cases many at a time, and mass bans that wait for an answer."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, select, text, update
from sqlalchemy.dialects.postgresql import insert

from app.database.tx import Tx
from app.ids import new_id
from app.moderation import repository
from app.moderation.cases import Case
from app.moderation.domain import CaseStatus
from app.moderation.incident_values import Draft, Incident, IncidentKind
from app.moderation.models import (
    ModerationCase,
    ModerationCaseEvent,
    ModerationIncident,
    ModerationMassbanDraft,
)

_INCIDENT = tuple(getattr(ModerationIncident, name) for name in Incident.__dataclass_fields__)
_OPEN = (CaseStatus.PENDING, CaseStatus.ACTIVE)


async def touch(tx: Tx, guild_id: int, incident_id: UUID) -> int:
    """Raise an incident's version; gives its number. The row stays locked until the `tx` ends."""
    number: int = (
        await tx.execute(
            update(ModerationIncident)
            .where(ModerationIncident.guild_id == guild_id, ModerationIncident.id == incident_id)
            .values(version=ModerationIncident.version + 1)
            .returning(ModerationIncident.number)
        )
    ).scalar_one()
    return number


async def add_incident(tx: Tx, incident: Incident) -> None:
    """Write a new incident."""
    await tx.execute(insert(ModerationIncident).values(asdict(incident)))


async def find_incident(tx: Tx, guild_id: int, number: int) -> Incident | None:
    """Load an incident by the number people know it by, None if this guild has none such."""
    return await _one(
        tx,
        select(*_INCIDENT).where(
            ModerationIncident.guild_id == guild_id, ModerationIncident.number == number
        ),
    )


async def find_by_key(tx: Tx, idempotency_key: str) -> Incident | None:
    """Load the incident that was opened under a key, None if there is none."""
    return await _one(tx, select(*_INCIDENT).where(ModerationIncident.idempotency_key == idempotency_key))


async def find_settled(tx: Tx, guild_id: int, incident_id: UUID) -> Incident | None:
    """Load an incident once nobody is changing it or a case of it; until the `tx` ends nobody does."""
    return await _one(
        tx,
        select(*_INCIDENT)
        .where(ModerationIncident.guild_id == guild_id, ModerationIncident.id == incident_id)
        .with_for_update(read=True),
    )


async def find_and_hold(tx: Tx, guild_id: int, incident_id: UUID) -> Incident | None:
    """Load an incident; until the `tx` ends nobody changes it, nor looks at it as settled."""
    return await _one(
        tx,
        select(*_INCIDENT)
        .where(ModerationIncident.guild_id == guild_id, ModerationIncident.id == incident_id)
        .with_for_update(key_share=True),
    )


async def note_log(
    tx: Tx, incident: Incident, *, channel_id: int, message_id: int | None, shows: int | None
) -> None:
    """Note where the log's message is, or is about to be, and which version it shows."""
    shown = {} if shows is None else {"logged_version": shows}
    await tx.execute(
        update(ModerationIncident)
        .where(ModerationIncident.guild_id == incident.guild_id, ModerationIncident.id == incident.id)
        .values({"log_channel_id": channel_id, "log_message_id": message_id} | shown)
    )


async def lock_members(tx: Tx, guild_id: int, user_ids: Collection[int]) -> None:
    """Have nobody else decide about these members until the `tx` ends: `repository.lock_member` of many.

    In the order of their ids, so that two of these do not wait for each other.
    """
    await tx.execute(
        text(
            "SELECT pg_advisory_xact_lock(hashtextextended('moderation:' || :guild || ':' || who, 0))"
            " FROM (SELECT unnest(CAST(:members AS bigint[])) AS who ORDER BY who) AS members"
        ),
        {"guild": str(guild_id), "members": list(user_ids)},
    )


async def find_open_of(tx: Tx, guild_id: int, user_ids: Collection[int]) -> list[Case]:
    """Load the cases about these members that are pending or active, the oldest first."""
    return await repository.find_where(
        tx, guild_id, ModerationCase.user_id.in_(user_ids), ModerationCase.status.in_(_OPEN)
    )


async def find_cases(
    tx: Tx, incident: Incident, statuses: Collection[CaseStatus] | None = None, *, lock: bool = False
) -> list[Case]:
    """Load the cases of an incident, the oldest first; only those in these statuses, if any are named."""
    conditions = [ModerationCase.incident_id == incident.id]
    if statuses is not None:
        conditions.append(ModerationCase.status.in_(statuses))
    return await repository.find_where(tx, incident.guild_id, *conditions, lock=lock)


async def find_cases_about(tx: Tx, incident: Incident, user_id: int) -> list[Case]:
    """Load the cases of an incident about one member, the oldest first."""
    return await repository.find_where(
        tx, incident.guild_id, ModerationCase.incident_id == incident.id, ModerationCase.user_id == user_id
    )


async def lock_cases(tx: Tx, guild_id: int, cases: Collection[Case]) -> None:
    """Keep others from changing these cases until the `tx` ends; locked in the order of their numbers."""
    ids = [case.id for case in cases]
    await repository.find_where(tx, guild_id, ModerationCase.id.in_(ids), lock=True)


async def change_pending(tx: Tx, guild_id: int, cases: Collection[Case], **values: Any) -> set[UUID]:  # noqa: ANN401 - values of columns
    """Write some columns nobody sees of those cases that are pending still; tells which those are."""
    rows = await tx.execute(
        update(ModerationCase)
        .where(
            ModerationCase.guild_id == guild_id,
            ModerationCase.id.in_([case.id for case in cases]),
            ModerationCase.status == CaseStatus.PENDING,
        )
        .values(values)
        .returning(ModerationCase.id)
    )
    return set(rows.scalars())


async def note_names(tx: Tx, incident: Incident, names: Mapping[int, str]) -> None:
    """Write the names of members into an incident's cases that have none."""
    await tx.execute(
        text(
            "UPDATE moderation_cases SET user_tag = known.name"
            " FROM unnest(CAST(:members AS bigint[]), CAST(:names AS text[])) AS known (member, name)"
            " WHERE guild_id = :guild AND incident_id = :incident AND user_id = known.member"
            " AND user_tag IS NULL AND status = 'pending'"
        ),
        {
            "guild": incident.guild_id,
            "incident": incident.id,
            "members": list(names),
            "names": list(names.values()),
        },
    )


async def mark_undone(
    tx: Tx, guild_id: int, cases: Sequence[Case], *, actor: tuple[int, str | None], after: dict[str, Any]
) -> None:
    """Write that cases should not have been, each with a line in its timeline."""
    await tx.execute(
        update(ModerationCase)
        .where(ModerationCase.guild_id == guild_id, ModerationCase.id.in_([case.id for case in cases]))
        .values(status=CaseStatus.UNDONE, version=ModerationCase.version + 1)
    )
    await tx.execute(
        insert(ModerationCaseEvent).values(
            [
                {
                    "id": new_id(),
                    "guild_id": guild_id,
                    "case_id": case.id,
                    "actor_id": actor[0],
                    "actor_tag": actor[1],
                    "what": "undone",
                    "after": after,
                }
                for case in cases
            ]
        )
    )


async def add_draft(tx: Tx, guild_id: int, asked_by: int, draft: Draft, expires_at: datetime) -> None:
    """Keep a mass ban until it is confirmed or its time is over. A repeat keeps it once."""
    kept = insert(ModerationMassbanDraft).values(
        interaction_id=draft.interaction_id,
        guild_id=guild_id,
        asked_by=asked_by,
        user_ids=list(draft.user_ids),
        reason=draft.reason,
        delete_seconds=draft.delete_seconds,
        expires_at=expires_at,
    )
    await tx.execute(kept.on_conflict_do_nothing())


async def take_draft(
    tx: Tx, guild_id: int, asked_by: int, interaction_id: int, now: datetime
) -> Draft | None:
    """Delete a mass ban that waits and give it; None if this member was not asked, or too long ago."""
    row = (
        await tx.execute(
            delete(ModerationMassbanDraft)
            .where(
                ModerationMassbanDraft.interaction_id == interaction_id,
                ModerationMassbanDraft.guild_id == guild_id,
                ModerationMassbanDraft.asked_by == asked_by,
                ModerationMassbanDraft.expires_at > now,
            )
            .returning(
                ModerationMassbanDraft.user_ids,
                ModerationMassbanDraft.reason,
                ModerationMassbanDraft.delete_seconds,
            )
        )
    ).one_or_none()
    if row is None:
        return None
    return Draft(interaction_id, tuple(row.user_ids), row.reason, row.delete_seconds)


async def forget_drafts(tx: Tx, now: datetime) -> None:
    """Delete the mass bans nobody confirmed in time."""
    await tx.execute(delete(ModerationMassbanDraft).where(ModerationMassbanDraft.expires_at <= now))


async def _one(tx: Tx, statement: Select[Any]) -> Incident | None:
    row = (await tx.execute(statement)).one_or_none()
    if row is None:
        return None
    values = dict(zip(Incident.__dataclass_fields__, row, strict=True))
    return Incident(**values | {"kind": IncidentKind(values["kind"])})
