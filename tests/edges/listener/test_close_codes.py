"""What the listener does when Discord ends the connection, for every way it can."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from pydantic import HttpUrl

from app.listener import listen
from app.settings import Settings, load_settings
from moderation_listener.refusals import GatewayRefusedError, refusal
from tests.edges.listener.conftest import Guilds
from tests.edges.listener.scripted import IDENTIFY, INVALID, RECONNECT, RESUME, Act, Gateway, scripted
from tests.support.guilds import new_guild
from tests.support.processes import free_port
from tests.support.waiting import until

pytestmark = pytest.mark.anyio

FINAL = (4004, 4010, 4011, 4012, 4013, 4014)


def settings_for(gateway: Gateway, database_url: str) -> Settings:
    return load_settings(
        database_url=database_url,
        discord_bot_token="OTczMjY5NzE5NDU5MDM3MzEz.GcX1aQ.canary-bot-token",
        discord_api_url=HttpUrl(gateway.api_url),
        listener_port=free_port(),
    )


async def refused_by(gateway: Gateway, database_url: str) -> GatewayRefusedError:
    """Listen until Discord says no for good."""
    with pytest.raises(GatewayRefusedError) as refused:
        await listen(settings_for(gateway, database_url), asyncio.Event())
    return refused.value


@asynccontextmanager
async def listening(gateway: Gateway, database_url: str) -> AsyncIterator[None]:
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(listen(settings_for(gateway, database_url), stop))
        yield
        stop.set()


class TestFinal:
    @pytest.mark.parametrize("code", FINAL)
    async def test_is_never_followed_by_another_connection(self, database_url: str, code: int) -> None:
        async with scripted(Act(close=code, instead=True)) as gateway:
            refused = await refused_by(gateway, database_url)
            assert str(refused) == str(refusal(code, ()))
            assert gateway.sessions == [IDENTIFY]

    async def test_can_come_later_too(self, database_url: str) -> None:
        async with scripted(Act(close=4004)) as gateway:
            refused = await refused_by(gateway, database_url)
            assert str(refused) == str(refusal(4004, ()))
            assert gateway.sessions == [IDENTIFY]


class TestPassing:
    @pytest.mark.parametrize("code", [1001, 4000, 4009])
    async def test_after_these_the_session_goes_on(self, database_url: str, code: int) -> None:
        async with scripted(Act(close=code)) as gateway, listening(gateway, database_url):
            await until(lambda: len(gateway.sessions) > 1)
            assert gateway.sessions == [IDENTIFY, RESUME]

    @pytest.mark.parametrize("code", [4003])
    async def test_after_these_there_is_a_new_session(self, database_url: str, code: int) -> None:
        async with scripted(Act(close=code)) as gateway, listening(gateway, database_url):
            await until(lambda: len(gateway.sessions) > 1)
            assert gateway.sessions == [IDENTIFY, IDENTIFY]


class TestOpcodes:
    @pytest.mark.parametrize(
        ("act", "then"),
        [
            (Act(op=RECONNECT), RESUME),
            (Act(op=INVALID, data=True), RESUME),
            (Act(op=INVALID, data=False), IDENTIFY),
        ],
        ids=["reconnect", "session may be resumed", "session is lost"],
    )
    async def test_are_followed(self, database_url: str, act: Act, then: int) -> None:
        async with scripted(act) as gateway, listening(gateway, database_url):
            await until(lambda: len(gateway.sessions) > 1)
            assert gateway.sessions == [IDENTIFY, then]
            assert not {1000, 1001} & set(gateway.closed), "these end the session"

    async def test_a_heartbeat_without_an_answer_ends_the_connection(self, database_url: str) -> None:
        async with scripted() as gateway:
            gateway.answers_heartbeats = False
            async with listening(gateway, database_url):
                await until(lambda: len(gateway.sessions) > 1)
                assert gateway.sessions == [IDENTIFY, RESUME]


async def test_an_outage_is_not_a_removal(database_url: str, guilds: Guilds) -> None:
    guild_id, other = new_guild(), new_guild()
    there, outage = {"id": str(guild_id)}, {"id": str(guild_id), "unavailable": True}
    told = Act(tell=[("GUILD_CREATE", there), ("GUILD_DELETE", outage), ("GUILD_CREATE", {"id": str(other)})])
    async with scripted(told) as gateway, listening(gateway, database_url):
        await until(lambda: guilds.is_installed(other))
        assert await guilds.is_installed(guild_id)
    assert gateway.closed == [1001], "it took its leave"
