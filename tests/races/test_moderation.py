"""Many moderators at once, with real commits: one sanction, one case, and the others are told."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import text

from app import clock
from app.bytes.domain import Member
from app.database.tx import Database, Tx
from app.errors import ConflictError, RefusedError
from app.guilds import service as guilds_service
from app.guilds.domain import Actor
from app.moderation import carrying_out, changing, repository
from app.moderation import service as moderation_service
from app.moderation.cases import Case, Opened, Order
from app.moderation.changing import NotUndoableError, Undone
from app.moderation.config import Step
from app.moderation.domain import CaseAction, CaseStatus
from tests.support import deciding
from tests.support.deciding import moderator
from tests.support.guilds import member, snowflake

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("verified")]

MANY = 12
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
async def known(database: Database, guild_id: int) -> None:
    """The guild is known, so that those who meet in it meet at the cases."""
    async with database.transaction() as tx:
        await guilds_service.enter_guild(tx, guild_id)


async def decide(
    database: Database, who: Actor, whom: Member, order: Order | CaseAction, key: str | None = None
) -> Opened | RefusedError:
    try:
        async with database.transaction() as tx:
            return await deciding.decide(tx, who, whom, order, key=key)
    except RefusedError as refusal:
        return refusal


async def undo(database: Database, who: Actor, case: Case, key: str | None = None) -> Undone | RefusedError:
    try:
        async with database.transaction() as tx:
            return await deciding.undo(tx, who, case, key=key)
    except RefusedError as refusal:
        return refusal


async def carry_out(database: Database, case: Case) -> bool:
    async with database.transaction() as tx:
        return await carrying_out.close(tx, case)


async def numbers(database: Database, guild_id: int) -> list[int]:
    async with database.transaction() as tx:
        rows = await tx.execute(
            text("SELECT number FROM moderation_cases WHERE guild_id = :id ORDER BY number"), {"id": guild_id}
        )
        return list(rows.scalars())


async def open_cases(database: Database, guild_id: int, who: Member) -> list[Case]:
    async with database.transaction() as tx:
        return await repository.find_open(tx, guild_id, who.user_id)


async def jobs(database: Database, guild_id: int) -> Counter[str]:
    async with database.transaction() as tx:
        return Counter(await deciding.jobs(tx, guild_id))


def opened(answers: Sequence[object]) -> list[Opened]:
    assert all(isinstance(answer, Opened) for answer in answers), answers
    return [answer for answer in answers if isinstance(answer, Opened)]


class TestOneMember:
    @pytest.mark.parametrize("attempt", range(3))
    @pytest.mark.parametrize(
        "order",
        [
            CaseAction.BAN,
            CaseAction.KICK,
            CaseAction.UNBAN,
            Order(CaseAction.TIMEOUT, "x", duration=HOUR),
        ],
        ids=str,
    )
    async def test_is_decided_about_once_and_all_others_are_told_of_that_case(
        self, database: Database, guild_id: int, order: Order | CaseAction, attempt: int
    ) -> None:
        bob = member()
        everybody = [moderator(guild_id) for _ in range(MANY)]
        answers = opened(await asyncio.gather(*(decide(database, who, bob, order) for who in everybody)))
        assert [answer.was_in_force for answer in answers].count(False) == 1
        assert {answer.case.number for answer in answers} == {1}
        assert await numbers(database, guild_id) == [1]
        assert (await jobs(database, guild_id))["sanction_member"] == 1

    async def test_same_request_many_times_is_one_case(self, database: Database, guild_id: int) -> None:
        who, bob, key = moderator(guild_id), member(), f"race:{snowflake()}"
        for action in (CaseAction.WARN, CaseAction.BAN):
            mine = f"{key}:{action}"
            answers = await asyncio.gather(*(decide(database, who, bob, action, mine) for _ in range(MANY)))
            assert len({answer.case.id for answer in opened(answers)}) == 1
        assert await numbers(database, guild_id) == [1, 2]

    async def test_of_two_who_share_a_key_the_second_is_refused(
        self, database: Database, guild_id: int
    ) -> None:
        """Also when the members differ, so that neither waits for the other."""
        who, key = moderator(guild_id), f"race:{snowflake()}"
        answers = await asyncio.gather(
            *(decide(database, who, member(), CaseAction.WARN, key) for _ in range(MANY))
        )
        assert Counter(type(answer) for answer in answers) == {Opened: 1, ConflictError: MANY - 1}
        assert await numbers(database, guild_id) == [1]


class TestManyMembers:
    async def test_numbers_have_no_gaps_though_some_are_refused(
        self, database: Database, guild_id: int
    ) -> None:
        async def fail(tx: Tx) -> None:
            await deciding.decide(tx, moderator(guild_id), member(), CaseAction.WARN)
            raise ConflictError("Nothing was done.")  # after the number was given out

        async def refused() -> None:
            with pytest.raises(ConflictError):
                async with database.transaction() as tx:
                    await fail(tx)

        async def warned() -> None:
            opened([await decide(database, moderator(guild_id), member(), CaseAction.WARN)])

        await asyncio.gather(*(refused() if each % 3 == 0 else warned() for each in range(30)))
        assert await numbers(database, guild_id) == list(range(1, 21))


class TestTheLadder:
    @pytest.mark.parametrize("attempt", range(3))
    async def test_warnings_at_once_reach_a_step_once(
        self, database: Database, guild_id: int, attempt: int
    ) -> None:
        async with database.transaction() as tx:
            config, version = await moderation_service.load_config(tx, guild_id)
            step = Step(warnings=3, within_days=30, action=CaseAction.BAN, minutes=None)
            await moderation_service.save_config(
                tx,
                Actor.operator(guild_id),
                config.model_copy(update={"ladder": (step,)}),
                expected_version=version,
            )
        bob = member()
        answers = opened(
            await asyncio.gather(
                *(decide(database, moderator(guild_id), bob, CaseAction.WARN) for _ in range(6))
            )
        )
        assert [answer.follow_up is not None for answer in answers].count(True) == 1
        assert await numbers(database, guild_id) == list(range(1, 8))


class TestUndoing:
    @pytest.mark.parametrize("attempt", range(3))
    async def test_at_once_is_once(self, database: Database, guild_id: int, attempt: int) -> None:
        bob = member()
        [first] = opened([await decide(database, moderator(guild_id), bob, CaseAction.BAN)])
        assert await carry_out(database, first.case)
        answers = await asyncio.gather(
            *(undo(database, moderator(guild_id), first.case) for _ in range(MANY))
        )
        assert Counter(type(answer) for answer in answers) == {Undone: 1, NotUndoableError: MANY - 1}
        assert [case.action for case in await open_cases(database, guild_id, bob)] == [CaseAction.UNBAN]
        assert await numbers(database, guild_id) == [1, 2]

    async def test_by_the_same_request_many_times_answers_alike(
        self, database: Database, guild_id: int
    ) -> None:
        who, key = moderator(guild_id), f"race:{snowflake()}"
        for action, cases in ((CaseAction.WARN, 1), (CaseAction.BAN, 3)):
            [first] = opened([await decide(database, who, member(), action)])
            if action is CaseAction.BAN:
                assert await carry_out(database, first.case)
            mine = f"{key}:{action}"
            answers = await asyncio.gather(*(undo(database, who, first.case, mine) for _ in range(MANY)))
            assert all(isinstance(answer, Undone) and answer == answers[0] for answer in answers), answers
            assert len(await numbers(database, guild_id)) == cases

    @pytest.mark.parametrize("attempt", range(6))
    async def test_while_the_worker_carries_it_out_leaves_one_story(
        self, database: Database, guild_id: int, attempt: int
    ) -> None:
        """Undone before Discord was asked: never asked. After: lifted."""
        bob = member()
        [first] = opened([await decide(database, moderator(guild_id), bob, CaseAction.BAN)])

        async def work() -> bool:
            await asyncio.sleep(attempt * 0.002)
            async with database.transaction() as tx:
                begun = await carrying_out.note_begun(tx, first.case, clock.now())
            if begun:
                await carry_out(database, first.case)
            return begun

        asked, undone = await asyncio.gather(work(), undo(database, moderator(guild_id), first.case))
        assert isinstance(undone, Undone)
        assert (undone.counter is not None) == asked
        left = [case.action for case in await open_cases(database, guild_id, bob)]
        assert left == ([CaseAction.UNBAN] if asked else [])

    async def test_while_others_edit_and_resolve_loses_nothing(
        self, database: Database, guild_id: int
    ) -> None:
        [first] = opened([await decide(database, moderator(guild_id), member(), CaseAction.WARN)])

        async def change(number: int) -> None:
            async with database.transaction() as tx:
                who = moderator(guild_id)
                await changing.edit_reason(tx, who, 1, f"reason {number}")
                await changing.resolve_case(tx, who, 1, now=clock.now())

        await asyncio.gather(
            *(change(number) for number in range(MANY)), undo(database, moderator(guild_id), first.case)
        )
        async with database.transaction() as tx:
            case = await deciding.now_of(tx, first.case)
            events = Counter(event.what for event in await repository.find_events(tx, case))
        assert case.status is CaseStatus.UNDONE
        assert events == {"opened": 1, "edited": MANY, "resolved": 1, "undone": 1}
        assert case.version == first.case.version + MANY + 2
