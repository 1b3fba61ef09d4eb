"""What several warnings lead to."""

from datetime import datetime, timedelta

import pytest

from app import clock
from app.database.tx import Tx
from app.guilds.domain import Actor
from app.moderation import changing
from app.moderation import service as moderation_service
from app.moderation.cases import Case, Opened, Order
from app.moderation.config import Step
from app.moderation.domain import CaseAction, CaseStatus
from tests.support.deciding import carried_out, decide, jobs, moderator, now_of, undo
from tests.support.guilds import member, snowflake

pytestmark = pytest.mark.anyio

DAY = timedelta(days=1)
WEEK_OUT = Step(warnings=3, within_days=30, action=CaseAction.TIMEOUT, minutes=7 * 24 * 60)
BANNED = Step(warnings=5, within_days=90, action=CaseAction.BAN, minutes=None)


async def choose(tx: Tx, guild_id: int, *ladder: Step, lifetime: int | None = 90) -> None:
    config, version = await moderation_service.load_config(tx, guild_id)
    wanted = config.model_copy(update={"ladder": ladder, "warning_lifetime_days": lifetime})
    await moderation_service.save_config(tx, Actor.operator(guild_id), wanted, expected_version=version)


@pytest.fixture
async def warned(tx: Tx, guild_id: int) -> "Warned":
    """A member who is about to be warned, in a guild with a ladder of two steps."""
    await choose(tx, guild_id, WEEK_OUT, BANNED)
    return Warned(tx, guild_id)


class Warned:
    """Somebody who is warned again and again."""

    def __init__(self, tx: Tx, guild_id: int) -> None:
        self._tx = tx
        self.mod = moderator(guild_id)
        self.who = member()
        self.opened: list[Opened] = []

    async def again(self, *, at: datetime | None = None, key: str | None = None) -> Case | None:
        """Warn once more; gives what the ladder added."""
        order = Order(CaseAction.WARN, "spam", interaction_id=snowflake())
        self.opened.append(await decide(self._tx, self.mod, self.who, order, now=at, key=key))
        return self.opened[-1].follow_up


class TestTheLadder:
    async def test_third_warning_times_out_on_behalf_of_the_platform(
        self, tx: Tx, guild_id: int, warned: Warned
    ) -> None:
        assert await warned.again() is None
        assert await warned.again() is None
        now = clock.now()
        case = await warned.again(at=now)
        assert case is not None
        third = warned.opened[-1].case
        assert (case.action, case.moderator_id, case.linked_id) == ("timeout", 0, third.id)
        assert case.expires_at == now + 7 * DAY
        assert case.number == third.number + 1
        assert case.interaction_id == third.interaction_id  # one reply tells both
        assert case.reason == "3 warnings within 30 days (the last one: case #3)"
        assert (await jobs(tx, guild_id)).count("sanction_member") == 1

    async def test_same_warning_twice_escalates_once(self, tx: Tx, guild_id: int, warned: Warned) -> None:
        await warned.again()
        await warned.again()
        key = f"key:{snowflake()}"
        first, again = await warned.again(key=key), await warned.again(key=key)
        assert first is not None
        assert again == first
        assert (await jobs(tx, guild_id)).count("sanction_member") == 1

    async def test_one_more_while_the_step_is_in_force_adds_only_what_lasts_longer(
        self, tx: Tx, warned: Warned
    ) -> None:
        now = clock.now()
        cases = [await warned.again(at=now) for _ in range(4)]
        assert [case is not None for case in cases] == [False, False, True, False]
        later = await warned.again(at=now + DAY)  # the fifth reaches the second step
        assert later is not None
        assert later.action is CaseAction.BAN
        assert await warned.again(at=now + DAY) is None

    async def test_warnings_that_were_undone_do_not_count(self, tx: Tx, warned: Warned) -> None:
        await warned.again()
        await warned.again()
        await undo(tx, warned.mod, warned.opened[0].case)
        assert await warned.again() is None
        assert await warned.again() is not None

    async def test_warnings_that_are_older_than_the_step_looks_do_not_count(self, warned: Warned) -> None:
        now = clock.now()
        await warned.again(at=now - 31 * DAY)
        await warned.again(at=now - DAY)
        assert await warned.again(at=now) is None

    async def test_warnings_that_are_older_than_warnings_get_do_not_count(
        self, tx: Tx, guild_id: int, warned: Warned
    ) -> None:
        await choose(tx, guild_id, WEEK_OUT, lifetime=7)
        now = clock.now()
        await warned.again(at=now - 8 * DAY)  # nobody has noted that it is over
        await warned.again(at=now - DAY)
        assert await warned.again(at=now) is None

    async def test_warnings_of_others_do_not_count(self, tx: Tx, guild_id: int, warned: Warned) -> None:
        await warned.again()
        await warned.again()
        for _ in range(2):
            await decide(tx, warned.mod, member(), CaseAction.WARN)
        assert (await decide(tx, warned.mod, member(), CaseAction.WARN)).follow_up is None

    async def test_what_it_did_is_undone_like_any_other_case(self, tx: Tx, warned: Warned) -> None:
        for _ in range(2):
            await warned.again()
        case = await warned.again()
        assert case is not None
        await carried_out(tx, case)
        counter = (await undo(tx, warned.mod, case)).counter
        assert counter is not None
        assert counter.action is CaseAction.UNTIMEOUT
        await changing.resolve_case(tx, warned.mod, case.number, now=clock.now())
        assert (await now_of(tx, warned.opened[-1].case)).status is CaseStatus.ACTIVE

    async def test_no_ladder_adds_nothing(self, tx: Tx, guild_id: int, warned: Warned) -> None:
        await choose(tx, guild_id)
        assert [await warned.again() for _ in range(6)] == [None] * 6
