"""What happens in Discord, and what the listener makes of it: over a real gateway, with real rows."""

import json
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.edges.interactions.proxy import Mood, proxied
from tests.edges.listener.conftest import Discord, Figures, Guilds, listening
from tests.support.role import started
from tests.support.waiting import until

pytestmark = pytest.mark.anyio


@pytest.fixture
async def listener(discord: Discord) -> AsyncIterator[Figures]:
    async with listening(discord) as figures:
        yield figures


class TestGuilds:
    async def test_a_guild_with_the_bot_in_it_gets_a_row(self, discord: Discord, guilds: Guilds) -> None:
        with_bot, without = await discord.new_guild(), await discord.new_guild(bot=False)
        async with listening(discord):
            await until(lambda: guilds.is_installed(with_bot))
        assert await guilds.find(without) is None

    @pytest.mark.usefixtures("listener")
    async def test_a_guild_is_followed_through_removal_and_return(
        self, discord: Discord, guilds: Guilds
    ) -> None:
        guild_id = await discord.new_guild(bot=False)
        await discord.bot(guild_id, "add")
        await until(lambda: guilds.is_installed(guild_id))
        await discord.bot(guild_id, "remove")
        await until(lambda: guilds.is_removed(guild_id))
        await discord.bot(guild_id, "add")
        await until(lambda: guilds.is_installed(guild_id))

    async def test_a_removal_while_nobody_listened_is_found_at_the_start(
        self, discord: Discord, guilds: Guilds
    ) -> None:
        stays, goes = await discord.new_guild(), await discord.new_guild()
        async with listening(discord):
            await until(lambda: guilds.is_installed(goes))
            await until(lambda: guilds.is_installed(stays))
        await discord.bot(goes, "remove")
        async with listening(discord):
            await until(lambda: guilds.is_removed(goes))
            assert await guilds.is_installed(stays)

    async def test_a_start_leaves_a_known_guild_as_it_is(self, discord: Discord, guilds: Guilds) -> None:
        guild_id = await discord.new_guild()
        rows = []
        for _ in range(2):
            async with listening(discord):
                await until(lambda: guilds.is_installed(guild_id))
                rows.append(await guilds.find(guild_id))
        assert rows[0] == rows[1]

    async def test_what_came_while_the_database_was_away_is_written_when_it_is_back(
        self, discord: Discord, guilds: Guilds
    ) -> None:
        async with proxied(discord.database_url) as proxy:
            discord.database_url = proxy.url
            async with listening(discord) as listener:
                proxy.mood = Mood.STALL
                guild_id = await discord.new_guild()
                failed = {"reason": "unavailable"}
                before = await listener.of("smarterdev_gateway_failed_total", **failed)
                await until(lambda: _more(listener, before))
                assert (await listener.ready())["database"] == "unreachable"
                assert (await listener.ready())["gateway"] == "ok"
                assert (await listener.client.get("/healthz")).status_code == 200
                proxy.mood = Mood.FORWARD
                await until(lambda: guilds.is_installed(guild_id))
                await until(listener.is_ready)


async def _more(listener: Figures, before: float) -> bool:
    return await listener.of("smarterdev_gateway_failed_total", reason="unavailable") > before


class TestFigures:
    async def test_tell_that_it_is_connected_and_how_fast(self, listener: Figures) -> None:
        async def has_latency() -> bool:
            return 0 < await listener.of("smarterdev_gateway_latency_seconds", shard="0") < 1

        await until(has_latency)
        assert await listener.of("smarterdev_gateway_connected_shards") == 1
        assert await listener.ready() == {
            "status": "ready",
            "database": "ok",
            "gateway": "ok",
            "automod": "ok",
            "redis": "absent",
        }
        assert (await listener.client.get("/healthz")).json() == {"status": "alive"}

    async def test_count_what_is_heard(self, discord: Discord, listener: Figures) -> None:
        before = await listener.heard("MESSAGE_CREATE")
        last = await listener.of("smarterdev_gateway_last_event_timestamp_seconds")
        for _ in range(3):
            await discord.say("something")

        async def has_three_more() -> bool:
            return await listener.heard("MESSAGE_CREATE") == before + 3

        await until(has_three_more)
        assert await listener.of("smarterdev_gateway_last_event_timestamp_seconds") > last


class TestWords:
    """What people write and how they are called is nobody's business in a log."""

    async def test_are_in_no_line_and_no_figure(self, discord: Discord, tmp_path: Path) -> None:
        bot = (await discord.state())["application"]["id"]
        async with started("listener", discord.settings, tmp_path) as listener:
            await listener.until_ready()
            # Discord leaves the words out unless the bot is mentioned: so it is.
            message = await discord.say(f"<@{bot}> canary-words")
            guild_id = await discord.new_guild()
            await until(lambda: str(guild_id) in listener.said)
            figures = (await listener.get("/metrics"))[1]
        lines = [json.loads(line) for line in listener.said.splitlines()]
        (heard,) = [line for line in lines if line.get("message_id") == message["id"]]
        assert heard["message"] == "heard MESSAGE_CREATE"
        assert heard["channel_id"] == message["channel_id"]
        assert heard["user_id"] == message["author_id"]
        names = {person["name"] for person in (await discord.state())["people"]}
        for secret in ("canary", "A new guild", discord.config.bot_token, *names):
            assert secret not in listener.said
            assert secret not in figures

    async def test_are_not_told_by_an_event_that_cannot_be_read(
        self, discord: Discord, listener: Figures, caplog: pytest.LogCaptureFixture
    ) -> None:
        """hikari hands the whole event to asyncio's log when it does not understand it."""
        before = await listener.heard("GUILD_CREATE")
        with caplog.at_level(logging.DEBUG):
            discord.misspell("GUILD_CREATE", {"name": "canary-words"})

            async def is_heard() -> bool:
                return await listener.heard("GUILD_CREATE") > before

            await until(is_heard)
        assert "Exception occurred in raw event dispatch conduit" in caplog.text
        assert "canary-words" not in caplog.text

    async def test_nor_by_one_that_we_cannot_read_and_the_next_is_heard_on_the_same_connection(
        self, discord: Discord, listener: Figures, caplog: pytest.LogCaptureFixture
    ) -> None:
        heard, begun = await listener.heard("MESSAGE_CREATE"), await listener.heard("READY")
        discord.misspell("MESSAGE_CREATE", {"guild_id": "1", "author": 7, "content": "canary-words"})
        await discord.say("still there?")

        async def are_heard() -> bool:
            return await listener.heard("MESSAGE_CREATE") == heard + 2

        await until(are_heard)
        assert await listener.of("smarterdev_listener_events_failed_total", event="MESSAGE_CREATE") >= 1
        assert await listener.heard("READY") == begun
        assert "MESSAGE_CREATE was not understood: AttributeError" in caplog.text
        assert "canary-words" not in caplog.text
