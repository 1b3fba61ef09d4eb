"""A backtest against a Discord with its limits: how soon it tells, whether it is right, how it ends."""

import asyncio
from pathlib import Path

import pytest

from app import clock
from app.automod.backtests.values import Failure, State
from app.components.custom_id import CustomIds
from app.discord.port import Discord, DiscordRateLimitedError
from app.discord.rest import connect_discord
from app.jobs.kinds import RunBacktest
from app.replies.service import TokenBox
from app.settings import Settings
from app.worker.backtests import run_backtest
from app.worker.work import Work
from simulator.state import seed
from tests.support.past import (
    BOB,
    CHANNEL,
    GONE,
    RULES,
    SECOND,
    Bench,
    canaries,
    expected,
    hits_of,
    is_over,
)
from tests.support.role import started
from tests.support.waiting import until

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[3]
"""Where the code beside this test is: the worker runs elsewhere."""

READING = RULES[:2]
"""Rules that do not count."""


class TestABacktest:
    async def test_of_a_thousand_messages_tells_within_2_s_is_over_within_15_s_and_right(
        self, bench: Bench
    ) -> None:
        bench.past.write(1_040)
        await bench.save(*RULES)
        async with bench.here.working():
            began = clock.monotonic()
            view = await bench.start()
            view = await bench.until(view, lambda view: view.backtest.hits > 0)
            first = clock.monotonic() - began
            view = await bench.until(view, is_over)
            whole = clock.monotonic() - began
        print(f"first verdicts after {first:.2f} s, all {view.backtest.fetched} messages after {whole:.2f} s")
        assert first < 2
        assert whole < 15
        newest = bench.past.written[-1_000:]
        assert hits_of(view) == expected(newest)
        assert {name for _, name in hits_of(view)} == {"Scam", "Mentions", "Fast", "Again"}
        assert view.backtest.state is State.DONE
        messages = {message_id for message_id, _ in hits_of(view)}
        assert (view.backtest.fetched, view.backtest.hits) == (1_000, len(messages))
        assert view.backtest.judged == sum(each.user_id != bench.past.discord.bot.id for each in newest)
        assert {each.user_id for each in view.punished} == {seed.ADA, seed.JUN, seed.SIOBHAN, BOB, GONE}
        sanctions = {each.user_id: each.measure and each.measure.action.value for each in view.punished}
        assert (sanctions[BOB], sanctions[seed.SIOBHAN]) == ("ban", "timeout")
        assert not await canaries(bench.here.database)

    async def test_of_several_channels_takes_of_each_and_ends_where_there_is_no_more(
        self, bench: Bench
    ) -> None:
        bench.past.write(130)
        bench.past.write(90, SECOND)
        await bench.save(*READING)
        async with bench.here.working():
            view = await bench.until(await bench.start(channel_ids=[CHANNEL, SECOND]), is_over)
        assert (view.backtest.state, view.backtest.fetched) == (State.DONE, 220)
        assert hits_of(view) == expected(bench.past.written, READING)

    async def test_that_is_cancelled_stops_within_a_page_and_keeps_what_it_has(self, bench: Bench) -> None:
        bench.past.write(3_000)
        await bench.save(*READING)
        async with bench.here.working():
            view = await bench.start(messages=3_000)
            await bench.until(view, lambda view: view.backtest.fetched >= 100)
            cancelled = await bench.cancel(view)
            asked = bench.past.pages()
            await bench.here.until_quiet()
        assert bench.past.pages() <= asked + 1
        after = await bench.look(view)
        assert after.backtest.state is State.CANCELLED
        assert hits_of(after) == hits_of(await bench.look(cancelled))
        assert hits_of(after) < expected(bench.past.written)

    async def test_looks_into_no_channel_of_another_server(self, bench: Bench) -> None:
        await bench.save(*READING)
        await bench.here.post(f"guilds/{seed.TERRARIUM_ID}/bot", action="add")
        async with bench.here.working():
            view = await bench.until(await bench.start(channel_ids=[seed.LOUNGE]), is_over)
        assert (view.backtest.state, view.backtest.reason) == (State.FAILED, Failure.UNREADABLE)
        assert view.backtest.fetched == 0

    async def test_goes_on_when_discord_wants_it_to_wait_or_fails(self, bench: Bench) -> None:
        bench.past.write(500)
        await bench.save(*RULES)
        reading = {"method": "GET", "route": "/channels/{}/messages"}
        for kind, more in (
            ("rate_limit_user", {"retry_after": 0.5}),
            ("server_error", {"status": 502}),
            ("lost_answer", {}),
            ("malformed", {}),
            ("rate_limit_global", {"retry_after": 0.3}),
        ):
            await bench.here.post("faults", kind=kind, times=1, **reading, **more)
        async with bench.here.working():
            view = await bench.until(await bench.start(), is_over)
        assert view.backtest.state is State.DONE
        assert hits_of(view) == expected(bench.past.written)

    async def test_that_has_to_wait_long_is_left_in_the_queue_with_all_that_it_has(
        self, bench: Bench, settings: Settings
    ) -> None:
        bench.past.write(400)
        await bench.save(*RULES)
        view = await bench.start()
        job = RunBacktest(bench.here.guild_id, str(view.backtest.id))
        async with connect_discord(settings) as discord:
            work = _work(bench, discord)
            async with asyncio.TaskGroup() as group:
                group.create_task(_limited_after(bench, 2))
                with pytest.raises(DiscordRateLimitedError):
                    await run_backtest(work, job)
        view = await bench.look(view)
        assert view.backtest.state is State.RUNNING
        assert 0 < view.backtest.fetched < 400
        assert view.backtest.hits > 0
        async with connect_discord(settings) as discord:
            await run_backtest(_work(bench, discord), job)
        view = await bench.look(view)
        assert view.backtest.state is State.DONE
        assert hits_of(view) == expected(bench.past.written)

    async def test_keeps_no_moderator_waiting(self, bench: Bench) -> None:
        bench.past.write(3_000)
        await bench.save(*RULES)
        noah = await bench.here.newcomer()
        async with bench.here.working():
            view = await bench.start(messages=3_000)
            await bench.until(view, lambda view: view.backtest.fetched > 0)
            began = clock.monotonic()
            await bench.here.use(bench.here.owner, "timeout", user=noah["id"], duration="10m", reason="Loud")
            await bench.here.until(
                lambda state: any(
                    each["timed_out_until"] for each in state["people"] if each["id"] == noah["id"]
                )
            )
            assert clock.monotonic() - began < 2
            assert not is_over(await bench.look(view))
            await bench.cancel(view)


