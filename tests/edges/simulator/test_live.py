"""The page's live line: who hears what, and what happens to a page that does not keep up."""

import contextlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import httpx2
import pytest
from starlette.applications import Starlette
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from simulator.config import SimulatorConfig
from simulator.deeds import channels, members, messages
from simulator.deeds.actor import Actor
from simulator.happenings import ChannelUpdated, MessageUpdated
from simulator.local_discord import LocalDiscord
from simulator.main import create_app
from simulator.page.live import Line
from simulator.permissions import Overwrite, OverwriteTarget, Permission
from simulator.state import seed
from simulator.state.entities import Message
from tests.support.processes import serving

pytestmark = pytest.mark.anyio

Frame = dict[str, Any]


@pytest.fixture
def app() -> Starlette:
    return create_app(SimulatorConfig(talk=False))


@pytest.fixture
def discord(app: Starlette) -> LocalDiscord:
    found: LocalDiscord = app.state.local_discord
    return found


@pytest.fixture
async def address(app: Starlette) -> AsyncIterator[str]:
    async with serving(app) as address:
        yield address


@asynccontextmanager
async def listening(address: str, user_id: int) -> AsyncIterator[ClientConnection]:
    """A page of this person that has heard its first frame."""
    async with connect(f"{address.replace('http', 'ws')}/_sim/live?user_id={user_id}", proxy=None) as line:
        assert (await heard(line))["type"] == "hello"
        yield line


async def heard(line: ClientConnection) -> Frame:
    with anyio.fail_after(5):
        frame: Frame = json.loads(await line.recv())
    return frame


async def nothing_more(line: ClientConnection, discord: LocalDiscord) -> None:
    """Frames keep their order, so whatever comes before the clock was told before."""
    discord.tell(MessageUpdated(say(discord, seed.GENERAL, seed.PRIYA, "the end")))
    frames: list[Frame] = []
    while not frames or frames[-1].get("message", {}).get("content") != "the end":
        frames.append(await heard(line))
    assert frames[:-1] == []


def say(discord: LocalDiscord, channel_id: int, user_id: int, words: str) -> Message:
    channel = discord.world.channels[channel_id]
    return messages.write(discord, channel, Actor(user_id), messages.Draft({"content": words}))


def hide(discord: LocalDiscord, channel_id: int) -> None:
    channel = discord.world.channels[channel_id]
    channel.overwrites = (Overwrite(seed.GUILD_ID, OverwriteTarget.ROLE, deny=Permission.VIEW_CHANNEL),)
    discord.tell(ChannelUpdated(channel))


class TestMessages:
    async def test_reach_who_sees_the_channel_as_the_view_writes_them(
        self, discord: LocalDiscord, address: str
    ) -> None:
        async with listening(address, seed.MATEO) as mateo, httpx2.AsyncClient(base_url=address) as client:
            body = {"channel_id": str(seed.GENERAL), "user_id": str(seed.ADA), "content": "hello"}
            posted = (await client.post("/_sim/messages", json=body)).json()
            assert await heard(mateo) == {"type": "message", "message": posted}
            edit = {"user_id": str(seed.ADA), "content": "hello, all"}
            edited = (await client.post(f"/_sim/messages/{posted['id']}/edit", json=edit)).json()
            assert edited["edited_at"] is not None
            assert await heard(mateo) == {"type": "message", "message": edited}
            await client.post(f"/_sim/messages/{posted['id']}/delete", json={"user_id": str(seed.ADA)})
            deleted = {"type": "deleted", "channel_id": str(seed.GENERAL), "ids": [posted["id"]]}
            assert await heard(mateo) == deleted

    async def test_of_a_hidden_channel_reach_only_who_sees_it(
        self, discord: LocalDiscord, address: str
    ) -> None:
        async with listening(address, seed.ADA) as ada, listening(address, seed.LINH) as linh:
            secret = say(discord, seed.STAFF, seed.LEILANI, "between us")
            messages.delete(discord, discord.world.channels[seed.STAFF], Actor(seed.LEILANI), secret)
            say(discord, seed.STAFF, seed.LEILANI, "again")
            assert (await heard(linh))["type"] in {"deleted", "message"}
            await nothing_more(ada, discord)

    async def test_that_only_one_person_sees_reach_only_them(
        self, discord: LocalDiscord, address: str
    ) -> None:
        async with listening(address, seed.ADA) as ada, listening(address, seed.PRIYA) as priya:
            message = say(discord, seed.GENERAL, discord.bot.id, "psst")
            message.visible_to = seed.ADA
            discord.tell(MessageUpdated(discord.world.touch(message)))
            assert (await heard(ada))["message"]["content"] == "psst"
            await nothing_more(priya, discord)

    async def test_of_the_bot_in_direct_messages_reach_the_one_they_are_for(
        self, discord: LocalDiscord, address: str
    ) -> None:
        async with listening(address, seed.ADA) as ada, listening(address, seed.PRIYA) as priya:
            direct = channels.open_direct(discord, discord.bot.id, seed.ADA)
            assert await heard(ada) == {"type": "directory"}
            say(discord, direct.id, discord.bot.id, "a word")
            assert (await heard(ada))["message"]["content"] == "a word"
            await nothing_more(priya, discord)


