"""The line to the bot: one signed request out, one answer back, never an exception."""

import asyncio
from dataclasses import dataclass

import httpx2

from simulator.clock import Clock
from simulator.endpoint.signing import SignedRequest
from simulator.wire import NotJsonError, decode


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `status` is 0 when nothing did; `silence` then says why."""

    status: int
    elapsed_ms: float
    body: bytes = b""
    silence: str | None = None
    content_type: str = ""

    @property
    def response(self) -> object:
        """The body as JSON, else as text; None if there is none."""
        if not self.body:
            return None
        try:
            return decode(self.body)
        except NotJsonError:
            return self.body.decode(errors="replace")


class Sender:
    """Posts signed requests and waits as long as Discord would.

    `transport` is the network, or what stands in its place. It should keep no connections: a bot may be
    restarted at any moment, and a stale connection would look like its failure.
    """

    def __init__(self, clock: Clock, limit: float, transport: httpx2.AsyncBaseTransport) -> None:
        self._clock = clock
        self._limit = limit
        self._client = httpx2.AsyncClient(
            transport=transport,
            timeout=None,
            follow_redirects=False,
            trust_env=False,
        )

    async def post(self, url: str | None, request: SignedRequest) -> Answer:
        """Send a request and tell what came of it within the limit."""
        if url is None:
            return Answer(0, 0.0, silence="no endpoint is configured")
        started = self._clock.monotonic()
        status, body, silence, content_type = 0, b"", None, ""
        try:
            async with asyncio.timeout(self._limit):
                response = await self._client.post(url, content=request.body, headers=request.headers)
            status, body = response.status_code, response.content
            content_type = response.headers.get("content-type", "")
        except TimeoutError:
            silence = f"no answer within {self._limit:g} s"
        except httpx2.ConnectError:
            silence = f"nobody listens at {url}"
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            silence = f"the connection failed ({type(error).__name__})"
        elapsed = (self._clock.monotonic() - started) * 1000
        return Answer(status, round(elapsed, 1), body, silence, content_type)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()
