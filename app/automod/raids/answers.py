"""What moderators have done about an incident below its alert: everybody banned, or timed out, at once.

Each asks first. Whom the question named is kept with it: who comes meanwhile is not banned by a click that
was about others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from app.access.ranks import RankFacts
from app.access.service import require
from app.automod import repository
from app.automod.raids import repository as raid_repository
from app.automod.raids.crowd import Crowd, Sorted, sort_out
from app.automod.raids.repository import Question
from app.database.tx import Tx
from app.errors import NotFoundError, RefusedError
from app.features import MODERATION
from app.guilds import service as guilds_service
from app.guilds.domain import Actor
from app.jobs import service as jobs_service
from app.jobs.kinds import AlertIncident
from app.moderation import incidents, many
from app.moderation.asking import ASKS
from app.moderation.cases import Case
from app.moderation.domain import CaseAction
from app.moderation.incident_values import DRAFT_LIFETIME, Incident

MOST: Final = 600
"""Accounts that one question is about: as many cases are written within the time for an answer. Of more, the
oldest hits go first."""

TIME_OUT: Final = timedelta(hours=1)


class Answer(StrEnum):
    """What is done to everybody. The values are kept."""

    BAN = "ban"
    TIME_OUT = "timeout"


ACTIONS: Final[Mapping[Answer, CaseAction]] = {
    Answer.BAN: CaseAction.MASSBAN,
    Answer.TIME_OUT: CaseAction.TIMEOUT,
}


class NobodyLeftError(RefusedError):
    """Of those whom an incident hit nobody is left."""

    code = "nobody_left"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question is about.

    Attributes:
        incident: Which incident.
        sorted: Whom it would be done to, and how many are left out.
        more: How many there are beside those, for another question.
    """

    incident: Incident
    sorted: Sorted
    more: int


@dataclass(frozen=True, slots=True)
class Answered:
    """What was begun: one case per account, in the incident."""

    incident: Incident
    cases: list[Case]


async def find_hit(tx: Tx, actor: Actor, number: int, answer: Answer) -> Sequence[int]:
    """Tell whom an incident hit, in the order of their hits, for an actor who may do this to members.

    Raises:
        NotFoundError: this guild has no such incident.
        NobodyLeftError: auto-mod knows of nobody in it (any more).
        NotAllowedError, FeatureOffError: nothing was read.
    """
    await require(tx, actor, ASKS[ACTIONS[answer]])
    await guilds_service.enter_feature(tx, actor.guild_id, MODERATION)
    incident = await incidents.find_incident(tx, actor.guild_id, number)
    return await _hit(tx, incident)


async def ask_all(
    tx: Tx,
    actor: Actor,
    number: int,
    answer: Answer,
    *,
    crowd: Crowd | None,
    ranks: RankFacts | None,
    interaction_id: int,
    now: datetime,
) -> Asked:
    """Keep whom a moderator is asked about until they confirm it. Nothing is done yet.

    Raises:
        NotFoundError: this guild has no such incident.
        NobodyLeftError: nobody is left to whom it could be done.
        NotAllowedError, FeatureOffError: nothing was kept.
    """
    await require(tx, actor, ASKS[ACTIONS[answer]])
    await guilds_service.enter_feature(tx, actor.guild_id, MODERATION)
    incident = await incidents.find_incident(tx, actor.guild_id, number)
    hit = await _hit(tx, incident)
    already = await many.under_as_much(
        tx, actor.guild_id, hit, ACTIONS[answer], ends_at=_ends_at(answer, now), now=now
    )
    found = sort_out(hit, actor.user_id, crowd, ranks=ranks, already=already)
    if not found.wanted:
        raise NobodyLeftError(
            "Nobody is left in incident #{number}: they are dealt with already, have left, or stand too "
            "high. Nothing was done.",
            number=str(number),
        )
    asked = Sorted(found.wanted[:MOST], found.immune, found.gone, found.already)
    await raid_repository.add_question(
        tx,
        Question(
            interaction_id,
            actor.guild_id,
            actor.user_id,
            number,
            answer.value,
            asked.wanted,
            now + DRAFT_LIFETIME,
        ),
    )
    return Asked(incident, asked, len(found.wanted) - len(asked.wanted))


async def answer_all(
    tx: Tx,
    actor: Actor,
    number: int,
    answer: Answer,
    asked_id: int,
    *,
    interaction_id: int,
    idempotency_key: str,
    now: datetime,
) -> Answered:
    """Decide what was asked, once per key: a case per account in the incident, carried out by the worker.

    Accounts that came under as much meanwhile are left out.

    Raises:
        NotFoundError: nothing waits to be confirmed: its time is over, or it was taken back.
        NobodyLeftError: all of them were dealt with meanwhile.
        NotAllowedError, FeatureOffError: nothing was done.
    """
    await require(tx, actor, ASKS[ACTIONS[answer]])
    await guilds_service.enter_feature(tx, actor.guild_id, MODERATION)
    incident = await incidents.find_incident(tx, actor.guild_id, number)
    before = await many.find_opened(tx, actor.guild_id, interaction_id, incident.id)
    if before:
        return Answered(incident, before)
    asked = await raid_repository.take_question(tx, actor.guild_id, actor.user_id, asked_id, now)
    if asked is None or (asked.incident, asked.what) != (number, answer.value):
        raise NotFoundError(
            "This question is over. Nothing was done; press the button below the alert again."
        )
    cases = await many.open_many(
        tx,
        actor,
        incident,
        asked.user_ids,
        ACTIONS[answer],
        ends_at=_ends_at(answer, now),
        interaction_id=interaction_id,
        idempotency_key=idempotency_key,
        now=now,
    )
    if not cases:
        raise NobodyLeftError("Somebody else has dealt with all of them meanwhile. Nothing was done twice.")
    await show(tx, incident)
    return Answered(incident, cases)


async def cancel_all(tx: Tx, actor: Actor, answer: Answer, asked_id: int, *, now: datetime) -> None:
    """Forget what a moderator was asked about.

    Raises:
        NotAllowedError, FeatureOffError: it waits until its time is over.
    """
    await require(tx, actor, ASKS[ACTIONS[answer]])
    await guilds_service.enter_feature(tx, actor.guild_id, MODERATION)
    await raid_repository.take_question(tx, actor.guild_id, actor.user_id, asked_id, now)


async def forget_old(tx: Tx, now: datetime) -> bool:
    """Delete questions that nobody answered; True: there may be more of them."""
    await raid_repository.forget_questions(tx, now)
    return False


async def show(tx: Tx, incident: Incident) -> None:
    """Have the alert about an incident say what is new, if there is one."""
    if not await repository.raise_alert(tx, incident.guild_id, incident.id):
        return
    job = AlertIncident(incident.guild_id, incident.number)
    if not await jobs_service.is_waiting(tx, job):
        await jobs_service.enqueue(tx, job)


async def _hit(tx: Tx, incident: Incident) -> Sequence[int]:
    hits = await repository.find_hits(tx, incident.guild_id, incident.id)
    found = tuple(dict.fromkeys(hit.user_id for hit in hits if hit.user_id > 0))
    if not found:
        raise NobodyLeftError(
            "Auto-mod has hit nobody in incident #{number}, or forgot whom by now. Nothing was done.",
            number=str(incident.number),
        )
    return found


def _ends_at(answer: Answer, now: datetime) -> datetime | None:
    return now + TIME_OUT if answer is Answer.TIME_OUT else None
