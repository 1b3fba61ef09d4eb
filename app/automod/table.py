"""All triggers there are. What is not listed here does not exist."""

from typing import Any, Final

from app.automod.trigger import TriggerType
from app.automod.triggers import (
    duplicate_messages,
    file_extension,
    invite_links,
    join_rate,
    keywords,
    links,
    mention_spam,
    message_rate,
    message_regex,
    new_account,
    username_regex,
)

TRIGGERS: Final[dict[str, TriggerType[Any]]] = {  # Any: each has settings of its own
    trigger.name: trigger
    for trigger in (
        username_regex.TRIGGER,
        message_rate.TRIGGER,
        file_extension.TRIGGER,
        message_regex.TRIGGER,
        keywords.TRIGGER,
        invite_links.TRIGGER,
        links.TRIGGER,
        mention_spam.TRIGGER,
        duplicate_messages.TRIGGER,
        new_account.TRIGGER,
        join_rate.TRIGGER,
    )
}
"""Name -> trigger, in the order in which they are offered."""
