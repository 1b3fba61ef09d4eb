"""Sandboxes of a function that is configured as `template.yaml` does it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.database.tx import Database
from tests.edges.aws.sandbox import Sandbox
from tests.support.signed import APPLICATION_ID, FakeDiscord


@pytest.fixture
def discord(database: Database) -> FakeDiscord:
    return FakeDiscord(database)


@pytest.fixture
def environment(database_url: str, discord: FakeDiscord) -> dict[str, str]:
    """The variables `template.yaml` sets; no Redis."""
    return {
        "SMARTERDEV_ENVIRONMENT": "production",
        "DATABASE_URL": database_url,
        "SMARTERDEV_DISCORD_APPLICATION_ID": APPLICATION_ID,
        "SMARTERDEV_DISCORD_PUBLIC_KEY": discord.public_key,
        "SMARTERDEV_DISCORD_BOT_TOKEN": "bot-token-canary",
    }


@pytest.fixture
def start(tmp_path: Path, environment: dict[str, str]) -> Iterator[Callable[..., Sandbox]]:
    """Start sandboxes, with more variables if need be."""
    started: list[Sandbox] = []

    def make(**more: str) -> Sandbox:
        folder = tmp_path / f"sandbox-{len(started)}"
        folder.mkdir()
        sandbox = Sandbox(environment | more, folder)
        started.append(sandbox)
        return sandbox

    yield make
    for sandbox in started:
        sandbox.kill()


@pytest.fixture
def sandbox(start: Callable[..., Sandbox]) -> Sandbox:
    return start()
