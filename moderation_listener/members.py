"""Who comes, whose roles changed, and which role did: what the worker must look at again."""

import asyncio
import logging
from collections.abc import Mapping
from functools import partial
from typing import Any, Final, Never

from app import clock, role_claims
from app.automod.observing import as_id
from app.database.tx import Database
from app.errors import OutcomeUnknownError, UnavailableError
from app.guilds import service as guilds_service
from app.jobs import service as jobs_service
from app.jobs.kinds import ReconcileMember, SweepGuild
from app.moderation import carrying_out
from app.roles import service as roles_service
from app.roles.domain import compose
from app.squads import claims as squad_claims
from app.squads import moving as squads_moving
from moderation_listener.writing import Writer

log = logging.getLogger(__name__)

_LOOK_EVERY: Final = 30.0
"""Seconds between two looks at which guilds hand out roles."""

_ROLE_EVENTS: Final = ("GUILD_ROLE_UPDATE", "GUILD_ROLE_DELETE")


class Members:
    """What is done about members and roles of which the gateway tells. Nothing is remembered of them.

    Args:
        database: Where jobs are enqueued.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._writer = Writer("members")
        self._with_claims: frozenset[int] | None = None
        self._with_squads: frozenset[int] | None = None

    def note(self, event: str, payload: Mapping[str, Any]) -> None:
        """Have a member, or a guild, looked at if an event says that it may be needed."""
        guild_id = as_id(payload.get("guild_id"))
        if guild_id is None:
            return
        if event in _ROLE_EVENTS:
            if _may_be(guild_id, self._with_squads):
                self._writer.put(guild_id, partial(self._sweep, guild_id))
            return
        if event not in ("GUILD_MEMBER_ADD", "GUILD_MEMBER_UPDATE"):
            return
        user = payload.get("user") or {}
        user_id = as_id(user.get("id"))
        if user_id is None or user.get("bot"):
            return
        has_claims = _may_be(guild_id, self._with_claims)
        is_new = event == "GUILD_MEMBER_ADD"
        if is_new or has_claims:
            role_ids = frozenset(filter(None, map(as_id, payload.get("roles") or ()))) if has_claims else None
            self._writer.put(guild_id, partial(self._look_at, guild_id, user_id, role_ids, is_new=is_new))

    async def keep(self) -> None:
        """Write what is to be done, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._writer.keep())
            group.create_task(self._keep_looking())

    async def written(self) -> None:
        """Return when nothing waits."""
        await self._writer.written()

    async def _look_at(
        self, guild_id: int, user_id: int, role_ids: frozenset[int] | None, *, is_new: bool
    ) -> None:
        """Have a member looked at; who comes, comes back or begins, too. `role_ids` are None if no matter."""
        async with self._database.transaction() as tx:
            if is_new:
                await carrying_out.note_rejoin(tx, guild_id, user_id, clock.now())
            if role_ids is None:
                return
            if is_new:
                await squads_moving.appear(tx, guild_id, user_id, clock.now())
            guild = await guilds_service.find_guild(tx, guild_id)
            rooms = [] if guild is None else await role_claims.ask_about(tx, guild, user_id)
            if not rooms:
                return
            composed = compose(rooms, await roles_service.load_grants(tx, guild_id, user_id))
            job = ReconcileMember(guild_id, user_id)
            # Our own changes are told as well; then everything is as it should be, and nothing is enqueued.
            is_wrong = any(
                each.role_id not in role_ids if each.is_due else each.role_id in role_ids & composed.granted
                for each in composed.claims
            )
            if is_wrong and not await jobs_service.is_waiting(tx, job):
                await jobs_service.enqueue(tx, job)

    async def _sweep(self, guild_id: int) -> None:
        """Have a guild swept whose squads a role may be of: one that is moved moves others, the bot's too."""
        async with self._database.transaction() as tx:
            guild = await guilds_service.find_guild(tx, guild_id)
            if guild is not None and await squad_claims.claimed_roles(tx, guild):
                await jobs_service.enqueue_missing(tx, [SweepGuild(guild_id)])

    async def _keep_looking(self) -> Never:
        """Know which guilds hand out roles, so that of all others nobody is looked at."""
        while True:
            try:
                async with self._database.transaction() as tx:
                    with_squads = frozenset(await squad_claims.guilds_with_squads(tx))
                    self._with_claims = frozenset(await role_claims.guilds_to_sweep(tx))
                    self._with_squads = with_squads
            except (UnavailableError, OutcomeUnknownError):
                log.debug("which guilds hand out roles was not read")
            except Exception:
                log.exception("which guilds hand out roles was not read")
            await asyncio.sleep(_LOOK_EVERY)


def _may_be(guild_id: int, known: frozenset[int] | None) -> bool:
    return known is None or guild_id in known
