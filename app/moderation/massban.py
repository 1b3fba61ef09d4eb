"""Mass bans: a list is kept with the question, becomes one incident once it is confirmed, or is forgotten."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from app.access.policy import ModerationAction
from app.access.ranks import Outranked, RankFacts
from app.access.service import require
from app.database.tx import Tx
from app.discord.port import Discord
from app.errors import ConflictError, InvalidInputError, NotFoundError, RefusedError
from app.features import MODERATION
from app.guilds import service as guilds_service
from app.guilds.domain import Actor
from app.ids import new_id
from app.jobs import service as jobs_service
from app.jobs.kinds import BanMany, LogIncident
from app.moderation import incident_repository, repository
from app.moderation.cases import Case, Subject
from app.moderation.domain import CaseAction, in_force
from app.moderation.incident_values import (
    DRAFT_LIFETIME,
    MOST,
    Draft,
    Incident,
    IncidentKind,
    pending_case,
    protected,
)
from app.moderation.opening import clean_reason
from app.moderation.showing import announce

_PAGE: Final = 1_000
"""Members Discord lists at once."""


class NobodyToBanError(RefusedError):
    """Of those who were named nobody is left."""

    code = "nobody_to_ban"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question is about.

    Attributes:
        draft: Who would be banned.
        left_out: Who would not, and why.
        already: How many are under a ban of ours that lasts as long.
    """

    draft: Draft
    left_out: Mapping[int, Outranked]
    already: int


@dataclass(frozen=True, slots=True)
class Started:
    """What was begun.

    Attributes:
        incident: The incident.
        cases: One per account that is being banned.
    """

    incident: Incident
    cases: list[Case]


async def check_massban(tx: Tx, actor: Actor) -> None:
    """Return if the actor may ban many here, before anybody is looked up.

    Raises:
        NotAllowedError, FeatureOffError: as when it is asked.
    """
    await require(tx, actor, ModerationAction.MASSBAN)
    await guilds_service.enter_feature(tx, actor.guild_id, MODERATION)


async def find_newcomers(discord: Discord, guild_id: int, since: datetime) -> tuple[int, ...]:
    """Look up who joined a guild since a time, without applications; asks once per thousand members.

    Raises:
        InvalidInputError: they are more than can be banned at once.
        DiscordError: it cannot be known now.
    """
    found: list[int] = []
    after = 0
    while True:
        page = await discord.list_members(guild_id, after=after, limit=_PAGE)
        found += [
            each.user_id
            for each in page
            if not each.is_bot and each.joined_at is not None and each.joined_at >= since
        ]
        if len(found) > MOST:
            raise InvalidInputError(
                "More than {most} members joined in that time. "
                "Nothing was done; take a shorter time, or several goes.",
                most=MOST,
            )
        if len(page) < _PAGE:
            return tuple(found)
        after = page[-1].user_id


async def ask_massban(tx: Tx, actor: Actor, draft: Draft, *, ranks: RankFacts | None, now: datetime) -> Asked:
    """Keep whom a moderator wants to ban until they confirm it. Nobody is banned yet.

    Raises:
        NobodyToBanError: nobody is left of those who were named.
        InvalidInputError: without a reason, or with one that is too long.
        NotAllowedError, FeatureOffError: nothing was kept.
    """
    await require(tx, actor, ModerationAction.MASSBAN)
    await guilds_service.enter_feature(tx, actor.guild_id, MODERATION)
    reason = clean_reason(draft.reason)
    if reason is None:
        raise InvalidInputError("A reason is missing. Nothing was done; say why.")
    left_out = protected(draft.user_ids, actor.user_id, ranks)
    already = await _under_a_ban(tx, actor.guild_id, draft.user_ids, now)
    left = tuple(each for each in draft.user_ids if each not in left_out and each not in already)
    if not left:
        raise NobodyToBanError(
            "Nobody is left to be banned: who is named is banned already, or is you, the bot or the owner. "
            "Nothing was done."
        )
    kept = replace(draft, user_ids=left, reason=reason)
    await incident_repository.add_draft(tx, actor.guild_id, actor.user_id, kept, now + DRAFT_LIFETIME)
    return Asked(kept, left_out, len(already))


