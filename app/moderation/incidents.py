"""Incidents: many cases that are one thing. Looking at one, taking it back, and what the worker notes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from app.access.policy import ModerationAction
from app.access.service import require
from app.database.tx import Tx
from app.errors import NotFoundError, RefusedError
from app.features import MODERATION
from app.guilds import service as guilds_service
from app.guilds.domain import Actor
from app.jobs import service as jobs_service
from app.jobs.kinds import EditReply, LogIncident, SanctionMany
from app.moderation import incident_repository, repository
from app.moderation.asking import ASKS
from app.moderation.cases import Case, Subject
from app.moderation.domain import BANS, COUNTER, LIFTED_BY, CaseAction, CaseStatus
from app.moderation.incident_values import Incident, pending_case
from app.moderation.showing import announce

_IN_FORCE: Final = frozenset({CaseStatus.PENDING, CaseStatus.ACTIVE})


class NothingToUndoError(RefusedError):
    """No case of this incident is in force (any more)."""

    code = "not_undoable"


@dataclass(frozen=True, slots=True)
class IncidentView:
    """An incident with the cases that are asked for, the oldest first."""

    incident: Incident
    cases: list[Case]


@dataclass(frozen=True, slots=True)
class UndoneIncident:
    """What taking an incident back did.

    Attributes:
        incident: The incident.
        count: How many of its cases are undone by it.
        counters: The cases that lift what was in force in Discord.
    """

    incident: Incident
    count: int
    counters: list[Case]


async def view_incident(tx: Tx, actor: Actor, number: int) -> IncidentView:
    """Show an incident with all its cases.

    Raises:
        NotFoundError: this guild has no such incident.
        NotAllowedError, FeatureOffError: nothing was read.
    """
    await require(tx, actor, ModerationAction.VIEW_CASES)
    await guilds_service.enter_feature(tx, actor.guild_id, MODERATION)
    incident = await _found(tx, actor.guild_id, number)
    return IncidentView(incident, await incident_repository.find_cases(tx, incident))


async def find_undoable(tx: Tx, actor: Actor, number: int) -> IncidentView:
    """Show what undoing an incident would take back: its cases that are pending or active.

    Raises:
        NotFoundError: this guild has no such incident.
        NothingToUndoError: nothing of it is in force.
        NotAllowedError, FeatureOffError: nothing was read.
    """
    await require(tx, actor, ModerationAction.UNDO_CASE)
    await guilds_service.enter_feature(tx, actor.guild_id, MODERATION)
    incident = await _found(tx, actor.guild_id, number)
    return IncidentView(incident, await _in_force(tx, actor, incident, lock=False))


async def undo_incident(
    tx: Tx, actor: Actor, number: int, *, interaction_id: int, idempotency_key: str, now: datetime
) -> UndoneIncident:
    """Say that an incident should not have been, and lift what is in force of it: once per key.

    Each case that is pending or active is marked undone, and what lifts its sanction is a case of the
    incident, too. Who stands above whom the worker looks up for each.

    Raises:
        NotFoundError: this guild has no such incident.
        NothingToUndoError: nothing of it is in force.
        NotAllowedError, FeatureOffError: nothing was changed.
    """
    await require(tx, actor, ModerationAction.UNDO_CASE)
    await guilds_service.enter_feature(tx, actor.guild_id, MODERATION)
    incident = await _found(tx, actor.guild_id, number)
    before = await repository.find_of_interaction(tx, actor.guild_id, interaction_id)
    if before and before[0].idempotency_key.startswith(f"{idempotency_key}:"):
        return UndoneIncident(incident, len(before), before)
    about = {case.user_id for case in await _in_force(tx, actor, incident, lock=False)}
    await incident_repository.lock_members(tx, actor.guild_id, about)
    cases = await _in_force(tx, actor, incident, lock=True)
    moderator = (actor.user_id, actor.username)
    await incident_repository.mark_undone(
        tx, actor.guild_id, cases, actor=moderator, after={"incident": incident.number}
    )
    # What Discord was never asked for is not lifted: that would end what somebody did there by hand.
    lifted = [case for case in cases if case.action in COUNTER and not _was_never_asked_for(case)]
    counters: list[Case] = []
    if lifted:
        first = await repository.next_number(tx, actor.guild_id, "cases", len(lifted))
        counters = [
            pending_case(
                incident,
                Subject(case.user_id, case.user_tag),
                COUNTER[case.action],
                number=first + place,
                moderator=moderator,
                reason=f"Incident #{incident.number} was undone",
                interaction_id=interaction_id,
                idempotency_key=f"{idempotency_key}:{case.number}",
                now=now,
                linked_id=case.id,
            )
            for place, case in enumerate(lifted)
        ]
        await repository.add_cases(tx, counters)
    if counters:
        await jobs_service.enqueue(tx, SanctionMany(actor.guild_id, incident.number))
    for case in (*cases, *counters):
        announce(tx, case)
    await incident_repository.touch(tx, actor.guild_id, incident.id)
    await jobs_service.enqueue(tx, LogIncident(actor.guild_id, incident.number))
    for replied_id in {case.interaction_id for case in cases if case.status is CaseStatus.PENDING}:
        if replied_id is not None:  # a reply that says these are about to be done
            await jobs_service.enqueue(tx, EditReply(actor.guild_id, replied_id))
    return UndoneIncident(incident, len(cases), counters)


async def find_incident(tx: Tx, guild_id: int, number: int) -> Incident:
    """Load an incident by its number. Part of use cases that have asked.

    Raises:
        NotFoundError: this guild has none such.
    """
    return await _found(tx, guild_id, number)


async def find_settled(tx: Tx, guild_id: int, number: int) -> IncidentView | None:
    """Load an incident and its cases once nobody is changing them; None if this guild has none such.

    Whoever changes a case raises its incident's version first, so what is read here is no half of a change.
    """
    found = await incident_repository.find_incident(tx, guild_id, number)
    return None if found is None else await _settled(tx, guild_id, found.id)


async def find_of_interaction(tx: Tx, guild_id: int, interaction_id: int) -> IncidentView | None:
    """Load the cases that one interaction opened in an incident, in the same way; None if it opened none."""
    cases = await repository.find_of_interaction(tx, guild_id, interaction_id)
    if not cases or cases[0].incident_id is None:
        return None
    view = await _settled(tx, guild_id, cases[0].incident_id)
    if view is None:
        return None
    return IncidentView(view.incident, [case for case in view.cases if case.interaction_id == interaction_id])


async def find_pending(tx: Tx, guild_id: int, number: int) -> IncidentView | None:
    """Load an incident with those of a mass ban who wait to be banned; None if this guild has none such.

    Whatever else is pending in it is carried out member by member.
    """
    incident = await incident_repository.find_incident(tx, guild_id, number)
    if incident is None:
        return None
    pending = await incident_repository.find_cases(tx, incident, {CaseStatus.PENDING})
    return IncidentView(incident, [case for case in pending if case.action is CaseAction.MASSBAN])


async def find_waiting(tx: Tx, guild_id: int, number: int) -> IncidentView | None:
    """Load an incident with all that waits in it but mass bans; None if this guild has none such."""
    incident = await incident_repository.find_incident(tx, guild_id, number)
    if incident is None:
        return None
    pending = await incident_repository.find_cases(tx, incident, {CaseStatus.PENDING})
    return IncidentView(incident, [case for case in pending if case.action is not CaseAction.MASSBAN])


async def note_names(tx: Tx, incident: Incident, names: Mapping[int, str]) -> None:
    """Note how those are called of whom only the id was known."""
    if names:
        await incident_repository.note_names(tx, incident, names)


async def note_begun(tx: Tx, incident: Incident, cases: list[Case], now: datetime) -> list[Case]:
    """Note that Discord is about to be asked; gives the cases that are still to be carried out."""
    if not cases:
        return []
    left = await incident_repository.change_pending(tx, incident.guild_id, cases, begun_at=now)
    return [case for case in cases if case.id in left]


async def lock_cases(tx: Tx, incident: Incident, cases: list[Case]) -> None:
    """Keep others from changing these cases until the `tx` ends.

    All of them before the first is changed: that locks the incident, for which whoever has a case waits.
    """
    await incident_repository.lock_cases(tx, incident.guild_id, cases)


async def note_not_done(tx: Tx, incident: Incident, cases: list[Case]) -> None:
    """Note that Discord surely has not carried these out: what they would bring is not from us."""
    if cases:
        await incident_repository.change_pending(tx, incident.guild_id, cases, begun_at=None)


async def note_log(
    tx: Tx, incident: Incident, *, channel_id: int, message_id: int | None, shows: int | None
) -> None:
    """Note where the log's message about an incident is, or is about to be, and which version it shows."""
    await incident_repository.note_log(
        tx, incident, channel_id=channel_id, message_id=message_id, shows=shows
    )


