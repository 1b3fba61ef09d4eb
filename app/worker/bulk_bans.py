"""`ban_many`: everybody of a mass ban is banned in as few calls as can be; each case says what became of it.

Nobody else changes these members meanwhile: who undoes one of the cases has the ban lifted after it. A call
whose answer was lost is found out by asking who is banned.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from app import clock
from app.discord.cache import Place
from app.discord.port import (
    BulkBan,
    DiscordForbiddenError,
    DiscordMember,
    DiscordNotFoundError,
    DiscordRateLimitedError,
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

_MOST: Final = 200
"""Accounts of one call (Discord: resources/guild, "Bulk Guild Ban")."""

_AT_ONCE: Final = 50
"""Cases that one transaction closes."""

_LOOKED_UP: Final = 10
"""Bans that are looked up before what they tell is noted: Discord may want us to wait after any of them, and
whoever goes on then must not begin anew."""


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
        due = await self._look_up([case for case in self.cases if case.begun_at is not None])
        members = await self._members()
        for case in self.cases:
            if case.begun_at is None:
                failure = await refusal(self.work, case, place, members.get(case.user_id))
                if failure is None:
                    due.append(case)
                else:
                    await self.close([case], failure)
        async with self.work.database.transaction() as tx:
            names = {user_id: member.username for user_id, member in members.items()}
            await incidents.note_names(tx, self.incident, names)
        for some in _batches(due, _MOST):
            async with self.work.database.transaction() as tx:
                begun = await incidents.note_begun(tx, self.incident, some, clock.now())
            if begun:
                await self._ban(begun)

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
        except DiscordRateLimitedError:  # nobody has to look who of them was banned: nobody was
            async with self.work.database.transaction() as tx:
                await incidents.note_not_done(tx, self.incident, due)
            raise
        failed = [case for case in due if case.user_id not in done.banned]
        async with self.work.database.transaction() as tx:  # first: what is begun is taken for ours
            await incidents.note_not_done(tx, self.incident, failed)
        await self.close([case for case in due if case.user_id in done.banned])
        await self._explain(failed)

    async def _ask(self, due: list[Case]) -> BulkBan:
        who = due[0].moderator_tag or "the platform"
        why = f"Incident #{self.incident.number} by {who}: {self.incident.reason or 'no reason given'}"
        return await self.work.discord.bulk_ban(
            self.incident.guild_id,
            [case.user_id for case in due],
            delete_seconds=self.incident.delete_seconds,
            reason=why,
        )

    async def _look_up(self, begun: list[Case]) -> list[Case]:
        """Close the cases that an earlier try has carried out; gives those that it has not."""
        due: list[Case] = []
        for some in _batches(begun, _LOOKED_UP):
            banned = await self._banned(some)
            await self.close([case for case in some if case.user_id in banned])
            left = [case for case in some if case.user_id not in banned]
            async with self.work.database.transaction() as tx:
                await incidents.note_not_done(tx, self.incident, left)
            due += left
        return due

    async def _explain(self, failed: list[Case]) -> None:
        """Close the cases of those whom Discord did not ban: banned before, or not to be banned."""
        guild_id = self.incident.guild_id
        async with self.work.database.transaction() as tx:
            ours = await incidents.banned_by_us(tx, guild_id, [case.user_id for case in failed])
        for some in _batches(failed, _LOOKED_UP):
            banned = await self._banned(some)
            for case in some:
                if case.user_id not in banned:
                    await self.close([case], Failure.DISCORD_SAID_NO)
                else:
                    await self.close([case], None if case.user_id in ours else Failure.ALREADY_BANNED)

    async def close(self, cases: list[Case], failure: Failure | None = None) -> None:
        """Note what became of cases; those that are pending no longer stay what they are."""
        for some in _batches(cases, _AT_ONCE):
            async with self.work.database.transaction() as tx:
                await incidents.lock_cases(tx, self.incident, some)
                for case in some:
                    await carrying_out.close(tx, case, failure=failure)

    async def _banned(self, cases: Collection[Case]) -> set[int]:
        discord, guild_id = self.work.discord, self.incident.guild_id
        return {case.user_id for case in cases if await discord.is_banned(guild_id, case.user_id)}

    async def _members(self) -> dict[int, DiscordMember]:
        """Look up who of them is a member: those of a raid came together, so few pages have them all."""
        found: dict[int, DiscordMember] = {}
        wanted = {case.user_id for case in self.cases}
        seen = 0
        for user_id in sorted(wanted):
            if user_id <= seen:
                continue
            page = await self.work.discord.list_members(
                self.incident.guild_id, after=user_id - 1, limit=_PAGE
            )
            found |= {member.user_id: member for member in page if member.user_id in wanted}
            if len(page) < _PAGE:
                break
            seen = page[-1].user_id
        return found


def _batches(cases: list[Case], size: int) -> Iterator[list[Case]]:
    return (cases[start : start + size] for start in range(0, len(cases), size))
