"""The reply to whoever started a backtest: how far it is, now and then, and at the end what it found."""

import asyncio
import logging
from typing import Final

from app import clock
from app.automod.backtests import running as backtest_running
from app.automod.backtests.rendering import CANCEL, backtest_reply
from app.automod.backtests.values import Backtest
from app.components.custom_id import CustomId
from app.discord.port import (
    DiscordError,
    DiscordForbiddenError,
    DiscordNotFoundError,
    DiscordUnauthorizedError,
)
from app.discord.reply import Reply
from app.language import language_of
from app.replies import service as replies_service
from app.replies.service import ReplyToEdit
from app.worker.work import Work

log = logging.getLogger(__name__)

EVERY: Final = 2.0
"""Seconds between two edits at least."""

_SHOWN: Final = 50


class Shown:
    """The reply of one backtest."""

    def __init__(self, work: Work, backtest: Backtest) -> None:
        self._work = work
        self._backtest = backtest
        self._next_at = 0.0

    async def show(self) -> None:
        """Say how far it is, unless that was said a moment ago. If Discord does not want to, never mind."""
        if self._backtest.interaction_id is None or clock.monotonic() < self._next_at:
            return
        self._next_at = clock.monotonic() + EVERY
        found = await self._write()
        if found is None:
            return
        to_edit, written = found
        try:
            await self._work.discord.edit_reply(to_edit.token, written)
        except DiscordUnauthorizedError:
            raise
        except DiscordError as error:
            self._next_at += error.retry_after or EVERY
            log.info("how far a backtest is was not shown: %s", error)

    async def show_end(self) -> tuple[str, ...]:
        """Say what came of it, once, and forget how; gives what is to be noted in the log.

        Raises:
            DiscordError: it is to be tried again.
        """
        if self._backtest.interaction_id is None:
            return ()
        await asyncio.sleep(max(0.0, self._next_at - clock.monotonic()))
        found = await self._write()
        if found is None:
            return ()  # a quarter of an hour is over, or it was said before
        to_edit, written = found
        notes: tuple[str, ...] = ()
        try:
            await self._work.discord.edit_reply(to_edit.token, written)
        except (DiscordNotFoundError, DiscordForbiddenError) as error:
            notes = (f"the reply was not edited: {error}",)
        async with self._work.database.transaction() as tx:
            await replies_service.drop_token(tx, self._backtest.interaction_id)
        return notes

    async def _write(self) -> tuple[ReplyToEdit, Reply] | None:
        interaction_id, now = self._backtest.interaction_id, clock.now()
        if interaction_id is None:
            return None
        async with self._work.database.transaction() as tx:
            to_edit = await replies_service.find_reply(tx, self._work.box, interaction_id, now)
            current = await backtest_running.find(tx, self._backtest.guild_id, self._backtest.id)
            if to_edit is None or current is None:
                return None
            view = await backtest_running.look(tx, current, _SHOWN, now)
        cancel = CustomId(CANCEL, current.id.hex, current.started_by, interaction_id)
        custom_id = self._work.custom_ids.write(current.guild_id, cancel)
        return to_edit, backtest_reply(language_of(to_edit.locale), view, custom_id)
