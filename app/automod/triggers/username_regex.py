"""A member whose name has a pattern."""

from typing import Final, Literal

from app.automod.observation import Kind
from app.automod.regexes import Regexes, find, needles_of
from app.automod.trigger import TriggerType
from app.wording import message


class UsernameRegex(Regexes):
    """Which patterns a name must not have."""

    type: Literal["username_regex"] = "username_regex"


TRIGGER: Final = TriggerType(
    name="username_regex",
    title=message("Patterns in names"),
    about=message(
        "A pattern is found in the user name, the global name or the nickname of somebody who joins or is "
        "called something else. Patterns are RE2's: at most 10, of 260 characters each."
    ),
    settings=UsernameRegex,
    kinds=frozenset({Kind.JOIN, Kind.NAME}),
    needles=needles_of,
    matches=lambda settings, _seen, forms, _windows: find(settings, forms),
)
