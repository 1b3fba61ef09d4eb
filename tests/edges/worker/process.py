"""The worker as an operator runs it: a process with an environment, a log, and a port."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2

from app.settings import Settings, configured
from tests.support.processes import free_port
from tests.support.waiting import until

_PATIENCE = 30


class Process:
    """One `smarterdev worker`, at its most talkative."""

    def __init__(self, settings: Settings, folder: Path, more: dict[str, str]) -> None:
        self._log = folder / "worker.log"
        self._port = free_port()
        environment = {
            "PATH": os.defpath,
            "DATABASE_URL": configured(settings.database_url),
            "REDIS_URL": "redis://127.0.0.1:1/0",
            "SMARTERDEV_DISCORD_APPLICATION_ID": str(settings.discord_application_id),
            "SMARTERDEV_DISCORD_BOT_TOKEN": configured(settings.discord_bot_token),
            "SMARTERDEV_DISCORD_API_URL": str(settings.discord_api_url),
            "SMARTERDEV_WORKER_PORT": str(self._port),
            "SMARTERDEV_LOG_LEVEL": "DEBUG",
            "SMARTERDEV_LOG_FORMAT": "json",
        }
        with self._log.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-W", "error", "-m", "app.cli", "worker"],
                env={key: value for key, value in {**environment, **more}.items() if value},
                cwd=folder,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    @property
    def said(self) -> str:
        return self._log.read_text()

    async def get(self, path: str) -> tuple[int, str]:
        """Ask one of its addresses; 0 while nobody answers."""
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{self._port}", timeout=5) as client:
            try:
                answer = await client.get(path)
            except httpx2.TransportError:
                return 0, ""
            return answer.status_code, answer.text

    async def is_ready(self) -> bool:
        assert self._process.poll() is None, self.said
        return (await self.get("/readyz"))[0] == 200

    async def until_ready(self) -> None:
        await until(self.is_ready, _PATIENCE)

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    async def ended(self) -> int:
        """Wait for its end; gives the exit status."""
        await until(lambda: self._process.poll() is not None, _PATIENCE)
        return self._process.wait()

    async def kill(self) -> None:
        self._process.kill()
        await asyncio.to_thread(self._process.wait)


@asynccontextmanager
async def started(settings: Settings, folder: Path, **more: str) -> AsyncIterator[Process]:
    """Have a worker for the length of the block, killed at its end if it still lives."""
    process = Process(settings, folder, more)
    try:
        yield process
    finally:
        await process.kill()
