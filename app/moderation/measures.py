"""What a rule of a guild does to a member. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.moderation.domain import CaseAction

LIGHT_TO_HEAVY: Final = (CaseAction.WARN, CaseAction.TIMEOUT, CaseAction.KICK, CaseAction.BAN)
"""What a rule can decide about a member."""


@dataclass(frozen=True, slots=True)
class Measure:
    """What is done to a member.

    Attributes:
        action: A warning, a time-out, a kick or a ban.
        reason: Why, as the case, the log and Discord's audit log say.
        expires_at: Until when, None for good.
        delete_seconds: Of a ban: how far back the member's messages go, too.
    """

    action: CaseAction
    reason: str
    expires_at: datetime | None = None
    delete_seconds: int = 0

    @property
    def weight(self) -> int:
        """Tell how heavy it is; the greater number is the heavier."""
        return weight_of(self.action)


def weight_of(action: CaseAction) -> int:
    """Tell how heavy an action is among those a rule can decide; the greater number is the heavier."""
    return LIGHT_TO_HEAVY.index(action)
