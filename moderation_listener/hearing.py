"""What is done with an event besides the list of guilds: one place that hands it to whom it concerns."""

import asyncio
from collections.abc import Mapping
from typing import Any

from app import clock
from app.automod.observation import Kind
from app.automod.observing import as_id
from app.database.tx import Database
from app.ids import snowflake_time
from moderation_listener.cases import DiscordCases
from moderation_listener.members import Members
from moderation_listener.observing import Observer
from moderation_listener.places import Places
from moderation_listener.progress import Progress
from moderation_listener.rereading import History, Rereading
from moderation_listener.translate import guild_news
from moderation_listener.watch import Watch


class Hearing:
    """Those who want to hear of events.

    Args:
        database: Where cases and jobs are written.
        watch: What judges by rules.
        history: Whom to ask for what was missed.
    """

    def __init__(self, database: Database, watch: Watch, history: History) -> None:
        self._watch = watch
        self._places = Places()
        self._observer = Observer(self._places)
        self._members = Members(database)
        self._cases = DiscordCases(database)
        self._progress = Progress(database, self._settled)
        self._rereading = Rereading(history, self._progress, self._observer, watch, self._cases)

    def hear(self, event: str, payload: Mapping[str, Any]) -> None:
        """Hand one event to everybody. Awaits nothing, so each hears of events in the order they came."""
        self._places.note(event, payload)
        observation = self._observer.observe(event, payload, clock.now())
        if observation is not None:
            self._watch.see(observation)
            if observation.kind is Kind.MESSAGE and self._watch.has_rules(observation.guild_id):
                self._progress.note(observation.guild_id, observation.at)
        news = guild_news(event, payload)
        if news is not None and not news.installed:
            for each in (self._watch, self._progress, self._rereading):
                each.leave(news.guild_id)
        self._members.note(event, payload)
        self._cases.note(event, payload)
        if event == "GUILD_AUDIT_LOG_ENTRY_CREATE":
            guild_id, entry_id = as_id(payload.get("guild_id")), as_id(payload.get("id"))
            if guild_id is not None and entry_id is not None:
                self._progress.note(guild_id, snowflake_time(entry_id))
        self._rereading.note(event, payload)

    @property
    def state(self) -> str:
        """Give `ok`, or `behind` while the database does not take what is to be written."""
        return self._watch.state

    async def keep(self) -> None:
        """Do what comes of it, until cancelled."""
        async with asyncio.TaskGroup() as group:
            for each in (self._watch, self._members, self._cases, self._progress, self._rereading):
                group.create_task(each.keep())

    async def written(self) -> None:
        """Return when everything that was heard is written, and how far that was.

        Raises:
            UnavailableError, OutcomeUnknownError: how far it was is not written.
        """
        for each in (self._watch, self._members, self._cases):
            await each.written()
        await self._progress.write()

    async def _settled(self) -> None:
        await self._watch.settled()
        await self._cases.settled()
