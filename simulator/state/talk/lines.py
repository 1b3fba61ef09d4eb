"""How a conversation is written down here."""

from dataclasses import dataclass

from simulator.wire import JsonObject


@dataclass(frozen=True, slots=True)
class Said:
    """One message, `wait` minutes after the one before it; the author by username.

    In the words, "@ada" mentions somebody, "@&Helper" a role and "#help" a channel, if there is one
    of that name; "<t:-90m:R>" is a time so many minutes before or after the message. `edited` says
    after how many minutes the words were changed to these. `answers` is the `name` of another line
    of the same conversation; `picture` the name of a drawing. An embed's words are read the same way.
    """

    wait: float
    author: str
    words: str
    name: str | None = None
    answers: str | None = None
    edited: float | None = None
    picture: str | None = None
    description: str | None = None
    embed: JsonObject | None = None


@dataclass(frozen=True, slots=True)
class Conversation:
    """What was said in one channel, beginning so many minutes ago."""

    channel: str
    minutes_ago: float
    lines: tuple[Said, ...]
