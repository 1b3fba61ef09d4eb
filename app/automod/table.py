"""All triggers there are. What is not listed here does not exist."""

from typing import Any, Final

from app.automod.trigger import TriggerType
from app.automod.triggers import (
    duplicate_messages,
    join_rate,
    mention_spam,
    message_rate,
    new_account,
)

TRIGGERS: Final[dict[str, TriggerType[Any]]] = {  # Any: each has settings of its own
    trigger.name: trigger
    for trigger in (
        message_rate.TRIGGER,
        mention_spam.TRIGGER,
        duplicate_messages.TRIGGER,
        new_account.TRIGGER,
        join_rate.TRIGGER,
    )
}
"""Name -> trigger, in the order in which they are offered."""
