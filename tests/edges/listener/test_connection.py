"""Every way in which a connection to Discord ends, and what the listener does then."""

import asyncio
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.demo.identity import Identity
from app.listener import listen
from moderation_listener import intents
from moderation_listener.refusals import GatewayRefusedError, refusal
from simulator.gateway.hub import Hub
from tests.edges.listener.conftest import Discord, Figures, listening, local_discord
from tests.support.role import started
from tests.support.waiting import until

pytestmark = pytest.mark.anyio

GUILD_MESSAGES = 1 << 9


async def refused_by(discord: Discord) -> GatewayRefusedError:
    """Listen until Discord says no for good."""
    with pytest.raises(GatewayRefusedError) as refused:
        await listen(discord.settings, asyncio.Event())
    return refused.value


class Sessions:
    """How many sessions began and were resumed since this was made."""

    def __init__(self, listener: Figures) -> None:
        self._listener = listener
        self._before = (0.0, 0.0)

    async def start(self) -> "Sessions":
        self._before = await self._count()
        return self

    async def _count(self) -> tuple[float, float]:
        return await self._listener.heard("READY"), await self._listener.heard("RESUMED")

    async def since(self) -> tuple[float, float]:
        begun, resumed = await self._count()
        return begun - self._before[0], resumed - self._before[1]

    async def until_another(self) -> tuple[float, float]:
        async def is_there() -> bool:
            return await self.since() != (0, 0) and await self._listener.is_ready()

        await until(is_there, 20)
        return await self.since()


class TestSurvived:
    @pytest.mark.parametrize(
        ("what", "resumed"),
        [
            (Hub.reconnect, True),
            (Hub.drop, True),
            (Hub.zombie, True),
            (lambda hub: hub.invalidate(resumable=True), True),
            (lambda hub: hub.invalidate(resumable=False), False),
            (lambda hub: hub.close(4000), True),
            (lambda hub: hub.close(4003), False),
        ],
        ids=["op 7", "cut", "no answers", "op 9, resumable", "op 9", "4000", "4003"],
    )
    async def test_and_it_is_connected_again(
        self, discord: Discord, what: Callable[[Hub], int], *, resumed: bool
    ) -> None:
        async with listening(discord) as listener:
            sessions = await Sessions(listener).start()
            assert what(discord.hub) == 1
            assert await sessions.until_another() == ((0, 1) if resumed else (1, 0))
            before = await listener.heard("MESSAGE_CREATE")
            await discord.say("still there?")

            async def has_heard() -> bool:
                return await listener.heard("MESSAGE_CREATE") > before

            await until(has_heard)
            assert discord.hub.connected == 1

    async def test_what_was_said_meanwhile_is_heard(self, discord: Discord) -> None:
        async with listening(discord) as listener:
            before = await listener.heard("MESSAGE_CREATE")
            assert discord.hub.drop() == 1
            await discord.say("into the void")

            async def has_heard() -> bool:
                return await listener.heard("MESSAGE_CREATE") == before + 1

            await until(has_heard)


class TestFinal:
    @pytest.mark.parametrize("code", [4004, 4014])
    async def test_is_never_followed_by_another_connection(self, discord: Discord, code: int) -> None:
        async with asyncio.TaskGroup() as group:
            refused = group.create_task(refused_by(discord))
            await until(lambda: discord.hub.connected == 1)
            remaining = discord.hub.starts().remaining
            discord.hub.close(code)
        assert str(refused.result()) == str(refusal(code, intents.toggles()))
        assert discord.hub.connected == 0
        assert discord.hub.starts().remaining == remaining

    async def test_a_disallowed_intent(self, identity: Identity, database_url: str) -> None:
        async with local_discord(identity, database_url, disallowed_intents=GUILD_MESSAGES) as discord:
            assert "close code 4014" in str(await refused_by(discord))

    async def test_a_wrong_token_ends_the_process_with_a_sentence(
        self, discord: Discord, tmp_path: Path
    ) -> None:
        wrong = SecretStr(discord.config.bot_token[:-2] + "??")
        settings = discord.settings.model_copy(update={"discord_bot_token": wrong})
        async with started("listener", settings, tmp_path) as listener:
            assert await listener.ended() == 1
        last = listener.said.splitlines()[-1]
        assert last.startswith("Error: Discord does not accept the bot token.")
        assert wrong.get_secret_value() not in listener.said
        assert "Traceback" not in listener.said


class TestLeaving:
    async def test_is_quick_and_is_told_to_discord(self, discord: Discord, tmp_path: Path) -> None:
        async with started("listener", discord.settings, tmp_path) as listener:
            await listener.until_ready()
            assert discord.hub.connected == 1
            listener.send(signal.SIGTERM)
            assert await listener.ended(seconds=4) == 0
        assert discord.hub._sessions == {}, "a session that was not ended could be resumed"
        assert "Traceback" not in listener.said
        assert "Warning" not in listener.said

    async def test_is_quick_while_the_gateway_cannot_be_reached(
        self, identity: Identity, database_url: str, tmp_path: Path
    ) -> None:
        async with local_discord(identity, database_url, gateway="http://127.0.0.1:1") as discord:
            async with started("listener", discord.settings, tmp_path) as listener:
                await until(lambda: "Will retry shortly" in listener.said, 20)
                assert await listener.status("/healthz") == 200
                assert await listener.status("/readyz") == 503
                listener.send(signal.SIGINT)
                assert await listener.ended(seconds=4) == 0
            assert "Traceback" not in listener.said


async def test_every_shard_is_connected_before_it_is_ready(identity: Identity, database_url: str) -> None:
    async with (
        local_discord(identity, database_url, required_shards=2, heartbeat_seconds=0.5) as discord,
        listening(discord) as listener,
    ):
        assert await listener.of("smarterdev_gateway_connected_shards") == 2
        assert discord.hub.connected == 2
