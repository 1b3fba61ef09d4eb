"""A raid: many accounts that come to a guild within a short time, as far as it has got."""

from asyncio import Task
from dataclasses import dataclass


@dataclass(slots=True)
class Raid:
    """What was asked for, and what has happened of it.

    Attributes:
        guild_id: Where they come to.
        channel_id: Where they write.
        accounts: How many come.
        seconds: Within which time.
        posts: How many of them write the same advertisement.
        joined: How many are in.
        turned_away: How many found the invites paused.
        posted: How many advertisements stand there.
        greeted: How many have said hello who meant no harm.
        silenced: How many could not write any more: out again, timed out, or stopped by a rule or slow mode.
        is_stopped: Whether somebody ended it early.
        task: What makes it happen; done when it is over.
    """

    guild_id: int
    channel_id: int
    accounts: int
    seconds: float
    posts: int
    joined: int = 0
    turned_away: int = 0
    posted: int = 0
    greeted: int = 0
    silenced: int = 0
    is_stopped: bool = False
    task: Task[None] | None = None

    @property
    def is_running(self) -> bool:
        """Whether more is to come."""
        return self.task is not None and not self.task.done() and not self.is_stopped
