"""What moderators did in Discord's own pages, as cases."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from app import clock
from app.access.service import save_guild_config
from app.bytes.domain import Member
from app.database.tx import Tx
from app.guilds.config import GuildConfig
from app.ids import SYSTEM_ID
from app.moderation import carrying_out, from_discord, repository
from app.moderation.cases import Case, Order
from app.moderation.domain import CaseAction, CaseStatus, DmStatus, Source
from app.moderation.from_discord import DiscordAction
from tests.support.deciding import carried_out, decide, jobs, moderator, now_of
from tests.support.guilds import manager, member, snowflake

pytestmark = pytest.mark.anyio

HOUR = timedelta(hours=1)


def done(
    guild_id: int, whom: Member, action: str, *, ago: timedelta = timedelta(), until: datetime | None = None
) -> DiscordAction:
    """Something that was done in Discord by somebody else than the bot."""
    by = member().user_id
    return DiscordAction(snowflake(ago), guild_id, CaseAction(action), whom.user_id, by, " spam ", until)


async def note(tx: Tx, action: DiscordAction) -> Case:
    case = await from_discord.note_audit_entry(tx, action, clock.now())
    assert case is not None
    return await now_of(tx, case)


class TestAuditEntry:
    @pytest.mark.parametrize(
        ("action", "status"),
        [
            ("ban", CaseStatus.ACTIVE),
            ("timeout", CaseStatus.ACTIVE),
            ("kick", CaseStatus.DONE),
            ("unban", CaseStatus.DONE),
            ("untimeout", CaseStatus.DONE),
        ],
    )
    async def test_becomes_a_case_that_is_carried_out_already(
        self, tx: Tx, guild_id: int, action: str, status: CaseStatus
    ) -> None:
        until = clock.now() + HOUR if action == "timeout" else None
        entry = done(guild_id, member(), action, until=until)
        case = await note(tx, entry)
        assert (case.action, case.status, case.source) == (action, status, Source.DISCORD)
        assert (case.user_id, case.moderator_id, case.reason) == (entry.user_id, entry.moderator_id, "spam")
        assert (case.created_at, case.expires_at, case.dm_status) == (entry.at, until, DmStatus.NONE)
        assert await jobs(tx, guild_id) == ["log_case"]
        assert await carrying_out.find_due(tx, guild_id, case.user_id, clock.now()) is None

    async def test_is_one_case_however_often_it_is_told(self, tx: Tx, guild_id: int) -> None:
        entry = done(guild_id, member(), "ban")
        first = await note(tx, entry)
        assert await note(tx, entry) == first
        assert await jobs(tx, guild_id) == ["log_case"]

    async def test_of_a_guild_without_moderation_is_nothing(self, tx: Tx, guild_id: int) -> None:
        await save_guild_config(tx, manager(guild_id), GuildConfig(features={"moderation": False}))
        entry = done(guild_id, member(), "ban")
        assert await from_discord.note_audit_entry(tx, entry, clock.now()) is None
        assert await repository.find_by_key(tx, entry.key) is None

    async def test_with_the_longest_reason_there_is(self, tx: Tx, guild_id: int) -> None:
        entry = replace(done(guild_id, member(), "kick"), reason="x" * 2000)
        assert (await note(tx, entry)).reason == "x" * 512


class TestWhatItEnds:
    @pytest.mark.parametrize(("lifts", "order"), [("unban", "ban"), ("untimeout", "timeout")])
    async def test_a_lift_by_hand_closes_our_sanction(
        self, tx: Tx, guild_id: int, lifts: str, order: str
    ) -> None:
        bob, duration = member(), HOUR if order == "timeout" else None
        decided = await decide(
            tx, moderator(guild_id), bob, Order(CaseAction(order), "spam", duration=duration)
        )
        ours = await carried_out(tx, decided.case)
        assert (await note(tx, done(guild_id, bob, lifts))).status is CaseStatus.DONE
        assert (await now_of(tx, ours)).status is CaseStatus.LIFTED
        events = await repository.find_events(tx, ours)
        assert (events[-1].what, events[-1].actor_id) == ("lifted_in_discord", SYSTEM_ID)

    async def test_a_lift_by_hand_leaves_what_is_still_to_be_done(self, tx: Tx, guild_id: int) -> None:
        bob = member()
        ours = (await decide(tx, moderator(guild_id), bob, CaseAction.BAN)).case
        await note(tx, done(guild_id, bob, "unban"))
        assert (await now_of(tx, ours)).status is CaseStatus.PENDING

    @pytest.mark.parametrize("is_carried_out", [True, False])
    async def test_a_ban_by_hand_replaces_ours(self, tx: Tx, guild_id: int, *, is_carried_out: bool) -> None:
        """Of two active bans of one member the database would refuse the second."""
        bob = member()
        ours = (await decide(tx, moderator(guild_id), bob, CaseAction.BAN)).case
        if is_carried_out:
            await carried_out(tx, ours)
        theirs = await note(tx, done(guild_id, bob, "ban"))
        assert theirs.status is CaseStatus.ACTIVE
        assert (await now_of(tx, ours)).status is CaseStatus.LIFTED
        assert not await carrying_out.close(tx, ours)

    async def test_a_time_out_by_hand_leaves_the_ban(self, tx: Tx, guild_id: int) -> None:
        bob = member()
        ours = await carried_out(tx, (await decide(tx, moderator(guild_id), bob, CaseAction.BAN)).case)
        await note(tx, done(guild_id, bob, "timeout", until=clock.now() + HOUR))
        assert (await now_of(tx, ours)).status is CaseStatus.ACTIVE


class TestLate:
    """The listener was away, and hears now what was done an hour ago."""

    @pytest.mark.parametrize(("action", "status"), [("unban", CaseStatus.DONE), ("ban", CaseStatus.LIFTED)])
    async def test_what_was_decided_since_stays(
        self, tx: Tx, guild_id: int, action: str, status: CaseStatus
    ) -> None:
        bob = member()
        ours = await carried_out(tx, (await decide(tx, moderator(guild_id), bob, CaseAction.BAN)).case)
        assert (await note(tx, done(guild_id, bob, action, ago=HOUR))).status is status
        assert (await now_of(tx, ours)).status is CaseStatus.ACTIVE

    async def test_a_time_out_that_is_over_is_over(self, tx: Tx, guild_id: int) -> None:
        entry = done(guild_id, member(), "timeout", ago=2 * HOUR, until=clock.now() - HOUR)
        assert (await note(tx, entry)).status is CaseStatus.EXPIRED
