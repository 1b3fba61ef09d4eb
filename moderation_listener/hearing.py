"""What is done with an event besides the list of guilds: one place that hands it to whom it concerns."""

import asyncio
from collections.abc import Mapping
from typing import Any

from app import clock
from app.database.tx import Database
from moderation_listener.cases import DiscordCases
from moderation_listener.members import Members
from moderation_listener.observing import Observer
from moderation_listener.places import Places
from moderation_listener.translate import guild_news
from moderation_listener.watch import Watch


class Hearing:
    """Those who want to hear of events.

    Args:
        database: Where cases and jobs are written.
        watch: What judges by rules.
    """

    def __init__(self, database: Database, watch: Watch) -> None:
        self._watch = watch
        self._places = Places()
        self._observer = Observer(self._places)
        self._members = Members(database)
        self._cases = DiscordCases(database)

    def hear(self, event: str, payload: Mapping[str, Any]) -> None:
        """Hand one event to everybody. Awaits nothing, so each hears of events in the order they came."""
        self._places.note(event, payload)
        observation = self._observer.observe(event, payload, clock.now())
        if observation is not None:
            self._watch.see(observation)
        news = guild_news(event, payload)
        if news is not None and not news.installed:
            self._watch.leave(news.guild_id)
        self._members.note(event, payload)
        self._cases.note(event, payload)

    @property
    def state(self) -> str:
        """Give `ok`, or `behind` while the database does not take what is to be written."""
        return self._watch.state

    async def keep(self) -> None:
        """Do what comes of it, until cancelled."""
        async with asyncio.TaskGroup() as group:
            for each in (self._watch, self._members, self._cases):
                group.create_task(each.keep())

    async def written(self) -> None:
        """Return when everything that was heard is written."""
        for each in (self._watch, self._members, self._cases):
            await each.written()
