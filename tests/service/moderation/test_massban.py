"""Mass bans and incidents by the services: who may, once per key, what is kept and for how long."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from app import clock
from app.database.tx import Database, Tx
from app.discord.permissions import Permission
from app.errors import InvalidInputError, NotAllowedError, NotFoundError
from app.guilds import service as guilds_service
from app.guilds.domain import Actor
from app.jobs import service as jobs_service
from app.jobs.kinds import BanMany, SanctionMany
from app.moderation import incidents, massban
from app.moderation.domain import CaseAction, CaseStatus
from app.moderation.incident_values import DRAFT_LIFETIME, Draft
from app.moderation.incidents import NothingToUndoError
from app.moderation.massban import NobodyToBanError, Started
from app.retention import forget_old
from tests.support.deciding import carried_out, decide, moderator, now_of
from tests.support.guilds import actor, member, new_guild, snowflake

pytestmark = pytest.mark.anyio

BOTH = Permission.BAN_MEMBERS | Permission.MANAGE_GUILD


def admin(guild_id: int) -> Actor:
    return actor(guild_id, permissions=BOTH)


async def ask(tx: Tx, who: Actor, *user_ids: int, reason: str = "a raid") -> int:
    """Have somebody asked whether to ban these; gives what the question is known by."""
    draft = Draft(snowflake(), user_ids, reason, 86_400)
    await massban.ask_massban(tx, who, draft, ranks=None, now=clock.now())
    return draft.interaction_id


async def confirm(
    tx: Tx, who: Actor, asked_id: int, key: str = "", *, late: timedelta = timedelta()
) -> Started:
    key = key or f"test:{snowflake()}"
    return await massban.confirm_massban(
        tx, who, asked_id, interaction_id=asked_id + 1, idempotency_key=key, now=clock.now() + late
    )


async def undo(tx: Tx, who: Actor, number: int, interaction_id: int = 7) -> incidents.UndoneIncident:
    return await incidents.undo_incident(
        tx,
        who,
        number,
        interaction_id=interaction_id,
        idempotency_key=f"test:{interaction_id}",
        now=clock.now(),
    )


async def drafts(tx: Tx, guild_id: int) -> int:
    rows = await tx.execute(
        text("SELECT count(*) FROM moderation_massban_drafts WHERE guild_id = :id"), {"id": guild_id}
    )
    return int(rows.scalar_one())


class TestBanningMany:
    async def test_is_one_incident_with_a_case_for_each_and_one_job(self, tx: Tx, guild_id: int) -> None:
        who, ids = admin(guild_id), [snowflake() for _ in range(3)]
        asked_id = await ask(tx, who, *ids)
        started = await confirm(tx, who, asked_id)
        assert [(case.number, case.user_id) for case in started.cases] == list(enumerate(ids, 1))
        assert {(case.action, case.status, case.reason, case.incident_id) for case in started.cases} == {
            (CaseAction.MASSBAN, CaseStatus.PENDING, "a raid", started.incident.id)
        }
        assert started.incident.number == 1
        assert started.incident.delete_seconds == 86_400
        assert await jobs_service.is_waiting(tx, BanMany(guild_id, 1))
        assert not await jobs_service.is_waiting(tx, SanctionMany(guild_id, ids[0]))
        assert await drafts(tx, guild_id) == 0

    async def test_needs_both_permissions_to_ask_to_confirm_and_to_cancel(
        self, tx: Tx, guild_id: int
    ) -> None:
        asked_id = await ask(tx, admin(guild_id), snowflake())
        for permission in BOTH:
            who = actor(guild_id, permissions=permission)
            with pytest.raises(NotAllowedError, match="Ban Members” and “Manage Server"):
                await ask(tx, who, snowflake())
            with pytest.raises(NotAllowedError):
                await confirm(tx, who, asked_id)
            with pytest.raises(NotAllowedError):
                await massban.cancel_massban(tx, who, asked_id, now=clock.now())

    async def test_by_the_same_key_is_done_once(self, tx: Tx, guild_id: int) -> None:
        who = admin(guild_id)
        asked_id = await ask(tx, who, snowflake(), snowflake())
        first = await confirm(tx, who, asked_id, "key")
        again = await confirm(tx, who, asked_id, "key")
        assert again == first
        with pytest.raises(NotFoundError, match="This question is over"):
            await confirm(tx, who, asked_id, "another key")

    async def test_is_confirmed_only_by_whom_it_was_asked_where_and_in_time(
        self, tx: Tx, guild_id: int
    ) -> None:
        who = admin(guild_id)
        elsewhere = new_guild()
        await guilds_service.enter_guild(tx, elsewhere)
        asked_id = await ask(tx, who, snowflake())
        away = Actor(elsewhere, who.user_id, who.username, who.permissions, who.via)
        for other, late in (
            (admin(guild_id), timedelta()),
            (away, timedelta()),
            (who, DRAFT_LIFETIME + timedelta(seconds=1)),
        ):
            with pytest.raises(NotFoundError):
                await confirm(tx, other, asked_id, late=late)
        assert len((await confirm(tx, who, asked_id)).cases) == 1

    async def test_leaves_out_who_came_under_a_ban_meanwhile(self, tx: Tx, guild_id: int) -> None:
        who, bob, eve = admin(guild_id), member(), member()
        asked_id = await ask(tx, who, bob.user_id, eve.user_id)
        await decide(tx, moderator(guild_id), bob, CaseAction.BAN)
        started = await confirm(tx, who, asked_id)
        assert [case.user_id for case in started.cases] == [eve.user_id]
        asked_again = massban.ask_massban(
            tx, who, Draft(snowflake(), (bob.user_id, eve.user_id), "x"), ranks=None, now=clock.now()
        )
        with pytest.raises(NobodyToBanError):
            await asked_again

    async def test_without_a_reason_is_refused(self, tx: Tx, guild_id: int) -> None:
        with pytest.raises(InvalidInputError, match="A reason is missing"):
            await ask(tx, admin(guild_id), snowflake(), reason="  ")


class TestUndoing:
    async def test_lifts_what_was_begun_marks_what_was_not_and_leaves_the_rest(
        self, tx: Tx, guild_id: int
    ) -> None:
        who = admin(guild_id)
        asked_id = await ask(tx, who, *(snowflake() for _ in range(3)))
        done, begun, untouched = (await confirm(tx, who, asked_id)).cases
        await carried_out(tx, done)
        view = await incidents.find_pending(tx, guild_id, 1)
        assert view is not None
        await incidents.note_begun(tx, view.incident, [begun], clock.now())
        undone = await undo(tx, who, 1)
        assert undone.count == 3
        assert [(case.action, case.linked_id, case.incident_id) for case in undone.counters] == [
            (CaseAction.UNBAN, each.id, each.incident_id) for each in (done, begun)
        ]
        assert {(await now_of(tx, each)).status for each in (done, begun, untouched)} == {CaseStatus.UNDONE}
        assert await jobs_service.is_waiting(tx, SanctionMany(guild_id, 1))
        assert (await undo(tx, who, 1)).counters == undone.counters
        with pytest.raises(NothingToUndoError):
            await undo(tx, who, 1, interaction_id=8)

    async def test_needs_the_right_to_lift_what_it_lifts(self, tx: Tx, guild_id: int) -> None:
        who = admin(guild_id)
        asked_id = await ask(tx, who, snowflake())
        await confirm(tx, who, asked_id)
        with pytest.raises(NotAllowedError, match="Ban Members"):
            await undo(tx, actor(guild_id, permissions=Permission.MODERATE_MEMBERS), 1)
        with pytest.raises(NotAllowedError):
            await incidents.view_incident(tx, actor(guild_id), 1)
        with pytest.raises(NotFoundError):
            await undo(tx, who, 2)


async def test_two_who_ban_the_same_at_once_ban_each_once(database: Database, guild_id: int) -> None:
    ids = [snowflake() for _ in range(20)]
    first, second = admin(guild_id), admin(guild_id)
    async with database.transaction() as tx:
        asked = [await ask(tx, first, *ids), await ask(tx, second, *reversed(ids))]

    async def decide_at_once(who: Actor, asked_id: int) -> int:
        try:
            async with database.transaction() as tx:
                return len((await confirm(tx, who, asked_id)).cases)
        except NobodyToBanError:
            return 0

    counts = await asyncio.gather(*map(decide_at_once, (first, second), asked))
    assert sorted(counts) == [0, 20]


async def test_a_question_that_nobody_answers_is_forgotten(database: Database, guild_id: int) -> None:
    async with database.transaction() as tx:
        await ask(tx, admin(guild_id), snowflake())
    await forget_old(database)
    async with database.transaction() as tx:
        assert await drafts(tx, guild_id) == 1
        await tx.execute(
            text("UPDATE moderation_massban_drafts SET expires_at = now() WHERE guild_id = :id"),
            {"id": guild_id},
        )
    await forget_old(database)
    async with database.transaction() as tx:
        assert await drafts(tx, guild_id) == 0
