"""Live events of a process that lives on after its answers: collected for a moment, sent together.

Sending each by itself, and waiting for it, would be a seventh of what sending bytes costs.
"""

import asyncio
import logging
from collections.abc import Mapping
from typing import Final

from app.live.sender import LiveEvent, LiveEvents

log = logging.getLogger(__name__)

MOMENT: Final = 0.02
"""Seconds events wait for others; nobody who looks at a page sees the difference."""

MOST: Final = 10_000
"""Events that wait at most, as many as Redis keeps; what comes on top is lost, as live events may be."""


class LiveOutbox:
    """What waits to be sent. One per process; `run` sends it."""

    def __init__(self, events: LiveEvents) -> None:
        self._events = events
        self._waiting: list[LiveEvent] = []
        self._due = asyncio.Event()
        self._closed = False

    async def send(self, guild_id: int, name: str, facts: Mapping[str, object]) -> None:
        """Have an event sent soon. Never waits, never raises."""
        if len(self._waiting) < MOST:
            self._waiting.append(LiveEvent(guild_id, name, facts))
            self._due.set()

    def close(self) -> None:
        """Have `run` send what waits, and return."""
        self._closed = True
        self._due.set()

    async def run(self) -> None:
        """Send whatever comes, until `close`. Never fails."""
        while not self._closed:
            await self._due.wait()
            if not self._closed:
                await asyncio.sleep(MOMENT)
            self._due.clear()
            await self._send_waiting()
        await self._send_waiting()

    async def _send_waiting(self) -> None:
        waiting, self._waiting = self._waiting, []
        try:
            if waiting:
                await self._events.send_all(waiting)
        except Exception:
            log.exception("%d live events were not sent", len(waiting))
