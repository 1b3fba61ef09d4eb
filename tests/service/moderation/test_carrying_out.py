"""What the worker reads and writes of cases."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from app import clock
from app.database.tx import Tx
from app.guilds.domain import Actor
from app.moderation import carrying_out, repository
from app.moderation import service as moderation_service
from app.moderation.cases import Case, Order
from app.moderation.domain import CaseAction, CaseStatus, DmStatus
from app.moderation.failures import Failure
from tests.support.deciding import carried_out, decide, jobs, moderator, now_of, undo
from tests.support.guilds import member, new_guild

pytestmark = pytest.mark.anyio

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def timeout(length: timedelta = HOUR) -> Order:
    return Order(CaseAction.TIMEOUT, "spam", duration=length)


async def timeline(tx: Tx, case: Case) -> list[str]:
    return [event.what for event in await repository.find_events(tx, case)]


async def due(tx: Tx, case: Case) -> int | None:
    """Number of what is to be done about the member of a case next."""
    found = await carrying_out.find_due(tx, case.guild_id, case.user_id, clock.now())
    return None if found is None else found.case.number


class TestCarryingOut:
    async def test_is_noted_once_and_shown(self, tx: Tx, guild_id: int) -> None:
        case = (await decide(tx, moderator(guild_id), member(), timeout())).case
        assert await carrying_out.close(tx, case)
        assert not await carrying_out.close(tx, case)
        assert not await carrying_out.close(tx, case, failure=Failure.BOT_LACKS)
        assert (await now_of(tx, case)).status is CaseStatus.ACTIVE
        assert await timeline(tx, case) == ["opened", "carried_out"]
        assert await jobs(tx, guild_id) == ["sanction_member", "tell_member", "log_case"]

    @pytest.mark.parametrize("action", ["kick", "ban", "unban", "untimeout"])
    async def test_that_failed_says_why_and_tells_nobody(self, tx: Tx, guild_id: int, action: str) -> None:
        case = (await decide(tx, moderator(guild_id), member(), CaseAction(action))).case
        assert await carrying_out.close(tx, case, failure=Failure.BOT_LACKS)
        found = await now_of(tx, case)
        assert (found.status, found.failure, found.dm_status) == ("failed", "bot_lacks", "none")
        assert await due(tx, case) is None
        assert "tell_member" not in await jobs(tx, guild_id)

    async def test_that_failed_after_the_member_was_told_keeps_that(self, tx: Tx, guild_id: int) -> None:
        """The worker has the case as it was before the message was sent."""
        case = (await decide(tx, moderator(guild_id), member(), CaseAction.BAN)).case
        await carrying_out.note_dm(tx, case, DmStatus.SENT)
        await carrying_out.close(tx, case, failure=Failure.BOT_LACKS)
        assert (await now_of(tx, case)).dm_status is DmStatus.SENT

    async def test_of_what_was_undone_meanwhile_changes_nothing_of_what_is_in_force(
        self, tx: Tx, guild_id: int
    ) -> None:
        mod, bob = moderator(guild_id), member()
        short = await carried_out(tx, (await decide(tx, mod, bob, timeout())).case)
        longer = (await decide(tx, mod, bob, timeout(DAY))).case
        await undo(tx, mod, longer)
        assert not await carrying_out.note_begun(tx, longer, clock.now())
        assert not await carrying_out.close(tx, longer)
        assert (await now_of(tx, short)).status is CaseStatus.ACTIVE

    async def test_of_the_newest_decision_leaves_nothing_older_to_do(self, tx: Tx, guild_id: int) -> None:
        """A lift that was decided before a sanction and not carried out must not lift it afterwards."""
        mod = moderator(guild_id)
        for imposes, lifts in ((timeout(DAY), "untimeout"), (Order(CaseAction.BAN, "x"), "unban")):
            bob = member()
            lift = (await decide(tx, mod, bob, CaseAction(lifts))).case
            sanction = (await decide(tx, mod, bob, imposes)).case
            assert await due(tx, sanction) == sanction.number
            await carried_out(tx, sanction)
            assert await due(tx, sanction) is None
            overtaken = await now_of(tx, lift)
            assert (overtaken.status, overtaken.failure) == ("failed", "overtaken")
            assert (await now_of(tx, sanction)).status is CaseStatus.ACTIVE

    async def test_of_a_lift_ends_what_was_never_carried_out_without_a_message(
        self, tx: Tx, guild_id: int
    ) -> None:
        mod, bob = moderator(guild_id), member()
        sanction = (await decide(tx, mod, bob, timeout())).case
        lift = (await decide(tx, mod, bob, CaseAction.UNTIMEOUT)).case
        assert await due(tx, lift) == lift.number
        await carried_out(tx, lift)
        found = await now_of(tx, sanction)
        assert (found.status, found.dm_status) == ("lifted", "none")
        assert await due(tx, lift) is None

    async def test_of_one_member_is_no_concern_of_others(self, tx: Tx, guild_id: int) -> None:
        mod, other = moderator(guild_id), new_guild()
        bob = member()
        here = await carried_out(tx, (await decide(tx, mod, bob, CaseAction.BAN)).case)
        there = await carried_out(tx, (await decide(tx, moderator(other), bob, CaseAction.BAN)).case)
        await carried_out(tx, (await decide(tx, mod, bob, CaseAction.UNBAN)).case)
        assert (await now_of(tx, here)).status is CaseStatus.LIFTED
        assert (await now_of(tx, there)).status is CaseStatus.ACTIVE


class TestTheClock:
    async def test_ends_what_is_over_and_nothing_else(self, tx: Tx, guild_id: int) -> None:
        mod, now = moderator(guild_id), clock.now()
        over, lasting, endless, pending = member(), member(), member(), member()
        for whom, order in (
            (over, Order(CaseAction.BAN, "x", duration=HOUR)),
            (lasting, Order(CaseAction.BAN, "x", duration=DAY)),
            (endless, Order(CaseAction.BAN, "x")),
        ):
            await carried_out(tx, (await decide(tx, mod, whom, order, now=now)).case)
        await decide(tx, mod, pending, Order(CaseAction.BAN, "x", duration=HOUR), now=now)
        await tx.execute(text("DELETE FROM pgqueuer"))
        await carrying_out.enqueue_over(tx, now + HOUR - timedelta(seconds=1))
        assert await jobs(tx, guild_id) == []
        for _ in range(3):  # as often as the schedule likes
            await carrying_out.enqueue_over(tx, now + HOUR)
        assert await jobs(tx, guild_id) == ["sanction_member"]
        found = await carrying_out.find_due(tx, guild_id, over.user_id, now + HOUR)
        assert found is not None
        assert found.is_over
        await carrying_out.expire(tx, found.case)
        assert (await now_of(tx, found.case)).status is CaseStatus.EXPIRED
        for whom in (lasting, endless):
            assert await carrying_out.find_due(tx, guild_id, whom.user_id, now + HOUR) is None

    async def test_tries_again_after_an_hour_what_could_not_be_ended(self, tx: Tx, guild_id: int) -> None:
        mod, now = moderator(guild_id), clock.now()
        order = Order(CaseAction.BAN, "x", duration=HOUR)
        case = await carried_out(tx, (await decide(tx, mod, member(), order, now=now)).case)
        later = now + HOUR
        await carrying_out.note_not_ended(tx, case, Failure.BOT_LACKS, later)
        version = (await now_of(tx, case)).version
        await carrying_out.note_not_ended(tx, await now_of(tx, case), Failure.BOT_LACKS, later)
        assert (await now_of(tx, case)).version == version  # the log is not edited every hour
        await tx.execute(text("DELETE FROM pgqueuer"))
        await carrying_out.enqueue_over(tx, later + HOUR / 2)
        assert await jobs(tx, guild_id) == []
        assert await carrying_out.find_due(tx, guild_id, case.user_id, later + HOUR / 2) is None
        await carrying_out.enqueue_over(tx, later + HOUR * 1.01)
        assert await jobs(tx, guild_id) == ["sanction_member"]

    async def test_ends_warnings_by_the_lifetime_their_guild_chose(self, tx: Tx) -> None:
        now = clock.now()
        ages = {}
        for days in (None, 30, 3650):
            guild_id = new_guild()
            mod = moderator(guild_id)
            old = (await decide(tx, mod, member(), CaseAction.WARN, now=now - 31 * DAY)).case
            config, version = await moderation_service.load_config(tx, guild_id)
            await moderation_service.save_config(
                tx,
                Actor.operator(guild_id),
                config.model_copy(update={"warning_lifetime_days": days}),
                expected_version=version,
            )
            ages[days] = old
        never_chose = (
            await decide(tx, moderator(new_guild()), member(), CaseAction.WARN, now=now - 91 * DAY)
        ).case
        await carrying_out.expire_warnings(tx, now)
        assert {days: (await now_of(tx, case)).status.value for days, case in ages.items()} == {
            None: "active",
            30: "expired",
            3650: "active",
        }
        assert (await now_of(tx, never_chose)).status is CaseStatus.EXPIRED
        assert await timeline(tx, never_chose) == ["opened", "expired"]


class TestARejoin:
    async def test_gives_back_a_timeout_that_lasts_and_no_other(self, tx: Tx, guild_id: int) -> None:
        mod, now = moderator(guild_id), clock.now()
        lasting, over, pending, lifted, nobody = (member() for _ in range(5))
        await carried_out(tx, (await decide(tx, mod, lasting, timeout(DAY), now=now)).case)
        await carried_out(tx, (await decide(tx, mod, over, timeout(), now=now)).case)
        await decide(tx, mod, pending, timeout(DAY), now=now)
        await carried_out(tx, (await decide(tx, mod, lifted, timeout(DAY), now=now)).case)
        await decide(tx, mod, lifted, CaseAction.UNTIMEOUT, now=now)  # not carried out yet
        await tx.execute(text("DELETE FROM pgqueuer"))
        later = now + 2 * HOUR
        came_back = {
            name: await carrying_out.note_rejoin(tx, guild_id, whom.user_id, later)
            for name, whom in {
                "lasting": lasting,
                "over": over,
                "pending": pending,
                "lifted": lifted,
                "nobody": nobody,
            }.items()
        }
        assert came_back == {
            "lasting": True,
            "over": False,
            "pending": False,
            "lifted": False,
            "nobody": False,
        }
        assert await jobs(tx, guild_id) == ["restore_timeout"]
