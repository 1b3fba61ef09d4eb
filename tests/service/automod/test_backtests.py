"""Starting, ending and marking backtests, and what is kept of them: by the services, without a worker."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from msgspec import json
from sqlalchemy import text

from app import clock
from app.automod.backtests import running as backtest_running
from app.automod.backtests.erasure import erase_member, export_member
from app.automod.backtests.service import (
    KEPT,
    BacktestRunningError,
    cancel_backtest,
    forget_old,
    mark_hit,
    start_backtest,
    view_backtest,
)
from app.automod.backtests.values import Backtest, Cursor, Found, State, Tally
from app.automod.rule import Rule
from app.database.tx import Tx
from app.errors import ConflictError, FeatureOffError, InvalidInputError, NotAllowedError, NotFoundError
from app.guilds import service as guilds_service
from app.guilds.domain import Actor
from app.jobs.kinds import RunBacktest
from tests.support.guilds import actor, manager, new_guild
from tests.support.ruling import BAN, RAID, WARN, Beat, rule

pytestmark = pytest.mark.anyio

NOW = clock.now()
LATER = NOW + timedelta(minutes=1)
ADA, BOB = 11, 12


@pytest.fixture
async def boss(tx: Tx, guild_id: int) -> Actor:
    await guilds_service.enter_guild(tx, guild_id)
    await Beat(guild_id).rule(
        tx,
        rule("Warns", "off", actions=[WARN]),
        rule("Bans", actions=[BAN]),
        rule("Raid", trigger=RAID, actions=[BAN]),
    )
    return manager(guild_id)


async def start(tx: Tx, who: Actor, draft: Rule | str | None = None, **more: Any) -> Backtest:
    chosen: dict[str, Any] = {"channel_ids": [77], "messages": 500, "idempotency_key": f"a:{who.guild_id}"}
    return await start_backtest(tx, who, draft, **chosen | {"now": NOW} | more)


async def find(tx: Tx, backtest: Backtest, *hits: tuple[int, str, int]) -> None:
    """Have a worker find hits: message, rule, author."""
    await backtest_running.begin(tx, backtest.guild_id, backtest.id, NOW)
    rules = {each.rule.name: each for each in backtest.rules}
    found = [
        Found(message, rules[name].id, 77, author, name, rules[name].rule.actions[0].type)
        for message, name, author in hits
    ]
    tally = Tally(tuple(found), {77: Cursor(1, 100)}, 100, 90, ())
    assert await backtest_running.note(tx, backtest, tally, LATER)


async def queued(tx: Tx, who: Actor) -> list[str]:
    """Tell which backtests of a guild the worker is to do; other tests queue theirs."""
    waiting = await tx.execute(
        text("SELECT payload FROM pgqueuer WHERE status = 'queued' AND entrypoint = :entrypoint"),
        {"entrypoint": RunBacktest.entrypoint},
    )
    jobs = [json.decode(bytes(payload), type=RunBacktest, strict=False) for payload in waiting.scalars()]
    return [job.backtest_id for job in jobs if job.guild_id == who.guild_id]


class TestStarting:
    async def test_takes_every_rule_whatever_its_mode_and_has_the_worker_do_it(
        self, tx: Tx, boss: Actor
    ) -> None:
        backtest = await start(tx, boss)
        assert [each.rule.name for each in backtest.rules] == ["Warns", "Bans", "Raid"]
        assert await queued(tx, boss) == [str(backtest.id)]
        view = await view_backtest(tx, boss, backtest.id, now=LATER)
        assert (view.backtest, view.found, view.punished) == (backtest, [], [])

    async def test_takes_one_rule_or_a_draft_that_nobody_saved(self, tx: Tx, boss: Actor) -> None:
        one = await start(tx, boss, "Warns")
        assert [each.rule.name for each in one.rules] == ["Warns"]
        await cancel_backtest(tx, boss, one.id, now=LATER)
        draft = rule("Draft")
        drafted = await start(tx, boss, draft, idempotency_key="b")
        assert [each.rule for each in drafted.rules] == [draft]

    async def test_again_with_the_same_key_is_the_same(self, tx: Tx, boss: Actor) -> None:
        assert await start(tx, boss) == await start(tx, boss, "Bans")
        assert len(await queued(tx, boss)) == 1
        elsewhere = manager(new_guild())
        with pytest.raises(ConflictError):
            await start(tx, elsewhere, idempotency_key=f"a:{boss.guild_id}")

    async def test_of_a_second_one_is_refused_with_whose_the_first_is(self, tx: Tx, boss: Actor) -> None:
        first = await start(tx, boss)
        with pytest.raises(BacktestRunningError, match=f"member {boss.user_id} started") as refused:
            await start(tx, manager(boss.guild_id), idempotency_key="b")
        assert refused.value.backtest_id == first.id
        await cancel_backtest(tx, boss, first.id, now=LATER)
        assert (await start(tx, boss, idempotency_key="b")).state is State.QUEUED

    async def test_takes_the_place_of_one_that_nobody_does_any_more(self, tx: Tx, boss: Actor) -> None:
        lost = await start(tx, boss)
        later = NOW + timedelta(minutes=15)
        assert (await start(tx, boss, idempotency_key="b", now=later)).state is State.QUEUED
        assert (await view_backtest(tx, boss, lost.id, now=later)).backtest.state is State.FAILED

    @pytest.mark.parametrize(
        ("more", "error"),
        [
            ({"messages": 10_001}, InvalidInputError),
            ({"messages": 0}, InvalidInputError),
            ({"channel_ids": range(1, 22)}, InvalidInputError),
            ({"channel_ids": []}, InvalidInputError),
            ({"draft": "Raid"}, InvalidInputError),
            ({"draft": "Nothing"}, NotFoundError),
        ],
    )
    async def test_of_what_cannot_be_done_starts_nothing(
        self, tx: Tx, boss: Actor, more: dict[str, Any], error: type[Exception]
    ) -> None:
        with pytest.raises(error, match="Nothing was"):
            await start(tx, boss, **more)
        assert not await queued(tx, boss)

    async def test_is_for_managers_where_auto_mod_is_on(self, tx: Tx, boss: Actor) -> None:
        backtest = await start(tx, boss)
        nobody = actor(boss.guild_id)
        for use in (
            start(tx, nobody),
            cancel_backtest(tx, nobody, backtest.id, now=NOW),
            view_backtest(tx, nobody, backtest.id, now=NOW),
            mark_hit(tx, nobody, backtest.id, 1, is_false_positive=True, now=NOW),
        ):
            with pytest.raises(NotAllowedError):
                await use
        other = manager(new_guild())
        await guilds_service.enter_guild(tx, other.guild_id)
        with pytest.raises((NotFoundError, FeatureOffError)):
            await view_backtest(tx, other, backtest.id, now=NOW)


class TestMarking:
    async def test_a_false_positive_punishes_nobody_until_it_is_none_after_all(
        self, tx: Tx, boss: Actor
    ) -> None:
        backtest = await start(tx, boss)
        await find(tx, backtest, (1, "Warns", ADA), (1, "Bans", ADA), (2, "Warns", ADA), (3, "Warns", BOB))

        def who(view: Any) -> list[tuple[int, str, int]]:
            return [(each.user_id, each.measure.action.value, each.messages) for each in view.punished]

        view = await view_backtest(tx, boss, backtest.id, now=LATER)
        assert (view.backtest.hits, [each.message_id for each in view.found]) == (3, [3, 2, 1, 1])
        assert who(view) == [(ADA, "ban", 2), (BOB, "warn", 1)]
        bans = next(each.id for each in backtest.rules if each.rule.name == "Bans")
        marked = await mark_hit(tx, boss, backtest.id, 1, rule_id=bans, is_false_positive=True, now=LATER)
        assert (who(marked), marked.false_positives) == ([(ADA, "warn", 2), (BOB, "warn", 1)], 1)
        marked = await mark_hit(tx, boss, backtest.id, 3, is_false_positive=True, now=LATER)
        assert (who(marked), marked.false_positives) == ([(ADA, "warn", 2)], 2)
        await mark_hit(tx, boss, backtest.id, 3, is_false_positive=False, now=LATER)
        again = await mark_hit(tx, boss, backtest.id, 1, is_false_positive=False, now=LATER)
        assert who(again) == who(view)

    async def test_what_was_not_hit_is_not_there(self, tx: Tx, boss: Actor) -> None:
        backtest = await start(tx, boss)
        for backtest_id in (backtest.id, UUID(int=1)):
            with pytest.raises(NotFoundError):
                await mark_hit(tx, boss, backtest_id, 4, is_false_positive=True, now=LATER)


class TestWhatIsFound:
    async def test_again_is_found_once_and_marks_stay(self, tx: Tx, boss: Actor) -> None:
        backtest = await start(tx, boss)
        await find(tx, backtest, (1, "Warns", ADA))
        await mark_hit(tx, boss, backtest.id, 1, is_false_positive=True, now=LATER)
        await find(tx, backtest, (1, "Warns", ADA), (2, "Warns", ADA))
        view = await view_backtest(tx, boss, backtest.id, now=LATER)
        assert (view.backtest.hits, view.false_positives, len(view.found)) == (2, 1, 2)

    async def test_after_its_end_is_not_noted(self, tx: Tx, boss: Actor) -> None:
        backtest = await start(tx, boss)
        cancelled = await cancel_backtest(tx, boss, backtest.id, now=LATER)
        tally = Tally((), {}, 7, 7, ())
        assert await backtest_running.note(tx, backtest, tally, LATER) is None
        await backtest_running.end(tx, backtest, LATER)
        assert await cancel_backtest(tx, boss, backtest.id, now=LATER) == cancelled


class TestWhatIsKept:
    async def test_is_gone_after_a_day(self, tx: Tx, boss: Actor) -> None:
        backtest = await start(tx, boss)
        await find(tx, backtest, (1, "Warns", ADA))
        await forget_old(tx, NOW + KEPT)
        await view_backtest(tx, boss, backtest.id, now=NOW + KEPT)
        over = NOW + KEPT + timedelta(seconds=1)
        with pytest.raises(NotFoundError, match="24 hours"):
            await view_backtest(tx, boss, backtest.id, now=over)
        await forget_old(tx, over)
        for table, column in (("automod_backtests", "id"), ("automod_backtest_hits", "backtest_id")):
            left = await tx.execute(
                text(f"SELECT count(*) FROM {table} WHERE {column} = :id"), {"id": backtest.id}
            )
            assert left.scalar_one() == 0

    async def test_is_shown_to_members_and_forgotten_with_them(self, tx: Tx, boss: Actor) -> None:
        backtest = await start(tx, boss)
        await find(tx, backtest, (1, "Warns", ADA), (1, "Bans", ADA), (2, "Warns", BOB))
        exported = await export_member(tx, boss.guild_id, ADA)
        assert sorted(each["rule"] for each in exported["hits"]) == ["Bans", "Warns"]
        assert len((await export_member(tx, boss.guild_id, boss.user_id))["started"]) == 1
        assert await erase_member(tx, boss.guild_id, ADA, -7) == 2
        assert await erase_member(tx, boss.guild_id, boss.user_id, -8) == 1
        assert await erase_member(tx, boss.guild_id, boss.user_id, -9) is None
        for user_id in (ADA, boss.user_id):
            assert await export_member(tx, boss.guild_id, user_id) == {"started": [], "hits": []}
        view = await view_backtest(tx, boss, backtest.id, now=LATER)
        assert [each.user_id for each in view.found] == [BOB]
