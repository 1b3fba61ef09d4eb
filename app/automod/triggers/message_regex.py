"""A message in which a pattern is found."""

from typing import Final, Literal

from app.automod.observation import Kind
from app.automod.regexes import Regexes, find, needles_of
from app.automod.trigger import TriggerType
from app.wording import message


class MessageRegex(Regexes):
    """Which patterns a message must not have."""

    type: Literal["message_regex"] = "message_regex"


TRIGGER: Final = TriggerType(
    name="message_regex",
    title=message("Patterns in messages"),
    about=message("A pattern is found in a message. Patterns are RE2's: at most 10, of 260 characters each."),
    settings=MessageRegex,
    kinds=frozenset({Kind.MESSAGE, Kind.EDIT}),
    needles=needles_of,
    matches=lambda settings, _seen, forms, _windows: find(settings, forms),
)
