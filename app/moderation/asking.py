"""What has to be asked of `may` for each action of a case: one table."""

from typing import Final

from app.access.policy import ModerationAction
from app.moderation.domain import CaseAction

ASKS: Final[dict[CaseAction, ModerationAction]] = {
    CaseAction.NOTE: ModerationAction.NOTE,
    CaseAction.WARN: ModerationAction.WARN,
    CaseAction.TIMEOUT: ModerationAction.TIMEOUT,
    CaseAction.UNTIMEOUT: ModerationAction.UNTIMEOUT,
    CaseAction.KICK: ModerationAction.KICK,
    CaseAction.BAN: ModerationAction.BAN,
    CaseAction.UNBAN: ModerationAction.UNBAN,
    CaseAction.PURGE: ModerationAction.PURGE,
    CaseAction.MASSBAN: ModerationAction.MASSBAN,
}
