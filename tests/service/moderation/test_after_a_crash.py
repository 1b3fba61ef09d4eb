"""What the worker finds that died between asking Discord and writing it down."""

from datetime import timedelta

import pytest

from app import clock
from app.database.tx import Tx
from app.moderation import carrying_out
from app.moderation.cases import Case, Order
from app.moderation.domain import CaseAction, DmStatus
from app.moderation.failures import Failure
from tests.support.deciding import carried_out, decide, moderator, now_of, undo
from tests.support.guilds import member

pytestmark = pytest.mark.anyio

SHORT = Order(CaseAction.BAN, "spam", duration=timedelta(hours=1))


async def is_no_surprise(tx: Tx, case: Case) -> bool:
    """Tell whether the worker takes a ban it finds in Discord for ours, with this case due."""
    due = await carrying_out.find_due(tx, case.guild_id, case.user_id, clock.now())
    assert due is not None
    assert due.case.number == case.number
    return due.ban_is_ours


class TestABanInDiscord:
    async def test_that_no_case_explains_is_somebody_elses(self, tx: Tx, guild_id: int) -> None:
        case = (await decide(tx, moderator(guild_id), member(), CaseAction.BAN)).case
        assert not await is_no_surprise(tx, case)

    async def test_is_ours_if_a_shorter_one_was_asked_for(self, tx: Tx, guild_id: int) -> None:
        """Or else the longer ban would fail, and the shorter one end."""
        mod, bob = moderator(guild_id), member()
        short = (await decide(tx, mod, bob, SHORT)).case
        await carrying_out.note_begun(tx, short, clock.now())
        for_good = (await decide(tx, mod, bob, CaseAction.BAN)).case
        assert await is_no_surprise(tx, for_good)

    async def test_is_ours_if_it_is_about_to_be_lifted(self, tx: Tx, guild_id: int) -> None:
        mod, bob = moderator(guild_id), member()
        first = (await decide(tx, mod, bob, CaseAction.BAN)).case
        await carrying_out.note_begun(tx, first, clock.now())
        await undo(tx, mod, first)
        again = (await decide(tx, mod, bob, CaseAction.BAN)).case
        assert await is_no_surprise(tx, again)


class TestTheMessageAboutABan:
    async def test_that_was_not_sent_before_it_is_not_due_after_it(self, tx: Tx, guild_id: int) -> None:
        case = (await decide(tx, moderator(guild_id), member(), CaseAction.BAN)).case
        assert (await carried_out(tx, case)).dm_status is DmStatus.NONE

    async def test_that_was_sent_stays_sent(self, tx: Tx, guild_id: int) -> None:
        case = (await decide(tx, moderator(guild_id), member(), CaseAction.BAN)).case
        await carrying_out.note_dm(tx, case, DmStatus.SENT)
        await carried_out(tx, case)
        assert (await now_of(tx, case)).dm_status is DmStatus.SENT

    @pytest.mark.parametrize("failure", [None, Failure.TOO_LATE])
    async def test_of_which_nobody_knows_whether_it_was_sent_is_not_sent_for_ever(
        self, tx: Tx, guild_id: int, failure: Failure | None
    ) -> None:
        case = (await decide(tx, moderator(guild_id), member(), CaseAction.BAN)).case
        await carrying_out.note_dm(tx, case, DmStatus.SENDING)
        await carrying_out.close(tx, case, failure=failure)
        assert (await now_of(tx, case)).dm_status is DmStatus.FAILED


async def test_a_case_that_was_undone_meanwhile_is_not_told_about(tx: Tx, guild_id: int) -> None:
    mod = moderator(guild_id)
    read = (await decide(tx, mod, member(), CaseAction.KICK)).case
    assert await carrying_out.begin_dm(tx, read)
    other = (await decide(tx, mod, member(), CaseAction.KICK)).case
    await undo(tx, mod, other)
    assert not await carrying_out.begin_dm(tx, other)
    assert (await now_of(tx, other)).dm_status is not DmStatus.SENDING
