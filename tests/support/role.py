"""Listener and worker as an operator runs them: a process with an environment, a log, and a port."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2

from app.settings import Settings, configured
from tests.support.processes import free_port
from tests.support.waiting import until

_PATIENCE = 30


class Process:
    """One `smarterdev ROLE`, at its most talkative."""

    def __init__(self, role: str, settings: Settings, folder: Path, more: Mapping[str, str]) -> None:
        self.log = folder / f"{role}.log"
        self._port = free_port()
        environment = {
            "PATH": os.defpath,
            "DATABASE_URL": configured(settings.database_url),
            "REDIS_URL": "redis://127.0.0.1:1/0",
            "SMARTERDEV_DISCORD_APPLICATION_ID": str(settings.discord_application_id or ""),
            "SMARTERDEV_DISCORD_BOT_TOKEN": configured(settings.discord_bot_token),
            "SMARTERDEV_DISCORD_API_URL": str(settings.discord_api_url),
            f"SMARTERDEV_{role.upper()}_PORT": str(self._port),
            "SMARTERDEV_LOG_LEVEL": "DEBUG",
            "SMARTERDEV_LOG_FORMAT": "json",
        }
        with self.log.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-W", "error", "-m", "app.cli", role],
                env={key: value for key, value in {**environment, **more}.items() if value},
                cwd=folder,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    @property
    def said(self) -> str:
        return self.log.read_text()

    async def status(self, path: str) -> int:
        """Ask one of its addresses; 0 while nobody answers."""
        return (await self.get(path))[0]

    async def get(self, path: str) -> tuple[int, str]:
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{self._port}", timeout=5) as client:
            try:
                answer = await client.get(path)
            except httpx2.TransportError:
                return 0, ""
            return answer.status_code, answer.text

    async def until_ready(self) -> None:
        async def is_ready() -> bool:
            assert self._process.poll() is None, self.said
            return await self.status("/readyz") == 200

        await until(is_ready, _PATIENCE)

    async def figure(self, name: str, **labels: str) -> float:
        """Read one of its figures; 0 if it has none by that name."""
        wanted = ",".join(f'{key}="{value}"' for key, value in labels.items())
        start = f"{name}{{{wanted}}} " if labels else f"{name} "
        for line in (await self.get("/metrics"))[1].splitlines():
            if line.startswith(start):
                return float(line.removeprefix(start))
        return 0

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    async def ended(self, seconds: float = _PATIENCE) -> int:
        """Wait for its end; gives the exit status."""
        await until(lambda: self._process.poll() is not None, seconds)
        return self._process.wait()

    async def kill(self) -> None:
        self._process.kill()
        await asyncio.to_thread(self._process.wait)


@asynccontextmanager
async def started(role: str, settings: Settings, folder: Path, **more: str) -> AsyncIterator[Process]:
    """Have one for the length of the block, killed at its end if it still lives."""
    process = Process(role, settings, folder, more)
    try:
        yield process
    finally:
        await process.kill()