async def confirm_massban(
    tx: Tx, actor: Actor, asked_id: int, *, interaction_id: int, idempotency_key: str, now: datetime
) -> Started:
    """Decide what was asked, once per key: one incident with one case per account, carried out by the worker.

    Accounts that came under a ban of ours meanwhile are left out.

    Raises:
        NotFoundError: nothing waits to be confirmed: its time is over, or it was taken back.
        NobodyToBanError: all of them were banned meanwhile.
        ConflictError: the key belongs to something else.
        NotAllowedError, FeatureOffError: nothing was done.
    """
    await require(tx, actor, ModerationAction.MASSBAN)
    before = await incident_repository.find_by_key(tx, idempotency_key)
    if before is not None:
        if before.guild_id != actor.guild_id:
            raise ConflictError("This was used for another case already. Nothing was done.")
        return Started(before, await repository.find_of_interaction(tx, actor.guild_id, interaction_id))
    await guilds_service.enter_feature(tx, actor.guild_id, MODERATION)
    draft = await incident_repository.take_draft(tx, actor.guild_id, actor.user_id, asked_id, now)
    if draft is None:
        raise NotFoundError("This question is over. Nothing was done; use `/massban` again.")
    await incident_repository.lock_members(tx, actor.guild_id, draft.user_ids)
    already = await _under_a_ban(tx, actor.guild_id, draft.user_ids, now)
    user_ids = [each for each in draft.user_ids if each not in already]
    if not user_ids:
        raise NobodyToBanError("All of them were banned meanwhile. Nothing was done twice.")
    incident = Incident(
        id=new_id(),
        guild_id=actor.guild_id,
        number=await repository.next_number(tx, actor.guild_id, "incidents"),
        created_at=now,
        kind=IncidentKind.MASSBAN,
        moderator_id=actor.user_id,
        moderator_tag=actor.username,
        reason=draft.reason,
        delete_seconds=draft.delete_seconds,
        log_channel_id=None,
        log_message_id=None,
        logged_version=0,
        version=1,
        interaction_id=interaction_id,
        idempotency_key=idempotency_key,
    )
    first = await repository.next_number(tx, actor.guild_id, "cases", len(user_ids))
    cases = [
        pending_case(
            incident,
            Subject(user_id, None),
            CaseAction.MASSBAN,
            number=first + place,
            moderator=(actor.user_id, actor.username),
            reason=draft.reason,
            interaction_id=interaction_id,
            idempotency_key=f"{idempotency_key}:{user_id}",
            now=now,
            # For a worker that carries out one of them by itself, because of something else about the member.
            details={"delete_seconds": draft.delete_seconds} if draft.delete_seconds else None,
        )
        for place, user_id in enumerate(user_ids)
    ]
    await incident_repository.add_incident(tx, incident)
    await repository.add_cases(tx, cases)
    await jobs_service.enqueue(tx, BanMany(actor.guild_id, incident.number))
    await jobs_service.enqueue(tx, LogIncident(actor.guild_id, incident.number))
    for case in cases:
        announce(tx, case)
    return Started(incident, cases)


async def cancel_massban(tx: Tx, actor: Actor, asked_id: int, *, now: datetime) -> None:
    """Forget what a moderator was asked about.

    Raises:
        NotAllowedError, FeatureOffError: it waits until its time is over.
    """
    await require(tx, actor, ModerationAction.MASSBAN)
    await guilds_service.enter_feature(tx, actor.guild_id, MODERATION)
    await incident_repository.take_draft(tx, actor.guild_id, actor.user_id, asked_id, now)


async def forget_old(tx: Tx, now: datetime) -> bool:
    """Delete the questions nobody answered in time; False: there are no more."""
    await incident_repository.forget_drafts(tx, now)
    return False


async def _under_a_ban(tx: Tx, guild_id: int, user_ids: tuple[int, ...], now: datetime) -> set[int]:
    """Tell who is under a ban of ours that lasts for good, or will be in a moment."""
    by_member: dict[int, list[Case]] = {}
    for case in await incident_repository.find_open_of(tx, guild_id, user_ids):
        by_member.setdefault(case.user_id, []).append(case)
    return {
        user_id
        for user_id, cases in by_member.items()
        if in_force(CaseAction.MASSBAN, None, [case.as_open for case in cases], now) is not None
    }
