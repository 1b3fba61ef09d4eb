"""What stands in the rows of auto-mod: plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.automod.rule import Rule


@dataclass(frozen=True, slots=True)
class StoredRule:
    """A rule of a guild.

    Attributes:
        id: Ours.
        position: In this order rules are judged.
        rule: What people chose.
        version: Rises with every save.
        paused_because: Why the platform does not ask it any more, None while it does.
    """

    id: UUID
    position: int
    rule: Rule
    version: int
    paused_because: str | None = None


@dataclass(frozen=True, slots=True)
class UnfitRule:
    """A rule of a guild that this version cannot read: an older or a newer one wrote it.

    Attributes:
        id: Ours.
        position: In this order rules are judged.
        name: What people call it.
        document: As it stands there.
        version: Rises with every save.
        paused_because: Why the platform does not ask it, None as long as nobody noticed.
        fault: What does not fit, in the words of the schema.
    """

    id: UUID
    position: int
    name: str
    document: Mapping[str, Any]
    version: int
    paused_because: str | None
    fault: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule fired. Attributes as the columns of `automod_hits`."""

    id: UUID
    guild_id: int
    rule_id: UUID
    rule_name: str
    mode: str
    kind: str
    channel_id: int | None
    message_id: int | None
    user_id: int
    at: datetime
    reason: str
    facts: Mapping[str, Any]
    form: str
    actions: list[str]
    incident_id: UUID | None
    case_id: UUID | None
    deletion: str
    dm_status: str
    idempotency_key: str


@dataclass(frozen=True, slots=True)
class Alert:
    """The message that tells moderators of an incident. Attributes as the columns of `automod_alerts`."""

    incident_id: UUID
    guild_id: int
    channel_id: int | None
    role_id: int | None
    posted_in: int | None
    message_id: int | None
    version: int
    shown_version: int


@dataclass(frozen=True, slots=True)
class RuleHits:
    """How often a rule fired lately: as it was on, and in shadow."""

    on: int = 0
    shadow: int = 0