class TestEverythingElse:
    async def test_changes_of_people_roles_and_channels_ask_for_the_directory(
        self, discord: LocalDiscord, address: str
    ) -> None:
        guild = discord.world.guilds[seed.GUILD_ID]
        async with listening(address, seed.ADA) as ada:
            members.add_role(discord, guild, Actor(seed.PRIYA), seed.ADA, seed.HELPER)
            assert await heard(ada) == {"type": "directory"}
            hide(discord, seed.HELP)
            assert await heard(ada) == {"type": "directory"}
            members.kick(discord, guild, Actor(seed.PRIYA), seed.ADA)
            assert await heard(ada) == {"type": "directory"}

    async def test_a_guild_one_is_not_in_is_not_heard_of(self, discord: LocalDiscord, address: str) -> None:
        async with listening(address, seed.JUN) as jun, httpx2.AsyncClient(base_url=address) as client:
            made = (
                await client.post("/_sim/guilds", json={"name": "Far away", "owner_id": str(seed.ADA)})
            ).json()
            await client.post(f"/_sim/guilds/{made['id']}/bot", json={"action": "add"})
            await nothing_more(jun, discord)

    async def test_typing_is_told_to_others_and_the_clock_to_all(
        self, discord: LocalDiscord, address: str
    ) -> None:
        async with (
            listening(address, seed.ADA) as ada,
            listening(address, seed.MATEO) as mateo,
            httpx2.AsyncClient(base_url=address) as client,
        ):
            where = {"channel_id": str(seed.GENERAL), "user_id": str(seed.ADA)}
            assert (await client.post("/_sim/typing", json=where)).json() == {"typing": True}
            assert await heard(mateo) == {"type": "typing", **where}
            clock = (await client.post("/_sim/clock", json={"advance": 3600})).json()
            told = await heard(ada)
            assert told["type"] == "clock"
            assert told["now"] >= clock["now"][:19]
            assert await heard(ada) == {"type": "directory"}

    async def test_nobody_by_that_id_is_told_so(self, address: str) -> None:
        async with connect(f"{address.replace('http', 'ws')}/_sim/live?user_id=12", proxy=None) as line:
            with pytest.raises(ConnectionClosed) as closed, anyio.fail_after(5):
                await line.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4404


class TestLine:
    """What a page is still to be told, before anything is sent."""

    async def test_what_becomes_invisible_before_it_is_sent_is_not_sent(self, discord: LocalDiscord) -> None:
        line = Line(discord, discord.world.users[seed.ADA])
        discord.bus.listen(line.note)
        say(discord, seed.GENERAL, seed.MATEO, "not for long")
        hide(discord, seed.GENERAL)
        assert await line.next_frame() == {"type": "directory"}
        say(discord, seed.HELP, seed.MATEO, "still here")
        assert (await line.next_frame())["message"]["content"] == "still here"

    async def test_what_is_deleted_before_it_is_sent_is_not_sent(self, discord: LocalDiscord) -> None:
        line = Line(discord, discord.world.users[seed.ADA])
        discord.bus.listen(line.note)
        gone = say(discord, seed.GENERAL, seed.MATEO, "oops")
        messages.delete(discord, discord.world.channels[seed.GENERAL], Actor(seed.MATEO), gone)
        frame = await line.next_frame()
        assert frame == {"type": "deleted", "channel_id": str(seed.GENERAL), "ids": [str(gone.id)]}

    async def test_many_changes_of_one_message_are_told_once(self, discord: LocalDiscord) -> None:
        line = Line(discord, discord.world.users[seed.ADA], most=5)
        discord.bus.listen(line.note)
        message = say(discord, seed.GENERAL, seed.MATEO, "0")
        for number in range(1, 20):
            messages.edit(discord, message, Actor(seed.MATEO), {"content": str(number)})
        assert not line.is_too_slow
        assert (await line.next_frame())["message"]["content"] == "19"

    async def test_what_one_cannot_see_does_not_fill_it(self, discord: LocalDiscord) -> None:
        line = Line(discord, discord.world.users[seed.ADA], most=5)
        discord.bus.listen(line.note)
        staff = discord.world.channels[seed.STAFF]
        for number in range(20):
            said = say(discord, seed.STAFF, seed.LEILANI, str(number))
            messages.start_typing(discord, staff, Actor(seed.LEILANI))
            messages.delete(discord, staff, Actor(seed.LEILANI), said)
        assert not line.is_too_slow
        say(discord, seed.GENERAL, seed.MATEO, "at last")
        assert (await line.next_frame())["message"]["content"] == "at last"

    async def test_more_than_it_holds_is_too_much(self, discord: LocalDiscord) -> None:
        line = Line(discord, discord.world.users[seed.ADA], most=5)
        discord.bus.listen(line.note)
        for number in range(20):
            say(discord, seed.GENERAL, seed.MATEO, str(number))
        assert line.is_too_slow
        with anyio.fail_after(1):
            await line.overflow()


class TestAPageThatDoesNotKeepUp:
    async def test_is_let_go_and_costs_nothing_any_more(self, discord: LocalDiscord, address: str) -> None:
        others = len(discord.bus._listeners)
        uri = f"{address.replace('http', 'ws')}/_sim/live?user_id={seed.ADA}"
        quiet = {"max_queue": 1, "ping_interval": None, "proxy": None, "compression": None}
        async with connect(uri, **quiet) as line:  # type: ignore[arg-type]  # the values are of several types
            for _ in range(40):
                for _ in range(100):
                    say(discord, seed.GENERAL, seed.MATEO, "x" * 2000)
                await anyio.sleep(0.01)
                if len(discord.bus._listeners) == others:
                    break
            assert len(discord.bus._listeners) == others
            frames = 0
            with contextlib.suppress(ConnectionClosed), anyio.fail_after(10):
                while await line.recv():
                    frames += 1
        assert frames < 4000

    async def test_that_goes_is_forgotten(self, discord: LocalDiscord, address: str) -> None:
        others = len(discord.bus._listeners)
        async with listening(address, seed.ADA):
            assert len(discord.bus._listeners) == others + 1
        with anyio.fail_after(5):
            while len(discord.bus._listeners) > others:  # noqa: ASYNC110 - the server has no event for it
                await anyio.sleep(0.01)
