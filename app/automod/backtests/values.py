"""What stands in the rows of backtests, and what is shown of them: plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from app.automod.rule import Rule
from app.moderation.measures import Measure
from app.wording import message


class State(StrEnum):
    """How far a backtest is. The values are kept and shown."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


OPEN: Final = frozenset({State.QUEUED, State.RUNNING})
"""One of these at most in a guild."""


class Failure(StrEnum):
    """Why a backtest ended before its time. What it had found stays."""

    UNREADABLE = "unreadable"
    TOO_LONG = "too_long"
    TOO_MANY_HITS = "too_many_hits"
    NO_GUILD = "no_guild"
    BROKEN = "broken"


FAILURES: Final[Mapping[Failure, str]] = {
    Failure.UNREADABLE: message(
        "The bot cannot read a channel: it needs “View Channels” and “Read Message History” there."
    ),
    Failure.TOO_LONG: message("It took longer than 5 minutes, so it ended early."),
    Failure.TOO_MANY_HITS: message(
        "It ended early: nearly everything was hit. Make the rules narrower and try again."
    ),
    Failure.NO_GUILD: message("Discord does not show this server to the bot."),
    Failure.BROKEN: message("Something broke on our side, so it ended early. Please try again."),
}


@dataclass(frozen=True, slots=True)
class DraftRule:
    """A rule that is tried, under an id that is its own in this backtest."""

    id: UUID
    rule: Rule


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a channel has been read.

    Attributes:
        before: Everything from here on is read.
        fetched: How many messages that were.
        is_over: Whether there is nothing older.
    """

    before: int
    fetched: int = 0
    is_over: bool = False


@dataclass(frozen=True, slots=True)
class Backtest:
    """A backtest. Attributes as the columns of `automod_backtests`."""

    id: UUID
    guild_id: int
    state: State
    reason: Failure | None
    rules: tuple[DraftRule, ...]
    broken: tuple[str, ...]
    channel_ids: tuple[int, ...]
    before_id: int
    wanted: int
    cursors: Mapping[int, Cursor]
    fetched: int
    judged: int
    hits: int
    started_by: int
    interaction_id: int | None
    asked_at: datetime
    started_at: datetime | None
    ended_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Tell whether it goes on, or is about to begin."""
        return self.state in OPEN


@dataclass(frozen=True, slots=True)
class Found:
    """A rule would have hit a message. Attributes as the columns of `automod_backtest_hits`."""

    message_id: int
    rule_id: UUID
    channel_id: int
    user_id: int
    rule_name: str
    sanction: str | None
    is_false_positive: bool = False


@dataclass(frozen=True, slots=True)
class Punished:
    """A member who would have been hit.

    Attributes:
        user_id: Who.
        messages: By how many messages.
        measure: What the heaviest of the rules would have done; None if nothing but to the messages.
    """

    user_id: int
    messages: int
    measure: Measure | None


@dataclass(frozen=True, slots=True)
class BacktestView:
    """A backtest as it is shown.

    Attributes:
        backtest: It.
        found: The newest hits first, as many as were asked for.
        punished: Who would have been hit, the heaviest first; what is a false positive does not count.
        false_positives: How many messages were marked as such.
    """

    backtest: Backtest
    found: list[Found]
    punished: list[Punished]
    false_positives: int = 0


@dataclass(frozen=True, slots=True)
class Tally:
    """What a worker has come to since it last wrote.

    Attributes:
        found: The hits, new or known.
        cursors: How far all channels have been read.
        fetched: Messages, from the beginning.
        judged: Of those, how many somebody wrote who is no bot.
        broken: Names of rules that broke.
    """

    found: tuple[Found, ...]
    cursors: Mapping[int, Cursor]
    fetched: int
    judged: int
    broken: tuple[str, ...]


def as_json(cursors: Mapping[int, Cursor]) -> dict[str, Any]:
    """Write cursors for the database."""
    return {
        str(channel_id): {"before": str(each.before), "fetched": each.fetched, "is_over": each.is_over}
        for channel_id, each in cursors.items()
    }


def cursors_of(written: Mapping[str, Any]) -> dict[int, Cursor]:
    """Read cursors out of the database."""
    return {
        int(channel_id): Cursor(int(each["before"]), each["fetched"], each["is_over"])
        for channel_id, each in written.items()
    }
