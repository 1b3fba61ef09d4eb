"""The rules of squads, from plain values. No database, no Discord."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from app.errors import ConflictError, RefusedError
from app.wording import Count, byte_count, message


class Cause(StrEnum):
    """Why somebody moved. The values are kept."""

    JOIN = "join"
    SWITCH = "switch"
    LEAVE = "leave"
    DEFAULT = "default"
    """Everybody begins in it."""
    CLOSED = "closed"
    """The squad was closed or deleted."""
    BY_HAND = "by_hand"
    """Somebody took the role in Discord, and the server chose that this counts."""


OWN_CHOICE: Final = frozenset({Cause.JOIN, Cause.SWITCH})
"""The first of these is free, ever."""


class Pause(StrEnum):
    """Why a squad takes nobody for now: what is wrong with its role. The values are kept."""

    GONE = "gone"
    MANAGED = "managed"
    TOO_HIGH = "too_high"
    TOO_POWERFUL = "too_powerful"
    HAS_LEVEL = "has_level"


PAUSES: Final[dict[Pause, str]] = {
    Pause.GONE: message("its role is not there any longer"),
    Pause.MANAGED: message("its role belongs to an integration"),
    Pause.TOO_HIGH: message("its role is not below the bot's own"),
    Pause.TOO_POWERFUL: message("its role gives power over people or the server"),
    Pause.HAS_LEVEL: message("its role carries an access level"),
}


@dataclass(frozen=True, slots=True)
class Squad:
    """One squad. Attributes as the columns of `squads`."""

    id: UUID
    guild_id: int
    position: int
    name: str
    description: str
    role_id: int
    switch_cost: int
    max_members: int | None
    is_default: bool
    is_active: bool
    paused_because: Pause | None
    version: int

    @property
    def is_open(self) -> bool:
        """Whether it takes anybody."""
        return self.is_active and self.paused_because is None


@dataclass(frozen=True, slots=True)
class Move:
    """One change of a membership, as written down. Attributes as the columns of `squad_moves`."""

    id: UUID
    guild_id: int
    user_id: int
    from_id: UUID | None
    to_id: UUID | None
    cost: int
    transaction_id: UUID | None
    cause: Cause
    moved_at: datetime


class SquadFullError(RefusedError):
    """The squad has as many members as it takes."""

    code = "squad_full"

    def __init__(self, name: str, most: int) -> None:
        super().__init__(
            "“{squad}” is full: it takes {members}. You have paid nothing, and nothing was changed.",
            squad=name,
            members=member_count(most),
        )


class SquadClosedError(RefusedError):
    """The squad takes nobody (for now)."""

    code = "squad_closed"


class AlreadyMemberError(RefusedError):
    """The member is in a squad, and this is not how one leaves it."""

    code = "already_member"


class NotMemberError(RefusedError):
    """The member is in no squad."""

    code = "not_member"

    def __init__(self) -> None:
        super().__init__("You are in no squad. Nothing was changed.")


class CostChangedError(ConflictError):
    """A move costs something else than was confirmed."""

    code = "cost_changed"

    def __init__(self, cost: int) -> None:
        self.cost = cost
        super().__init__(
            "This costs {cost} by now. You have paid nothing, and nothing was changed; ask again.",
            cost=byte_count(cost),
        )


def member_count(n: int) -> Count:
    """Count members."""
    return Count(n, "{n} member", "{n} members")


def cost_of(squad: Squad, *, has_chosen: bool) -> int:
    """Tell what going into a squad costs: nothing for whoever has never chosen one here."""
    return squad.switch_cost if has_chosen else 0


def check_open(squad: Squad) -> None:
    """Return if a squad takes people.

    Raises:
        SquadClosedError: saying why not.
    """
    if not squad.is_active:
        raise SquadClosedError("“{squad}” is closed. Nothing was changed.", squad=squad.name)
    if squad.paused_because is not None:
        raise SquadClosedError(
            "“{squad}” takes nobody for now, because something is wrong with its role. Nothing was changed; "
            "those who manage the server can mend it.",
            squad=squad.name,
        )


def check_room(squad: Squad, members: int) -> None:
    """Return if a squad has a place left.

    Raises:
        SquadFullError: it has not.
    """
    if squad.max_members is not None and members >= squad.max_members:
        raise SquadFullError(squad.name, squad.max_members)
