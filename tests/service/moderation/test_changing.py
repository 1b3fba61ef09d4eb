"""Changing cases: another reason, dealt with, undone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app import clock
from app.access.ranks import Outranked
from app.database.tx import Tx
from app.discord.permissions import Permission
from app.discord.ranks import Rank
from app.errors import InvalidInputError, NotAllowedError, NotFoundError
from app.moderation import carrying_out, changing, repository
from app.moderation.cases import Case, Order
from app.moderation.changing import NotUndoableError
from app.moderation.domain import CaseAction, CaseStatus, DmStatus
from app.moderation.failures import Failure
from tests.support.deciding import FINE, carried_out, decide, jobs, moderator, now_of, undo
from tests.support.guilds import actor, member, new_guild, snowflake

pytestmark = pytest.mark.anyio

HOUR = timedelta(hours=1)


async def timeline(tx: Tx, case: Case) -> list[str]:
    return [event.what for event in await repository.find_events(tx, case)]


class TestAnotherGuild:
    """Numbers are per guild: what exists elsewhere is named by nobody here."""

    async def test_has_no_case_that_could_be_changed_here(self, tx: Tx, guild_id: int) -> None:
        elsewhere, mod = new_guild(), moderator(guild_id)
        for _ in range(2):
            await decide(tx, moderator(elsewhere), member(), CaseAction.WARN)
        mine = (await decide(tx, mod, member(), CaseAction.WARN)).case
        theirs = await repository.find_case(tx, elsewhere, 2)
        assert theirs is not None
        with pytest.raises(NotFoundError):
            await changing.edit_reason(tx, mod, 2, "x")
        with pytest.raises(NotFoundError):
            await changing.resolve_case(tx, mod, 2, now=clock.now())
        with pytest.raises(NotFoundError):
            await undo(tx, mod, replace(mine, number=2))
        await undo(tx, mod, mine)  # there is a number 1 in both
        assert await now_of(tx, theirs) == theirs
        first = await repository.find_case(tx, elsewhere, 1)
        assert first is not None
        assert first.status is CaseStatus.ACTIVE


class TestAReason:
    async def test_is_replaced_and_the_one_before_is_kept(self, tx: Tx, guild_id: int) -> None:
        mod = moderator(guild_id)
        case = (await decide(tx, mod, member(), CaseAction.WARN)).case
        await changing.edit_reason(tx, mod, case.number, "  *better*\n")
        await changing.edit_reason(tx, mod, case.number, "*better*")
        assert (await now_of(tx, case)).reason == "*better*"
        events = await repository.find_events(tx, case)
        assert [(event.what, event.before) for event in events] == [
            ("opened", None),
            ("edited", {"reason": "spam"}),
        ]

    @pytest.mark.parametrize("reason", ["", " \n", "x" * 513])
    @pytest.mark.parametrize("action", ["warn", "note"])
    async def test_of_what_consists_of_it_is_neither_emptied_nor_too_long(
        self, tx: Tx, guild_id: int, action: str, reason: str
    ) -> None:
        mod = moderator(guild_id)
        case = (await decide(tx, mod, member(), CaseAction(action))).case
        with pytest.raises(InvalidInputError):
            await changing.edit_reason(tx, mod, case.number, reason)
        assert (await now_of(tx, case)).reason == "spam"


class TestResolving:
    async def test_twice_is_once_and_has_nothing_to_do_with_the_status(self, tx: Tx, guild_id: int) -> None:
        mod = moderator(guild_id)
        case = (await decide(tx, mod, member(), CaseAction.WARN)).case
        now = clock.now()
        await changing.resolve_case(tx, mod, case.number, now=now)
        await changing.resolve_case(tx, moderator(guild_id), case.number, now=now + HOUR)
        found = await now_of(tx, case)
        assert (found.resolved_at, found.resolved_by, found.status) == (now, mod.user_id, case.status)
        assert await timeline(tx, case) == ["opened", "resolved"]


class TestUndoing:
    @pytest.mark.parametrize(
        ("action", "lift"), [("timeout", "untimeout"), ("ban", "unban"), ("kick", None), ("warn", None)]
    )
    async def test_marks_it_and_lifts_what_can_be_lifted(
        self, tx: Tx, guild_id: int, action: str, lift: str | None
    ) -> None:
        mod = moderator(guild_id)
        order = Order(CaseAction(action), "x", duration=HOUR if action == "timeout" else None)
        case = (await decide(tx, mod, member(), order)).case
        if action != "warn":
            await carried_out(tx, case)
        undone = await undo(tx, mod, case, reason="a mistake")
        assert undone.case.status is CaseStatus.UNDONE
        if lift is None:
            assert undone.counter is None
        else:
            assert undone.counter is not None
            assert (undone.counter.action, undone.counter.linked_id) == (lift, case.id)
            assert undone.counter.reason == "a mistake"
            await carried_out(tx, undone.counter)
            assert (await now_of(tx, case)).status is CaseStatus.UNDONE  # not "lifted"

    async def test_twice_is_refused_and_opens_nothing(self, tx: Tx, guild_id: int) -> None:
        mod = moderator(guild_id)
        case = await carried_out(tx, (await decide(tx, mod, member(), CaseAction.BAN)).case)
        counter = (await undo(tx, mod, case)).counter
        assert counter is not None
        for _ in range(2):
            with pytest.raises(NotUndoableError):
                await undo(tx, moderator(guild_id), case)
        assert await repository.find_case(tx, guild_id, counter.number + 1) is None

    @pytest.mark.parametrize("action", ["ban", "warn"])
    async def test_by_the_same_key_is_the_same_undoing(self, tx: Tx, guild_id: int, action: str) -> None:
        mod, key = moderator(guild_id), f"key:{snowflake()}"
        case = (await decide(tx, mod, member(), CaseAction(action))).case
        if action == "ban":
            await carried_out(tx, case)
        first = await undo(tx, mod, case, key=key)
        assert await undo(tx, mod, case, key=key) == first
        assert (await timeline(tx, case)).count("undone") == 1

    async def test_of_what_discord_was_not_asked_for_lifts_nothing(self, tx: Tx, guild_id: int) -> None:
        """Somebody may have banned the member by hand: that ban is not ours to lift."""
        mod = moderator(guild_id)
        case = (await decide(tx, mod, member(), CaseAction.BAN)).case
        undone = await undo(tx, mod, case)
        assert undone.counter is None
        assert undone.case.dm_status is DmStatus.NONE
        assert await carrying_out.find_due(tx, guild_id, case.user_id, clock.now()) is None

    async def test_of_what_discord_may_have_done_already_lifts_it(self, tx: Tx, guild_id: int) -> None:
        mod = moderator(guild_id)
        case = (await decide(tx, mod, member(), CaseAction.BAN)).case
        assert await carrying_out.note_begun(tx, case, clock.now())
        undone = await undo(tx, mod, case)
        assert undone.counter is not None
        assert not await carrying_out.close(tx, case)
        found = await carrying_out.find_due(tx, guild_id, case.user_id, clock.now())
        assert found is not None
        assert found.case.number == undone.counter.number

    async def test_of_what_failed_is_refused(self, tx: Tx, guild_id: int) -> None:
        mod = moderator(guild_id)
        case = (await decide(tx, mod, member(), CaseAction.BAN)).case
        await carrying_out.close(tx, case, failure=Failure.BOT_LACKS)
        with pytest.raises(NotUndoableError):
            await undo(tx, mod, case)

    async def test_of_a_ban_needs_the_right_to_lift_bans(self, tx: Tx, guild_id: int) -> None:
        case = await carried_out(tx, (await decide(tx, moderator(guild_id), member(), CaseAction.BAN)).case)
        with pytest.raises(NotAllowedError):
            await undo(tx, actor(guild_id, permissions=Permission.MODERATE_MEMBERS), case)
        assert (await now_of(tx, case)).status is CaseStatus.ACTIVE

    async def test_of_a_case_about_oneself_or_about_a_superior_is_refused(
        self, tx: Tx, guild_id: int
    ) -> None:
        mod, bob = moderator(guild_id), member()
        own = replace(bob, user_id=mod.user_id)
        about_me = (await decide(tx, moderator(guild_id), own, CaseAction.WARN)).case
        about_bob = (await decide(tx, mod, bob, CaseAction.WARN)).case
        for case, ranks, rule in (
            (about_me, FINE, Outranked.SELF),
            (about_bob, replace(FINE, target=Rank(7, 7)), Outranked.ACTOR_TOO_LOW),
            (about_bob, None, Outranked.UNKNOWN),
        ):
            with pytest.raises(NotAllowedError) as refused:
                await undo(tx, mod, case, ranks=ranks)
            assert refused.value.message == rule.value
            assert (await now_of(tx, case)).status is CaseStatus.ACTIVE

    async def test_that_is_refused_leaves_nothing_queued(self, tx: Tx, guild_id: int) -> None:
        case = (await decide(tx, moderator(guild_id), member(), CaseAction.WARN)).case
        before = await jobs(tx, guild_id)
        with pytest.raises(NotAllowedError):
            await undo(tx, actor(guild_id), case)
        assert await jobs(tx, guild_id) == before
