"""What the platform decides by itself, because a guild's rules say so: incidents, and cases in them.

Parts of use cases of other rooms. Nobody is asked, because it is done on nobody's behalf.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from app.database.tx import Tx
from app.guilds.domain import Actor, Via
from app.ids import SYSTEM_ID, new_id
from app.jobs import service as jobs_service
from app.jobs.kinds import SanctionMember, TellMember
from app.moderation import incident_repository, repository
from app.moderation.cases import Case, Subject
from app.moderation.config import ModerationConfig
from app.moderation.domain import BANS, CaseAction, CaseStatus, DmStatus, Source, in_force
from app.moderation.incident_values import Incident, IncidentKind, pending_case
from app.moderation.measures import LIGHT_TO_HEAVY, Measure, weight_of
from app.moderation.opening import escalate
from app.moderation.showing import announce, log
from app.moderation.texts import DM_MOMENTS, Moment


@dataclass(frozen=True, slots=True)
class Imposed:
    """What became of a measure.

    Attributes:
        case: The case that says it, or as much: a new one or one that was there.
        is_new: Whether it was opened now.
    """

    case: Case
    is_new: bool


async def lock_members(tx: Tx, guild_id: int, user_ids: Collection[int]) -> None:
    """Have nobody else decide about these members until the `tx` ends."""
    await incident_repository.lock_members(tx, guild_id, user_ids)


async def lock_numbers(tx: Tx, guild_id: int) -> None:
    """Have nobody else number a case of a guild until the `tx` ends; before an incident is locked.

    Whoever answers below an alert numbers cases and then raises the incident's version: in another order
    the two would wait for each other.
    """
    await repository.next_number(tx, guild_id, "cases", 0)


async def open_incident(
    tx: Tx, guild_id: int, kind: IncidentKind, *, reason: str, idempotency_key: str, now: datetime
) -> Incident:
    """Write a new incident of the platform's own."""
    incident = Incident(
        id=new_id(),
        guild_id=guild_id,
        number=await repository.next_number(tx, guild_id, "incidents"),
        created_at=now,
        kind=kind,
        moderator_id=SYSTEM_ID,
        moderator_tag=None,
        reason=reason,
        delete_seconds=0,
        log_channel_id=None,
        log_message_id=None,
        logged_version=0,
        version=1,
        interaction_id=None,
        idempotency_key=idempotency_key,
    )
    await incident_repository.add_incident(tx, incident)
    return incident


async def find_incident(tx: Tx, guild_id: int, incident_id: UUID) -> Incident | None:
    """Load an incident, None if this guild has none such. Nobody changes it until the `tx` ends.

    Nor does a job of it read what is due before then: one that waits need not be followed by another.
    """
    return await incident_repository.find_and_hold(tx, guild_id, incident_id)


async def find_cases(tx: Tx, incident: Incident) -> list[Case]:
    """Load the cases of an incident, the oldest first."""
    return await incident_repository.find_cases(tx, incident)


async def impose(
    tx: Tx,
    incident: Incident,
    subject: Subject,
    measure: Measure,
    *,
    now: datetime,
    joined_at: datetime | None = None,
) -> Imposed:
    """Open the case that a measure needs, as part of an incident; the worker carries it out.

    None is opened if the incident has one about this member that is as heavy, whatever became of it, or if
    the member is under as much already. A heavier one is a case of its own, linked to the one before.

    Args:
        tx: The transaction, in which the member is locked.
        incident: What it belongs to.
        subject: About whom.
        measure: What.
        now: When.
        joined_at: When the member joined, if that is why: who was kicked before is kicked again.
    """
    guild_id = incident.guild_id
    earlier = await incident_repository.find_cases_about(tx, incident, subject.user_id)
    before = [case for case in earlier if case.action in LIGHT_TO_HEAVY and not _is_back(case, joined_at)]
    heaviest = max(before, key=lambda case: weight_of(case.action), default=None)
    if heaviest is not None and weight_of(heaviest.action) >= measure.weight:
        return Imposed(heaviest, is_new=False)
    there = await _as_much(tx, guild_id, subject, measure, now)
    if there is not None:
        return Imposed(there, is_new=False)
    config, _ = await repository.find_config(tx, guild_id)
    number = await repository.next_number(tx, guild_id, "cases")
    case = replace(
        pending_case(
            incident,
            subject,
            measure.action,
            number=number,
            moderator=(SYSTEM_ID, None),
            reason=measure.reason,
            interaction_id=None,
            idempotency_key=f"automod:{incident.id}:{number}",
            now=now,
            linked_id=None if heaviest is None else heaviest.id,
            details={"delete_seconds": measure.delete_seconds} if measure.delete_seconds else None,
        ),
        source=Source.AUTOMOD,
        expires_at=measure.expires_at,
        status=CaseStatus.ACTIVE if measure.action is CaseAction.WARN else CaseStatus.PENDING,
        dm_status=DmStatus.PENDING if _is_told(config, subject, measure.action) else DmStatus.NONE,
    )
    await repository.add_cases(tx, [case])
    announce(tx, case)
    if case.status is CaseStatus.PENDING:
        await jobs_service.enqueue(tx, SanctionMember(guild_id, subject.user_id))
    elif case.dm_status is DmStatus.PENDING:
        await jobs_service.enqueue(tx, TellMember(guild_id, case.number))
    if case.action is CaseAction.WARN:
        await escalate(tx, _nobody(guild_id), subject, case, config)
    await log(tx, case)
    return Imposed(case, is_new=True)


async def _as_much(tx: Tx, guild_id: int, subject: Subject, measure: Measure, now: datetime) -> Case | None:
    """Find a case about the member that makes a measure needless."""
    cases = {case.number: case for case in await repository.find_open(tx, guild_id, subject.user_id)}
    found = in_force(measure.action, measure.expires_at, [case.as_open for case in cases.values()], now)
    if found is not None:
        return cases[found.case.number]
    if measure.action in BANS:
        return None
    for case in cases.values():  # who is being removed is not dealt with in any lesser way
        if case.action in BANS and not case.as_open.is_over(now):
            return case
        if case.action is CaseAction.KICK and case.status is CaseStatus.PENDING:
            return case
    return None


def _is_back(case: Case, joined_at: datetime | None) -> bool:
    """Tell whether a member was kicked by a case and has joined again."""
    was_kicked = case.action is CaseAction.KICK and case.status is CaseStatus.DONE
    return was_kicked and joined_at is not None and joined_at > case.created_at


def _is_told(config: ModerationConfig, subject: Subject, action: CaseAction) -> bool:
    return (
        not subject.is_bot
        and DM_MOMENTS[action] is not Moment.NEVER
        and config.dm_text_for(action) is not None
    )


def _nobody(guild_id: int) -> Actor:
    """Make the actor of what nobody asked for: it has no rights."""
    return Actor(guild_id, SYSTEM_ID, "", 0, Via.COMMAND)
