"""What is wanted to be paused and slowed in a guild, and what Discord has to be asked for. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.discord.port import Pauses

LONGEST_PAUSE = timedelta(hours=24)
"""Discord: resources/guild, "Modify Guild Incident Actions"."""

SLOWED_FOR = timedelta(minutes=10)
"""How long a channel stays slowed after the last hit."""

_WORTH_ASKING = timedelta(minutes=1)
"""By less than this a pause is not prolonged: every join of a raid would be a request."""

_SAME = timedelta(seconds=2)
"""Ends that differ by less are the same: Discord may round."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Why something is paused or slowed.

    Attributes:
        moderator_id: Who decided; 0: a rule.
        why: For Discord's audit log.
        incident_id: Whose alert says what could not be done; None: none does.
    """

    moderator_id: int
    why: str
    incident_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Paused:
    """What is wanted in a guild. Attributes as the columns of `raid_pauses`."""

    guild_id: int
    invites_until: datetime | None
    dms_until: datetime | None
    invites_set: datetime | None
    dms_set: datetime | None
    moderator_id: int
    why: str
    incident_id: UUID | None
    is_refused: bool
    version: int
    carried_version: int


@dataclass(frozen=True, slots=True)
class Slowed:
    """What is wanted in a channel. Attributes as the columns of `channel_slow_modes`."""

    guild_id: int
    channel_id: int
    seconds: int
    seconds_before: int | None
    seconds_set: int | None
    until: datetime
    moderator_id: int
    why: str
    incident_id: UUID | None
    is_refused: bool
    version: int


@dataclass(frozen=True, slots=True)
class Raid:
    """A guild's raid mode. Attributes as the columns of `raid_modes`."""

    guild_id: int
    id: UUID
    began_at: datetime
    until: datetime
    moderator_id: int
    rules: Sequence[dict[str, Any]]
    version: int
    slowed_version: int
    is_slow_refused: bool
    ended_at: datetime | None
    posted_in: int | None

    @property
    def mark(self) -> str:
        """Give what stands below the log's message that it is over, and below no other."""
        return f"Raid mode · {self.id.hex[-12:]}"


def is_longer(wanted: datetime | None, known: datetime | None, now: datetime) -> bool:
    """Tell whether a pause is worth asking Discord for, with what is wanted so far."""
    if wanted is None or wanted <= now:
        return False
    return known is None or known <= now or wanted >= known + _WORTH_ASKING


def due_pauses(paused: Paused, there: Pauses, now: datetime) -> Pauses:
    """Tell what Discord should be asked for; as it is there, if nothing.

    What somebody has paused by hand stays: for longer than is wanted here, or after this is over.
    """
    return Pauses(
        _due(paused.invites_until, paused.invites_set, there.invites_until, now),
        _due(paused.dms_until, paused.dms_set, there.dms_until, now),
    )


def _due(
    wanted: datetime | None, ours: datetime | None, there: datetime | None, now: datetime
) -> datetime | None:
    if wanted is not None and wanted > now:
        capped = min(wanted, now + LONGEST_PAUSE)
        return there if there is not None and there > capped - _SAME else capped
    if ours is not None and there is not None and abs(there - ours) < _SAME:
        return None
    return there


def needs_slowing(slowed: Slowed) -> bool:
    """Tell whether Discord has to be looked at: it was not asked for this before, and did not refuse."""
    return slowed.seconds_set != slowed.seconds and not slowed.is_refused


def is_slower_already(slowed: Slowed, there: int) -> bool:
    """Tell whether somebody else has a channel as slow as is wanted, so that there is nothing to do."""
    if slowed.seconds_before is not None and there == slowed.seconds:
        return False  # that is ours: whoever asked for it died before it was noted
    return there >= slowed.seconds and there != slowed.seconds_set


def is_ours(slowed: Slowed, there: int) -> bool:
    """Tell whether a channel is as slow as we made it, and nobody has changed that since.

    Whoever asked for more may have died before that was noted.
    """
    return slowed.seconds_before is not None and there in (slowed.seconds_set, slowed.seconds)
