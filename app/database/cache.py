"""What a process remembers of a guild, so that a command need not read what another has just read."""

from typing import Any, Final

from cachetools import TTLCache

from app import clock

GUILD_CHANGED: Final = "guild.changed"
"""The live event after which everybody forgets what they remember of a guild."""

LIFETIME: Final = 30.0
"""Seconds until a guild is read again, whatever was heard of it: live events may be lost."""

MOST_GUILDS: Final = 10_000
"""Guilds remembered at once; beyond that the one that was asked for least lately goes."""


class Cache:
    """Per guild one dictionary of memories by kind, so that all of a guild's are forgotten at once.

    A process that hears of no changes has none: it would be wrong for up to `LIFETIME`, or for as long as
    it was put to sleep.
    """

    def __init__(self) -> None:
        self._guilds: TTLCache[int, dict[str, Any]] = TTLCache(MOST_GUILDS, LIFETIME, timer=clock.monotonic)

    def get(self, kind: str, guild_id: int) -> Any | None:  # noqa: ANN401 - whoever remembered it knows its type
        """Give what is remembered, None if nothing is."""
        try:
            return self._guilds[guild_id].get(kind)
        except KeyError:
            return None

    def memories(self, guild_id: int) -> dict[str, Any]:
        """Give the guild's memories, to add to.

        Take them *before* reading what is to be remembered. If the guild is dropped while it is being
        read, what is added afterwards is added to memories that nobody is given any more.
        """
        try:
            return self._guilds[guild_id]
        except KeyError:
            memories = self._guilds[guild_id] = {}
            return memories

    def drop(self, guild_id: int) -> None:
        """Forget a guild."""
        self._guilds.pop(guild_id, None)

    def clear(self) -> None:
        """Forget every guild."""
        self._guilds.clear()
