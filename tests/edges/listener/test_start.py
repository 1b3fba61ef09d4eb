"""What the listener says when it cannot start: one sentence, exit status 1, and no secret."""

import signal
import socket
from pathlib import Path

import pytest

from app.settings import Settings, load_settings
from tests.support.role import started
from tests.support.waiting import until

pytestmark = pytest.mark.anyio


@pytest.fixture
def settings(database_url: str) -> Settings:
    """Nobody answers there; none of these gets that far."""
    return load_settings(
        database_url=database_url,
        discord_bot_token="OTczMjY5NzE5NDU5MDM3MzEz.GcX1aQ.canary-bot-token",
        discord_api_url="http://127.0.0.1:1/api/v10",
    )


async def test_without_a_token_it_names_the_variable(settings: Settings, tmp_path: Path) -> None:
    async with started("listener", settings, tmp_path, SMARTERDEV_DISCORD_BOT_TOKEN="") as listener:
        assert await listener.ended() == 1
    assert listener.said.startswith("Error: SMARTERDEV_DISCORD_BOT_TOKEN is missing")


@pytest.mark.parametrize("token", ["canary", "é.canary.canary"])
async def test_what_is_no_token_is_not_repeated(settings: Settings, tmp_path: Path, token: str) -> None:
    async with started("listener", settings, tmp_path, SMARTERDEV_DISCORD_BOT_TOKEN=token) as listener:
        assert await listener.ended() == 1
    assert listener.said.startswith("Error: SMARTERDEV_DISCORD_BOT_TOKEN is not a bot token")
    assert token not in listener.said
    assert "Traceback" not in listener.said


async def test_a_taken_port_is_named_with_what_changes_it(settings: Settings, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        async with started("listener", settings, tmp_path, SMARTERDEV_LISTENER_PORT=port) as listener:
            assert await listener.ended() == 1
    assert f"cannot listen on port {port}" in listener.said
    assert "SMARTERDEV_LISTENER_PORT" in listener.said


async def test_in_production_it_needs_database_and_token_only(settings: Settings, tmp_path: Path) -> None:
    nothing = {"DATABASE_URL": "", "SMARTERDEV_DISCORD_BOT_TOKEN": ""}
    async with started(
        "listener",
        settings,
        tmp_path,
        SMARTERDEV_ENVIRONMENT="production",
        SMARTERDEV_DISCORD_API_URL="https://discord.com/api/v10",
        **nothing,
    ) as listener:
        assert await listener.ended() == 1
    assert [line.split()[0] for line in listener.said.splitlines()[1:]] == list(nothing)


async def test_while_discord_does_not_answer_it_waits_and_can_be_stopped(
    settings: Settings, tmp_path: Path
) -> None:
    async with started("listener", settings, tmp_path) as listener:
        await until(lambda: "no connection to Discord's gateway; tried again" in listener.said, 30)
        assert await listener.status("/healthz") == 200
        status, state = await listener.get("/readyz")
        assert status == 503
        assert '"gateway":"connecting"' in state
        assert '"database":"ok"' in state
        listener.send(signal.SIGTERM)
        assert await listener.ended(5) == 0
    assert "canary" not in listener.said
    assert "Traceback" not in listener.said
