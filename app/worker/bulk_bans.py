"""`ban_many`: everybody of a mass ban is banned in one call, and each case says what became of it.

Nobody else changes these members meanwhile: who undoes one of the cases has the ban lifted after it. A call
whose answer was lost is found out by asking who is banned.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from app import clock
from app.discord.cache import Place
from app.discord.port import (
    BulkBan,
    DiscordForbiddenError,
    DiscordMember,
    DiscordNotFoundError,
    DiscordRefusedError,
)
from app.jobs.kinds import BanMany
from app.jobs.locks import member_locks
from app.moderation import carrying_out, incidents
from app.moderation.cases import Case
from app.moderation.failures import Failure, failure_of
from app.moderation.incident_values import Incident
from app.worker.outcomes import ALREADY_DONE, Done, Outcome
from app.worker.sanctions import refusal
from app.worker.work import Work

_PAGE: Final = 1_000
"""Members Discord lists at once."""

_AT_ONCE: Final = 50
"""Cases that one transaction closes."""


async def ban_many(work: Work, job: BanMany) -> Outcome:
    """Ban everybody of an incident whose case is pending."""
    async with work.database.transaction() as tx:
        found = await incidents.find_pending(tx, job.guild_id, job.incident)
    if found is None or not found.cases:
        return ALREADY_DONE
    about = [case.user_id for case in found.cases]
    async with member_locks(work.database.engine, job.guild_id, about):
        async with work.database.transaction() as tx:
            found = await incidents.find_pending(tx, job.guild_id, job.incident)
        if found is None or not found.cases:
            return ALREADY_DONE
        place = await work.places.find(job.guild_id)
        bans = _Bans(work, found.incident, found.cases)
        if place is None:
            await bans.close(found.cases, Failure.BOT_GONE)
        else:
            await bans.carry_out(place)
    return Done()


@dataclass(frozen=True, slots=True)
class _Bans:
    """The pending cases of one incident, whose members are locked."""

    work: Work
    incident: Incident
    cases: list[Case]

    async def carry_out(self, place: Place) -> None:
        """Bring every case to its end."""
        begun = [case for case in self.cases if case.begun_at is not None]
        banned = await self._banned(begun)
        await self.close([case for case in begun if case.user_id in banned])
        members = await self._members()
        due = [case for case in begun if case.user_id not in banned]
        for case in self.cases:
            if case.begun_at is None:
                failure = await refusal(self.work, case, place, members.get(case.user_id))
                if failure is None:
                    due.append(case)
                else:
                    await self.close([case], failure)
        async with self.work.database.transaction() as tx:
            due = await incidents.note_begun(tx, self.incident, due, clock.now())
        if due:
            await self._ban(due)

    async def _ban(self, due: list[Case]) -> None:
        try:
            done = await self._ask(due)
        except (DiscordForbiddenError, DiscordNotFoundError) as error:
            self.work.places.drop(self.incident.guild_id)
            await self.close(due, failure_of(error))
            return
        except DiscordRefusedError:  # the job is held for whoever mends it; the moderator is told now
            await self.close(due, Failure.BROKEN)
            raise
        await self.close([case for case in due if case.user_id in done.banned])
        await self._explain([case for case in due if case.user_id not in done.banned])

    async def _ask(self, due: list[Case]) -> BulkBan:
        who = self.incident.moderator_tag or "the platform"
        why = f"Incident #{self.incident.number} by {who}: {self.incident.reason or 'no reason given'}"
        return await self.work.discord.bulk_ban(
            self.incident.guild_id,
            [case.user_id for case in due],
            delete_seconds=self.incident.delete_seconds,
            reason=why,
        )

    async def _explain(self, failed: list[Case]) -> None:
        """Close the cases of those whom Discord did not ban: banned before, or not to be banned."""
        if not failed:
            return
        async with self.work.database.transaction() as tx:
            await incidents.note_not_done(tx, self.incident, failed)
            ours = await incidents.banned_by_us(tx, self.incident.guild_id, [case.user_id for case in failed])
        banned = await self._banned(failed)
        await self.close([case for case in failed if case.user_id in banned & ours])
        await self.close([case for case in failed if case.user_id in banned - ours], Failure.ALREADY_BANNED)
        await self.close([case for case in failed if case.user_id not in banned], Failure.DISCORD_SAID_NO)

    async def close(self, cases: list[Case], failure: Failure | None = None) -> None:
        """Note what became of cases; those that are pending no longer stay what they are."""
        for start in range(0, len(cases), _AT_ONCE):
            async with self.work.database.transaction() as tx:
                for case in cases[start : start + _AT_ONCE]:
                    await carrying_out.close(tx, case, failure=failure)

    async def _banned(self, cases: Collection[Case]) -> set[int]:
        discord, guild_id = self.work.discord, self.incident.guild_id
        return {case.user_id for case in cases if await discord.is_banned(guild_id, case.user_id)}

    async def _members(self) -> dict[int, DiscordMember]:
        """Look up who of them is a member: those of a raid came together, so few pages have them all."""
        found: dict[int, DiscordMember] = {}
        seen = 0
        for user_id in sorted(case.user_id for case in self.cases):
            if user_id <= seen:
                continue
            page = await self.work.discord.list_members(
                self.incident.guild_id, after=user_id - 1, limit=_PAGE
            )
            found |= {member.user_id: member for member in page}
            if len(page) < _PAGE:
                break
            seen = page[-1].user_id
        return found
