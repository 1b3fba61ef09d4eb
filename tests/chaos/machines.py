"""What runs in a storm: a PostgreSQL, a Discord, and one worker after the other."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import asyncpg
import httpx2

from app.demo.identity import Identity, load_identity
from app.embedded.postgres import Postgres
from app.migrate import migrate_database
from app.settings import inherited_environment
from tests.support.processes import free_port

_DATABASE = "chaos"


class Machines:
    """All of them, with what they keep in one folder."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.identity: Identity = load_identity(home)
        self.postgres = Postgres(home, durable=True)
        self._port, self._worker_port = free_port(), free_port()
        self.simulator = f"http://127.0.0.1:{self._port}"
        self.url = ""

    async def start_database(self) -> None:
        """Start PostgreSQL with an empty database of today's schema."""
        self.postgres.start()
        self.postgres.ensure_database(_DATABASE)
        self.url = self.postgres.url(_DATABASE)
        await asyncio.to_thread(migrate_database, self.url)

    async def crash_database(self) -> None:
        """Have PostgreSQL end as if the power had failed, and start it again."""
        await asyncio.to_thread(self.postgres.stop, "immediate")
        await asyncio.sleep(0.5)
        await asyncio.to_thread(self.postgres.start)

    @asynccontextmanager
    async def discord(self) -> AsyncIterator[None]:
        """Run the simulator for as long as the block runs."""
        async with self._process("simulator", "-m", "simulator"):
            yield

    @asynccontextmanager
    async def worker(self) -> AsyncIterator[asyncio.subprocess.Process]:
        """Run a worker for as long as the block runs, which begins when it answers; then it is killed."""
        async with self._process("worker", "-m", "app.cli", "worker") as process:
            async with asyncio.timeout(60), httpx2.AsyncClient() as client:
                while not await self._answers(client) and process.returncode is None:  # noqa: ASYNC110 - it is another process's state
                    await asyncio.sleep(0.05)
            yield process

    async def _answers(self, client: httpx2.AsyncClient) -> bool:
        try:
            await client.get(f"http://127.0.0.1:{self._worker_port}/healthz")
        except httpx2.TransportError:
            return False
        return True

    def end_of_log(self, name: str) -> str:
        return (self.home / f"{name}.log").read_text()[-3000:]

    async def rows(self, query: str) -> list[asyncpg.Record]:
        """Ask the database in SQL of our own."""
        connection = await asyncpg.connect(self.url)
        try:
            return list(await connection.fetch(query))
        finally:
            await connection.close()

    @asynccontextmanager
    async def _process(self, name: str, *arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
        """Run a Python process for as long as the block runs; its output goes to a file in the home."""
        with (self.home / f"{name}.log").open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable, *arguments, env=self._environment(), stdout=log, stderr=log
            )
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    def _environment(self) -> dict[str, str]:
        return inherited_environment() | {
            "SMARTERDEV_ENVIRONMENT": "development",
            "DATABASE_URL": self.url,
            "REDIS_URL": "redis://127.0.0.1:1/0",  # nobody is there: what only Redis carries may be lost
            "SMARTERDEV_DISCORD_APPLICATION_ID": str(self.identity.application_id),
            "SMARTERDEV_DISCORD_PUBLIC_KEY": self.identity.public_key,
            "SMARTERDEV_DISCORD_BOT_TOKEN": self.identity.bot_token,
            "SMARTERDEV_DISCORD_API_URL": f"{self.simulator}/api/v10",
            "SIMULATOR_HOST": "127.0.0.1",
            "SIMULATOR_PORT": str(self._port),
            "SIMULATOR_APPLICATION_ID": str(self.identity.application_id),
            "SIMULATOR_BOT_TOKEN": self.identity.bot_token,
            "SIMULATOR_SIGNING_KEY": self.identity.signing_key,
            "PYTHONUNBUFFERED": "1",
            "SMARTERDEV_WORKER_PORT": str(self._worker_port),
        }
