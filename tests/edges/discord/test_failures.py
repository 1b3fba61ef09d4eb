"""What each way in which Discord fails is to whoever asked, and that it is asked once."""

import asyncio
import logging
import traceback
from time import monotonic
from typing import Any

import pytest
from pydantic import SecretStr

from app.discord.port import (
    NOBODY,
    DiscordError,
    DiscordOutcomeUnknownError,
    DiscordRateLimitedError,
    DiscordRefusedError,
    DiscordUnauthorizedError,
    DiscordUnavailableError,
    OutgoingMessage,
)
from app.discord.reply import Kind, Reply
from app.discord.rest import HikariDiscord, connect_discord
from app.settings import Settings
from simulator.state import seed
from tests.edges.discord.simulated import Simulated

pytestmark = pytest.mark.anyio

PATIENCE = 2.0
"""Seconds that no refusal may take: the client neither waits nor asks again."""

LIMITS = ["rate_limit_user", "rate_limit_shared", "rate_limit_global", "cloudflare_ban"]


async def give(discord: HikariDiscord, user_id: int = seed.ADA) -> None:
    await discord.add_role(seed.GUILD_ID, user_id, seed.HELPER, reason="Test")


async def refusal(discord: HikariDiscord) -> DiscordError:
    """Give what came of giving Ada a role."""
    with pytest.raises(DiscordError) as refused:
        async with asyncio.timeout(PATIENCE):
            await give(discord)
    return refused.value


class TestAskedToWait:
    @pytest.mark.parametrize("kind", LIMITS)
    async def test_whoever_asked_is_told_for_how_long_and_discord_is_asked_once(
        self, discord: HikariDiscord, simulated: Simulated, kind: str
    ) -> None:
        await simulated.plan(kind, retry_after=30)
        error = await refusal(discord)
        assert type(error) is DiscordRateLimitedError
        assert (error.status, error.retry_after) == (429, 30)
        assert len(await simulated.asked()) == 1

    @pytest.mark.parametrize("kind", LIMITS)
    async def test_nothing_is_asked_again_before_the_time_is_over(
        self, discord: HikariDiscord, simulated: Simulated, kind: str
    ) -> None:
        await simulated.plan(kind, retry_after=0.3, times=1)
        await refusal(discord)
        error = await refusal(discord)
        assert isinstance(error, DiscordRateLimitedError)
        assert error.retry_after is not None
        assert (
            0 < error.retry_after <= (1 if kind == "cloudflare_ban" else 0.3)
        )  # its header has whole seconds
        assert len(await simulated.asked()) == 1
        await asyncio.sleep(error.retry_after)
        await give(discord)
        assert len(await simulated.asked()) == 2

    @pytest.mark.parametrize("kind", ["rate_limit_global", "cloudflare_ban"])
    async def test_with_everything_means_every_route(
        self, discord: HikariDiscord, simulated: Simulated, kind: str
    ) -> None:
        await simulated.plan(kind, retry_after=30, times=1)
        await refusal(discord)
        with pytest.raises(DiscordRateLimitedError):
            await discord.send_message(seed.GENERAL, OutgoingMessage(NOBODY, "Hello"), nonce="a")
        assert len(await simulated.asked()) == 1

    async def test_with_one_route_leaves_the_others(
        self, discord: HikariDiscord, simulated: Simulated
    ) -> None:
        await simulated.plan("rate_limit_user", retry_after=30, times=1)
        await refusal(discord)
        await discord.send_message(seed.GENERAL, OutgoingMessage(NOBODY, "Hello"), nonce="a")

    async def test_a_full_bucket_is_told_of_without_asking(
        self, discord: HikariDiscord, simulated: Simulated
    ) -> None:
        """10 in 10 s: the eleventh would have to wait for nearly as long."""
        began = monotonic()
        told: list[DiscordRateLimitedError] = []
        async with asyncio.timeout(PATIENCE * 3):
            for _ in range(15):
                try:
                    await give(discord)
                except DiscordRateLimitedError as error:
                    told.append(error)
        assert len(told) == 5
        assert all(error.retry_after and error.retry_after > 1 for error in told)
        assert [each["status"] for each in await simulated.asked()] == [204] * 10
        assert monotonic() - began < PATIENCE * 3