async def banned_by_us(tx: Tx, guild_id: int, user_ids: list[int]) -> set[int]:
    """Tell who of these is under a ban of ours that is in force."""
    cases = await incident_repository.find_open_of(tx, guild_id, user_ids)
    return {case.user_id for case in cases if case.action in BANS and case.status is CaseStatus.ACTIVE}


async def _settled(tx: Tx, guild_id: int, incident_id: UUID) -> IncidentView | None:
    incident = await incident_repository.find_settled(tx, guild_id, incident_id)
    if incident is None:
        return None
    return IncidentView(incident, await incident_repository.find_cases(tx, incident))


async def _found(tx: Tx, guild_id: int, number: int) -> Incident:
    incident = await incident_repository.find_incident(tx, guild_id, number)
    if incident is None:
        raise NotFoundError(
            "This server has no incident #{number}. Nothing was done; the log channel has their numbers.",
            number=str(number),
        )
    return incident


async def _in_force(tx: Tx, actor: Actor, incident: Incident, *, lock: bool) -> list[Case]:
    """Load what of an incident can be taken back, for an actor who may lift all of it."""
    found = await incident_repository.find_cases(tx, incident, _IN_FORCE, lock=lock)
    cases = [case for case in found if case.action not in LIFTED_BY]
    if not cases:
        raise NothingToUndoError(
            "Nothing of incident #{number} is in force (any more). Nothing was done.",
            number=str(incident.number),
        )
    for lifts in sorted({COUNTER[case.action] for case in cases if case.action in COUNTER}):
        await require(tx, actor, ASKS[lifts])
    return cases


def _was_never_asked_for(case: Case) -> bool:
    return case.status is CaseStatus.PENDING and case.begun_at is None
