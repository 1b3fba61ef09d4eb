"""What a trigger is: one way in which a rule can fire."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel

from app.automod.observation import Kind, Observation
from app.automod.text import Form, Forms, Match
from app.automod.windows import Noted, Windows

S = TypeVar("S", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Needle:
    """Something that must be found in a text before a rule is asked about it.

    Attributes:
        form: In which form of the text it is searched.
        pattern: What, as RE2 reads it. It is searched, not anchored; upper and lower case differ, unless it
            says `(?i)`.
    """

    form: Form
    pattern: str


@dataclass(frozen=True, slots=True)
class TriggerType(Generic[S]):
    """One way in which a rule can fire: what it can be set to, and when it does.

    Attributes:
        name: The `type` in a rule.
        title: What people call it, a message.
        about: When it fires, a message of one or two sentences.
        settings: What can be chosen: a frozen model that forbids other fields, each field described.
        kinds: Of which observations it is asked.
        needles: Of which `matches` is only asked if at least one is found; None if it is always asked.
        matches: Tells why this observation is one the rule is for, or None. It changes nothing; the windows
            have the observation already. The forms are those of the text: the content of a message; of a join
            or a name the user name, global name and nickname, each asked about on its own (a rule without
            needles once, with the user name).
    """

    name: str
    title: str
    about: str
    settings: type[S]
    kinds: frozenset[Kind]
    needles: Callable[[S], tuple[Needle, ...] | None]
    matches: Callable[[S, Observation, Forms, Windows], Match | None]
    reads: bool = True
    remembers: bool = False


@dataclass(frozen=True)
class Burst(Match):
    """A match that is about more than the one observation.

    Attributes:
        messages: Every message it is about, also those that came before it was known to be one.
        joined: Everybody who joined in it, also before.
    """

    messages: tuple[Noted, ...] = ()
    joined: tuple[int, ...] = ()
