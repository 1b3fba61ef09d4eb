"""Who comes back, and whose roles changed: what the worker must look at again."""

import asyncio
import logging
from collections.abc import Mapping
from functools import partial
from typing import Any, Final, Never

from app import clock
from app.automod.observing import as_id
from app.bytes import rewards as bytes_rewards
from app.database.tx import Database
from app.errors import OutcomeUnknownError, UnavailableError
from app.guilds import service as guilds_service
from app.jobs import service as jobs_service
from app.jobs.kinds import ReconcileMember
from app.moderation import carrying_out
from app.roles import service as roles_service
from moderation_listener.writing import Writer

log = logging.getLogger(__name__)

_LOOK_EVERY: Final = 30.0
"""Seconds between two looks at which guilds have role rewards."""


class Members:
    """What is done about members of whom the gateway tells. Nothing is remembered of them.

    Args:
        database: Where jobs are enqueued.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._writer = Writer("members")
        self._with_rewards: frozenset[int] | None = None

    def note(self, event: str, payload: Mapping[str, Any]) -> None:
        """Have a member looked at if an event says that it may be needed."""
        if event not in ("GUILD_MEMBER_ADD", "GUILD_MEMBER_UPDATE"):
            return
        user = payload.get("user") or {}
        guild_id, user_id = as_id(payload.get("guild_id")), as_id(user.get("id"))
        if guild_id is None or user_id is None or user.get("bot"):
            return
        has_rewards = self._with_rewards is None or guild_id in self._with_rewards
        is_back = event == "GUILD_MEMBER_ADD"
        if is_back or has_rewards:
            role_ids = (
                frozenset(filter(None, map(as_id, payload.get("roles") or ()))) if has_rewards else None
            )
            self._writer.put(guild_id, partial(self._look_at, guild_id, user_id, role_ids, is_back=is_back))

    async def keep(self) -> None:
        """Write what is to be done, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._writer.keep())
            group.create_task(self._keep_looking())

    async def written(self) -> None:
        """Return when nothing waits."""
        await self._writer.written()

    async def _look_at(
        self, guild_id: int, user_id: int, role_ids: frozenset[int] | None, *, is_back: bool
    ) -> None:
        async with self._database.transaction() as tx:
            if is_back:
                await carrying_out.note_rejoin(tx, guild_id, user_id, clock.now())
            if role_ids is None:
                return
            guild = await guilds_service.find_guild(tx, guild_id)
            claims = None if guild is None else await bytes_rewards.claim_roles(tx, guild, user_id)
            if not claims:
                return
            granted = await roles_service.load_grants(tx, guild_id, user_id)
            job = ReconcileMember(guild_id, user_id)
            # Our own changes are told as well; then everything is as it should be, and nothing is enqueued.
            is_wrong = any(
                each.role_id not in role_ids if each.is_due else each.role_id in role_ids & granted
                for each in claims
            )
            if is_wrong and not await jobs_service.is_waiting(tx, job):
                await jobs_service.enqueue(tx, job)

    async def _keep_looking(self) -> Never:
        """Know which guilds have role rewards, so that of all others nobody is looked at."""
        while True:
            try:
                async with self._database.transaction() as tx:
                    self._with_rewards = frozenset(await bytes_rewards.guilds_with_rewards(tx))
            except (UnavailableError, OutcomeUnknownError):
                log.debug("which guilds have role rewards was not read")
            except Exception:
                log.exception("which guilds have role rewards was not read")
            await asyncio.sleep(_LOOK_EVERY)
