"""Doing what verdicts say, once: hits are noted, incidents opened or joined, cases opened, jobs enqueued.

Nothing is asked of Discord here. Whoever repeats an observation, or brings it twice at once, changes nothing:
the key of a hit says message and rule, or member, time and rule.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from app.automod import repository
from app.automod.actions import Alert as AlertAction
from app.automod.actions import PauseInvites, SlowMode
from app.automod.hits import heaviest, hits_of
from app.automod.judge import Verdict
from app.automod.observation import Kind, Observation
from app.automod.raids import pauses as raid_pauses
from app.automod.raids.state import SLOWED_FOR, Cause
from app.automod.rule import Mode
from app.automod.stored import Alert, Hit
from app.database.tx import Tx
from app.features import AUTOMOD
from app.guilds import service as guilds_service
from app.ids import SYSTEM_ID
from app.jobs import service as jobs_service
from app.jobs.kinds import AlertIncident, DeleteMessages, Job, TellWhy
from app.live import service as live_service
from app.moderation import automatic
from app.moderation.cases import Case, Subject
from app.moderation.incident_values import Incident, IncidentKind

JOINS_WITHIN: Final = timedelta(seconds=60)
"""A hit so soon after the last one on the same member belongs to the same incident."""

_BURST: Final = timedelta(seconds=600)
"""The longest that rules count over: whom a burst names again within it was hit by it before."""

RAID: Final = "join_rate"


@dataclass(frozen=True, slots=True)
class Acted:
    """What was done about an observation.

    Attributes:
        hits: What is new; nothing, if all of it was known.
        incident: The number of the incident that was opened or joined, None if nothing is to be done.
        cases: The cases that were opened.
    """

    hits: tuple[Hit, ...] = ()
    incident: int | None = None
    cases: tuple[Case, ...] = ()


async def act_on(tx: Tx, observation: Observation, verdicts: Sequence[Verdict], *, now: datetime) -> Acted:
    """Note what rules hit, and have done what those want that are on: once, however often this is called.

    Nobody is punished twice for one thing: of all rules the heaviest sanction counts, once per member and
    incident, and not if the member is under as much already. While the feature is off nothing is noted.
    """
    guild_id = observation.guild_id
    asked = [verdict for verdict in verdicts if verdict.rule.mode is not Mode.OFF]
    if not asked or not (await guilds_service.enter_guild(tx, guild_id)).has(AUTOMOD):
        return Acted()
    for rule_id in sorted(verdict.rule_id for verdict in asked if len(verdict.user_ids) > 1):
        await repository.lock(tx, guild_id, str(rule_id))
    live = [verdict for verdict in asked if verdict.rule.mode is Mode.ON]
    wanted = await _wanted(tx, observation, asked)
    # Not everybody of a burst: PostgreSQL has room for some thousand locks of all transactions together.
    about = {hit.user_id for hit in wanted if hit.mode == Mode.ON}
    if about:
        await automatic.lock_members(tx, guild_id, about)
    hits = await repository.add_hits(tx, wanted)
    for_us = [hit for hit in hits if hit.mode == Mode.ON]
    if hits:
        live_service.emit(tx, guild_id, "automod.hit", {"hits": len(hits)})
    if not for_us:
        return Acted(tuple(hits))
    rules = {verdict.rule_id: verdict for verdict in live}
    await automatic.lock_numbers(tx, guild_id)
    incident = await _incident(tx, observation, [rules[hit.rule_id] for hit in for_us], for_us, now)
    act = _Act(tx, observation, incident, rules, max(now, observation.at))
    cases = await act.impose(for_us)
    await act.delete(for_us)
    await act.calm(for_us)
    await act.alert(for_us)
    return Acted(tuple(hits), incident.number, tuple(cases))


async def _wanted(tx: Tx, observation: Observation, verdicts: Iterable[Verdict]) -> list[Hit]:
    """List the hits of verdicts, but for members of a burst whom its rule has hit lately.

    Of a name that may be the one of before nobody is hit again: after a restart every name would be new.
    """
    wanted: list[Hit] = []
    for verdict in verdicts:
        if observation.is_first_heard and await repository.was_hit(
            tx, observation.guild_id, observation.user_id, verdict.rule_id
        ):
            continue
        known: dict[int, datetime] = {}
        if len(verdict.user_ids) > 1:
            known = await repository.users_hit(
                tx,
                observation.guild_id,
                rule_id=verdict.rule_id,
                since=observation.at - _BURST,
                until=observation.at + _BURST,
            )
        wanted += hits_of(observation, verdict, known)
    return wanted


async def _incident(
    tx: Tx, observation: Observation, verdicts: Sequence[Verdict], hits: Sequence[Hit], now: datetime
) -> Incident:
    """Join the incident that goes on, or open one."""
    guild_id, at = observation.guild_id, observation.at
    since, until = at - JOINS_WITHIN, at + JOINS_WITHIN
    raid = next((each for each in verdicts if each.rule.trigger.type == RAID), None)
    if raid is not None:
        found = await repository.last_incident_of_rule(
            tx, guild_id, rule_id=raid.rule_id, since=since, until=until
        )
    else:
        # All that a burst is of, not only who is new in it: the next to write the same belongs to it, too.
        who = {hit.user_id for hit in hits} | {each for verdict in verdicts for each in verdict.user_ids}
        found = await repository.last_incident(tx, guild_id, user_ids=who, since=since, until=until)
    incident = None if found is None else await automatic.find_incident(tx, guild_id, found)
    if incident is not None:
        return incident
    return await automatic.open_incident(
        tx,
        guild_id,
        IncidentKind.BURST if raid is None else IncidentKind.RAID,
        reason=(raid or verdicts[0]).rule.name,
        idempotency_key=f"automod:{hits[0].id}",
        now=now,
    )


@dataclass(frozen=True, slots=True)
class _Act:
    """What is done because of new hits of rules that are on."""

    tx: Tx
    observation: Observation
    incident: Incident
    rules: dict[UUID, Verdict]
    now: datetime

    async def impose(self, hits: Sequence[Hit]) -> list[Case]:
        """Have each member dealt with as the heaviest of the rules says; gives the cases that are new."""
        opened: list[Case] = []
        await self._change(hits, incident_id=self.incident.id)
        for user_id in sorted({hit.user_id for hit in hits}):
            mine = [hit for hit in hits if hit.user_id == user_id]
            measure = heaviest([self.rules[hit.rule_id].rule for hit in mine], self.now)
            if measure is None:
                continue
            is_seen = user_id == self.observation.user_id
            subject = Subject(user_id, self.observation.username or None if is_seen else None)
            imposed = await automatic.impose(
                self.tx, self.incident, subject, measure, now=self.now, joined_at=self._joined_at(user_id)
            )
            await self._change(mine, case_id=imposed.case.id)
            if imposed.is_new:
                opened.append(imposed.case)
        return opened

    async def delete(self, hits: Sequence[Hit]) -> None:
        """Have the messages deleted whose rule says so, and the member told if it says what."""
        gone = [hit for hit in hits if "delete_message" in hit.actions and hit.message_id is not None]
        if not gone:
            return
        await self._change(gone, deletion="due")
        for channel_id in sorted({hit.channel_id for hit in gone if hit.channel_id is not None}):
            await self._enqueue(
                DeleteMessages(self.incident.guild_id, self.incident.number, channel_id=channel_id)
            )
        for user_id in sorted({hit.user_id for hit in gone}):
            told = next(
                (hit for hit in gone if hit.user_id == user_id and self.rules[hit.rule_id].rule.tell), None
            )
            if told is None or await repository.is_told(
                self.tx, self.incident.guild_id, self.incident.id, user_id
            ):
                continue
            await self._change([told], dm_status="pending")
            await self._enqueue(TellWhy(self.incident.guild_id, self.incident.number, user_id))

    async def calm(self, hits: Sequence[Hit]) -> None:
        """Have channels slowed and invites paused, as rules say; each hit prolongs it."""
        incident = self.incident
        pauses, slowed = [], {}
        for hit in hits:
            for action in self.rules[hit.rule_id].rule.actions:
                cause = Cause(
                    SYSTEM_ID, f"Auto-mod, incident #{incident.number}: {hit.rule_name}", incident.id
                )
                if isinstance(action, PauseInvites):
                    pauses.append((action.minutes, cause))
                elif isinstance(action, SlowMode) and hit.channel_id is not None:
                    slowed[hit.channel_id, action.seconds] = cause
        if pauses:
            minutes, cause = max(pauses, key=lambda each: each[0])
            until = self.now + timedelta(minutes=minutes)
            await raid_pauses.want_pause(self.tx, incident.guild_id, cause, invites_until=until, now=self.now)
        for (channel_id, seconds), cause in sorted(slowed.items(), key=lambda each: each[0]):
            until = self.now + SLOWED_FOR
            await raid_pauses.want_slow(
                self.tx, incident.guild_id, channel_id, cause, seconds=seconds, until=until
            )

    async def alert(self, hits: Sequence[Hit]) -> None:
        """Have moderators told, or what they were told renewed."""
        guild_id, number = self.incident.guild_id, self.incident.number
        wanted = next(
            (
                action
                for hit in hits
                for action in self.rules[hit.rule_id].rule.actions
                if isinstance(action, AlertAction)
            ),
            None,
        )
        if wanted is not None:
            alert = Alert(self.incident.id, guild_id, wanted.channel_id, wanted.role_id, None, None, 0, 0)
            await repository.want_alert(self.tx, alert)
        if await repository.raise_alert(self.tx, guild_id, self.incident.id):
            await self._enqueue(AlertIncident(guild_id, number))

    def _joined_at(self, user_id: int) -> datetime | None:
        is_seen = user_id == self.observation.user_id and self.observation.kind is Kind.JOIN
        return self.observation.at if is_seen else None

    async def _change(self, hits: Sequence[Hit], **values: object) -> None:
        await repository.change_hits(self.tx, self.incident.guild_id, [hit.id for hit in hits], **values)

    async def _enqueue(self, job: Job) -> None:
        """Enqueue a job, unless its like waits already and will see what is new."""
        if not await jobs_service.is_waiting(self.tx, job):
            await jobs_service.enqueue(self.tx, job)