class TestRefusedToken:
    async def test_ends_all_asking(self, discord: HikariDiscord, simulated: Simulated) -> None:
        await simulated.plan("unauthorized", times=1)
        for _ in range(3):
            error = await refusal(discord)
            assert type(error) is DiscordUnauthorizedError
            assert error.status == 401
        with pytest.raises(DiscordUnauthorizedError):
            await discord.find_guild(seed.GUILD_ID)
        assert len(await simulated.asked()) == 1


class TestNoAnswer:
    @pytest.mark.parametrize(
        ("kind", "more"),
        [(f"server_error-{status}", {"status": status}) for status in (500, 502, 503, 504)]
        + [("reset", {}), ("lost_answer", {}), ("malformed", {})],
        ids=lambda each: each if isinstance(each, str) else "",
    )
    async def test_is_that_it_is_not_certain_what_happened_and_discord_is_asked_once(
        self, discord: HikariDiscord, simulated: Simulated, kind: str, more: dict[str, Any]
    ) -> None:
        await simulated.plan(kind.partition("-")[0], **more)
        with pytest.raises(DiscordOutcomeUnknownError, match="not certain") as lost:
            async with asyncio.timeout(PATIENCE):
                await discord.send_message(seed.GENERAL, OutgoingMessage(NOBODY, "Hello"), nonce="a")
        assert lost.value.status == more.get("status")
        assert len(await simulated.asked()) == 1

    @pytest.mark.parametrize("kind", ["reset", "lost_answer"])
    async def test_on_a_connection_that_was_kept_does_not_ask_twice(
        self, discord: HikariDiscord, simulated: Simulated, kind: str
    ) -> None:
        await discord.find_guild(seed.GUILD_ID)  # so that there is one
        before = len(await simulated.asked())
        await simulated.plan(kind, times=1, method="PUT")
        with pytest.raises(DiscordOutcomeUnknownError):
            await give(discord)
        assert len(await simulated.asked()) == before + 1

    async def test_for_too_long_is_given_up(self, discord: HikariDiscord, simulated: Simulated) -> None:
        await simulated.plan("delay", seconds=20, when="after", times=1)
        async with asyncio.timeout(8):
            with pytest.raises(DiscordOutcomeUnknownError):
                await give(discord)
        person = await simulated.person(seed.ADA)
        assert person is not None
        assert str(seed.HELPER) in person["roles"]

    async def test_because_nobody_is_there_is_that_nothing_was_done(self, settings: Settings) -> None:
        gone = settings.model_copy(update={"discord_api_url": "http://127.0.0.1:9/api/v10"})
        async with connect_discord(gone) as discord:
            error = await refusal(discord)
        assert type(error) is DiscordUnavailableError


class TestDefects:
    async def test_name_the_field_that_was_wrong(self, discord: HikariDiscord) -> None:
        with pytest.raises(DiscordRefusedError, match="content: ") as refused:
            await discord.send_message(seed.GENERAL, OutgoingMessage(NOBODY, "x" * 2_001), nonce="a")
        assert (refused.value.status, refused.value.number) == (400, 50035)


class TestSecrets:
    @pytest.mark.parametrize(
        "fault",
        [None, *LIMITS, "unauthorized", "server_error", "reset", "lost_answer", "malformed"],
        ids=str,
    )
    async def test_are_in_no_error_and_in_no_line_of_the_log(
        self,
        discord: HikariDiscord,
        settings: Settings,
        simulated: Simulated,
        fault: str | None,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        caplog.set_level(logging.WARNING)  # as hikari's lines are everywhere; uvicorn's are the simulator's
        assert settings.discord_bot_token is not None
        token = SecretStr(f"of-{'an'}-interaction")  # not as a traceback would quote it from here
        if fault is not None:
            await simulated.plan(fault)
        for _ in range(2):
            with pytest.raises(DiscordError) as refused:
                await discord.edit_reply(token, Reply(Kind.DONE, "Done", ()))
            logging.getLogger("app.worker").error("Failed", exc_info=refused.value)
            told = "".join(traceback.format_exception(refused.value)) + caplog.text + repr(refused.value)
            for secret in (token, settings.discord_bot_token):
                assert secret.get_secret_value() not in told
