"""Deciding the same about many members of an incident at once: parts of use cases that say whom."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from app.access.service import require
from app.database.tx import Tx
from app.guilds.domain import Actor
from app.jobs import service as jobs_service
from app.jobs.kinds import BanMany, LogIncident, SanctionMany
from app.moderation import incident_repository, repository
from app.moderation.asking import ASKS
from app.moderation.cases import Case, Subject
from app.moderation.domain import BANS, CaseAction, in_force
from app.moderation.incident_values import Incident, pending_case
from app.moderation.showing import announce

_AT_ONCE: Final = 500
"""Cases that are written by one statement: PostgreSQL takes 32,767 values."""


async def under_as_much(
    tx: Tx,
    guild_id: int,
    user_ids: Collection[int],
    action: CaseAction,
    *,
    ends_at: datetime | None,
    now: datetime,
) -> set[int]:
    """Tell who of these is under as much of ours already, or will be in a moment."""
    by_member: dict[int, list[Case]] = {}
    for case in await incident_repository.find_open_of(tx, guild_id, user_ids):
        by_member.setdefault(case.user_id, []).append(case)
    return {
        user_id
        for user_id, cases in by_member.items()
        if in_force(action, ends_at, [case.as_open for case in cases], now) is not None
        or any(case.action in BANS and action not in BANS and not case.as_open.is_over(now) for case in cases)
    }


async def open_many(
    tx: Tx,
    actor: Actor,
    incident: Incident,
    user_ids: Sequence[int],
    action: CaseAction,
    *,
    ends_at: datetime | None,
    interaction_id: int,
    idempotency_key: str,
    now: datetime,
) -> list[Case]:
    """Open one case per member, all part of the incident; the worker carries them out.

    Left out is who is under as much already. Nobody else decides about any of them until the `tx` ends.

    Raises:
        NotAllowedError: nothing was written. Ranks the worker looks up for each.
    """
    await require(tx, actor, ASKS[action])
    await incident_repository.lock_members(tx, actor.guild_id, user_ids)
    there = await under_as_much(tx, actor.guild_id, user_ids, action, ends_at=ends_at, now=now)
    left = [user_id for user_id in user_ids if user_id not in there]
    if not left:
        return []
    first = await repository.next_number(tx, actor.guild_id, "cases", len(left))
    cases = [
        replace(
            pending_case(
                incident,
                Subject(user_id, None),
                action,
                number=first + place,
                moderator=(actor.user_id, actor.username),
                reason=incident.reason,
                interaction_id=interaction_id,
                idempotency_key=f"{idempotency_key}:{user_id}",
                now=now,
            ),
            expires_at=ends_at,
        )
        for place, user_id in enumerate(left)
    ]
    for start in range(0, len(cases), _AT_ONCE):
        await repository.add_cases(tx, cases[start : start + _AT_ONCE])
    if action in BANS:
        await jobs_service.enqueue(tx, BanMany(actor.guild_id, incident.number))
    else:
        await jobs_service.enqueue(tx, SanctionMany(actor.guild_id, incident.number))
    for case in cases:
        announce(tx, case)
    await incident_repository.touch(tx, actor.guild_id, incident.id)
    await jobs_service.enqueue(tx, LogIncident(actor.guild_id, incident.number))
    return cases


async def find_opened(tx: Tx, guild_id: int, interaction_id: int, incident_id: UUID) -> list[Case]:
    """Load the cases that one interaction opened in an incident: of a repeat, what was done before."""
    cases = await repository.find_of_interaction(tx, guild_id, interaction_id)
    return [case for case in cases if case.incident_id == incident_id]
