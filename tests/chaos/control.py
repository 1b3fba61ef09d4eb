"""The simulator's control API, and its REST API as the bot."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import httpx2

_TRIES = 200


class Control:
    """Asks the simulator, and waits when it is told to."""

    def __init__(self, client: httpx2.AsyncClient, bot_token: str) -> None:
        self._client = client
        self._bot = {"Authorization": f"Bot {bot_token}"}

    async def ask(
        self, method: str, path: str, body: object = None, *, as_bot: bool = False, **query: int
    ) -> Any:
        """Give what it answers, which must be a yes."""
        headers = self._bot if as_bot else None
        while True:
            answer = await self._client.request(method, path, json=body, headers=headers, params=query)
            if answer.status_code != httpx2.codes.TOO_MANY_REQUESTS:
                break
            await asyncio.sleep(float(answer.headers["retry-after"]))
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    async def state(self) -> dict[str, Any]:
        return dict(await self.ask("GET", "/_sim/state"))


@asynccontextmanager
async def reached(address: str, bot_token: str) -> AsyncIterator[Control]:
    """Wait until somebody answers there."""
    async with httpx2.AsyncClient(base_url=address, timeout=30) as client:
        for _ in range(_TRIES):
            with suppress(httpx2.TransportError):
                await client.get("/_sim/clock")
                break
            await asyncio.sleep(0.05)
        yield Control(client, bot_token)
