"""A raid on purpose: accounts come within a short time, write, and it can be stopped."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from simulator.config import SimulatorConfig
from simulator.local_discord import LocalDiscord
from simulator.snowflakes import instant_of
from simulator.state import seed
from tests.edges.simulator.simulators import Simulator, simulator_of
from tests.support.waiting import until

pytestmark = pytest.mark.anyio

GUILD, MEMBERS = str(seed.GUILD_ID), 14


@pytest.fixture
async def made() -> AsyncIterator[Simulator]:
    async with simulator_of(SimulatorConfig(talk=False)) as simulator:
        yield simulator


async def asked(client: httpx2.AsyncClient, path: str = "raid", **body: object) -> httpx2.Response:
    return await client.post(f"/_sim/{path}", json={"guild_id": GUILD, **body})


async def directory(client: httpx2.AsyncClient) -> dict[str, Any]:
    return dict((await client.get("/_sim/directory", params={"guild_id": GUILD})).json())


async def over(client: httpx2.AsyncClient) -> dict[str, Any]:
    async def is_over() -> bool:
        return not (await directory(client))["raid"]["running"]

    await until(is_over)
    return dict((await directory(client))["raid"])


def joined(discord: LocalDiscord) -> list[Any]:
    return [*discord.world.guilds[seed.GUILD_ID].members.values()][MEMBERS:]


class TestARaid:
    async def test_so_many_join_so_many_advertise_and_some_meant_no_harm(self, made: Simulator) -> None:
        started = (await asked(made.client, accounts=24, seconds=1, posts=5)).json()
        assert (started["running"], started["joined"]) == (True, 0)
        raid = await over(made.client)
        assert (raid["joined"], raid["posted"], raid["greeted"], raid["silenced"]) == (24, 5, 3, 0)
        crowd = joined(made.discord)
        assert len({each.user.username for each in crowd}) == 24
        assert crowd[-1].joined_at - crowd[0].joined_at < timedelta(seconds=2)
        written = {each.author_id: each.content for each in made.discord.world.messages(seed.GENERAL)}
        now = made.discord.clock.now()
        for author_id, content in written.items():
            is_young = now - instant_of(author_id) < timedelta(days=2, minutes=1)
            assert is_young == ("discord.gg" in content)
        assert len({each for each in written.values() if "discord.gg" in each}) == 1

    async def test_it_can_be_stopped_and_who_is_there_stays(self, made: Simulator) -> None:
        await asked(made.client, accounts=300, seconds=60)
        await until(lambda: len(joined(made.discord)) > 0)
        assert (await asked(made.client)).status_code == 409, "one at a time"
        stopped = (await asked(made.client, "raid/stop")).json()
        assert (stopped["running"], stopped["stopped"]) == (False, True)
        there = len(joined(made.discord))
        await asyncio.sleep(0.5)
        assert len(joined(made.discord)) == there
        again = (await asked(made.client, "raid/stop")).json()
        assert (again["stopped"], again["joined"]) == (True, there)
        assert (await asked(made.client, accounts=1, seconds=0)).json()["running"]

    async def test_paused_invites_turn_everybody_away(self, made: Simulator) -> None:
        guild = made.discord.world.guilds[seed.GUILD_ID]
        guild.incidents.invites_disabled_until = made.discord.clock.now() + timedelta(hours=1)
        await asked(made.client, accounts=20, seconds=0, posts=20)
        raid = await over(made.client)
        assert (raid["turned_away"], raid["joined"], raid["posted"], raid["greeted"]) == (20, 0, 0, 0)
        assert joined(made.discord) == []

    async def test_who_is_out_again_writes_nothing(self, made: Simulator) -> None:
        await asked(made.client, accounts=2, seconds=0, posts=1)
        await until(lambda: len(joined(made.discord)) == 2)
        for each in joined(made.discord):
            body = {"guild_id": GUILD, "action": "leave", "user_id": str(each.user.id)}
            assert (await made.client.post("/_sim/members", json=body)).status_code == 200
        raid = await over(made.client)
        assert (raid["posted"], raid["silenced"]) == (0, 1)

    async def test_it_ends_with_the_simulator(self) -> None:
        async with simulator_of(SimulatorConfig(talk=False)) as simulator:
            await asked(simulator.client, accounts=300, seconds=600)
            raid = simulator.discord.raids[seed.GUILD_ID]
        assert raid.task is not None
        assert raid.task.cancelled()


class TestWhatCannotBe:
    @pytest.mark.parametrize(
        ("body", "status"),
        [
            ({"accounts": 301}, 400),
            ({"accounts": 0}, 400),
            ({"seconds": 601}, 400),
            ({"guild_id": "1"}, 404),
            ({"channel_id": "1"}, 404),
            ({"channel_id": str(seed.STAFF_CATEGORY)}, 404),
        ],
    )
    async def test_is_refused_in_a_sentence(self, made: Simulator, body: dict[str, Any], status: int) -> None:
        answer = await asked(made.client, **body)
        assert answer.status_code == status
        assert answer.json()["error"].endswith(".")
        assert made.discord.raids == {}

    async def test_what_never_began_is_not_stopped(self, made: Simulator) -> None:
        assert (await asked(made.client, "raid/stop")).status_code == 404
        assert (await directory(made.client))["raid"] is None
