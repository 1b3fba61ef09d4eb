"""An incident as it stands in its row, and the lists people type for one: plain values. No database."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from app.access.ranks import Outranked, RankFacts
from app.errors import InvalidInputError
from app.ids import new_id, parse_snowflake
from app.moderation.cases import Case, Subject
from app.moderation.domain import CaseAction, CaseStatus, DmStatus, Source

MOST: Final = 200
"""Accounts of one mass ban (Discord: resources/guild, "Bulk Guild Ban")."""

LONGEST_LIST: Final = 6_000
"""Characters of a list of accounts (Discord: of a text option)."""

LONGEST_SINCE: Final = timedelta(days=1)
"""How far back "joined since" reaches: a raid is a matter of minutes."""

DRAFT_LIFETIME: Final = timedelta(minutes=15)
"""How long a question waits for its answer: as long as its buttons work."""

_SHORTEST_ID: Final = 15
"""Digits of an id: the oldest have as many, so a shorter number is a slip."""

_SHOWN: Final = 40
_BETWEEN: Final = str.maketrans(dict.fromkeys(",;|/<>@!()[]{}'\"`", " "))
"""What may stand between ids, or around one in a mention. Not `&` and `#`: those are no accounts."""


class IncidentKind(StrEnum):
    """What an incident is. The values are kept."""

    MASSBAN = "massban"
    BURST = "burst"
    RAID = "raid"


@dataclass(frozen=True, slots=True)
class Incident:
    """Many cases that are one thing. Attributes as the columns of `moderation_incidents`."""

    id: UUID
    guild_id: int
    number: int
    created_at: datetime
    kind: IncidentKind
    moderator_id: int
    moderator_tag: str | None
    reason: str | None
    delete_seconds: int
    log_channel_id: int | None
    log_message_id: int | None
    logged_version: int
    version: int
    interaction_id: int | None
    idempotency_key: str

    @property
    def mark(self) -> str:
        """Give what stands below the message about this incident, and by which it is found again."""
        return f"Incident #{self.number} · {self.id.hex[-12:]}"


@dataclass(frozen=True, slots=True)
class Draft:
    """A mass ban that somebody was asked about and has not confirmed.

    Attributes:
        interaction_id: The command that asked.
        user_ids: Whom it would ban.
        reason: Why.
        delete_seconds: How far back their messages go, too.
    """

    interaction_id: int
    user_ids: tuple[int, ...]
    reason: str
    delete_seconds: int = 0


def parse_accounts(text: str) -> tuple[int, ...]:
    """Read ids and mentions with anything usual between them; each account once, in the order given.

    Raises:
        InvalidInputError: something is no account, nobody is named, or too many are.
    """
    found: dict[int, None] = {}
    for typed in text.translate(_BETWEEN).split():
        user_id = parse_snowflake(typed)
        if user_id is None or len(typed) < _SHORTEST_ID:
            raise InvalidInputError(
                "“{typed}” is no id and no mention of an account. "
                "Nothing was done; an id has 17 digits or more.",
                typed=typed[:_SHOWN],
            )
        found[user_id] = None
    if not found:
        raise InvalidInputError("Nobody is named. Nothing was done; give ids or mentions of accounts.")
    return limited(tuple(found))


def limited(user_ids: tuple[int, ...]) -> tuple[int, ...]:
    """Give the accounts back if they can be banned at once.

    Raises:
        InvalidInputError: they are too many.
    """
    if len(user_ids) > MOST:
        raise InvalidInputError(
            "These are {count} accounts, and {most} can be banned at once. "
            "Nothing was done; do it in several goes.",
            count=len(user_ids),
            most=MOST,
        )
    return user_ids


def protected(user_ids: Iterable[int], actor_id: int, ranks: RankFacts | None) -> Mapping[int, Outranked]:
    """Tell who of these is banned by nobody, whatever roles say: oneself, the bot, the owner.

    Who is whom is only known with `ranks`; without them the worker finds out.
    """
    known = {actor_id: Outranked.SELF}
    if ranks is not None:
        known = {ranks.owner_id: Outranked.OWNER, ranks.bot_id: Outranked.BOT} | known
    return {user_id: known[user_id] for user_id in user_ids if user_id in known}


def pending_case(
    incident: Incident,
    subject: Subject,
    action: CaseAction,
    *,
    number: int,
    moderator: tuple[int, str | None],
    reason: str | None,
    interaction_id: int | None,
    idempotency_key: str,
    now: datetime,
    linked_id: UUID | None = None,
    details: dict[str, Any] | None = None,
) -> Case:
    """Make a case of an incident that the worker has to carry out. Nobody is told by direct message."""
    return Case(
        id=new_id(),
        guild_id=incident.guild_id,
        number=number,
        created_at=now,
        user_id=subject.user_id,
        user_tag=subject.tag,
        moderator_id=moderator[0],
        moderator_tag=moderator[1],
        action=action,
        reason=reason,
        source=Source.MANUAL,
        status=CaseStatus.PENDING,
        failure=None,
        expires_at=None,
        resolved_at=None,
        resolved_by=None,
        dm_status=DmStatus.NONE,
        linked_id=linked_id,
        incident_id=incident.id,
        begun_at=None,
        details=details or {},
        log_channel_id=None,
        log_message_id=None,
        logged_version=0,
        version=1,
        interaction_id=interaction_id,
        idempotency_key=idempotency_key,
    )