class TestAWorkerThatIsKilled:
    async def test_loses_nothing_and_nothing_is_counted_twice(
        self, bench: Bench, settings: Settings, tmp_path: Path
    ) -> None:
        bench.past.write(100)
        bench.past.burst(275)
        await bench.save(*RULES)
        view = await bench.start(messages=1_200)
        async with started("worker", settings, tmp_path, PYTHONPATH=str(ROOT)) as worker:
            await worker.until_ready()
            view = await bench.until(view, lambda view: view.backtest.fetched >= 200)
            await worker.kill()
        before = await bench.look(view)
        assert before.backtest.state is State.RUNNING
        assert before.backtest.fetched < 1_200
        read_before = bench.past.pages()
        async with connect_discord(settings) as discord:
            work = _work(bench, discord)
            job = RunBacktest(bench.here.guild_id, str(view.backtest.id))
            for _ in range(2):
                await run_backtest(work, job)
        view = await bench.look(view)
        assert (view.backtest.state, view.backtest.fetched) == (State.DONE, 1_200)
        assert hits_of(view) == expected(bench.past.written[-1_200:])
        assert hits_of(before) <= hits_of(view)
        read_again = bench.past.pages() - read_before
        assert read_again < 12


def _work(bench: Bench, discord: Discord) -> Work:
    return Work(bench.here.database, discord, TokenBox(bytes(32)), CustomIds(b"a key of the tests"))


async def _limited_after(bench: Bench, pages: int) -> None:
    """Have Discord want a long wait once so many pages were read."""
    await until(lambda: bench.past.pages() >= pages)
    await bench.here.post(
        "faults", kind="rate_limit_user", times=1, retry_after=30, method="GET", route="/channels/{}/messages"
    )
