"""What moderators do in Discord's own pages becomes cases, too. Asks nobody: Discord has, and it is done.

A line of the audit log is one case, however often it is told; nothing is carried out for it, and the member
is not told, because whoever acted had that choice.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from app.database.tx import Tx
from app.features import MODERATION
from app.guilds import service as guilds_service
from app.ids import new_id, snowflake_time
from app.moderation import carrying_out, repository
from app.moderation.cases import Case
from app.moderation.domain import (
    BANS,
    LASTING,
    LIFTED_BY,
    MAX_REASON,
    TIMEOUTS,
    CaseAction,
    CaseStatus,
    DmStatus,
    Source,
    status_once_carried_out,
)
from app.moderation.showing import announce, log

FROM_DISCORD: Final = frozenset(
    {CaseAction.TIMEOUT, CaseAction.UNTIMEOUT, CaseAction.KICK, CaseAction.BAN, CaseAction.UNBAN}
)
"""What can be done there that a case is about."""

_CLOCKS_DIFFER: Final = timedelta(seconds=30)
"""By so much Discord's clock may be behind ours: what seems decided later than this surely was."""


@dataclass(frozen=True, slots=True)
class DiscordAction:
    """One line of a guild's audit log that a case is about.

    Attributes:
        entry_id: Its id; tells when it was done.
        guild_id: Where.
        action: One of `FROM_DISCORD`.
        user_id: To whom.
        moderator_id: By whom: a person, or another bot.
        reason: Why, None if nobody said.
        until: Of a time-out: when it ends.
    """

    entry_id: int
    guild_id: int
    action: CaseAction
    user_id: int
    moderator_id: int
    reason: str | None = None
    until: datetime | None = None

    @property
    def at(self) -> datetime:
        """Tell when it was done, by Discord's clock."""
        return snowflake_time(self.entry_id)

    @property
    def key(self) -> str:
        """Give the idempotency key of its case."""
        return f"auditlog:{self.entry_id}"


async def note_audit_entry(tx: Tx, done: DiscordAction, now: datetime) -> Case | None:
    """Open the case of what somebody did in Discord, once; None if the guild has moderation switched off.

    What it lifts or replaces of ours is over with it. If it was told so late that somebody has decided the
    same thing anew since, it is only written down.
    """
    guild = await guilds_service.enter_guild(tx, done.guild_id)
    if not guild.has(MODERATION):
        return None
    await repository.lock_member(tx, done.guild_id, done.user_id)
    before = await repository.find_by_key(tx, done.key)
    if before is not None:
        return before
    about = [
        case
        for case in await repository.find_open(tx, done.guild_id, done.user_id)
        if case.action in _same_thing(done.action)
    ]
    # Before any incident is locked, as everybody does who numbers a case.
    number = await repository.next_number(tx, done.guild_id, "cases")
    is_late = any(case.created_at > done.at + _CLOCKS_DIFFER for case in about)
    if done.action in LIFTED_BY and not is_late:
        for case in about:
            if case.action in LIFTED_BY[done.action]:
                await carrying_out.note_lifted_in_discord(tx, case)
    is_over = done.until is not None and done.until <= now
    if done.action not in LASTING:
        status = status_once_carried_out(done.action)
    elif is_over:
        status = CaseStatus.EXPIRED
    else:  # pending for the moment in which it replaces what was before
        status = CaseStatus.LIFTED if is_late else CaseStatus.PENDING
    case = _case(done, number, status)
    await repository.add_cases(tx, [case])
    if status is CaseStatus.PENDING:
        await carrying_out.close(tx, case)
    else:
        announce(tx, case)
        await log(tx, case)
    return case


def _same_thing(action: CaseAction) -> frozenset[CaseAction]:
    """Give every decision that has to do with the same sanction."""
    for lifts, sanctions in LIFTED_BY.items():
        if action is lifts or action in sanctions:
            return sanctions | {lifts}
    return frozenset()


def _case(done: DiscordAction, number: int, status: CaseStatus) -> Case:
    return Case(
        id=new_id(),
        guild_id=done.guild_id,
        number=number,
        created_at=done.at,
        user_id=done.user_id,
        user_tag=None,
        moderator_id=done.moderator_id,
        moderator_tag=None,
        action=done.action,
        reason=(done.reason or "").strip()[:MAX_REASON] or None,
        source=Source.DISCORD,
        status=status,
        failure=None,
        expires_at=done.until if done.action in TIMEOUTS else None,
        resolved_at=None,
        resolved_by=None,
        dm_status=DmStatus.NONE,
        linked_id=None,
        incident_id=None,
        begun_at=done.at if done.action in BANS | TIMEOUTS else None,
        details={},
        log_channel_id=None,
        log_message_id=None,
        logged_version=0,
        version=1,
        interaction_id=None,
        idempotency_key=done.key,
    )
