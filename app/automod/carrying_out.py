"""What the worker reads and writes of auto-mod. It asks nobody: the rules were somebody's, and they fired."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from app.automod import repository
from app.automod.raids import answers as raid_answers
from app.automod.raids import repository as raid_repository
from app.automod.raids.repository import Note
from app.automod.stored import Alert, Hit
from app.database.tx import Tx
from app.ids import SYSTEM_ID
from app.jobs import service as jobs_service
from app.jobs.kinds import AlertIncident
from app.moderation import incidents
from app.moderation.cases import Case
from app.moderation.domain import LIFTED_BY, CaseStatus, DmStatus
from app.moderation.incident_values import Incident
from app.moderation.incidents import IncidentView

_UNSENT: Final = frozenset({DmStatus.PENDING, DmStatus.SENDING})


@dataclass(frozen=True, slots=True)
class Happened:
    """An incident of auto-mod, as somebody is told of it.

    Attributes:
        incident: The incident.
        cases: Its cases, the oldest first.
        hits: What rules hit, the oldest first.
        alert: What tells of it, None if nothing does.
        notes: What somebody had done below it, and what could not be done.
    """

    incident: Incident
    cases: Sequence[Case]
    hits: Sequence[Hit]
    alert: Alert | None
    notes: Sequence[Note] = ()


@dataclass(frozen=True, slots=True)
class Untold:
    """A member who is to be told why a message is gone.

    Attributes:
        incident: What it belongs to.
        hit: What it was about.
        text: What the rule says now; None if it is gone or says nothing any more.
    """

    incident: Incident
    hit: Hit
    text: str | None


async def find_due_deletions(
    tx: Tx, guild_id: int, number: int, channel_id: int
) -> tuple[Incident, list[Hit]] | None:
    """Load the hits of an incident whose messages in a channel are to be deleted, None if there are none."""
    view = await incidents.find_settled(tx, guild_id, number)
    if view is None:
        return None
    due = [
        hit
        for hit in await repository.find_hits(tx, guild_id, view.incident.id)
        if hit.deletion == "due" and hit.channel_id == channel_id and hit.message_id is not None
    ]
    return (view.incident, due) if due else None


async def note_deletions(tx: Tx, incident: Incident, hits: Collection[Hit], *, deletion: str) -> None:
    """Note that messages are gone (`done`), or cannot be deleted (`failed`), and have the alert say so."""
    await repository.change_hits(tx, incident.guild_id, [hit.id for hit in hits], deletion=deletion)
    if deletion == "failed" and await repository.raise_alert(tx, incident.guild_id, incident.id):
        await jobs_service.enqueue(tx, AlertIncident(incident.guild_id, incident.number))


async def find_untold(tx: Tx, guild_id: int, number: int, user_id: int) -> Untold | None:
    """Load what a member is to be told about an incident, None if nothing (any more)."""
    view = await incidents.find_settled(tx, guild_id, number)
    if view is None:
        return None
    hits = await repository.find_hits(tx, guild_id, view.incident.id)
    hit = next((each for each in hits if each.user_id == user_id and each.dm_status in _UNSENT), None)
    if hit is None:
        return None
    rules = {stored.id: stored.rule for stored in await repository.find_rules(tx, guild_id)}
    rule = rules.get(hit.rule_id)
    return Untold(view.incident, hit, None if rule is None else rule.tell)


async def note_told(tx: Tx, guild_id: int, hit_id: UUID, status: DmStatus) -> None:
    """Note what became of telling a member."""
    await repository.change_hits(tx, guild_id, [hit_id], dm_status=status)


async def find_happened(tx: Tx, guild_id: int, number: int) -> Happened | None:
    """Load an incident as moderators are told of it, None if this guild has none such."""
    view = await incidents.find_settled(tx, guild_id, number)
    if view is None:
        return None
    alert = await repository.find_alert(tx, guild_id, view.incident.id)
    hits = await repository.find_hits(tx, guild_id, view.incident.id)
    notes = await raid_repository.find_notes(tx, guild_id, view.incident.id)
    return Happened(view.incident, view.cases, hits, alert, notes)


async def note_answered(tx: Tx, view: IncidentView) -> None:
    """Have the alert say what people decided about an incident, and once that is done, that it is.

    Not in between: lifting hundreds takes minutes, and the channel can be written to five times in five
    seconds.
    """
    decided = [case for case in view.cases if case.moderator_id != SYSTEM_ID]
    waiting = {case.action for case in decided if case.status is CaseStatus.PENDING}
    has_begun = any(case.action in waiting and case.status is not CaseStatus.PENDING for case in decided)
    if decided and not (waiting and has_begun):
        await raid_answers.show(tx, view.incident)


async def note_alert(
    tx: Tx, alert: Alert, *, channel_id: int, message_id: int | None, shows: int | None
) -> None:
    """Note where an alert is, or is about to be, and which version it shows."""
    await repository.note_alert(tx, alert, channel_id=channel_id, message_id=message_id, shows=shows)


async def find_waiting(tx: Tx, guild_id: int, number: int) -> list[int]:
    """Tell for whom something waits in an incident, whom it matters to most first.

    Lifted is first what hit those who did nothing but join, older accounts before newer ones; timed out is
    first who wrote most of what rules hit.
    """
    view = await incidents.find_waiting(tx, guild_id, number)
    if view is None:
        return []
    hits = await repository.find_hits(tx, guild_id, view.incident.id)
    wrote = Counter(hit.user_id for hit in hits if hit.message_id is not None)

    def rank(case: Case) -> tuple[bool, int, int]:
        lifts = case.action in LIFTED_BY
        return not lifts, wrote[case.user_id] if lifts else -wrote[case.user_id], case.user_id

    return list(dict.fromkeys(case.user_id for case in sorted(view.cases, key=rank)))
